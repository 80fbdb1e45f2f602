// Columns added, renamed, removed; rows added from the papers that are selected.
"use strict";

Object.assign(window.citewell.tablesView, (() => {
  const { citewell } = window;
  const { make } = citewell;
  const view = citewell.tablesView;

  let root, form, more;

  function mountColumns(element) {
    root = element;
    form = root.querySelector(".tb-add");
    more = root.querySelector("[data-do=add-rows]");
    form.addEventListener("submit", onAdd);
    more.addEventListener("click", onRows);
    view.on("table", draw);
  }

  function draw(table) {
    if (!table) return;
    const there = new Set(table.columns.map(({ name }) => name.toLowerCase()));
    form.querySelector("datalist").replaceChildren(
      ...table.known.filter((name) => !there.has(name)).map((value) => make("option", { value })));
    form.hidden = table.columns.length >= table.most_columns;
    const new_ = selected(table);
    more.hidden = !new_.length || table.rows.length >= table.most_rows;
    more.textContent = `Add the ${view.counted(new_.length, "selected paper")}`;
  }

  function selected({ rows, most_rows: most }) {
    const there = new Set(rows.map(({ id }) => id));
    return [...citewell.papersView.picked].filter((id) => !there.has(id)).slice(0, most - rows.length);
  }

  async function onAdd(event) {
    event.preventDefault();
    const field = form.elements.column;
    const name = field.value.trim();
    if (!name) {
      field.focus();
      return;
    }
    if (!await view.change("add_column", { name })) return;
    field.value = "";
    view.say(`Column added: ${name}`);
    const box = root.querySelector(".tb-box");
    box.scrollTo({ left: box.scrollWidth, behavior: "instant" });
    view.goOn();
  }

  async function onRows() {
    if (await view.change("add_rows", { ids: selected(view.table()) })) view.goOn();
  }

  // What was pressed in the head of a column.
  function onColumn(button) {
    const head = button.closest("th");
    const { question } = head.dataset;
    const acts = {
      menu: () => citewell.openMenu(button),
      rename: () => rename(head),
      remove: async () => {
        const at = view.table().columns.findIndex((each) => each.question === question);
        const { name } = view.table().columns[at];
        if (!await view.change("remove_column", { question })) return;
        form.elements.column.focus();
        view.undoable(`Column removed: ${name}.`, async () => {
          if (await view.change("put_back_column", { question, name, at })) view.goOn();
        });
      },
    };
    acts[button.dataset.do]?.();
  }

  // The question stays what it was.
  function rename(head) {
    const { question } = head.dataset;
    const name = head.querySelector(".tb-sort");
    view.edit(name, `New name of the column ${name.textContent}`, async (text) => {
      if (text) await view.change("rename_column", { question, name: text });
      [...root.querySelectorAll("thead .tb-sort")].find((each) => each.dataset.sort === question)?.focus();
    });
  }

  return { mountColumns, onColumn };
})());
