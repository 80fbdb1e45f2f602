// What the parts of the tables view share: the table that is shown, what the server is asked of it,
// and who wants to know when it changes.
"use strict";

window.citewell.tablesView = (() => {
  const { citewell } = window;
  const { make } = citewell;
  const listeners = { table: [], cells: [] };
  let table = null; // as the server told it, its cells by paper and question
  let root;
  let undo = null;

  const key = (paper, question) => `${paper}\n${question}`;

  function on(what, heard) {
    listeners[what].push(heard);
  }

  function mountBase(element) {
    root = element;
    root.querySelector(".tb-undo button").addEventListener("click", putBack);
  }

  // `told` is all of a table, or null where none is shown.
  function show(told) {
    if (told?.id !== table?.id) undoable("");
    table = told && { ...told, cells: new Map(told.cells.map((cell) => [key(cell.paper, cell.question), cell])) };
    for (const heard of listeners.table) heard(table);
  }

  // Some cells have come, and how things stand.
  function hear(news) {
    const { cells, ...state } = news;
    Object.assign(table, state);
    for (const cell of cells) table.cells.set(key(cell.paper, cell.question), cell);
    for (const heard of listeners.cells) heard(cells);
  }

  const api = (path, options) => citewell.api(`tables/${encodeURIComponent(table.id)}${path}`, options);

  // Something is done to the table, and it is shown as it is then; whether it could be done.
  async function ask(path, body) {
    const { id } = table;
    trouble("");
    try {
      const told = await api(path, { body });
      if (table?.id !== id) return null;
      show(told);
      return told;
    } catch (error) {
      trouble(error.message);
      return null;
    }
  }

  const change = (name, given) => ask("/change", { do: name, ...given });

  function trouble(text, place = "one-trouble") {
    const element = root.querySelector(`[data-place=${place}]`);
    element.textContent = text;
    element.hidden = !text;
  }

  function say(text) {
    root.querySelector("[data-place=said]").textContent = text;
  }

  // What was taken out of the table, in words, and how it comes back.
  function undoable(text, back = null) {
    const place = root.querySelector(".tb-undo");
    undo = back;
    place.hidden = !back;
    place.firstChild.textContent = text;
  }

  async function putBack() {
    const back = undo;
    undoable("");
    if (back) await back();
  }

  // A field in the place of `shown`: Enter or leaving it keeps the text, Escape does not.
  function edit(shown, label, keep) {
    const field = make("input", { value: shown.textContent, maxLength: 200, ariaLabel: label, className: "tb-edit" });
    let over = false; // taking the field away blurs it
    const done = async (isKept) => {
      if (over) return;
      over = true;
      const text = field.value.trim();
      field.remove();
      shown.hidden = false;
      await keep(isKept && text !== shown.textContent ? text : "");
    };
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      done(event.key === "Enter");
    });
    field.addEventListener("blur", () => done(true));
    shown.hidden = true;
    shown.before(field);
    field.select();
  }

  // What is deleted is gone, so it takes a second press.
  function surely(button, sure, done) {
    if (button.dataset.sure) {
      done();
      return;
    }
    const { textContent: text, ariaLabel: label } = button;
    button.dataset.sure = "yes";
    button.textContent = sure;
    button.ariaLabel = label && `${sure} ${label}`;
    setTimeout(() => {
      delete button.dataset.sure;
      button.textContent = text;
      button.ariaLabel = label;
    }, 5000);
  }

  const number = (n) => n.toLocaleString("en");
  const counted = (n, noun) => `${number(n)} ${noun}${n === 1 ? "" : "s"}`;

  return {
    on, mountBase, show, hear, api, ask, change, undoable, edit, trouble, say, surely, number, counted,
    table: () => table,
    cell: (paper, question) => table.cells.get(key(paper, question)),
  };
})();
