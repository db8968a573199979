/* A statement's page: what is marked in the text can be hidden, and words are taken out by selecting them.

   Both work without this file: then all marks show, and the words are typed. A place in the text is counted in code
   points, as the server counts it; the text on the page has as many of them as the stored one. */
(() => {
  "use strict";

  const text = document.getElementById("story-text");
  const legend = document.getElementById("legend");
  if (text && legend) {
    const boxes = [...legend.querySelectorAll("input[data-mark]")];
    const kinds = new Map(boxes.map((box) => [box.dataset.mark, box.parentElement.querySelector(".sign").className.replace("sign ", "").replace(" on", "")]));
    const show = () => {
      const on = new Set(boxes.filter((box) => box.checked).map((box) => box.dataset.mark));
      for (const mark of text.querySelectorAll("mark.found")) {
        const first = mark.dataset.of.split(" ").find((key) => on.has(key));
        mark.className = first ? `found on ${kinds.get(first)}` : "found";
      }
      for (const sign of text.querySelectorAll(".signs span")) sign.hidden = !on.has(sign.dataset.key);
    };
    for (const box of boxes) {
      box.disabled = false;
      box.addEventListener("change", show);
    }
    show();
  }

  const from = document.getElementById("choosable");
  const form = document.getElementById("take-out");
  if (!from || !form) return;

  const replaced = JSON.parse(document.getElementById("replaced").textContent);
  const list = document.getElementById("chosen-list");
  const choose = document.getElementById("choose-selection");
  const whole = [...from.textContent];
  for (const each of form.querySelectorAll(".script")) each.hidden = false;

  const place = (node, offset) => {
    const before = document.createRange();
    before.setStart(from, 0);
    before.setEnd(node, offset);
    return [...before.toString()].length;
  };

  const selected = () => {
    const selection = document.getSelection();
    if (!selection || selection.rangeCount === 0 || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    if (!from.contains(range.startContainer) || !from.contains(range.endContainer)) return null;
    let start = place(range.startContainer, range.startOffset);
    let end = place(range.endContainer, range.endOffset);
    while (start < end && !whole[start].trim()) start += 1;
    while (end > start && !whole[end - 1].trim()) end -= 1;
    return start < end ? [start, end] : null;
  };

  const piece = (start, end) => whole.slice(Math.max(0, start), end).join("");

  const add = ([start, end]) => {
    const value = `${start}-${end}`;
    const known = list.querySelector(`input[name="span"][value="${value}"]`);
    if (known) {
      known.checked = true;
      return;
    }
    const label = document.createElement("label");
    label.className = "tick";
    const box = Object.assign(document.createElement("input"), { type: "checkbox", name: "span", value, checked: true });
    const words = document.createElement("bdi");
    words.className = "around";
    const mark = document.createElement("mark");
    mark.className = "found personal on";
    mark.textContent = piece(start, end);
    words.append(piece(start - 30, start), mark, piece(end, end + 30));
    label.append(box, " ", words);
    const offered = Object.assign(document.createElement("input"), { type: "hidden", name: "offered", value });
    list.append(label, offered);
    list.parentElement.hidden = false;
  };

  const preview = () => {
    const kind = document.getElementById("kind").value;
    const spans = [...list.querySelectorAll('input[name="span"]:checked')].map((box) => box.value.split("-").map(Number));
    const out = [...from.querySelectorAll("mark")].map((mark) => [place(mark, 0), place(mark, 0) + [...mark.textContent].length]);
    const line = document.createElement("p");
    line.className = "words";
    line.dir = "auto";
    line.lang = from.lang;
    let at = 0;
    // What is taken out already stands as "[…]" here; the server says which mark it has.
    const all = [...spans.map(([a, b]) => [a, b, replaced[kind]]), ...out.map(([a, b]) => [a, b, "[…]"])];
    for (const [start, end, sign] of all.sort((a, b) => a[0] - b[0] || b[1] - a[1])) {
      if (start >= at) line.append(piece(at, start), sign);
      at = Math.max(at, end);
    }
    line.append(piece(at, whole.length));
    document.getElementById("preview").replaceChildren(line);
  };

  choose.addEventListener("click", () => {
    const found = selected();
    if (!found) {
      window.desk?.say(choose.dataset.none);
      return;
    }
    add(found);
    preview();
    document.getElementById("kind").focus({ preventScroll: true });
  });
  // The press of the button must not take the selection away before it is read.
  choose.addEventListener("mousedown", (event) => event.preventDefault());
  choose.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("change", preview);
  document.getElementById("kind").addEventListener("change", preview);
})();
