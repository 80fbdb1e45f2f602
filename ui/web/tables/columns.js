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
        if (await view.change("remove_column", { question })) form.elements.column.focus();
      },
    };
    acts[button.dataset.do]?.();
  }

  // Enter or leaving the field keeps the name; the question stays what it was.
  function rename(head) {
    const { question } = head.dataset;
    const name = head.querySelector(".tb-sort");
    const field = make("input", { value: name.textContent, maxLength: 200, ariaLabel: `New name of the column ${name.textContent}` });
    let over = false; // taking the field away blurs it
    const done = async (isKept) => {
      if (over) return;
      over = true;
      const text = field.value.trim();
      field.remove();
      name.hidden = false;
      if (isKept && text && text !== name.textContent) await view.change("rename_column", { question, name: text });
      [...root.querySelectorAll("thead .tb-sort")].find((each) => each.dataset.sort === question)?.focus();
    };
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      done(event.key === "Enter");
    });
    field.addEventListener("blur", () => done(true));
    name.hidden = true;
    head.prepend(field);
    field.select();
  }

  return { mountColumns, onColumn };
})());
