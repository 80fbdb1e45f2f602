// The composer, where questions are typed: what is in it is kept for the tab, whatever is looked at
// meanwhile; the wording of an earlier question is changed in it and leaves the draft where it was.
"use strict";

Object.assign(window.citewell, (() => {
  const { citewell } = window;
  const EMPTY = { text: "", editing: "", aside: "", conversation: "" };

  let form, field, asked;
  let held = { ...EMPTY }; // `aside`: the draft that waits while a question is edited

  function mountComposer(root) {
    form = root.querySelector(".cw-ask");
    field = form.querySelector("textarea");
    held = { ...EMPTY, ...citewell.recall("draft", {}) };
    asked = citewell.recall("asked"); // sent, and not seen in a conversation yet
    field.value = held.text;
    drawEditing();
    field.addEventListener("keydown", onKey);
    field.addEventListener("input", () => { fit(); keep({ text: field.value }); });
    form.addEventListener("submit", onSubmit);
    new ResizeObserver(measure).observe(form);
    fit();
    if (document.body.dataset.view === "chat" && matchMedia("(hover: hover)").matches) field.focus();
  }

  function keep(changes) {
    held = { ...held, ...changes };
    citewell.remember("draft", held);
  }

  function write(text, more = {}) {
    field.value = text;
    keep({ text, ...more });
    drawEditing();
    fit();
  }

  // A question of elsewhere, behind what was typed.
  function compose(text) {
    write([field.value.trim(), text].filter(Boolean).join("\n"));
  }

  function drawEditing() {
    form.querySelector(".cw-editing").hidden = !held.editing;
  }

  function edit(turn) {
    const aside = held.editing ? held.aside : field.value;
    write(turn.dataset.question, { editing: turn.dataset.id, aside, conversation: citewell.conversationId() });
    field.focus();
  }

  function unedit() {
    if (!held.editing) return;
    write(held.aside, { editing: "", aside: "", conversation: "" });
  }

  function onSubmit(event) {
    event.preventDefault();
    if (citewell.isBusy()) {
      citewell.stop();
      return;
    }
    const question = field.value.trim();
    if (!question) {
      field.focus();
      return;
    }
    asked = question;
    citewell.remember("asked", asked);
    citewell.ask(held.editing ? { again: held.editing, question } : { question });
    write(held.editing ? held.aside : "", { editing: "", aside: "", conversation: "" });
  }

  // A conversation was shown: what was sent has arrived in it, or what was edited is no part of it.
  function composerSees(chat) {
    if (asked && chat.turns.at(-1)?.question === asked) arrived();
    if (held.editing && chat.conversation !== held.conversation) unedit();
  }

  function arrived() {
    asked = null;
    citewell.remember("asked", null);
  }

  // No answer will come of what was sent: it is there to be sent again.
  function giveBack() {
    if (asked && !field.value) write(asked);
    if (asked && field.value === asked) arrived();
  }

  function onKey(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (!citewell.isBusy()) form.requestSubmit();
  }

  // What is fixed at the foot must not cover what is scrolled to.
  function measure([entry]) {
    if (field.value) return; // a long question is no reason to move the page
    document.documentElement.style.setProperty("--foot", `${entry.target.offsetHeight}px`);
  }

  function fit() {
    if (!field) return;
    field.style.height = "auto";
    if (field.scrollHeight) field.style.height = `${field.scrollHeight}px`; // not while another view is shown
  }

  const isEditing = () => Boolean(held.editing);
  const focusComposer = () => field.focus();

  // What opened something, when that is closed; the composer where it has gone meanwhile.
  function focusBack(opener) {
    if (opener) (opener.isConnected && !opener.hidden ? opener : field).focus();
  }

  return { mountComposer, edit, unedit, composerSees, giveBack, fitComposer: fit, isEditing, focusComposer, focusBack, compose };
})());
