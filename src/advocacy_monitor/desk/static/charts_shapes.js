// How each kind of chart is drawn with Observable Plot: from numbers and words that the server has made, in colours
// that are given, in a width that is given. Everything that is written is set as text, never as markup.
"use strict";

window.advocacyShapes = (() => {
  const LETTER = 6.4; // about the width of a letter of 12 px
  const SIZE = 12;

  function isWide(sign) {
    const code = sign.codePointAt(0);
    return code >= 0x1100 && (code <= 0x115f || (code >= 0x2e80 && code <= 0xa4cf) || (code >= 0xac00 && code <= 0xd7a3)
      || (code >= 0xf900 && code <= 0xfaff) || (code >= 0xfe30 && code <= 0xff60) || code >= 0x20000);
  }

  function letters(text) {
    let count = 0;
    for (const sign of text) count += isWide(sign) ? 1.9 : 1;
    return count;
  }

  // Breaks a label into lines that fit; words that are longer than a line are cut into pieces.
  function wrapped(text, pixels, most) {
    const room = Math.max(6, Math.floor(pixels / LETTER));
    const pieces = [];
    for (const word of String(text).split(/\s+/).filter(Boolean)) {
      let rest = word;
      while (letters(rest) > room) {
        let cut = 0, width = 0;
        const signs = Array.from(rest);
        while (cut < signs.length && width + (isWide(signs[cut]) ? 1.9 : 1) <= room - 1) { width += isWide(signs[cut]) ? 1.9 : 1; cut += 1; }
        cut = Math.max(1, Math.min(cut, signs.length - 4)); // no stump of one or two letters on the next line
        pieces.push(signs.slice(0, cut).join("") + "\u2010");
        rest = signs.slice(cut).join("");
      }
      if (rest) pieces.push(rest);
    }
    const lines = [];
    for (const piece of pieces) {
      const last = lines[lines.length - 1];
      if (last !== undefined && letters(last) + 1 + letters(piece) <= room) lines[lines.length - 1] = `${last} ${piece}`;
      else lines.push(piece);
    }
    if (lines.length > most) {
      lines.length = most;
      lines[most - 1] = lines[most - 1].replace(/.$/u, "") + "…";
    }
    return lines.length ? lines : [""];
  }

  const style = (colours) => ({ color: colours.ink, background: "transparent", fontSize: `${SIZE}px`, fontFamily: "system-ui, 'Segoe UI', 'Noto Sans', 'Helvetica Neue', Arial, sans-serif", overflow: "visible" });

  function bars(figure, width, colours) {
    const narrow = width < 520;
    const left = narrow ? 4 : Math.min(240, Math.round(width * 0.34));
    const longest = Math.max(...figure.bars.map((bar) => letters(bar.text)));
    const right = Math.min(width * 0.4, longest * LETTER + 14);
    const rows = figure.bars.map((bar, at) => ({ ...bar, at, lines: wrapped(bar.label, narrow ? width - 8 : left - 12, 3) }));
    const most = Math.max(...rows.map((row) => row.lines.length));
    const high = narrow ? most * 15 + 24 : Math.max(26, most * 15 + 10);
    const top = narrow ? most * 15 + 4 : 5;
    return Plot.plot({
      width, height: rows.length * high + 8, marginLeft: left, marginRight: right, marginTop: 4, marginBottom: 4, style: style(colours),
      x: { axis: null, domain: [0, Math.max(1, ...rows.map((row) => row.value || 0))] },
      y: { axis: null, domain: rows.map((row) => row.at), padding: 0 },
      marks: [
        Plot.barX(rows, { x: (row) => row.value || 0, y: "at", fill: (row) => (row.quiet ? colours.quiet : colours.bar), insetTop: top, insetBottom: narrow ? 4 : 5 }),
        Plot.text(rows, { text: (row) => row.lines.join("\n"), x: 0, y: "at", textAnchor: narrow ? "start" : "end", lineAnchor: narrow ? "bottom" : "middle", dx: narrow ? 0 : -8, dy: narrow ? top - high / 2 - 3 : 0, fill: colours.ink, fontSize: SIZE }),
        Plot.text(rows, { text: "text", x: (row) => row.value || 0, y: "at", textAnchor: "start", dx: 6, dy: narrow ? (top - 4) / 2 : 0, fill: (row) => (row.value === null ? colours.soft : colours.ink), fontSize: SIZE }),
        Plot.ruleX([0], { stroke: colours.soft }),
      ],
    });
  }

  const monthOf = (key) => new Date(Date.UTC(Number(key.slice(0, 4)), Number(key.slice(5, 7)) - 1, 1));

  // One small chart under another: no colour has to be told from another, and each has its name on it.
  function lines(figure, width, colours) {
    const single = figure.series.length === 1 && figure.series[0].label === figure.unit;
    const points = figure.series.flatMap((series, at) => series.values.map((value, index) => ({ at, value, month: monthOf(figure.columns[index].key), text: series.texts[index] })));
    const high = single ? 190 : 84;
    const most = Math.max(1, ...points.map((point) => point.value || 0));
    const known = points.filter((point) => point.value !== null);
    const hidden = points.filter((point) => point.value === null);
    const last = figure.series.map((series, at) => known.filter((point) => point.at === at).pop()).filter(Boolean);
    const labels = figure.series.map((series, at) => ({ at, text: single ? "" : wrapped(series.label, width - 60, 1)[0] }));
    const form = new Intl.DateTimeFormat(figure.language, { month: "short", year: "numeric", timeZone: "UTC" });
    return Plot.plot({
      width, height: figure.series.length * high + 34, marginLeft: 40, marginRight: 46, marginTop: 4, marginBottom: 26, style: style(colours),
      x: { type: "utc", label: null, ticks: Math.max(2, Math.floor(width / 130)), tickFormat: (date) => form.format(date), line: false },
      y: { domain: [0, most], label: null, ticks: single ? 4 : 2, tickFormat: (value) => (Number.isInteger(value) ? value.toLocaleString(figure.language) : ""), insetTop: single ? 10 : 22 },
      fy: { axis: null, domain: figure.series.map((_, at) => at), padding: 0.06 },
      marks: [
        Plot.gridY({ stroke: colours.line, strokeOpacity: 0.6, ticks: single ? 4 : 2 }),
        Plot.areaY(points, { x: "month", y1: 0, y2: (point) => (point.value === null ? NaN : point.value), fy: "at", fill: colours.bar, fillOpacity: 0.14 }),
        Plot.lineY(points, { x: "month", y: (point) => (point.value === null ? NaN : point.value), fy: "at", stroke: colours.bar, strokeWidth: 2 }),
        Plot.dot(known, { x: "month", y: "value", fy: "at", r: 2.4, fill: colours.bar }),
        Plot.dot(hidden, { x: "month", y: 0, fy: "at", r: 2.6, stroke: colours.soft, fill: colours.paper }),
        Plot.text(last, { x: "month", y: "value", fy: "at", text: "text", textAnchor: "start", dx: 6, fill: colours.ink, fontSize: SIZE }),
        Plot.text(labels, { fy: "at", text: "text", frameAnchor: "top-left", dx: 2, dy: 2, fill: colours.ink, fontWeight: 600, fontSize: SIZE }),
        Plot.ruleY([0], { stroke: colours.soft }),
      ],
    });
  }

  // Of the two colours of letters the one that stands out more from a ground.
  const light = (colour) => d3.lab(colour).l;
  function readable(ground, colours) {
    return Math.abs(light(ground) - light(colours.on_full)) > Math.abs(light(ground) - light(colours.ink)) ? colours.on_full : colours.ink;
  }

  function heat(figure, room, colours) {
    const names = Math.min(200, Math.max(110, room * 0.3));
    const width = Math.max(room, names + figure.columns.length * 74);
    const each = (width - names) / figure.columns.length;
    const heads = figure.columns.map((column, at) => ({ at, lines: wrapped(column.label, each - 6, 4) }));
    const sides = figure.series.map((series, at) => ({ at, lines: wrapped(series.label, names - 10, 3) }));
    const top = Math.max(...heads.map((head) => head.lines.length)) * 15 + 10;
    const high = Math.max(30, Math.max(...sides.map((side) => side.lines.length)) * 15 + 8);
    const cells = figure.series.flatMap((series, y) => series.values.map((value, x) => ({ x, y, value, text: value === null ? figure.short : series.texts[x] })));
    const most = Math.max(1, ...cells.map((cell) => cell.value || 0));
    const colour = d3.interpolateLab(colours.pale, colours.full);
    const share = (cell) => Math.sqrt((cell.value || 0) / most);
    return Plot.plot({
      width, height: top + figure.series.length * high + 6, marginLeft: names, marginTop: top, marginRight: 2, marginBottom: 4, style: style(colours),
      x: { axis: null, domain: figure.columns.map((_, at) => at), padding: 0 }, y: { axis: null, domain: sides.map((side) => side.at), padding: 0 },
      marks: [
        Plot.cell(cells, { x: "x", y: "y", inset: 1, fill: (cell) => (cell.value === null ? colours.paper : colour(share(cell))), stroke: colours.line, strokeWidth: 0.5 }),
        Plot.text(cells, { x: "x", y: "y", text: "text", fontSize: SIZE, fill: (cell) => (cell.value === null ? colours.soft : readable(colour(share(cell)), colours)) }),
        Plot.text(heads, { x: "at", text: (head) => head.lines.join("\n"), frameAnchor: "top", lineAnchor: "bottom", dy: -5, fontSize: SIZE, fill: colours.ink }),
        Plot.text(sides, { y: "at", text: (side) => side.lines.join("\n"), frameAnchor: "left", textAnchor: "end", dx: -8, fontSize: SIZE, fill: colours.ink }),
      ],
    });
  }

  const KINDS = { bar: bars, funnel: bars, line: lines, heat };

  function shape(figure, width, colours) {
    const draw = KINDS[figure.kind];
    return draw ? draw(figure, width, colours) : null;
  }

  return { shape, wrapped, kinds: KINDS, style, readable };
})();
