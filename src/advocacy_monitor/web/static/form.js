// What makes the form more comfortable; nothing needs it. A draft stays in this tab until the answer is sent.
"use strict";

const DRAFT = "advocacy-monitor draft " + location.pathname;

// Some browsers refuse storage inside a frame, or at all: then there is no draft.
function stored(action) {
  try { return action(window.sessionStorage); } catch { return null; }
}

function fields(form) {
  return [...form.elements].filter((each) => each.name && each.type !== "hidden" && !each.closest(".away"));
}

function keep(form) {
  const draft = fields(form)
    .filter((each) => (each.type === "checkbox" || each.type === "radio" ? each.checked : each.value))
    .map((each) => [each.name, each.value]);
  stored((storage) => storage.setItem(DRAFT, JSON.stringify(draft)));
}

function restore(form) {
  const text = stored((storage) => storage.getItem(DRAFT));
  if (!text) return;
  let draft;
  try { draft = JSON.parse(text); } catch { return; }
  if (!draft.length) return;
  offerToEmpty(form);
  const linked = new URLSearchParams(location.search).has("library");
  for (const each of fields(form)) {
    const values = draft.filter(([name]) => name === each.name).map(([, value]) => value);
    if (each.type === "checkbox" || each.type === "radio") each.checked = values.includes(each.value);
    else if (values.length && !(linked && each.hasAttribute("list") && each.value)) each.value = values[0];
  }
}

// On a computer in a library somebody else may have begun.
function offerToEmpty(form) {
  document.getElementById("restored").hidden = false;
  document.getElementById("clear").addEventListener("click", () => {
    stored((storage) => storage.removeItem(DRAFT));
    form.reset();
    for (const area of form.querySelectorAll("textarea")) area.dispatchEvent(new Event("input"));
    document.getElementById("restored").hidden = true;
    document.querySelector("h1").scrollIntoView();
    fields(form)[0].focus();
  });
}

function count(area) {
  const line = document.createElement("p");
  const most = Number(area.dataset.longest);
  line.className = "count";
  line.setAttribute("aria-hidden", "true");
  area.after(line);
  const tell = () => {
    const written = [...area.value.trim()].length;
    line.textContent = `\u2066${written} / ${most}\u2069`;
    line.classList.toggle("over", written > most);
  };
  area.addEventListener("input", tell);
  tell();
}

const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

// A long list of libraries is fetched when somebody begins to type; the browser offers those that fit.
function complete(input) {
  const list = document.getElementById("libraries");
  let names = null;
  const offer = async () => {
    if (names === null) {
      names = [];
      try {
        const answer = await fetch(input.dataset.names);
        if (answer.ok) names = (await answer.json()).map((name) => [folded(name), name]);
      } catch { names = null; return; }
    }
    const words = folded(input.value).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
    const holding = words.length ? names.filter(([each]) => words.every((word) => each.includes(word))) : [];
    const begins = ([each]) => words.every((word) => ` ${each}`.includes(` ${word}`));
    const found = [...holding.filter(begins), ...holding.filter((each) => !begins(each))].slice(0, 30);
    list.replaceChildren(...found.map(([, name]) => Object.assign(document.createElement("option"), { value: name })));
  };
  input.addEventListener("input", offer);
  input.addEventListener("focus", offer);
}

function prepare(form) {
  if (form.hasAttribute("data-fresh")) restore(form);
  for (const area of form.querySelectorAll("textarea[data-longest]")) count(area);
  for (const input of form.querySelectorAll("input[data-names]")) complete(input);
  form.addEventListener("input", () => keep(form));
  form.addEventListener("change", () => keep(form));
  // A second press while the first is on its way sends nothing twice; the server counts it once anyway.
  form.addEventListener("submit", (event) => {
    if (form.dataset.sending) event.preventDefault();
    form.dataset.sending = "yes";
  });
  window.addEventListener("pageshow", () => delete form.dataset.sending);
}

function thank() {
  stored((storage) => storage.removeItem(DRAFT));
  const print = document.getElementById("print");
  print.hidden = false;
  print.addEventListener("click", () => window.print());
  const copy = document.getElementById("copy");
  if (!navigator.clipboard) return;
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById("words").value);
    document.getElementById("copied").textContent = copy.dataset.done;
  });
}

const form = document.getElementById("form");
if (form) prepare(form);
if (document.getElementById("sent")) thank();
