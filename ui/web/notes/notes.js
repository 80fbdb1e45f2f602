// Answers, conversations and papers as notes: copied, or saved as a file. The text comes from the
// server, which hands a conversation to nobody but its visitor.
"use strict";

Object.assign(window.citewell, (() => {
  const { citewell } = window;
  const API = `${citewell.base}/citewell/api/notes`;
  const TITLES = {
    paper: "Cite this paper",
    turn: "Copy or download this answer",
    conversation: "Copy or download this conversation",
  };

  let formats, panel, opener, subject;

  // What a button stands by: a paper of an answer, an answer, or all of them. Beside the chat it is
  // papers of the corpus (`ids`).
  function subjectOf(button, conversation) {
    return {
      conversation,
      turn: button.closest(".cw-turn")?.dataset.id ?? "",
      paper: button.closest(".cw-card")?.dataset.paper ?? "",
    };
  }

  const citePaper = (button, id) => openNotes(button, "", [id]);

  async function openNotes(button, conversation, ids = null) {
    const by = citewell.openerOf(button); // a menu that it is chosen from will be closed
    if (panel?.matches(":popover-open") && opener === by) {
      panel.hidePopover();
      return;
    }
    formats ??= (await fetch(`${API}/formats`)).json();
    const rows = await formats;
    subject = ids ? { ids, paper: ids[0] } : subjectOf(button, conversation);
    opener = by;
    panel ??= make();
    const of = subject.paper ? "paper" : subject.turn ? "turn" : "conversation";
    panel.querySelector("h2").textContent = TITLES[of];
    const bibliographies = rows.filter(({ cites }) => cites); // first for a paper
    const sorted = of === "paper" ? [...new Set([...bibliographies, ...rows])] : rows;
    panel.querySelector("ul").replaceChildren(...sorted.map(row));
    panel.querySelector("p").hidden = true;
    panel.showPopover();
    citewell.placeBy(panel, opener);
    panel.querySelector("li button").focus();
  }

  function make() {
    const made = document.createElement("div");
    made.className = "cw-notes";
    made.popover = "auto";
    made.setAttribute("role", "dialog");
    made.setAttribute("aria-labelledby", "cw-notes-title");
    made.innerHTML = '<h2 id="cw-notes-title"></h2><ul></ul><p role="alert" hidden></p>';
    made.addEventListener("click", onClick);
    made.addEventListener("toggle", ({ newState }) => {
      opener.setAttribute("aria-expanded", String(newState === "open"));
      if (newState === "closed" && made.contains(document.activeElement)) opener.focus();
    });
    document.body.append(made);
    addEventListener("scroll", () => made.hidePopover(), { passive: true, capture: true });
    return made;
  }

  function row({ name, label, copies }) {
    const item = document.createElement("li");
    item.append(Object.assign(document.createElement("span"), { textContent: label }));
    for (const [doing, text] of [["copy", "Copy"], ["save", "Download"]].slice(copies ? 0 : 1)) {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "cw-act", textContent: text });
      button.ariaLabel = `${text} as ${label}`;
      Object.assign(button.dataset, { doing, kind: name });
      item.append(button);
    }
    return item;
  }

  function onClick(event) {
    const button = event.target.closest("button");
    if (!button) return;
    const { doing, kind } = button.dataset;
    if (doing === "copy") copied(button, subject, kind);
    else saved(button, subject, kind);
  }

  function copyNote(button, conversation) {
    copied(button, subjectOf(button, conversation), button.dataset.kind);
  }

  async function copied(button, what, kind) {
    const wanted = note(what, kind);
    await told(button, "Copied", async () => toClipboard(wanted.then(({ text }) => text)));
  }

  async function saved(button, what, kind) {
    await told(button, "Saved", async () => {
      const { text, filename, type } = await note(what, kind);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([text], { type }));
      link.download = filename;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    });
  }

  async function note({ conversation, turn, paper, ids }, kind) {
    if (ids) {
      const { text, filename, media_type: type } = await citewell.api("notes/papers", { body: { ids, format: kind } });
      return { text, filename, type };
    }
    const query = new URLSearchParams({ kind, turn, paper });
    let reply;
    try {
      reply = await fetch(`${API}/conversations/${encodeURIComponent(conversation)}?${query}`);
    } catch {
      throw new Error("Citewell does not answer. Is it still running in its terminal?");
    }
    if (!reply.ok) {
      const { error = "That did not work." } = await reply.json().catch(() => ({}));
      throw new Error(error);
    }
    const named = /filename\*=UTF-8''([^;]+)/.exec(reply.headers.get("Content-Disposition"));
    return {
      text: await reply.text(),
      filename: decodeURIComponent(named[1]),
      type: reply.headers.get("Content-Type"),
    };
  }

  // Some browsers copy only what was promised while the button was pressed; on an address that is
  // not this machine's, and not HTTPS, there is no clipboard but that of a text field.
  async function toClipboard(promise) {
    promise.catch(() => {}); // told below
    if (navigator.clipboard && window.ClipboardItem) {
      const blob = promise.then((text) => new Blob([text], { type: "text/plain" }));
      try {
        await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
        return;
      } catch {
        // the text itself is missing, or it must go another way
      }
    }
    const text = await promise;
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "cw-notes-field";
    const before = document.activeElement;
    (panel?.matches(":popover-open") ? panel : document.body).append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    before?.focus();
    if (!done) throw new Error("The browser refused to copy. Download it instead.");
  }

  async function told(button, done, work) {
    const words = button.querySelector("span") ?? button; // beside an icon
    const label = button.dataset.label ?? words.textContent;
    button.dataset.label = label;
    button.style.minWidth = `${button.offsetWidth}px`; // what stands beside it stays where it is
    const alarm = panel?.contains(button) ? panel.querySelector("p") : null;
    if (alarm) alarm.hidden = true;
    try {
      await work();
      words.textContent = done;
      citewell.say(`${done}: ${button.ariaLabel ?? label}`);
    } catch ({ message }) {
      citewell.say(message);
      if (alarm) {
        alarm.textContent = message;
        alarm.hidden = false;
        return;
      }
      words.textContent = message;
    }
    setTimeout(() => { words.textContent = label; }, words.textContent === done ? 1600 : 6000);
  }

  return { openNotes, copyNote, citePaper, toClipboard };
})());
