// Flyers faster: typed numbers show which boxes they tick, boxes can be clicked, Ctrl+Enter saves from anywhere, and what
// was typed stays in this tab until it is stored. Every page works without this file.
"use strict";

(() => {
  const PREFIX = "flyer:";
  const form = document.getElementById("sheet");

  // A browser may refuse to remember anything; then the page works without.
  const recall = (key) => { try { return JSON.parse(sessionStorage.getItem(key) || "null"); } catch { return null; } };
  const keep = (key, value) => {
    try {
      if (value === null) sessionStorage.removeItem(key);
      else sessionStorage.setItem(key, JSON.stringify(value));
    } catch { /* nothing to be done about it */ }
  };

  const draftKey = form ? PREFIX + form.dataset.draft : "";
  try {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(PREFIX) && key !== draftKey && recall(key)?.sent) keep(key, null);
    }
  } catch { /* the same */ }

  const problem = document.getElementById("problem");
  if (!form) { problem?.focus(); return; }

  const fields = [...form.querySelectorAll("input[name^=q_], textarea[name^=q_]")];

  // Numbers and boxes --------------------------------------------------------------------------------------------

  const numbersIn = (field) => {
    const last = Number(field.dataset.options);
    const parts = field.value.split(/[\s,;./+-]+/).filter(Boolean);
    const found = last <= 9 ? parts.flatMap((part) => [...part]) : parts;
    return new Set(found.filter((part) => /^\d+$/.test(part)).map(Number));
  };
  const show = (field) => {
    const on = numbersIn(field);
    for (const box of field.parentElement.querySelectorAll("li[data-number]")) {
      box.classList.toggle("on", on.has(Number(box.dataset.number)));
    }
  };
  for (const field of form.querySelectorAll("input.numbers")) {
    const boxes = field.parentElement.querySelector("ol.options");
    boxes.classList.add("live");
    boxes.addEventListener("click", (event) => {
      const box = event.target.closest("li[data-number]");
      if (!box) return;
      const on = numbersIn(field), number = Number(box.dataset.number);
      if (!on.delete(number)) on.add(number);
      field.value = [...on].sort((a, b) => a - b).join(" ");
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.focus();
    });
    field.addEventListener("input", () => show(field));
    show(field);
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit(document.getElementById("save"));
  });

  // What was typed -------------------------------------------------------------------------------------------------

  const typed = () => Object.fromEntries(fields.map((field) => [field.name, field.value]));
  const remember = (sent) => {
    const isChanged = fields.some((field) => field.value !== field.defaultValue);
    keep(draftKey, isChanged ? { typed: typed(), sent } : null);
  };
  const draft = recall(draftKey);
  const isFresh = fields.every((field) => field.defaultValue === "");
  if (draft && !problem && isFresh) { // sent, and still empty here: it was not stored
    for (const field of fields) if (draft.typed[field.name]) field.value = draft.typed[field.name];
    form.querySelectorAll("input.numbers").forEach(show);
  } else if (draft) {
    keep(draftKey, null);
  }
  form.addEventListener("input", () => remember(false));
  form.addEventListener("submit", (event) => {
    const stores = !event.submitter?.hasAttribute("formaction");
    remember(stores);
  });

  const wrong = form.querySelector("[aria-invalid=true]");
  (wrong || problem || fields[0]).focus({ preventScroll: !wrong });
})();
