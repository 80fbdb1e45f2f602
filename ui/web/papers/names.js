// Names on a map, none over another. It knows no papers.
"use strict";

Object.assign(window.citewell.papersView, (() => {
  const HIGH = 20; // px of a line
  const STEPS = [0, -20, 20, -38, 38]; // px by which a name may stand above or below its place

  // `texts` are lists of words, each at its place of `places`; the first ones come first, and a
  // name for which there is no room is left out. `lit` is the number of one to stand out.
  function drawNames(pen, { places, texts, width, height, lit, ink, paper, accent, family }) {
    const isSmall = width < 560;
    pen.font = `italic ${isSmall ? 13 : 15}px ${family}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.lineJoin = "round";
    const taken = [];
    const order = texts.map((_, at) => at).sort((a, b) => (b === lit) - (a === lit) || a - b);
    for (const at of order) {
      const [middle, y] = places[at];
      if (middle < 0 || middle > width || y < 0 || y > height) continue;
      const text = texts[at].slice(0, isSmall ? 1 : 2).join(", ");
      const wide = pen.measureText(text).width;
      const x = Math.min(Math.max(middle, wide / 2 + 6), width - wide / 2 - 6);
      const free = STEPS.map((step) => [x - wide / 2 - 4, y + step - HIGH / 2, wide + 8, HIGH])
        .find((box) => !taken.some((other) => cross(box, other)));
      if (!free) continue;
      taken.push(free);
      const line = free[1] + HIGH / 2;
      pen.lineWidth = 4;
      pen.strokeStyle = paper;
      pen.strokeText(text, x, line);
      pen.fillStyle = at === lit ? accent : ink;
      pen.fillText(text, x, line);
    }
  }

  const cross = (a, b) =>
    a[0] < b[0] + b[2] && b[0] < a[0] + a[2] && a[1] < b[1] + b[3] && b[1] < a[1] + a[3];

  return { drawNames };
})());
