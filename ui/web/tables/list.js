// The visitor's tables, and the box that makes a new one.
"use strict";

Object.assign(window.citewell.tablesView, (() => {
  const { citewell } = window;
  const { api, make } = citewell;
  const view = citewell.tablesView;

  let list, form;

  function mountAll(element) {
    list = element.querySelector(".tb-list");
    form = element.querySelector(".tb-new");
    form.addEventListener("submit", onNew);
    list.addEventListener("click", onClick);
  }

  async function openAll() {
    try {
      const { tables } = await api("tables");
      list.replaceChildren(...tables.map(entry));
      view.trouble("", "all-trouble");
    } catch (error) {
      view.trouble(error.message, "all-trouble");
    }
  }

  function entry({ id, title, papers, columns, updated, private: isPrivate }) {
    const about = [view.counted(papers, "paper"), columns.join(", "), citewell.moment(updated), ...(isPrivate ? ["not kept"] : [])].join(" · ");
    return make("li", { dataset: { id } },
      make("a", { href: `#/tables/${encodeURIComponent(id)}`, textContent: title }),
      make("p", {}, make("span", { textContent: about }),
        make("button", { type: "button", className: "cw-act", textContent: "Delete", ariaLabel: `Delete: ${title}` })));
  }

  async function onNew(event) {
    event.preventDefault();
    const button = form.querySelector(".cw-do");
    const { asked, most } = form.elements;
    view.trouble("", "all-trouble");
    button.disabled = true;
    button.textContent = "Looking for papers …";
    try {
      await citewell.newTable({ asked: asked.value, ...(most.value && { most: Number(most.value) }) });
      asked.value = "";
    } catch (error) {
      view.trouble(error.message, "all-trouble");
    }
    button.disabled = false;
    button.textContent = "Make table";
  }

  function onClick(event) {
    const button = event.target.closest("button");
    if (!button) return;
    const item = button.closest("li");
    view.surely(button, "Really delete?", async () => {
      try {
        await api(`tables/${encodeURIComponent(item.dataset.id)}/delete`, { body: {} });
        const next = item.nextElementSibling ?? item.previousElementSibling;
        item.remove();
        (next?.querySelector("a") ?? form.elements.asked).focus();
        view.say("Deleted.");
      } catch (error) {
        view.trouble(error.message, "all-trouble");
      }
    });
  }

  return { mountAll, openAll };
})());
