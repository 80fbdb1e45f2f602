// The list of conversations. Titles are foreign text: they are set as text, never as HTML.
"use strict";

Object.assign(window.citewell, (() => {
  const { citewell } = window;
  let dialog, list, find, send, props, opener;
  let current = "";
  let sought = null; // the words that are looked for now
  let focus = null; // what is to be focused when the list is there again

  function mountConversationList(element, given, watch, events) {
    dialog = element.querySelector("dialog");
    list = element.querySelector(".cw-conversations-list");
    find = element.querySelector("input");
    send = events;
    props = given;
    watch("value", show);
    dialog.addEventListener("close", () => citewell.focusBack(opener));
    dialog.addEventListener("click", onClick);
    find.addEventListener("input", look);
  }

  // One search at a time; what was typed meanwhile is looked for next.
  function look() {
    if (sought !== null) return;
    sought = find.value;
    send.list({ words: sought });
  }

  function openConversationList(conversation, button) {
    current = conversation;
    opener = button;
    find.value = "";
    sought = null;
    look();
    dialog.showModal();
    find.focus();
  }

  function show() {
    const { groups = [], trouble = "", words = "", more = 0 } = props.value ?? {};
    const wasSought = sought;
    sought = null;
    if (wasSought !== null && wasSought !== find.value) {
      look();
      return;
    }
    const place = dialog.querySelector("[data-slot=trouble]");
    place.textContent = trouble;
    place.hidden = !trouble;
    list.replaceChildren(...groups.flatMap(({ name, entries }) => [
      make("h3", { textContent: name }),
      make("ul", {}, entries.map((one) => entry(one, /day$/.test(name)))),
    ]));
    if (!groups.length && !trouble) {
      const text = words
        ? "No conversation has these words."
        : "Conversations that you have in this browser will be listed here.";
      list.replaceChildren(make("p", { className: "cw-note", textContent: text }));
    }
    if (more) {
      const button = make("button", { type: "button", className: "cw-act", textContent: "Show older ones" });
      button.dataset.act = "more";
      button.dataset.most = more;
      list.append(button);
    }
    refocus();
  }

  // After a name was changed: its entry; after one was deleted or more are shown: the one that has
  // come to its place.
  function refocus() {
    if (!focus || !dialog.open) return;
    const entries = [...list.querySelectorAll("li")];
    const found = entries.find((item) => item.dataset.id === focus.id) ?? entries[Math.min(focus.at ?? 0, entries.length - 1)];
    focus = null;
    (found?.querySelector(".cw-entry") ?? find).focus();
  }

  const placeOf = (item) => [...list.querySelectorAll("li")].indexOf(item);

  // `isRecent`: of today or yesterday, which the heading says.
  function when(seconds, isRecent) {
    const then = new Date(seconds * 1000);
    const textContent = isRecent
      ? then.toLocaleTimeString(undefined, { timeStyle: "short" })
      : then.toLocaleDateString(undefined, { dateStyle: "medium" });
    return make("time", { dateTime: then.toISOString(), textContent });
  }

  function entry({ id, title, updated, questions }, isRecent) {
    const open = make("button", { type: "button", className: "cw-entry", textContent: title });
    open.dataset.act = "open";
    if (id === current) open.setAttribute("aria-current", "true");
    const item = make("li", {}, [open, make("p", {}, [
      make("span", {}, [when(updated, isRecent), `, ${questions}`]),
      act("rename", "Rename", title),
      act("forget", "Delete", title),
    ])]);
    item.dataset.id = id;
    item.dataset.title = title;
    return item;
  }

  function act(name, label, title) {
    const button = make("button", { type: "button", className: "cw-act", textContent: label });
    button.dataset.act = name;
    button.ariaLabel = `${label}: ${title}`;
    return button;
  }

  function make(tag, properties, children = []) {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  }

  function onClick(event) {
    if (event.target === dialog) dialog.close(); // beside it
    const hit = event.target.closest("[data-act]");
    if (!hit) return;
    const item = hit.closest("li");
    const acts = {
      close: () => dialog.close(),
      fresh: () => { leave(); citewell.fresh(); },
      private: () => { leave(); citewell.fresh({ private: true }); },
      open: () => { leave(); citewell.visit(`#${item.dataset.id}`); citewell.focusComposer(); },
      more: () => {
        focus = { at: list.querySelectorAll("li").length };
        send.list({ words: find.value, most: Number(hit.dataset.most) });
      },
      rename: () => rename(item),
      forget: () => forget(hit, item),
    };
    acts[hit.dataset.act]?.();
  }

  // To something else on the page, which has the focus then.
  function leave() {
    opener = null;
    dialog.close();
  }

  function rename(item) {
    const field = make("input", { value: item.dataset.title, maxLength: 120 });
    field.ariaLabel = "New name";
    let over = false; // taking the field away blurs it
    const done = (isKept) => {
      if (over) return;
      over = true;
      field.remove();
      item.firstChild.hidden = false;
      if (isKept && field.value.trim()) {
        focus = { id: item.dataset.id };
        send.rename({ conversation: item.dataset.id, title: field.value, words: find.value });
      }
      item.firstChild.focus();
    };
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      done(event.key === "Enter");
    });
    field.addEventListener("blur", () => done(true));
    item.firstChild.hidden = true;
    item.prepend(field);
    field.select();
  }

  // Deleting is beyond recall, so it takes a second press.
  function forget(button, item) {
    if (button.dataset.sure) {
      focus = { at: placeOf(item) };
      send.forget({ conversation: item.dataset.id, words: find.value });
      return;
    }
    button.dataset.sure = "yes";
    button.textContent = "Really delete?";
    button.ariaLabel = `Really delete? ${item.dataset.title}`;
    setTimeout(() => {
      delete button.dataset.sure;
      button.textContent = "Delete";
      button.ariaLabel = `Delete: ${item.dataset.title}`;
    }, 5000);
  }

  return { mountConversationList, openConversationList };
})());
