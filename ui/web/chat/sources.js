// What can be done with an answer and its sources once they are there; script.js calls it.
"use strict";

Object.assign(window.citewell, (() => {
  const { citewell } = window;

  let pressed = null; // the number in an answer whose source was opened last

  function openSource(turn, number) {
    const { n } = number.dataset;
    clear();
    pressed = number;
    const mark = turn.querySelector(`mark[data-n~="${n}"]`);
    const card = mark?.closest(".cw-card");
    if (!card) return;
    for (const other of turn.querySelectorAll(`[data-n~="${n}"]`)) other.classList.add("cw-on");
    card.classList.add("cw-on");
    card.focus({ preventScroll: true });
    card.scrollIntoView({ behavior: citewell.motion(), block: "nearest" });
    citewell.say(`Source ${n}: ${mark.textContent.replace(/^\d+/, "")}`);
  }

  // From the source that is looked at to the number that led there.
  function backToNumber() {
    if (!pressed?.isConnected || !document.activeElement.closest(".cw-card.cw-on")) return;
    pressed.focus({ preventScroll: true });
    pressed.scrollIntoView({ behavior: citewell.motion(), block: "nearest" });
  }

  function showUses(turn, n) {
    clear();
    const uses = turn.querySelectorAll(`[data-part=answer] [data-n="${n}"]`);
    for (const use of uses) {
      use.classList.add("cw-on");
      use.closest("li, p, td")?.classList.add("cw-on");
    }
    const use = [...uses].includes(pressed) ? pressed : uses[0];
    use?.scrollIntoView({ behavior: citewell.motion(), block: "nearest" });
    use?.focus({ preventScroll: true });
  }

  function adjust(switcher, place) {
    if (!place) return;
    place.hidden = !place.hidden;
    switcher.ariaExpanded = String(!place.hidden);
    if (!place.hidden) place.querySelector("input").focus();
  }

  function showWhole(switcher, place, label) {
    const isOpen = place.classList.toggle("cw-open");
    switcher.ariaExpanded = String(isOpen);
    switcher.textContent = isOpen ? "Less" : label;
  }

  function clear() {
    for (const place of document.querySelectorAll(".cw .cw-on")) place.classList.remove("cw-on");
  }

  // Says so on the button; an icon has no words to change, and gets some for a while.
  async function copy(switcher) {
    const isIcon = switcher.dataset.icon && !switcher.querySelector("span");
    const words = isIcon ? citewell.make("span") : switcher.querySelector("span") ?? switcher;
    const label = switcher.dataset.label ?? words.textContent;
    switcher.dataset.label = label;
    if (isIcon) switcher.append(words);
    try {
      await navigator.clipboard.writeText(switcher.dataset.copy);
      words.textContent = "Copied";
    } catch {
      words.textContent = "The browser refused to copy";
    }
    citewell.say(words.textContent);
    setTimeout(() => {
      if (isIcon) words.remove();
      else words.textContent = label;
    }, 1600);
  }

  // Kept for this visitor; the button says what has become of it.
  const saveSearch = (button, conversation, turn) =>
    keepFrom(button, "searches", { conversation, turn: turn.dataset.id }, "Saved (under Papers, Saved)");
  const readLater = (button) =>
    keepFrom(button, "marks", { paper: button.closest(".cw-card").dataset.paper, reading: "to_read" }, "On my reading list");

  async function keepFrom(button, path, body, done) {
    try {
      await citewell.api(path, { body });
      button.textContent = done;
      button.disabled = true;
    } catch (error) {
      button.textContent = error.message;
    }
    citewell.say(button.textContent);
  }

  return { openSource, backToNumber, showUses, adjust, showWhole, copy, saveSearch, readLater };
})());
