// Draws areas and libraries: the campaign's own boundaries where it has some, else outlines of countries. Nothing is
// asked of any other server.
"use strict";

(() => {
  const waiting = window.advocacyDraw;
  const shapes = window.advocacyShapes;
  if (!waiting || !shapes || !waiting.figures.length) return;
  const figure = waiting.figures[0];
  const LABELS = 14;

  const folded = (name) => name.normalize("NFC").split(/\s+/).filter(Boolean).join(" ").toLowerCase();

  async function outlines() {
    const answer = await fetch(figure.boundaries || figure.countries, { credentials: "same-origin" });
    if (!answer.ok) throw new Error("no outlines");
    const found = await answer.json();
    if (figure.boundaries) return found.features;
    return topojson.feature(found, found.objects.countries).features.map((each) => ({ ...each, properties: { key: folded(each.properties.name), name: each.properties.name } }));
  }

  // What the map is about: the areas that have a number and the libraries; without either all that there is.
  function subject() {
    const points = figure.points.map((point) => ({ type: "Point", coordinates: point.at }));
    const areas = figure.boundaries ? figure.features : figure.features.filter((each) => each.properties.key in figure.values);
    if (!points.length && !areas.length) return { type: "FeatureCollection", features: figure.features };
    const all = [...areas.map((each) => each.geometry), ...points];
    if (!areas.length) {
      // Libraries of one town alone would fill the map with one dot: some land around them says where they are.
      const [[west, south], [east, north]] = d3.geoBounds({ type: "GeometryCollection", geometries: points });
      const room = Math.max(2, (north - south) * 0.15, (east - west) * 0.15);
      all.push({ type: "MultiPoint", coordinates: [[west - room, south - room], [east + room, north + room]] });
    }
    return { type: "GeometryCollection", geometries: all };
  }

  function draw(_, width, colours) {
    const about = subject();
    const centre = d3.geoCentroid(about);
    const wide = d3.geoBounds(about);
    const whole = Math.abs(wide[1][0] - wide[0][0]) > 90 || !centre.every(Number.isFinite);
    const most = Math.max(1, ...Object.values(figure.values));
    const colour = d3.interpolateLab(colours.pale, colours.full);
    const ground = (each) => (each.properties.key in figure.values ? colour(0.25 + 0.75 * Math.sqrt(figure.values[each.properties.key] / most)) : colours.blank);
    const named = figure.features.filter((each) => each.properties.key in figure.values)
      .sort((a, b) => figure.values[b.properties.key] - figure.values[a.properties.key]).slice(0, width < 520 ? 6 : LABELS);
    const largest = Math.max(1, ...figure.points.map((point) => point.value || 0));
    const sizes = figure.points.map((point) => ({ ...point, x: point.at[0], y: point.at[1], r: point.value ? 3 + 8 * Math.sqrt(point.value / largest) : 2.5 }));
    return Plot.plot({
      width, height: Math.round(whole ? width * 0.55 : Math.min(width * 0.85, 620)), margin: 6, style: shapes.style(colours),
      projection: whole ? { type: "equal-earth", domain: about, inset: 8 } : { type: "azimuthal-equal-area", rotate: [-centre[0], -centre[1]], domain: about, inset: 14, clip: "frame" },
      r: { type: "identity" },
      marks: [
        Plot.geo(figure.features, { fill: ground, stroke: colours.soft, strokeWidth: 0.6, title: (each) => (each.properties.key in figure.values ? `${each.properties.name}: ${figure.texts[each.properties.key]}` : each.properties.name) }),
        Plot.dot(sizes.filter((point) => !point.value), { x: "x", y: "y", r: "r", fill: colours.paper, stroke: colours.ink, title: "text" }),
        Plot.dot(sizes.filter((point) => point.value), { x: "x", y: "y", r: "r", fill: colours.point, fillOpacity: 0.85, stroke: colours.paper, title: "text" }),
        Plot.text(named, Plot.centroid({ text: (each) => `${shapes.wrapped(each.properties.name, 130, 2).join("\n")}\n${figure.texts[each.properties.key]}`, fill: (each) => shapes.readable(ground(each), colours), stroke: (each) => ground(each), strokeWidth: 3, fontSize: 12 })),
      ],
    });
  }

  shapes.kinds.map = draw;
  outlines().then((features) => {
    figure.features = features;
    if (figure.source) figure.notes.push(figure.source);
    waiting.start();
  }).catch(() => {
    document.getElementById("chart-map")?.classList.remove("drawn"); // the table stands open and says the same
  });
})();
