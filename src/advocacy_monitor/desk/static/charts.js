// Draws the charts of a page into their places, again when the width or the colours change, and offers each as a
// picture with its title and its base inside. Without this script the tables stand open and say the same.
"use strict";

(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const PICTURE = 960;
  const PRINTED = 660; // across a sheet of A4, so that letters are printed in their size
  const holder = document.getElementById("charts-data");
  if (!holder || !window.Plot || !window.d3) return;
  const { figures, colours, words, campaign, sample, filtered } = JSON.parse(holder.textContent);
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const widths = new Map();
  for (const figure of figures) figure.language = words.language;

  const placeOf = (figure) => document.getElementById(`chart-${figure.name}-picture`);

  function draw(figure, place, scheme, printed) {
    if (!place.firstChild) place.append(document.createElement("span")); // an empty place has no width
    const drawn = window.advocacyShapes.shape(figure, printed ? PRINTED : Math.max(260, place.clientWidth), scheme);
    if (!drawn) return place.replaceChildren();
    drawn.setAttribute("aria-hidden", "true"); // the place has the text alternative
    place.replaceChildren(drawn);
    const scrolls = Number(drawn.getAttribute("width")) > place.clientWidth + 1;
    place.classList.toggle("scrolls", scrolls);
    if (scrolls) place.tabIndex = 0;
    else place.removeAttribute("tabindex");
    widths.set(figure.name, place.clientWidth);
  }

  function drawAll(force, printed) {
    const scheme = dark.matches && !printed ? colours.dark : colours.light;
    for (const figure of figures) {
      const place = placeOf(figure);
      if (place && (force || widths.get(figure.name) !== place.clientWidth)) draw(figure, place, scheme, printed);
    }
  }

  function line(text, y, size, weight, colour) {
    const made = document.createElementNS(SVG, "text");
    made.textContent = text;
    for (const [key, value] of Object.entries({ x: 20, y, "font-size": size, "font-weight": weight, fill: colour, "font-family": "system-ui, 'Segoe UI', 'Noto Sans', Arial, sans-serif" })) made.setAttribute(key, value);
    return made;
  }

  // The whole picture: title with unit and base above, notes and campaign below, on white.
  function picture(figure) {
    const drawn = window.advocacyShapes.shape(figure, PICTURE - 40, colours.light);
    const width = Number(drawn.getAttribute("width")) + 40;
    const high = Number(drawn.getAttribute("height"));
    const title = figure.finding ? `${figure.heading}: ${figure.finding}` : figure.heading;
    const titles = window.advocacyShapes.wrapped(title, (width - 40) * 0.62, 4);
    const notes = [...(filtered ? [filtered] : []), ...figure.notes, campaign, ...(sample ? [words.sample] : [])].flatMap((note) => window.advocacyShapes.wrapped(note, width - 40, 3));
    const whole = document.createElementNS(SVG, "svg");
    const top = 20 + titles.length * 24;
    const total = top + high + notes.length * 17 + 24;
    for (const [key, value] of Object.entries({ width, height: total, viewBox: `0 0 ${width} ${total}`, xmlns: SVG, role: "img" })) whole.setAttribute(key, value);
    const named = document.createElementNS(SVG, "title");
    named.textContent = title;
    const paper = document.createElementNS(SVG, "rect");
    for (const [key, value] of Object.entries({ width, height: total, fill: "#ffffff" })) paper.setAttribute(key, value);
    drawn.setAttribute("x", 20);
    drawn.setAttribute("y", top);
    whole.append(named, paper, ...titles.map((text, at) => line(text, 28 + at * 24, 19, 600, colours.light.ink)), drawn);
    whole.append(...notes.map((text, at) => line(text, top + high + 20 + at * 17, 12.5, 400, colours.light.soft)));
    return { text: new XMLSerializer().serializeToString(whole), width, height: total };
  }

  function save(blob, name) {
    const address = URL.createObjectURL(blob);
    const link = document.createElement("a");
    link.href = address;
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  }

  function saveSvg(figure) {
    save(new Blob([picture(figure).text], { type: "image/svg+xml" }), `${figure.name}.svg`);
  }

  function savePng(figure) {
    const made = picture(figure);
    const image = new Image();
    image.onload = () => {
      const canvas = document.createElement("canvas");
      canvas.width = made.width * 2;
      canvas.height = made.height * 2;
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob((blob) => blob && save(blob, `${figure.name}.png`), "image/png");
    };
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(made.text)}`;
  }

  function offer(figure) {
    const row = document.querySelector(`#chart-${CSS.escape(figure.name)} .downloads`);
    if (!row || !placeOf(figure)?.firstChild) return;
    for (const [word, act] of [[words.svg, saveSvg], [words.png, savePng]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = word;
      button.addEventListener("click", () => act(figure));
      row.append(button);
    }
  }

  function start() {
    for (const figure of figures) {
      const whole = document.getElementById(`chart-${figure.name}`);
      if (figure.kind === "heat" || (figure.kind === "line" && figure.series.length > 1)) whole?.classList.add("across");
    }
    drawAll(true, false);
    for (const figure of figures) {
      if (placeOf(figure)?.firstChild) {
        const whole = document.getElementById(`chart-${figure.name}`);
        whole.classList.add("drawn");
        whole.querySelector(".behind").open = false;
      }
      offer(figure);
    }
    let waiting = 0;
    new ResizeObserver(() => {
      cancelAnimationFrame(waiting);
      waiting = requestAnimationFrame(() => drawAll(false, false));
    }).observe(document.querySelector(".charts") || document.body);
    dark.addEventListener("change", () => drawAll(true, false));
    window.addEventListener("beforeprint", () => drawAll(true, true));
    window.addEventListener("afterprint", () => drawAll(true, false));
  }

  // A map waits for its outlines; map.js calls back.
  if ("waits" in holder.dataset) window.advocacyDraw = { figures, start };
  else start();
})();
