// The map: papers as points on a canvas, groups by their words, the last answer's papers lit. The
// list of groups beside it says the same to those who do not see it.
"use strict";

Object.assign(window.citewell.papersView, (() => {
  const { api, make, go, visit } = window.citewell;
  const view = window.citewell.papersView;
  const REACH = 10; // px around a point that belong to it
  const EDGE = 28; // px left free around the points
  const POLL = 1000; // ms between two questions whether the map is drawn

  let root, canvas, tip, wait, list, legend;
  let map = null; // as the server sends it, places as pairs
  let middles = []; // of each group: the median of its places
  let matching = null; // ids that the filters let through, or null for all
  let look = { zoom: 1, x: 0, y: 0 }; // x and y in px, moved
  let over = -1;
  let held = -1; // a group that is pointed at in the list
  let polling = 0;

  function mountMap(element) {
    root = element.querySelector(".pp-map");
    [canvas, tip, wait] = ["canvas", ".pp-tip", ".pp-wait"].map((name) => root.querySelector(name));
    list = root.querySelector(".pp-clusters ul");
    legend = root.querySelector(".pp-legend");
    new ResizeObserver(draw).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
    view.mountMoves({ canvas, look: () => look, move, point, press, leave: () => light(-1) });
    root.querySelector(".pp-zoom").addEventListener("click", onZoom);
    list.addEventListener("click", onGroup);
    for (const [kind, at] of [["pointerover", true], ["focusin", true], ["pointerout", false], ["focusout", false]]) {
      list.addEventListener(kind, (event) => hold(at ? event.target.closest("[data-cluster]") : null));
    }
    wait.addEventListener("click", (event) => { if (event.target.closest("button")) load(true); });
    view.on("filters", match);
    view.on("picked", draw);
    view.on("facts", () => { if (!root.hidden) load(); });
  }

  function openMap() {
    load();
    match();
    draw();
  }

  async function load(again = false) {
    clearTimeout(polling);
    try {
      const told = await api(`papers/map${again ? "?again=true" : ""}`);
      if (told.ids) take(told);
      else if (!root.hidden) {
        const since = told.seconds < 2 ? "" : ` ${Math.round(told.seconds)} s so far.`;
        tell(`Drawing a map of ${view.counted(told.papers, "paper")}, once; it is kept.${since}`);
        polling = setTimeout(load, POLL);
      }
    } catch (error) {
      tell(error.message, true);
    }
  }

  function tell(text, isBad = false) {
    wait.hidden = !text;
    wait.classList.toggle("cw-bad", isBad);
    wait.replaceChildren(text, ...(isBad ? [" ", make("button", { type: "button", className: "cw-act", textContent: "Try again" })] : []));
  }

  function take(told) {
    tell(told.ids.length ? "" : "There is nothing to draw yet.");
    if (!told.ids.length || map?.generation === told.generation) return;
    map = told;
    middles = told.labels.map((_, group) => {
      const inside = told.clusters.flatMap((each, at) => (each === group ? [at] : []));
      return [0, 1].map((axis) => median(inside.map((at) => told.places[2 * at + axis])));
    });
    canvas.setAttribute("aria-label", `Map of ${view.counted(told.ids.length, "paper")} in ${told.labels.length} groups. The groups are listed next to it.`);
    drawList();
    draw();
  }

  function median(values) {
    const sorted = [...values].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? 0;
  }

  function drawList() {
    const chosen = view.filters().cluster;
    list.replaceChildren(...map.labels.map(({ text, papers }, group) => make("li", {},
      make("button", { type: "button", ariaPressed: String(group === chosen), dataset: { cluster: group } },
        make("span", { textContent: text }), make("span", { textContent: view.number(papers) })))));
  }

  // Of the filters, the map shows what they let through; all else is faint.
  async function match() {
    if (root.hidden) return;
    if (map) drawList();
    if (!view.isFiltered()) {
      matching = null;
      return draw();
    }
    try {
      matching = new Set((await api("papers/ids", { body: view.asked() })).ids);
      view.trouble("");
    } catch (error) {
      view.trouble(error.message);
    }
    draw();
  }

  // Drawing

  function size() {
    const { clientWidth: width, clientHeight: height } = canvas;
    let [wide, high] = [1e-6, 1e-6];
    for (let at = 0; at < map.places.length; at += 2) {
      wide = Math.max(wide, map.places[at]);
      high = Math.max(high, map.places[at + 1]);
    }
    const scale = Math.min((width - 2 * EDGE) / wide, (height - 2 * EDGE) / high);
    return { width, height, scale, left: (width - scale * wide) / 2, top: (height - scale * high) / 2 };
  }

  function placer() {
    const { scale, left, top } = size();
    return (x, y) => [(left + scale * x) * look.zoom + look.x, (top + scale * y) * look.zoom + look.y];
  }

  let due = 0;
  function draw() {
    cancelAnimationFrame(due);
    due = requestAnimationFrame(paint);
  }

  function paint() {
    if (root.hidden || !map || !canvas.clientWidth) return;
    const { width, height } = size();
    const sharp = devicePixelRatio || 1;
    canvas.width = width * sharp;
    canvas.height = height * sharp;
    const pen = canvas.getContext("2d");
    pen.scale(sharp, sharp);
    const style = getComputedStyle(root);
    const colour = (name) => style.getPropertyValue(`--${name}`).trim();
    const [ink, soft, accent, paper] = ["ink", "soft", "accent", "paper"].map(colour);
    const place = placer();
    const count = map.ids.length;
    const radius = (count < 2000 ? 2.6 : count < 8000 ? 1.9 : 1.3) * Math.min(2.2, Math.sqrt(look.zoom));
    const answered = lastAnswer();
    const kinds = { faint: [], plain: [], held: [], answered: [], picked: [] };
    for (let at = 0; at < count; at++) {
      const isIn = !matching || matching.has(map.ids[at]);
      kinds[!isIn ? "faint" : map.clusters[at] === held ? "held" : "plain"].push(at);
      if (answered.has(map.ids[at])) kinds.answered.push(at);
      if (view.picked.has(map.ids[at])) kinds.picked.push(at);
    }
    const dots = (which, fill, alpha, r) => {
      pen.globalAlpha = alpha;
      pen.fillStyle = fill;
      pen.beginPath();
      for (const at of which) {
        const [x, y] = place(map.places[2 * at], map.places[2 * at + 1]);
        if (x < -r || y < -r || x > width + r || y > height + r) continue;
        pen.moveTo(x + r, y);
        pen.arc(x, y, r, 0, 7);
      }
      pen.fill();
      pen.globalAlpha = 1;
    };
    dots(kinds.faint, soft, 0.2, radius);
    dots(kinds.plain, soft, held >= 0 ? 0.4 : 0.75, radius);
    dots(kinds.held, accent, 0.9, radius);
    if (matching && held < 0) dots(kinds.plain, ink, 0.9, radius);
    view.drawNames(pen, {
      places: middles.map(([x, y]) => place(x, y)), points: seen(kinds, place), texts: map.labels.map(({ text }) => text.split(", ")),
      width, height, lit: held >= 0 ? held : view.filters().cluster, ink, paper, accent,
      family: style.getPropertyValue("--serif"),
    });
    dots(kinds.answered, accent, 0.16, radius + 11);
    dots(kinds.answered, paper, 1, radius + 4.5);
    dots(kinds.answered, accent, 1, radius + 3);
    rings(pen, kinds.picked, place, radius + 2.5, accent);
    if (over >= 0) {
      dots([over], accent, 1, radius + 2);
      rings(pen, [over], place, radius + 5, accent);
    }
    describe(kinds.answered.length);
  }

  // Points that names should leave free, with what each is worth; a share of them where they are many.
  function seen(kinds, place) {
    const every = Math.ceil(map.ids.length / 2000);
    const weighed = (which, worth, r, step = 1) => which.filter((_, at) => at % step === 0)
      .map((at) => [...place(map.places[2 * at], map.places[2 * at + 1]), worth, r]);
    return [...weighed(kinds.plain, 1, 3, every), ...weighed(kinds.held, 1, 3, every), ...weighed(kinds.answered, 60, 14), ...weighed(kinds.picked, 20, 6)];
  }

  function rings(pen, which, place, r, colour) {
    pen.strokeStyle = colour;
    pen.lineWidth = 1.5;
    for (const at of which) {
      const [x, y] = place(map.places[2 * at], map.places[2 * at + 1]);
      pen.beginPath();
      pen.arc(x, y, r, 0, 7);
      pen.stroke();
    }
  }

  // The papers that the last answer in the chat rests on.
  function lastAnswer() {
    const cards = document.querySelectorAll(".cw-turn:last-child [data-part=sources] > .cw-card");
    return new Set([...cards].map((card) => card.dataset.paper));
  }

  // What the points mean, for those kinds that are there.
  function describe(answered) {
    const kinds = [
      ["answered", answered && `${view.counted(answered, "paper")} of your last answer`],
      ["matching", matching && `${view.number(matching.size)} of ${view.counted(map.ids.length, "paper")} match`],
      ["picked", view.picked.size && `${view.number(view.picked.size)} selected`],
      ["plain", matching ? "" : `${view.counted(map.ids.length, "paper")}; those close together are about alike things`],
    ].filter(([, text]) => text);
    const text = kinds.map(([, each]) => each).join(" · ");
    if (legend.dataset.text === text) return;
    legend.dataset.text = text;
    legend.replaceChildren(...kinds.map(([kind, each]) => make("span", { dataset: { kind } }, make("i"), each)));
  }

  // Doing

  function nearest(x, y) {
    if (!map) return -1;
    const place = placer();
    let [best, least] = [-1, REACH * REACH];
    for (let at = 0; at < map.ids.length; at++) {
      if (matching && !matching.has(map.ids[at])) continue;
      const [px, py] = place(map.places[2 * at], map.places[2 * at + 1]);
      const far = (px - x) ** 2 + (py - y) ** 2;
      if (far < least) [best, least] = [at, far];
    }
    return best;
  }

  function light(at) {
    if (at === over) return;
    over = at;
    tip.hidden = at < 0;
    if (at >= 0) {
      tip.textContent = map.titles[at];
      const [x, y] = placer()(map.places[2 * at], map.places[2 * at + 1]);
      tip.style.left = `${Math.min(Math.max(0, x - tip.offsetWidth / 2), canvas.clientWidth - tip.offsetWidth)}px`;
      tip.style.top = `${y > tip.offsetHeight + 24 ? y - tip.offsetHeight - 14 : y + 16}px`;
    }
    canvas.style.cursor = at >= 0 ? "pointer" : "";
    draw();
  }

  const point = (x, y) => light(nearest(x, y));

  // A finger has no hover: its first press shows the title, the second opens the paper.
  function press(x, y, isTouch) {
    const at = nearest(x, y);
    if (at >= 0 && (!isTouch || at === over)) go("papers", map.ids[at]);
    else light(at);
  }

  function move(next) {
    look = next.zoom <= 1 ? { zoom: 1, x: 0, y: 0 } : next;
    light(-1);
    draw();
  }

  function onZoom(event) {
    const step = { in: 1.5, out: 1 / 1.5 }[event.target.closest("[data-do]")?.dataset.do];
    if (step) move(view.zoomed(look, step, canvas.clientWidth / 2, canvas.clientHeight / 2));
    else if (event.target.closest("[data-do=reset]")) move({ zoom: 1, x: 0, y: 0 });
  }

  function hold(button) {
    const now = button ? Number(button.dataset.cluster) : -1;
    if (now !== held) {
      held = now;
      draw();
    }
  }

  function onGroup(event) {
    const button = event.target.closest("[data-cluster]");
    if (!button) return;
    const group = Number(button.dataset.cluster);
    const isOn = view.filters().cluster === group;
    view.filter(isOn ? { cluster: "", label: "" } : { cluster: group, label: map.labels[group].text });
    if (!isOn) visit(view.listAddress());
  }

  return { mountMap, openMap };
})());
