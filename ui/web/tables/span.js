// What a cell rests on: the abstract with its words marked; another sentence can be chosen there.
"use strict";

Object.assign(window.citewell.tablesView, (() => {
  const { citewell } = window;
  const { make } = citewell;
  const view = citewell.tablesView;

  let dialog, text, use;
  let at = null; // { paper, question } of the cell
  let chosen = null;

  function mountSpan(element) {
    dialog = element.querySelector(".tb-dialog");
    text = dialog.querySelector(".tb-abstract");
    use = dialog.querySelector("[data-do=use]");
    dialog.addEventListener("click", onClick);
    dialog.addEventListener("keydown", onKey);
    dialog.addEventListener("close", () => view.focusCell(at.paper, at.question));
  }

  async function openCell(where) {
    let told;
    view.trouble("");
    try {
      told = await view.api(`/abstract?${new URLSearchParams(where)}`);
    } catch (error) {
      view.trouble(error.message);
      return;
    }
    at = where;
    draw(told);
    showMine(told.stale === "gone");
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
    const mark = text.querySelector("mark");
    (mark?.closest("[role=button]") ?? dialog.querySelector("[data-do=close]")).focus({ preventScroll: true });
    mark?.scrollIntoView({ block: "nearest" });
  }

  function draw(told) {
    const cell = view.cell(at.paper, at.question);
    const { name } = view.table().columns.find(({ question }) => question === at.question);
    const put = (place, words) => {
      const element = dialog.querySelector(place);
      element.textContent = words;
      element.hidden = !words;
    };
    put(".tb-dialog-column", name);
    put("h3", told.title);
    put(".tb-dialog-facts", [citewell.day(told.published), told.by].filter(Boolean).join(" · "));
    const out = dialog.querySelector("header a");
    out.href = told.address;
    out.firstChild.textContent = told.opens;
    const quoted = told.sentences.flatMap(({ pieces }) => pieces).filter(({ marked }) => marked).map((piece) => piece.text).join(" ");
    const value = cell.status === "not_stated" ? "not stated" : cell.text;
    put(".tb-dialog-value", value === quoted.trim() ? "" : value); // a quote stands in the abstract below
    dialog.querySelector(".tb-dialog-value").classList.toggle("tb-not_stated", cell.status === "not_stated");
    put(".tb-dialog-note", cell.own ? "Set by you." : cell.note || (cell.model ? `Written by ${cell.model}.` : ""));
    put(".cw-bad", "");
    text.replaceChildren(...told.sentences.flatMap((sentence) => [drawn(sentence), " "]));
    if (!told.sentences.length) text.textContent = "This paper has no abstract.";
    dialog.querySelector("footer .cw-note").hidden = !told.sentences.length;
    choose(null);
    use.hidden = !told.sentences.length;
    dialog.querySelector("[data-do=silent]").hidden = cell.status === "not_stated";
    dialog.querySelector("[data-do=found]").hidden = !cell.own || Boolean(told.stale);
  }

  // One's own tags and note, but for a private table: these are kept.
  async function showMine(isGone) {
    const place = dialog.querySelector("[data-place=mine]");
    const { paper } = at;
    place.replaceChildren();
    if (view.table().private) return;
    try {
      await citewell.load("marks/marks.js", "marks/marks.css");
      const mine = await citewell.markEditor(paper, { isGone });
      if (mine && at.paper === paper) place.replaceChildren(mine);
    } catch { /* the abstract is there without them */ }
  }

  function drawn({ start, end, pieces }) {
    return make("span", {
      className: "tb-sentence", tabIndex: 0, dataset: { start, end },
      attributes: { role: "button", "aria-pressed": "false" },
    }, ...pieces.map((piece) => (piece.marked ? make("mark", { textContent: piece.text }) : piece.text)));
  }

  function choose(sentence) {
    chosen = sentence;
    for (const each of text.querySelectorAll(".tb-sentence")) each.ariaPressed = String(each === sentence);
    use.disabled = !sentence;
  }

  async function change(name, given) {
    const done = await view.change(name, { ...at, ...given });
    if (!done) {
      const place = dialog.querySelector(".cw-bad");
      place.textContent = document.querySelector("[data-place=one-trouble]").textContent;
      place.hidden = false;
      return;
    }
    dialog.close();
    view.say("The cell is changed.");
    if (name === "clear_cell") view.goOn();
  }

  function onClick(event) {
    if (event.target === dialog) dialog.close(); // beside it
    const sentence = event.target.closest(".tb-sentence");
    if (sentence && getSelection().isCollapsed) choose(sentence === chosen ? null : sentence);
    const acts = {
      close: () => dialog.close(),
      use: () => change("set_cell", { start: Number(chosen.dataset.start), end: Number(chosen.dataset.end) }),
      silent: () => change("set_cell", {}),
      found: () => change("clear_cell", {}),
    };
    acts[event.target.closest("[data-do]")?.dataset.do]?.();
  }

  function onKey(event) {
    const sentence = event.target.closest(".tb-sentence");
    if (!sentence || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    choose(sentence === chosen ? null : sentence);
  }

  return { mountSpan, openCell };
})());
