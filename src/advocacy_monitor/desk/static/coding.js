// Coding with keys: themes, none, too short, note, save, skip, back. Every page of coding works without this file.
"use strict";

(() => {
  const PREFIX = "coding-note:";
  const SWITCH = "coding-keys";
  const form = document.getElementById("answer");
  const place = document.querySelector("[data-draft]");
  const draftKey = place ? PREFIX + place.dataset.draft : "";

  // A browser may refuse to remember anything; then the page works without.
  function remembered(storage, key) {
    try { return window[storage].getItem(key); } catch { return null; }
  }
  function remember(storage, key, value) {
    try {
      if (value === null) window[storage].removeItem(key);
      else window[storage].setItem(key, value);
    } catch { /* nothing to be done about it */ }
  }

  // What was typed as a note stays in this tab until the answer is stored: a page that is loaded anew loses nothing.
  function readDraft(key) {
    try { return JSON.parse(remembered("sessionStorage", key) || "null"); } catch { return null; }
  }
  function forgetSentDrafts() {
    let keys = [];
    try { keys = Object.keys(window.sessionStorage); } catch { return; }
    for (const key of keys) {
      if (key.startsWith(PREFIX) && key !== draftKey && readDraft(key)?.sent) remember("sessionStorage", key, null);
    }
  }

  forgetSentDrafts();
  if (!form) return;

  const note = document.getElementById("note");
  const told = document.getElementById("told");
  const texts = JSON.parse(document.getElementById("coding-texts").textContent);
  const boxes = [...form.querySelectorAll("input[type=checkbox][data-key]")];
  const main = form.querySelector("button.main");
  const keySwitch = document.getElementById("keys-on");

  function keepDraft(sent) {
    const isTyped = note.value !== note.defaultValue;
    remember("sessionStorage", draftKey, isTyped || sent ? JSON.stringify({ note: note.value, sent }) : null);
  }
  function restoreDraft() {
    const draft = readDraft(draftKey);
    const isRefused = document.getElementById("problem") !== null;
    if (!draft) return;
    const isStored = draft.note.split(/\s+/).filter(Boolean).join(" ") === note.defaultValue;
    if (isStored || isRefused) remember("sessionStorage", draftKey, null);
    else if (note.value === note.defaultValue) note.value = draft.note;
  }

  // A theme and "none of these" cannot both be meant: what was chosen last counts.
  function onlyOne(chosen) {
    if (!chosen.checked) return;
    for (const box of form.querySelectorAll("input[name=theme], input[name=answer]")) {
      if (box !== chosen && (box.name === "answer" || chosen.name === "answer")) box.checked = false;
    }
  }

  function toggle(box) {
    box.checked = !box.checked;
    onlyOne(box);
    const words = box.checked ? texts.on : texts.off;
    told.textContent = words.replace("{theme}", () => box.closest("label").querySelector("span").textContent.trim());
  }

  function press(event) {
    const key = event.key;
    if (event.shiftKey && /^[A-Z]$/i.test(key)) {
      const take = form.querySelector(`[data-take="${key.toUpperCase()}"]`);
      if (take) take.click();
      return take !== null;
    }
    const small = key.toLowerCase();
    const box = boxes.find((each) => each.dataset.key === small);
    if (box) toggle(box);
    else if (small === "n") note.focus();
    else if (key === "Enter") form.requestSubmit(main);
    else if (small === "s") document.getElementById("skip")?.click();
    else if (key === "Backspace") document.getElementById("back")?.click();
    else return false;
    return true;
  }

  // Enter on a link, a button or the codebook does what it always does.
  function isElsewhere(event) {
    if (window.desk.typing(event) || document.querySelector("dialog[open]")) return true;
    const target = event.target instanceof Element ? event.target : document.body;
    return event.key === "Enter" && target.closest("a, button, summary") !== null;
  }

  document.addEventListener("keydown", (event) => {
    if (event.target === note && !event.isComposing) {
      if (event.key === "Escape") note.blur();
      if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); form.requestSubmit(main); }
    } else if (!event.defaultPrevented && !event.repeat && keySwitch.checked && !isElsewhere(event) && press(event)) {
      event.preventDefault();
    }
  });

  form.addEventListener("change", (event) => {
    if (event.target.matches("input[name=theme], input[name=answer]")) onlyOne(event.target);
  });
  note.addEventListener("input", () => keepDraft(false));

  form.addEventListener("submit", () => keepDraft(true));

  keySwitch.closest(".keyswitch").hidden = false;
  keySwitch.checked = remembered("localStorage", SWITCH) !== "off";
  keySwitch.addEventListener("change", () => remember("localStorage", SWITCH, keySwitch.checked ? null : "off"));

  // On a phone the codebook is folded up under the statement; a question mark beside a theme opens its rules.
  const codebook = document.getElementById("codebook");
  if (window.matchMedia("(max-width: 60rem)").matches) codebook.open = false;
  for (const link of form.querySelectorAll("a.rules")) {
    link.addEventListener("click", (event) => {
      const rules = document.getElementById(link.hash.slice(1));
      event.preventDefault(); // the statement stays in sight where there is room for both
      codebook.open = true;
      rules.open = true;
      rules.scrollIntoView({ block: "nearest" });
      rules.querySelector("summary").focus({ preventScroll: true });
    });
  }

  restoreDraft();
  // Who hears the page hears the statement first, or what is wrong; who sees it need not see a frame around it.
  const first = document.getElementById("problem") || document.querySelector("blockquote.coded");
  if (first.id) first.tabIndex = -1;
  first.classList.add("begun");
  first.addEventListener("blur", () => first.classList.remove("begun"), { once: true });
  first.focus({ preventScroll: true });
})();
