// Tables taken elsewhere, and tables begun from elsewhere: from an answer, from chosen papers.
"use strict";

Object.assign(window.citewell.tablesView, (() => {
  const { citewell } = window;
  const { api, make } = citewell;
  const view = citewell.tablesView;

  let opener, menu;

  function mountExports(element) {
    opener = element.querySelector("[data-do=export]");
    menu = element.querySelector(".tb-exports");
    opener.addEventListener("click", () => citewell.openMenu(opener));
    menu.addEventListener("click", (event) => {
      const button = event.target.closest("[data-act=copy]");
      if (button) copy(button);
    });
    view.on("table", draw);
  }

  const address = (id, format) => `${citewell.base}/citewell/api/tables/${encodeURIComponent(id)}/export?format=${format}`;

  function draw(table) {
    if (!table) return;
    menu.replaceChildren(
      make("button", { type: "button", className: "cw-act", textContent: "Copy as Markdown", dataset: { act: "copy" } }),
      ...table.formats.map(({ name, label }) => make("a", {
        className: "cw-act", href: address(table.id, name), download: "", textContent: `Download ${label}`,
      })));
  }

  async function copy(button) {
    const { textContent: label } = button;
    const text = fetch(address(view.table().id, "markdown")).then((reply) => {
      if (!reply.ok) throw new Error("The table could not be copied.");
      return reply.text();
    });
    try {
      await citewell.toClipboard(text);
      button.textContent = "Copied";
    } catch (error) {
      button.textContent = error.message;
    }
    view.say(button.textContent);
    setTimeout(() => { button.textContent = label; }, 1600);
  }

  // A table is made and opened. `asked` as the server takes it; raises what it says.
  async function newTable(asked) {
    const { id } = await api("tables", { body: { private: citewell.isPrivate(), ...asked } });
    citewell.go("tables", id);
  }

  // From below an answer.
  async function tableOf(button, conversation, turn) {
    const words = button.querySelector("span");
    button.disabled = true;
    try {
      await newTable({ conversation, turn });
    } catch (error) {
      words.textContent = error.message;
      setTimeout(() => { words.textContent = "Table"; }, 6000);
      citewell.say(error.message);
    }
    button.disabled = false;
  }

  Object.assign(citewell, { newTable, tableOf });
  return { mountExports };
})());
