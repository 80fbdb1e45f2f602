// What one puts on a paper: a place on the reading list, tags, a note. Loaded where a paper is shown.
"use strict";

Object.assign(window.citewell, (() => {
  const { citewell } = window;
  const { api, make } = citewell;
  const PAUSE = 700; // ms after a key before a note is kept
  const READING = [["", "not on my list"], ["to_read", "to read"], ["read", "read"]];
  let numbered = 0;
  let open = null; // what is shown of the last paper: { root, leave, refresh }

  addEventListener("pagehide", () => open?.root.isConnected && open.leave());
  addEventListener("focus", () => open?.root.isConnected && open.refresh());

  // An element for the paper `id`; none for one that left the corpus without having been marked.
  // `changed` is called when something is kept.
  async function markEditor(id, { isGone = false, changed = () => {} } = {}) {
    let told = await api(`marks/paper?id=${encodeURIComponent(id)}`);
    if (isGone && !told.gone) return null;
    const key = `note-${id}`;
    const draft = citewell.recall(key); // typed, and not kept before the page was left
    const own = ++numbered;
    let timer, saying = 0;

    const status = make("p", { className: "mk-status", role: "status" });
    const trouble = make("p", { className: "cw-bad", role: "alert", hidden: true });
    const reading = make("select", { id: `mk-list-${own}` }, ...READING.map(([value, textContent]) => make("option", { value, textContent })));
    const tags = make("ul", { className: "mk-tags", ariaLabel: "Tags" });
    const known = make("datalist", { id: `mk-known-${own}` });
    const tag = make("input", { type: "text", id: `mk-tag-${own}`, maxLength: 300, placeholder: "Add a tag", autocomplete: "off", enterKeyHint: "done", attributes: { list: known.id } });
    const note = make("textarea", { id: `mk-note-${own}`, rows: 3, maxLength: 10000, placeholder: "What do you make of it?", value: draft ?? told.note });

    const root = make("section", { className: "mk", ariaLabel: "My tags and notes", dataset: { title: told.gone } },
      make("p", { className: "mk-row" }, make("label", { htmlFor: reading.id, textContent: "Reading list" }), reading),
      make("div", { className: "mk-row" }, make("label", { htmlFor: tag.id, textContent: "Tags" }), make("div", { className: "mk-tagging" }, tags, tag, known)),
      make("div", { className: "mk-row" }, make("label", { htmlFor: note.id, textContent: "Note" }), note),
      status, trouble);
    if (!told.kept) {
      root.replaceChildren(make("p", { className: "cw-note", textContent: "This browser takes no cookies from this page, so tags and notes cannot be kept for it." }));
      return root;
    }

    function draw() {
      reading.value = told.reading;
      tags.replaceChildren(...told.tags.map((name) => make("li", {}, name, make("button", {
        type: "button", textContent: "×", ariaLabel: `Remove the tag ${name}`, dataset: { tag: name },
      }))));
      known.replaceChildren(...told.known.filter((name) => !told.tags.includes(name)).map((value) => make("option", { value })));
    }

    // One after another, so that the last word is the last that is kept.
    let queue = Promise.resolve();
    function put(change, { isLast = false } = {}) {
      queue = queue.then(() => keep(change, isLast));
      return queue;
    }

    async function keep(change, isLast) {
      clearTimeout(saying);
      try {
        told = { ...told, ...(await api("marks", { body: { paper: id, ...change }, keepalive: isLast })) };
      } catch (error) {
        trouble.textContent = error.message;
        trouble.hidden = false;
        status.textContent = "";
        draw();
        return false;
      }
      trouble.hidden = true;
      status.textContent = "Kept.";
      saying = setTimeout(() => { status.textContent = ""; }, 2000);
      if ("note" in change && note.value === change.note) citewell.remember(key, null);
      draw();
      changed();
      return true;
    }

    function keepNote(isLast) {
      clearTimeout(timer);
      if (note.value !== told.note || citewell.recall(key) !== null) put({ note: note.value }, { isLast });
    }

    reading.addEventListener("change", () => put({ reading: reading.value }));
    tags.addEventListener("click", async ({ target }) => {
      const name = target.closest("[data-tag]")?.dataset.tag;
      if (name && await put({ remove: name })) tag.focus();
    });
    const add = async () => {
      const text = tag.value.trim();
      if (text && await put({ add: text }) && tag.value.trim() === text) tag.value = "";
    };
    tag.addEventListener("keydown", (event) => {
      if (event.isComposing || (event.key !== "Enter" && event.key !== ",")) return;
      event.preventDefault();
      add();
    });
    tag.addEventListener("change", add); // chosen from the list, or left
    note.addEventListener("input", () => {
      citewell.remember(key, note.value);
      clearTimeout(timer);
      timer = setTimeout(keepNote, PAUSE);
    });
    note.addEventListener("blur", () => keepNote());
    // Another tab may have written to it meanwhile.
    const refresh = async () => {
      if (note.value !== told.note) return;
      const now = await api(`marks/paper?id=${encodeURIComponent(id)}`).catch(() => null);
      if (!now || note.value !== told.note) return;
      told = now;
      note.value = told.note;
      draw();
    };
    open = { root, leave: () => keepNote(true), refresh };
    draw();
    if (draft !== null && draft !== told.note) put({ note: draft });
    return root;
  }

  return { markEditor };
})());
