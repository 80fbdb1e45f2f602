// The list of papers: a page of rows at a time, searched and sorted on the server.
"use strict";

Object.assign(window.citewell.papersView, (() => {
  const { citewell } = window;
  const { api, make } = citewell;
  const view = window.citewell.papersView;

  let root, body, status, none, pages;
  let rows = [];
  let total = 0;
  let asking = null;
  let lastPicked = -1;
  let match; // the order that there is only where something is looked for
  let pressed = null; // what the list was last changed by, if that was within it

  function mountList(element) {
    root = element.querySelector("[data-place=list]");
    body = root.querySelector("tbody");
    status = root.querySelector("[role=status]");
    none = root.querySelector("[data-place=none]");
    pages = root.querySelector(".pp-pages");
    root.querySelector("thead").addEventListener("click", onSort);
    root.addEventListener("click", onClick);
    body.addEventListener("keydown", onKey);
    match = root.querySelector(".pp-order [value=match]");
    root.querySelector(".pp-order").addEventListener("change", (event) => {
      const [sort, way] = event.target.value.split(" ");
      view.filter({ sort, descending: way === "down" });
    });
    view.on("picked", mark);
    view.on("filters", () => load());
  }

  // Rows stay until others are there: nothing jumps while one types.
  async function load({ quietly = false } = {}) {
    asking?.abort();
    const mine = asking = new AbortController();
    root.setAttribute("aria-busy", "true");
    try {
      const found = await api("papers/list", { body: view.asked(), signal: mine.signal });
      trouble("");
      ({ rows, total } = found);
      draw(found, quietly);
    } catch (error) {
      if (error.name === "AbortError") return;
      if ("waiting" in root.dataset) status.textContent = ""; // nothing is read any more
      trouble(error.message);
    }
    root.setAttribute("aria-busy", "false");
  }

  function trouble(text) {
    const place = root.closest(".cw-view").querySelector("[data-place=trouble]");
    place.textContent = text;
    place.hidden = !text;
  }

  function draw({ papers, offset, page }) {
    lastPicked = -1;
    delete root.dataset.waiting;
    body.replaceChildren(...rows.map(row));
    const { words, ranked, fresh } = view.filters();
    const { sort, descending } = order();
    for (const head of root.querySelectorAll("[data-sort]")) {
      const isMine = head.dataset.sort === sort;
      head.setAttribute("aria-sort", isMine ? (descending ? "descending" : "ascending") : "none");
    }
    const found = view.isFiltered() ? `${view.number(total)} of ${view.counted(papers, "paper")}` : view.counted(papers, "paper");
    status.textContent = ranked && sort === "match" && !fresh ? `The ${view.counted(total, "paper")} nearest in meaning, best first` : found;
    const all = root.querySelector("[data-do=all]");
    all.hidden = !total;
    all.textContent = view.isFiltered() ? `Select ${total === 1 ? "it" : `all ${view.number(total)}`}` : "Select all";
    const table = root.querySelector("[data-do=table]");
    table.hidden = total < 2;
    table.textContent = view.tableOf(total);
    table.ariaLabel = `${view.tableOf(total)} of ${view.isFiltered() ? "those found" : "all papers"}`;
    root.querySelector("[data-do=unfilter]").hidden = !view.isFiltered() || !total; // else it stands below
    root.querySelector("[data-do=save]").hidden = !view.isFiltered();
    const select = root.querySelector(".pp-order select");
    if (words || ranked) select.prepend(match); // not merely hidden: a phone's own list shows it then
    else match.remove();
    select.value = sort === "match" ? sort : `${sort} ${descending ? "down" : "up"}`;
    root.querySelector("table").hidden = !total;
    none.hidden = total > 0;
    none.replaceChildren(...(total ? [] : nothing(papers)));
    pages.hidden = total <= page;
    pages.querySelector("span").textContent =
      `${view.number(offset + 1)}–${view.number(Math.min(offset + page, total))} of ${view.number(total)}`;
    pages.querySelector("[data-do=before]").disabled = offset === 0;
    pages.querySelector("[data-do=after]").disabled = offset + page >= total;
    pages.dataset.page = page;
    mark();
    if (pressed) citewell.refocus(body.querySelector("a") ?? none.querySelector("button"));
    pressed = null;
  }

  function nothing(papers) {
    if (!papers) {
      return ["There are no papers yet. ", make("a", { href: "#/papers/add", textContent: "Add some" }), "."];
    }
    const { words, date_from: since, date_to: until } = view.filters();
    if (since && until && since > until) {
      return [
        `No day is both since ${citewell.day(since)} and until ${citewell.day(until)}: “until” comes before “since”. `,
        make("button", { type: "button", className: "cw-act", textContent: "Exchange the two", dataset: { do: "swap" } }), " ",
        make("button", { type: "button", className: "cw-act", textContent: "Clear filters", dataset: { do: "unfilter" } }),
      ];
    }
    return [
      words ? `No paper has all of these words${others() ? " and meets the filters" : ""}. ` : "No paper meets the filters. ",
      ...(words ? [make("button", { type: "button", className: "cw-act", textContent: "Rank by meaning instead", dataset: { do: "rank" } }), " "] : []),
      make("button", { type: "button", className: "cw-act", textContent: "Clear filters", dataset: { do: "unfilter" } }),
    ];
  }

  function others() {
    const { words, ranked, ...rest } = view.filters();
    return view.narrowing.some((name) => (rest[name] ?? "") !== "") || rest.only || rest.fresh;
  }

  function row(paper, at) {
    const box = make("input", { type: "checkbox", ariaLabel: `Select: ${paper.title}`, dataset: { at } });
    const under = [citewell.day(paper.published), paper.upvotes === null ? "" : view.counted(paper.upvotes, "upvote")].filter(Boolean).join(" · ");
    return make("tr", { dataset: { id: paper.id } },
      make("td", { className: "pp-pick" }, box),
      make("td", { className: "pp-title" },
        make("a", { href: `#/papers/${encodeURIComponent(paper.id)}`, textContent: paper.title }), ...citewell.outward(paper),
        ...(view.fresh().ids.includes(paper.id) ? [make("span", { className: "pp-new", textContent: "new" })] : []),
        ...(under ? [make("span", { className: "pp-under", textContent: under })] : []),
        ...(paper.tags ? [make("span", { className: "pp-marks", textContent: marked(paper) })] : [])),
      make("td", { className: "pp-date" }, citewell.time(paper.published)),
      make("td", { className: "pp-up", textContent: paper.upvotes === null ? "" : view.number(paper.upvotes) }),
    );
  }

  const marked = ({ tags, reading, noted }) =>
    [reading.replace("_", " "), noted ? "note" : "", ...tags.map((tag) => `#${tag}`)].filter(Boolean).join(" · ");

  // Which rows are selected, without drawing them anew.
  function mark() {
    let here = 0;
    for (const line of body.rows) {
      const isPicked = view.picked.has(line.dataset.id);
      line.classList.toggle("pp-on", isPicked);
      line.querySelector("input").checked = isPicked;
      here += isPicked;
    }
    const box = root.querySelector("[data-do=page]");
    box.checked = here > 0 && here === body.rows.length;
    box.indeterminate = here > 0 && here < body.rows.length;
  }

  function onSort(event) {
    const head = event.target.closest("button")?.closest("[data-sort]");
    if (!head) return;
    const { sort, descending } = order();
    const { sort: name } = head.dataset;
    const first = name !== "title"; // the newest and the most liked first, titles from A
    if (sort !== name) view.filter({ sort: name, descending: first });
    else if (descending === first) view.filter({ sort: name, descending: !first });
    else view.filter({ sort: "match", descending: false });
  }

  // The order in force: where no words are looked for nothing matches best, and the newest come first.
  function order() {
    const { sort, descending, words, ranked } = view.filters();
    return sort === "match" && !words && !ranked ? { sort: "date", descending: true } : { sort, descending };
  }

  function onClick(event) {
    pressed = event.target;
    const box = event.target.closest("tbody input");
    if (box) pickRow(Number(box.dataset.at), box.checked, event.shiftKey);
    const { offset } = view.filters();
    const page = Number(pages.dataset.page);
    const acts = {
      page: () => view.pick(rows.map((paper) => paper.id), event.target.checked),
      all: () => pickAll(),
      table: () => tableOfAll(),
      before: () => turn(Math.max(0, offset - page)),
      after: () => turn(offset + page),
      rank: () => view.filter({ ranked: view.filters().words, sort: "match", descending: false }),
      unfilter: () => view.clearFilters(),
      save: () => view.saveSearch(),
      swap: () => {
        const { date_from: since, date_to: until } = view.filters();
        view.filter({ date_from: until, date_to: since });
      },
    };
    acts[event.target.closest("[data-do]")?.dataset.do]?.();
  }

  function turn(offset) {
    view.filter({ offset });
    root.scrollIntoView({ behavior: "instant", block: "start" });
  }

  // With Shift, all from the one before to this one.
  function pickRow(at, isPicked, isRange) {
    const from = isRange && lastPicked >= 0 ? lastPicked : at;
    const ids = rows.slice(Math.min(from, at), Math.max(from, at) + 1).map((paper) => paper.id);
    view.pick(ids, isPicked);
    lastPicked = at;
  }

  async function pickAll() {
    try {
      view.pick((await api("papers/ids", { body: view.asked() })).ids, true);
    } catch (error) {
      trouble(error.message);
    }
  }

  async function tableOfAll() {
    const { words, ranked } = view.filters();
    try {
      view.makeTable((await api("papers/ids", { body: view.asked() })).ids, ranked || words);
    } catch (error) {
      trouble(error.message);
    }
  }

  function onKey(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const line = event.target.closest("tr");
    if (!step || !line) return;
    const next = step > 0 ? line.nextElementSibling : line.previousElementSibling;
    if (!next) return;
    event.preventDefault();
    next.querySelector(event.target.tagName === "INPUT" ? "input" : "a").focus();
  }

  function focusRow(id) {
    const line = [...body.rows].find((each) => each.dataset.id === id);
    line?.querySelector("a").focus({ preventScroll: true });
  }

  return { mountList, load, focusRow, trouble, marked };
})());
