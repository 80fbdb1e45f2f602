// What can be done with the papers that are selected.
"use strict";

Object.assign(window.citewell.papersView, (() => {
  const { api, make, askAbout, say } = window.citewell;
  const view = window.citewell.papersView;
  const MOST = 2000; // papers that a question takes
  const FORMATS = [["bibtex", "BibTeX"], ["ris", "RIS"], ["csl", "CSL-JSON"], ["markdown", "Markdown"], ["obsidian", "Obsidian"], ["plain", "Plain text"]];

  let bar, ask, told;

  function mountPicked(element) {
    bar = element.querySelector(".pp-picked");
    ask = bar.querySelector("[data-do=ask]");
    told = bar.querySelector("[role=status]");
    bar.addEventListener("click", onClick);
    view.on("picked", draw);
    view.on("filters", draw);
    bar.querySelector("select").replaceChildren(
      ...FORMATS.map(([value, textContent]) => make("option", { value, textContent })),
    );
    draw();
  }

  function draw() {
    const count = view.picked.size;
    bar.hidden = !count;
    const tooMany = count > MOST;
    told.textContent = `${view.number(count)} selected${tooMany ? `; at most ${view.number(MOST)} can be asked about` : ""}`;
    ask.disabled = tooMany;
    const table = bar.querySelector("[data-do=table]");
    table.hidden = count < 2;
    table.textContent = view.tableOf(count);
    table.ariaLabel = `${view.tableOf(count)} of the selected papers`;
    ask.textContent = count === 1 ? "Ask about this one" : "Ask about these";
    bar.querySelector("[data-do=only]").hidden = view.filters().only;
  }

  function onClick(event) {
    const acts = {
      ask: () => askAbout([...view.picked]),
      table: () => view.makeTable([...view.picked], ""),
      only: () => { window.citewell.go("papers"); view.filter({ only: true }); },
      clear: () => view.pick([...view.picked], false),
      export: () => save(event.target),
    };
    acts[event.target.closest("[data-do]")?.dataset.do]?.();
  }

  async function save(button) {
    try {
      const made = await api("notes/papers", { body: { ids: [...view.picked], format: bar.querySelector("select").value } });
      const link = make("a", { download: made.filename });
      link.href = URL.createObjectURL(new Blob([made.text], { type: made.media_type }));
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
      say(`Saved ${made.filename}`);
    } catch (error) {
      view.trouble(error.message);
    }
    button.focus();
  }

  return { mountPicked };
})());
