// The table itself: a row a paper, its cells, sorted by a column. Texts are foreign, and set as text.
"use strict";

Object.assign(window.citewell.tablesView, (() => {
  const { citewell } = window;
  const { make } = citewell;
  const view = citewell.tablesView;
  const STALE = {
    gone: "No longer in the corpus; told as it was.",
    changed: "Its abstract has changed; this is of the former one.",
  };

  let root, head, body, select;
  let order = { by: "", descending: false }; // `by`: "title", "date", a column's question, "" as made
  let shown = ""; // the id of the table

  function mountGrid(element) {
    root = element;
    head = root.querySelector(".tb-table thead tr");
    body = root.querySelector(".tb-table tbody");
    select = root.querySelector(".tb-order select");
    head.addEventListener("click", onHead);
    body.addEventListener("click", onBody);
    body.addEventListener("keydown", onKey);
    select.addEventListener("change", () => {
      const [by, way] = JSON.parse(select.value);
      sort(by, way);
    });
    view.on("table", draw);
    view.on("cells", fill);
  }

  function draw(table) {
    if (!table) {
      shown = "";
      return;
    }
    if (table.id !== shown) order = addressed();
    shown = table.id;
    if (order.by && !["title", "date"].includes(order.by) && !table.columns.some(({ question }) => question === order.by)) order.by = "";
    const at = place(document.activeElement);
    root.querySelector(".tb-table").style.setProperty("--columns", table.columns.length);
    head.replaceChildren(paperHead(), ...table.columns.map(columnHead));
    body.replaceChildren(...sorted().map(row));
    drawOrder();
    if (at) focusCell(at.paper, at.question);
  }

  // Cells that have come take their places; nothing else is drawn anew, and the order stays.
  function fill(cells) {
    const rows = new Map([...body.rows].map((line) => [line.dataset.paper, line]));
    for (const { paper, question } of cells) {
      const old = [...(rows.get(paper)?.cells ?? [])].find((each) => each.dataset.question === question);
      const column = view.table().columns.find((each) => each.question === question);
      if (!old || !column) continue;
      const hadFocus = old.contains(document.activeElement);
      const fresh = cellOf(view.table().rows.find((each) => each.id === paper), column);
      old.replaceWith(fresh);
      if (hadFocus) fresh.querySelector("button")?.focus({ preventScroll: true });
    }
    body.classList.toggle("tb-running", view.table().running);
  }

  // The head

  const sortButton = (by, text) =>
    make("button", { type: "button", className: "tb-sort", textContent: text, dataset: { sort: by } });

  function th(properties, ...children) {
    return make("th", { scope: "col", ...properties, attributes: { role: "columnheader", "aria-sort": "none" } }, ...children);
  }

  const paperHead = () => th({ className: "tb-paper" }, sortButton("title", "Paper"), sortButton("date", "Date"));

  function columnHead({ name, question }) {
    const menu = make("div", { className: "cw-menu", popover: "auto" },
      ...(question.toLowerCase() === name.toLowerCase() ? [] : [make("p", { className: "tb-asks", textContent: question })]),
      make("button", { type: "button", className: "cw-act", textContent: "Rename", dataset: { do: "rename" } }),
      make("button", { type: "button", className: "cw-act", textContent: "Remove column", dataset: { do: "remove" } }));
    const opener = make("button", {
      type: "button", className: "cw-act cw-icon", ariaLabel: `Column ${name}`, ariaExpanded: "false",
      dataset: { do: "menu", icon: "more" },
    });
    return th({ dataset: { question } }, sortButton(question, name), opener, menu);
  }

  function drawOrder() {
    for (const cell of head.cells) {
      let state = "none";
      for (const button of cell.querySelectorAll(".tb-sort")) {
        const isMine = button.dataset.sort === order.by;
        const way = order.descending ? "descending" : "ascending";
        button.dataset.way = isMine ? way : "";
        if (isMine) state = way;
      }
      cell.setAttribute("aria-sort", state);
    }
    const options = [
      ["as found", "", false], ["title", "title", false], ["newest", "date", true], ["oldest", "date", false],
      ...view.table().columns.map(({ name, question }) => [name, question, false]),
    ];
    select.replaceChildren(...options.map(([textContent, by, way]) =>
      make("option", { textContent, value: JSON.stringify([by, way]), selected: by === order.by && way === order.descending })));
  }

  function onHead(event) {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.sort === undefined) {
      view.onColumn(button);
      return;
    }
    const by = button.dataset.sort;
    const first = by === "date"; // the newest first, texts from A
    if (order.by !== by) sort(by, first);
    else if (order.descending === first) sort(by, !first);
    else sort("", false);
  }

  // The order stands in the address, so that it outlives a reload.
  function addressed() {
    const { query } = citewell.here();
    return { by: query?.get("sort") ?? "", descending: query?.get("way") === "down" };
  }

  function sort(by, descending) {
    order = { by, descending };
    const query = new URLSearchParams({ ...(by && { sort: by }), ...(by && descending && { way: "down" }) });
    citewell.settle(`#/tables/${encodeURIComponent(shown)}${by ? `?${query}` : ""}`);
    const rows = new Map([...body.rows].map((line) => [line.dataset.paper, line]));
    body.append(...sorted().map(({ id }) => rows.get(id)));
    drawOrder();
  }

  // What is empty comes last, whichever way; what is alike stays as it was.
  function sorted() {
    const { by, descending } = order;
    const { rows } = view.table();
    if (!by) return rows;
    const worth = (row) => {
      if (by === "title") return row.title;
      if (by === "date") return row.published.replace("arXiv ", "");
      const cell = view.cell(row.id, by);
      return cell?.status === "stated" ? cell.text : "";
    };
    const compare = new Intl.Collator("en", { numeric: true }).compare;
    const full = rows.filter((row) => worth(row)).sort((a, b) => (descending ? -1 : 1) * compare(worth(a), worth(b)));
    return [...full, ...rows.filter((row) => !worth(row))];
  }

  // Rows

  function row(paper) {
    const { running, columns } = view.table();
    body.classList.toggle("tb-running", running);
    const title = paper.stale === "gone"
      ? make("span", { textContent: paper.title })
      : make("a", { href: `#/papers/${encodeURIComponent(paper.id)}`, textContent: paper.title });
    const remove = make("button", { type: "button", className: "cw-act tb-remove", textContent: "×", ariaLabel: `Remove from the table: ${paper.title}`, dataset: { do: "remove-row" } });
    const stale = STALE[paper.stale]
      ? [make("span", { className: "tb-stale", textContent: `${STALE[paper.stale]} ` },
        ...(paper.stale === "changed" ? [make("button", { type: "button", className: "cw-act", textContent: "Read the new one", dataset: { do: "renew" } })] : []))]
      : [];
    return make("tr", { dataset: { paper: paper.id }, attributes: { role: "row" } },
      make("th", { scope: "row", className: "tb-paper", attributes: { role: "rowheader" } },
        title, make("span", { className: "tb-day" }, paper.published ? citewell.time(paper.published) : make("span", { textContent: "no date" }), ...citewell.outward(paper), remove), ...stale),
      ...columns.map((column) => cellOf(paper, column)));
  }

  function cellOf(paper, { name, question }) {
    const cell = view.cell(paper.id, question);
    const place = make("td", { dataset: { question, name }, attributes: { role: "cell" } });
    if (!cell) {
      place.className = "tb-empty";
      place.append(make("span", { className: "cw-sr", textContent: "not filled yet" }));
      if (paper.stale) place.classList.add("tb-never");
      return place;
    }
    const isSilent = cell.status === "not_stated";
    const button = make("button", { type: "button", className: `tb-cell tb-${cell.status}`, dataset: { do: "open" } },
      make("span", { className: "tb-text", textContent: isSilent ? "not stated" : cell.text || cell.note }));
    if (cell.note && cell.text) button.title = cell.note;
    if (cell.own) button.append(make("span", { className: "tb-own", textContent: "set by you" }));
    place.append(button);
    if (cell.status === "failed") {
      place.append(make("button", { type: "button", className: "cw-act", textContent: "Try again", ariaLabel: `Try again: ${name}, ${paper.title}`, dataset: { do: "again" } }));
    }
    return place;
  }

  const place = (element) => {
    const cell = element?.closest?.(".tb-table td");
    return cell && { paper: cell.parentElement.dataset.paper, question: cell.dataset.question };
  };

  function focusCell(paper, question) {
    const line = [...body.rows].find((each) => each.dataset.paper === paper);
    const cell = [...(line?.cells ?? [])].find((each) => each.dataset.question === question);
    (cell?.querySelector("button") ?? line?.querySelector("a, button") ?? root.querySelector("#tb-title")).focus({ preventScroll: true });
  }

  function onBody(event) {
    const hit = event.target.closest("[data-do]");
    const line = hit?.closest("tr");
    if (!hit) return;
    const paper = line.dataset.paper;
    const acts = {
      open: () => view.openCell(place(hit)),
      again: () => view.begin(place(hit)),
      "remove-row": () => view.surely(hit, "Remove?", async () => {
        const next = (line.nextElementSibling ?? line.previousElementSibling)?.dataset.paper;
        const { title } = view.table().rows.find(({ id }) => id === paper);
        if (!await view.change("remove_row", { paper })) return;
        focusCell(next, "");
        view.undoable(`Paper removed: ${title}.`, async () => {
          if (await view.change("put_back_row", { paper })) focusCell(paper, "");
        });
      }),
      renew: async () => { if (await view.change("renew_row", { paper })) view.goOn(); },
    };
    acts[hit.dataset.do]?.();
  }

  // The arrow keys go from cell to cell.
  function onKey(event) {
    const [down, right] = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] }[event.key] ?? [];
    const cell = event.target.closest("td, th");
    if (down === undefined || !cell) return;
    const next = body.rows[cell.parentElement.sectionRowIndex + down]?.cells[cell.cellIndex + right];
    const target = next?.querySelector("a, button");
    if (!target) return;
    event.preventDefault();
    target.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  return { mountGrid, focusCell };
})());
