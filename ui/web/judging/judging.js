// Thumbs for an answer, verdicts for its sources, a note for either. What is pressed is shown at
// once, and taken back where the server does not keep it.
"use strict";

Object.assign(window.citewell, (() => {
  const { citewell } = window;

  function judge(turn, button) {
    const place = button.closest(".cw-judge");
    const before = pressed(place);
    press(place, before === button.dataset.verdict ? "" : button.dataset.verdict);
    keep(turn, place, () => press(place, before));
  }

  const pressed = (place) => place.querySelector("[aria-pressed=true]")?.dataset.verdict ?? "";

  function press(place, verdict) {
    for (const one of place.querySelectorAll("[data-verdict]")) {
      one.ariaPressed = String(one.dataset.verdict === verdict);
    }
  }

  async function keep(turn, place, undo) {
    place.querySelector(".cw-judge-failed")?.remove();
    const said = place.querySelector(".cw-said");
    const body = {
      conversation: citewell.conversationId(),
      turn: turn.dataset.id,
      paper: place.dataset.judged,
      verdict: pressed(place),
      note: said.textContent,
    };
    try {
      await citewell.api("judging", { body });
      citewell.say(body.verdict || body.note ? "Kept." : "Taken back.");
    } catch (error) {
      undo();
      place.append(citewell.make("p", { className: "cw-judge-failed", role: "alert", textContent: error.message }));
    }
  }

  // A note is written under what it is about; Enter or leaving the field keeps it.
  function remark(turn, button) {
    const place = button.closest(".cw-judge");
    const open = place.querySelector("textarea");
    if (open) {
      open.blur();
      return;
    }
    const said = place.querySelector(".cw-said");
    const before = said.textContent;
    const field = citewell.make("textarea", { rows: 2, maxLength: 2000, value: before, ariaLabel: button.ariaLabel });
    field.placeholder = place.dataset.judged ? "What of this source?" : "What is right or wrong here?";
    let over = false; // taking the field away blurs it
    const done = (isKept) => {
      if (over) return;
      over = true;
      field.remove();
      button.ariaExpanded = "false";
      const text = isKept ? field.value.trim() : before;
      show(said, text);
      if (text !== before) keep(turn, place, () => show(said, before));
    };
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.shiftKey) return;
      if ((event.key !== "Enter" && event.key !== "Escape") || event.isComposing) return;
      event.preventDefault();
      event.stopPropagation();
      done(event.key === "Enter");
      button.focus();
    });
    field.addEventListener("blur", () => done(true));
    said.hidden = true;
    said.after(field);
    button.ariaExpanded = "true";
    field.focus();
    field.scrollIntoView({ block: "nearest" }); // not under the composer
  }

  function show(said, text) {
    said.textContent = text;
    said.hidden = !text;
  }

  return { judge, remark };
})());
