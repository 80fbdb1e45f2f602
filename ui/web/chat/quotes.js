// The quote behind a number, by the number, for the mouse and the Tab key; a finger opens the source.
"use strict";

(() => {
  const { citewell } = window;
  let tip = null;

  function show({ target, pointerType = "" }) {
    const number = target.closest?.(".cw-prose .cw-cite");
    const isMeant = pointerType ? pointerType === "mouse" : number?.matches(":focus-visible");
    if (!number || !isMeant) return;
    const marks = number.closest(".cw-turn").querySelectorAll(`mark[data-n~="${number.dataset.n}"]`);
    if (!marks.length) return;
    const texts = [...marks].map((mark) => mark.textContent.slice(mark.querySelector(".cw-n")?.textContent.length ?? 0));
    const title = marks[0].closest(".cw-card").querySelector("h3").lastChild.textContent;
    tip = document.getElementById("cw-quote");
    tip.replaceChildren(`“${texts.join("")}”`, citewell.make("cite", { textContent: title }));
    tip.showPopover();
    citewell.placeBy(tip, number);
    number.setAttribute("aria-describedby", tip.id);
  }

  const hide = () => tip?.hidePopover();

  // The mouse may go on to the quote itself.
  function leave({ target, relatedTarget }) {
    const isOfIt = target.closest?.(".cw-cite, .cw-quote");
    if (isOfIt && !relatedTarget?.closest?.(".cw-quote")) hide();
  }

  document.addEventListener("pointerover", show);
  document.addEventListener("focusin", show);
  document.addEventListener("pointerout", leave);
  document.addEventListener("focusout", leave);
  document.addEventListener("click", hide);
  document.addEventListener("keydown", ({ key }) => key === "Escape" && hide());
  addEventListener("scroll", ({ target }) => target !== tip && hide(), { passive: true, capture: true });
})();
