/* Keys for the queue. What they do is what the buttons do; the server decides whether it may be done. */
(() => {
  "use strict";

  const form = document.getElementById("decide");
  const cards = [...document.querySelectorAll(".queue .card")];
  const reason = document.getElementById("reason");
  const count = document.getElementById("ticked");
  const all = document.getElementById("tick-all");
  const problem = document.getElementById("problem");
  if (problem) problem.focus();
  if (!form) {
    document.addEventListener("keydown", (event) => { if (event.key === "u" && !window.desk.typing(event)) undo(event); });
  }

  function undo(event) {
    const back = document.getElementById("undo");
    if (back) { event.preventDefault(); back.requestSubmit(); }
  }
  if (!form) return;

  const boxOf = (card) => card.querySelector('input[name="item"]');
  const ticked = () => cards.filter((card) => boxOf(card).checked);
  const tell = () => { const n = ticked().length; count.textContent = n ? `(${n})` : ""; };
  let at = -1;
  let wanted = form.dataset.wanted ?? ""; // the decision that waits for its reason, or its number

  const go = (place) => {
    if (!cards.length) return;
    at = Math.max(0, Math.min(cards.length - 1, place));
    for (const card of cards) card.classList.toggle("here", card === cards[at]);
    cards[at].focus({ preventScroll: true });
    cards[at].scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  };

  const send = (status) => {
    const many = ticked().length > 0;
    const button = many
      ? form.querySelector(`button[name="status"][value="${status}"]`)
      : cards[at]?.querySelector(`button[data-status="${status}"]`);
    if (button) {
      sessionStorage.setItem("queue-at", String(many ? 0 : at));
      form.requestSubmit(button);
    }
  };

  // What is rejected or held asks for its reason each time, so that none is given that was meant for another statement.
  const decide = (status, event) => {
    const about = ticked().length ? ticked() : at >= 0 ? [cards[at]] : [];
    if (!about.length) return;
    event.preventDefault();
    if (status === "approved" && !about.some((card) => "held" in card.dataset)) {
      send(status);
      return;
    }
    wanted = status;
    reason.focus();
    reason.select();
  };

  reason.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault(); // never the first button of the form
      if (wanted && reason.value.trim()) send(wanted);
    } else if (event.key === "Escape") {
      wanted = "";
      if (at >= 0) go(at); else reason.blur();
    }
  });

  const number = document.getElementById("count");
  if (number) {
    number.focus();
    number.addEventListener("keydown", (event) => {
      if (event.key === "Enter") { event.preventDefault(); send("approved"); }
    });
  }

  document.addEventListener("keydown", (event) => {
    if (window.desk.typing(event) || document.getElementById("help")?.open) return;
    const does = {
      j: () => go(at + 1),
      k: () => go(at - 1),
      x: () => { if (at >= 0) { const box = boxOf(cards[at]); box.checked = !box.checked; tell(); } },
      o: () => { if (at >= 0) cards[at].querySelector("a.open").click(); },
    }[event.key];
    if (does) { event.preventDefault(); does(); return; }
    const status = { a: "approved", r: "rejected", e: "escalated" }[event.key];
    if (status) decide(status, event);
    else if (event.key === "u") undo(event);
  });

  // What is on the screen stays claimed while somebody works on it, and is let go of by itself when nobody does.
  const EVERY = 120_000;
  let renewed = Date.now();
  const renew = () => {
    if (Date.now() - renewed < EVERY || document.hidden) return;
    renewed = Date.now();
    const mine = cards.filter((card) => !card.classList.contains("claimed")).map((card) => `item=${card.dataset.item}`);
    if (mine.length) fetch(`${form.dataset.renew}?${mine.join("&")}`, { credentials: "same-origin" }).catch(() => {});
  };
  for (const kind of ["keydown", "pointerdown", "scroll"]) document.addEventListener(kind, renew, { passive: true });

  form.addEventListener("change", tell);
  for (const [place, card] of cards.entries()) card.addEventListener("focusin", () => { at = place; });
  all.addEventListener("click", (event) => {
    event.preventDefault();
    for (const card of cards) if (!card.classList.contains("claimed")) boxOf(card).checked = true;
    tell();
  });
  tell();
  // After a decision one goes on where one was.
  const before = sessionStorage.getItem("queue-at");
  sessionStorage.removeItem("queue-at");
  const next = cards.findIndex((card) => `#${card.id}` === location.hash);
  if (problem) return;
  if (next >= 0) go(next);
  else if (before !== null) go(Number(before));
})();
