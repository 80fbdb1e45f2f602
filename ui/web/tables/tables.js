// The view of evidence tables: `#/tables` lists the visitor's, `#/tables/<id>` is one of them.
"use strict";

window.citewell.addView("tables", (() => {
  const { citewell } = window;
  const view = citewell.tablesView;

  let root;
  let wanted = "";

  function mount(element) {
    root = element;
    view.mountBase(root);
    view.mountAll(root);
    view.mountGrid(root);
    view.mountColumns(root);
    view.mountFilling(root);
    view.mountSpan(root);
    view.mountExports(root);
    root.querySelector("[data-do=rename-table]").addEventListener("click", rename);
    view.on("table", drawTop);
    view.on("cells", () => drawTop(view.table()));
  }

  async function shown([id = ""]) {
    if (!root) return; // Gradio has not put the HTML there yet
    wanted = id;
    root.querySelector("[data-place=all]").hidden = Boolean(id);
    root.querySelector("[data-place=one]").hidden = !id;
    if (!id) {
      view.show(null);
      view.openAll();
      return;
    }
    const before = view.table();
    if (before?.id !== id) drawNothing("Opening …");
    try {
      const told = await citewell.api(`tables/${encodeURIComponent(id)}`);
      if (wanted !== id) return;
      drawNothing("");
      view.show(told);
      if (before?.id !== id) root.querySelector("#tb-title").focus({ preventScroll: true });
      const { done } = view.counts(view.table());
      if (!done && !told.running && told.by_model) view.begin(); // what it will take, first
    } catch (error) {
      if (wanted !== id) return;
      view.show(null);
      drawNothing(error.message);
    }
  }

  // In the place of a table that is not there, or not yet.
  function drawNothing(text) {
    const place = root.querySelector(".tb-gone");
    place.textContent = text;
    place.hidden = !text;
    root.querySelector("[data-place=one]").classList.toggle("tb-nothing", Boolean(text));
  }

  function rename({ currentTarget: button }) {
    view.edit(root.querySelector("#tb-title"), "New title of the table", async (name) => {
      if (name) await view.change("rename", { name });
      button.focus();
    });
  }

  function drawTop(table) {
    if (!table) return;
    root.querySelector("#tb-title").textContent = table.title;
    root.querySelector(".tb-about").textContent = [
      view.counted(table.rows.length, "paper"), ...(table.cells.size ? [made([...table.cells.values()])] : []), ...(table.private ? ["Private, not kept"] : []),
    ].join(" · ");
    citewell.entitle(table.private ? "Private table" : `Table: ${table.title}`);
  }

  // Who filled the cells; those set by hand do not count.
  function made(cells) {
    const models = [...new Set(cells.map(({ model }) => model).filter(Boolean))].sort().join(", ");
    if (!models) return "Quoted sentences, no model";
    const isQuoted = cells.some(({ status, model, own }) => status === "stated" && !model && !own);
    return isQuoted ? `Partly written by ${models}, partly quoted` : `Written by ${models}`;
  }

  return { mount, shown };
})());
