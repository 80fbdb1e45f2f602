// How cells get filled: what it takes is told before a model is asked, how far it is while it goes on.
"use strict";

Object.assign(window.citewell.tablesView, (() => {
  const { citewell } = window;
  const { make } = citewell;
  const view = citewell.tablesView;
  const LOOK = 350; // ms between looks at a table that is being filled

  let bar, told, progress, notices;
  let offer = null; // what a model would take, in words, and for which cell: the reader decides
  let looking = 0;
  let isAwaited = false; // something empty has come while the table was being filled
  let quarter = 0; // of the way, as a screen reader was told last

  function mountFilling(element) {
    bar = element.querySelector(".tb-fill");
    told = bar.querySelector("p");
    progress = bar.querySelector("progress");
    notices = element.querySelector(".tb-notices");
    bar.addEventListener("click", onClick);
    view.on("table", (table) => { offer = null; quarter = 0; draw(); if (table?.running) look(); });
    view.on("cells", () => { draw(); if (isAwaited && !view.table().running) goOn(); });
  }

  // Cells of papers that are as they were can be filled.
  function counts({ rows, columns }) {
    const ours = rows.filter(({ stale }) => !stale);
    let done = 0;
    let failed = 0;
    for (const { id } of ours) {
      for (const { question } of columns) {
        const cell = view.cell(id, question);
        done += Boolean(cell);
        failed += cell?.status === "failed";
      }
    }
    return { total: ours.length * columns.length, done, failed };
  }

  function draw() {
    const table = view.table();
    clearTimeout(looking);
    if (!table) return;
    const { total, done, failed } = counts(table);
    const left = total - done + failed;
    const { running, stopping } = table;
    bar.hidden = !running && !left;
    bar.classList.toggle("tb-at-work", running);
    progress.hidden = !running;
    progress.max = total || 1;
    progress.value = done;
    const acts = { start: !running && left > 0, quote: !running && Boolean(offer), stop: running && !stopping };
    for (const [name, isThere] of Object.entries(acts)) {
      const button = bar.querySelector(`[data-do=${name}]`);
      const hadFocus = document.activeElement === button;
      button.hidden = !isThere;
      if (hadFocus && !isThere) bar.querySelector("button:not([hidden])")?.focus();
    }
    bar.querySelector("[data-do=start]").textContent = offer ? "Start" : left === failed ? "Try again" : done ? "Fill the rest" : "Fill";
    told.textContent = running
      ? `${view.number(done)} of ${view.counted(total, "cell")}${stopping ? ", stopping …" : ""}`
      : offer ? `${view.counted(offer.only ? 1 : left, "cell")} by ${table.by_model}: ${offer.expected}.`
        : left === failed ? `${view.counted(failed, "cell")} failed.`
          : `${view.counted(left, "cell")} of ${view.number(total)} ${left === 1 ? "is" : "are"} not filled yet.`;
    const lines = [...(table.trouble ? [table.trouble] : []), ...table.notices];
    notices.hidden = running || !lines.length;
    notices.replaceChildren(...lines.map((textContent) => make("p", { textContent })));
    tell(running, done, total);
    if (running) looking = setTimeout(look, LOOK);
  }

  function tell(running, done, total) {
    const now = Math.floor((4 * done) / (total || 1));
    if (running && now > quarter && now < 4) view.say(told.textContent);
    if (!running && quarter && total) view.say(`${view.number(done)} of ${view.counted(total, "cell")} are filled.`);
    quarter = running ? Math.max(now, 0.1) : 0;
  }

  async function look() {
    const { id, changes } = view.table();
    try {
      const news = await view.api(`/news?since=${changes}`);
      if (view.table()?.id === id && document.body.dataset.view === "tables") view.hear(news);
    } catch (error) {
      if (view.table()?.id !== id) return;
      view.table().running = false;
      draw();
      view.trouble(error.message);
    }
  }

  // Fill what is empty, or one cell: at once where that is free, else as the reader decides.
  async function begin(only = null, how = {}) {
    const found = await view.ask("/fill", { ...how, ...only });
    if (!found?.expected) return;
    offer = { expected: found.expected, only };
    draw();
    bar.scrollIntoView({ block: "nearest" });
    bar.querySelector("[data-do=start]").focus();
    view.say(told.textContent);
  }

  // Something empty has come: without a model the server is at it already.
  function goOn() {
    const { by_model: model, running } = view.table();
    isAwaited = Boolean(model && running);
    if (model && !running) begin();
  }

  function onClick(event) {
    const acts = {
      start: () => (offer ? begin(offer.only, { go: true }) : begin()),
      quote: () => begin(offer.only, { mode: "extractive" }),
      stop: async () => {
        try {
          Object.assign(view.table(), await view.api("/stop", { body: {} }));
          draw();
        } catch (error) {
          view.trouble(error.message);
        }
      },
    };
    acts[event.target.closest("[data-do]")?.dataset.do]?.();
  }

  return { mountFilling, begin, goOn, look, counts };
})());
