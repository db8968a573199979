/* What makes the desk's pages faster to use; without it everything works through links and forms.

   Keys: ? opens the list of shortcuts, / the search box, g and a letter a page. A page's own keys are in its own script;
   `desk.typing(event)` tells it when a key is not meant for it: it goes into a field, or a dialog is open.
   `desk.say(text)` reads something out. */
(() => {
  "use strict";

  const writing = (event) =>
    event.ctrlKey || event.metaKey || event.altKey || event.isComposing ||
    (event.target instanceof Element && event.target.closest(
      'input:not([type="checkbox"], [type="radio"]), select, textarea, [contenteditable=""], [contenteditable="true"]'
    ) !== null);

  const typing = (event) => writing(event) || document.querySelector("dialog[open]") !== null;

  const say = (text) => {
    const place = document.getElementById("said");
    if (!place) return;
    const line = document.createElement("p");
    line.textContent = text;
    place.replaceChildren(line);
  };

  window.desk = Object.freeze({ typing, say });

  const help = document.getElementById("help");
  const toggleHelp = () => { if (help?.open) help.close(); else help?.showModal(); };

  let waiting = 0; // until when a letter after g is a page
  document.addEventListener("keydown", (event) => {
    if (writing(event) || document.querySelector("dialog[open]:not(#help)")) return;
    const letter = event.key;
    if (Date.now() < waiting) {
      // Whatever comes after g is no key of the page: g and a must not approve anything.
      waiting = 0;
      event.preventDefault();
      event.stopImmediatePropagation();
      document.querySelector(`[data-go="${CSS.escape(letter)}"]`)?.click();
      return;
    }
    if (letter === "?") {
      event.preventDefault();
      toggleHelp();
    } else if (help?.open) {
      return;
    } else if (letter === "/") {
      const search = document.querySelector('main input[type="search"]');
      if (search) { event.preventDefault(); search.focus(); search.select(); }
    } else if (letter === "g" && !event.repeat) {
      waiting = Date.now() + 1500;
    }
  }, true);

  // A menu closes when one goes on elsewhere.
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.me[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector("details.me[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });

  // Empty fields of a filter form stay out of the address, and a form is sent once.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "get") {
      const empty = [...form.elements].filter((field) => field.name && !field.disabled && field.value === "");
      for (const field of empty) field.disabled = true;
      setTimeout(() => { for (const field of empty) field.disabled = false; }, 0);
    } else if (form.method === "post") {
      if (form.dataset.sent && Date.now() - Number(form.dataset.sent) < 3000) event.preventDefault();
      else form.dataset.sent = String(Date.now());
    }
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  // Forms that ask a question before they are sent: <form data-ask="Really?">
  document.addEventListener("submit", (event) => {
    const question = event.target.dataset.ask;
    if (question && !window.confirm(question)) { event.preventDefault(); delete event.target.dataset.sent; }
  }, true);

  // A choice that is acted on at once: <select data-sends> in a form.
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-sends]")) event.target.form.requestSubmit();
  });

  // On a phone the ways are a strip: the one that we are on comes into view.
  const here = document.querySelector(".ways [aria-current]");
  if (here) {
    const strip = here.closest("ul");
    strip.scrollLeft += here.getBoundingClientRect().left - strip.getBoundingClientRect().left - strip.clientWidth / 3;
  }

  // On a wide screen the filters that are set stand open.
  if (window.matchMedia("(min-width: 62rem)").matches) {
    for (const more of document.querySelectorAll("details.more[data-filtered]")) more.open = true;
  }
})();
