// Names on a map, none over another. It knows no papers.
"use strict";

Object.assign(window.citewell.papersView, (() => {
  const HIGH = 20; // px of a line
  const STEPS = [0, -20, 20, -38, 38, -56, 56]; // px by which a name may stand above or below its place
  const SIDES = [0, -0.35, 0.35]; // and beside it, in widths of its own
  const FAR = 0.13; // what a px away from its place costs, in points covered

  // `texts` are lists of words, each at its place of `places`; the first ones come first, and a
  // name for which there is no room is left out. `lit` is the number of one to stand out. `points`,
  // as x, y, what each is worth and its radius, are covered as little as can be.
  function drawNames(pen, { places, points, texts, width, height, lit, ink, paper, accent, family }) {
    const isSmall = width < 560;
    pen.font = `italic ${isSmall ? 13 : 15}px ${family}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    const taken = [];
    const order = texts.map((_, at) => at).sort((a, b) => (b === lit) - (a === lit) || a - b);
    for (const at of order) {
      const [middle, y] = places[at];
      if (middle < 0 || middle > width || y < 0 || y > height) continue;
      const text = texts[at].slice(0, isSmall ? 1 : 2).join(", ");
      const wide = pen.measureText(text).width;
      const boxes = SIDES.flatMap((side) => STEPS.map((step) => {
        const x = Math.min(Math.max(middle + side * wide, wide / 2 + 6), width - wide / 2 - 6);
        return [x - wide / 2 - 5, y + step - HIGH / 2, wide + 10, HIGH, FAR * Math.hypot(x - middle, step)];
      }));
      const [best] = boxes.filter((box) => box[1] > 0 && box[1] + HIGH < height && !taken.some((other) => cross(box, other)))
        .map((box) => [box, box[4] + covered(box, points)]).sort((a, b) => a[1] - b[1]);
      if (!best) continue;
      const [left, top] = best[0];
      taken.push(best[0]);
      pen.globalAlpha = 0.86;
      pen.fillStyle = paper;
      pen.beginPath();
      pen.roundRect(left, top, wide + 10, HIGH, 5);
      pen.fill();
      pen.globalAlpha = 1;
      pen.fillStyle = at === lit ? accent : ink;
      pen.fillText(text, left + wide / 2 + 5, top + HIGH / 2 + 1);
    }
  }

  function covered([left, top, wide, high], points) {
    let sum = 0;
    for (const [x, y, worth, r] of points) {
      if (x > left - r && x < left + wide + r && y > top - r && y < top + high + r) sum += worth;
    }
    return sum;
  }

  const cross = (a, b) =>
    a[0] < b[0] + b[2] && b[0] < a[0] + a[2] && a[1] < b[1] + b[3] && b[1] < a[1] + a[3];

  return { drawNames };
})());
