// The search box, the filters, and what of them is in force.
"use strict";

Object.assign(window.citewell.papersView, (() => {
  const { make } = window.citewell;
  const view = window.citewell.papersView;
  const PAUSE = 120; // ms after a key before the server is asked

  let form, chips, timer;

  function mountFind(element) {
    form = element.querySelector(".pp-find");
    chips = element.querySelector(".pp-chips");
    form.addEventListener("submit", onEnter);
    form.addEventListener("input", onInput);
    form.addEventListener("click", onMore);
    chips.addEventListener("click", onChip);
    view.on("filters", draw);
    view.on("facts", drawSources);
    draw();
  }

  function onInput(event) {
    clearTimeout(timer);
    const { name, value } = event.target;
    if (name === "mine") return;
    if (name === "words") timer = setTimeout(() => view.filter({ words: value.trim(), ranked: "" }, { typing: name }), PAUSE);
    else if (event.target.validity.valid) view.filter({ [name]: value, ...(name.startsWith("date") && { dated: "" }) }, { typing: name === "source" ? "" : name });
  }

  function onEnter(event) {
    event.preventDefault();
    clearTimeout(timer);
    const words = form.elements.words.value.trim();
    view.filter({ words, ranked: words, sort: "match", descending: false });
  }

  function onMore(event) {
    const button = event.target.closest("[data-do=more]");
    if (!button) return;
    const isOpen = button.ariaExpanded !== "true";
    button.ariaExpanded = String(isOpen);
    form.classList.toggle("pp-open", isOpen);
  }

  // A field that is being typed in is left alone.
  function draw() {
    const filters = view.filters();
    for (const name of ["words", "date_from", "date_to", "upvotes_min", "source"]) {
      const field = form.elements[name];
      if (field !== document.activeElement || !field.value.startsWith(filters[name])) field.value = filters[name];
    }
    const shown = [
      ["ranked", filters.ranked && `ranked by meaning: ${filters.ranked}`],
      ["dated", filters.dated === false && "without a date"],
      ["cluster", filters.cluster !== "" && `group: ${filters.label}`],
      ["only", filters.only && `only the ${view.number(view.picked.size)} selected`],
      ["fresh", filters.fresh && `new to “${view.fresh().name}” since ${window.citewell.moment(view.fresh().since)}`],
      ["reading", filters.reading && `mine: ${filters.reading.replace("_", " ")}`],
      ["noted", filters.noted && "with my note"],
      ...tags(filters).map((tag) => [`tag ${tag}`, `tagged ${tag}`]),
    ].filter(([, text]) => text);
    chips.replaceChildren(
      ...shown.map(([name, text]) => make("li", {}, text, make("button", {
        type: "button", textContent: "×", ariaLabel: `Without: ${text}`, dataset: { chip: name },
      }))),
    );
    const inside = ["date_from", "date_to", "upvotes_min", "source"].filter((name) => filters[name] !== "").length;
    form.querySelector("[data-do=more]").textContent = inside ? `Filters (${inside})` : "Filters";
  }

  function onChip(event) {
    const name = event.target.closest("[data-chip]")?.dataset.chip;
    if (!name) return;
    if (name === "only" || name === "fresh") view.filter({ [name]: false });
    else if (name.startsWith("tag ")) view.filter({ tags: tags(view.filters()).filter((tag) => tag !== name.slice(4)).join() });
    else if (name === "cluster") view.filter({ cluster: "", label: "" });
    else view.filter({ [name]: "" });
    form.elements.words.focus();
  }

  function drawSources() {
    const chosen = view.filters().source;
    const { source } = form.elements;
    source.replaceChildren(
      make("option", { value: "", textContent: "all" }),
      ...view.facts().sources.map(([name, papers]) =>
        make("option", { value: name, textContent: `${name} (${view.number(papers)})` })),
    );
    source.value = chosen;
    if (source.value !== chosen) view.filter({ source: "" }, { isQuiet: true });
  }

  const tags = (filters) => filters.tags.split(",").filter(Boolean);

  const focusSearch = () => form.elements.words.focus();

  return { mountFind, focusSearch };
})());
