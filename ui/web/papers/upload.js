// Adding papers: choose files, see what was recognised in them, add it, see what became of it.
"use strict";

Object.assign(window.citewell.papersView, (() => {
  const { citewell } = window;
  const { api, make } = citewell;
  const view = window.citewell.papersView;
  const KINDS = {
    "Reference managers": "BibTeX (.bib), RIS (.ris), CSL-JSON, Zotero’s JSON, EndNote’s XML.",
    "Databases": "PubMed (.nbib, XML), Web of Science (savedrecs.txt), tables (.csv, .tsv) of Scopus, IEEE, OpenReview and others.",
    "APIs": "JSON of OpenAlex, Semantic Scholar, Crossref, arXiv, OpenReview, Hugging Face and others, also an object a line; Atom, RSS and OAI-PMH.",
    "Pages": "Listing pages as copied from a browser (.txt), or saved as HTML: a title, its abstract, the next title, its abstract …",
    "Compressed": "Any of these as .gz, .zst, .xz, .bz2 or .zip.",
  };
  const MOST = 20 * 1024 * 1024; // bytes together
  const POLL = 400; // ms

  let root;
  let files = []; // as chosen, for reading them again with a year
  let token = "";
  let step = "choose"; // choose, read, work, done

  function mountUpload(element) {
    root = element.querySelector("[data-place=add]");
    root.addEventListener("click", onClick);
    root.addEventListener("change", onChange);
    for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) document.addEventListener(kind, onDrag);
  }

  // Anywhere while this is looked at: a near miss is none.
  function onDrag(event) {
    if (document.body.dataset.view !== "papers" || root.hidden || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    const isOver = event.type === "dragenter" || event.type === "dragover";
    root.classList.toggle("pp-over", isOver || (event.type === "dragleave" && event.relatedTarget !== null));
    if (event.type === "drop" && root.querySelector(".pp-drop")) read([...event.dataTransfer.files]);
  }

  async function openUpload() {
    if (step !== "choose") return;
    await view.known();
    if (view.facts() && !view.facts().adding) return drawRefused();
    drawChoice();
    try { // an adding that was begun before the page was reloaded goes on
      const told = await api("papers/progress");
      if (told.state === "working") follow(told);
    } catch (error) {
      drawChoice(error.message);
    }
  }

  function drawRefused() {
    root.replaceChildren(
      make("h3", { textContent: "Papers are not added here" }),
      make("p", { className: "cw-note", textContent: view.facts().why }),
    );
  }

  function drawChoice(trouble = "", { isPressed = Boolean(trouble) } = {}) {
    step = "choose";
    token = "";
    root.replaceChildren(
      make("div", { className: "pp-drop" },
        make("h3", { textContent: "Drop files here" }),
        make("p", {}, "or ",
          make("label", { className: "cw-do", textContent: "Choose files" },
            make("input", { type: "file", multiple: true, accept: (view.facts()?.formats ?? []).join(), className: "cw-sr" }))),
        make("p", { className: "cw-note", textContent: "You see what was recognised before anything is written. Files stay on this machine." }),
        ...(trouble ? [make("p", { className: "cw-bad", role: "alert", textContent: trouble })] : [])),
      make("dl", { className: "pp-kinds" }, ...kinds()),
    );
    if (isPressed) citewell.refocus(root.querySelector("input"));
  }

  const kinds = () => Object.entries(KINDS).flatMap(([names, text]) => [make("dt", { textContent: names }), make("dd", { textContent: text })]);

  const note = (text) => make("p", { className: "cw-note", role: "status", textContent: text });

  async function read(chosen, year = "") {
    if (!chosen.length) return;
    const much = chosen.reduce((sum, file) => sum + file.size, 0);
    if (much > MOST) {
      drawChoice(`These files have ${Math.ceil(much / 1024 / 1024)} MB together; 20 MB is the most at a time. Add them in parts, or use: citewell ingest`);
      return;
    }
    files = chosen;
    step = "read";
    if (!year) root.replaceChildren(note(`Reading ${chosen.length === 1 ? chosen[0].name : `${chosen.length} files`} …`));
    const body = new FormData();
    for (const file of chosen) body.append("files", file);
    if (year) body.append("year", year);
    try {
      drawPreview(await api("papers/preview", { body }), year);
    } catch (error) {
      drawChoice(error.message);
    }
  }

  function drawPreview(preview, year) {
    token = preview.token;
    const sum = (name) => preview.files.reduce((all, file) => all + file[name], 0);
    const [fresh, updated, unchanged] = ["new", "updated", "unchanged"].map(sum);
    const problems = preview.files.flatMap((file) => file.problems);
    const writes = fresh + updated;
    const asksYear = year || problems.some((problem) => problem.remedy.includes("--year"));
    const label = fresh ? `Add ${view.counted(fresh, "paper")}${updated ? `, update ${view.number(updated)}` : ""}` : `Update ${view.counted(updated, "paper")}`;
    root.replaceChildren(
      make("h3", { textContent: writes ? "Recognised, not written yet" : "Nothing to add", tabIndex: -1 }),
      ...(preview.files.length > 1 ? [make("p", { className: "cw-note", textContent: told({ new: fresh, updated, unchanged, problems }) || "No paper was recognised." })] : []),
      ...preview.files.map(drawFile),
      ...(asksYear ? [make("p", { className: "pp-year" }, make("label", {}, "Year of dates that state none ",
        make("input", { type: "number", name: "year", min: "1900", max: "2100", value: year })))] : []),
      make("p", { className: "pp-acts" },
        ...(writes ? [make("button", { type: "button", className: "cw-do", textContent: label, dataset: { do: "add" } })] : []),
        make("button", { type: "button", className: "cw-act", textContent: writes ? "Discard" : "Choose other files", dataset: { do: "discard" } })),
    );
    root.querySelector("h3").focus({ preventScroll: true });
  }

  function drawFile(file) {
    return make("section", { className: "pp-file" },
      make("h4", { textContent: file.name }),
      make("p", { className: "cw-note", textContent: told(file) || (file.facts ? "Nothing new to papers here." : "No paper was recognised in it.") }),
      ...(file.format ? [make("p", { className: "cw-note pp-format", textContent: `${file.format}. ${summed(file)}` })] : []),
      ...(Object.keys(file.columns).length ? [make("p", { className: "cw-note", textContent: `Columns: ${Object.entries(file.columns).map(([field, name]) => `${field} from “${name}”`).join(", ")}` })] : []),
      ...titles("New", file.titles, file.new, file.new <= 12),
      ...titles("To update", file.updated_titles, file.updated, false),
      ...(file.problems.length ? [make("ul", { className: "pp-problems", ariaLabel: `Problems in ${file.name}` },
        ...file.problems.map(({ line, message, remedy }) => make("li", {},
          make("span", { textContent: line === null ? message : `Line ${view.number(line)}: ${message}` }),
          ...(remedy ? [make("span", { className: "pp-remedy", textContent: remedy.replace("--year", "the year below") })] : []))))] : []),
      ...(file.notices.length ? [make("ul", { className: "pp-notices cw-note", ariaLabel: `Notes on ${file.name}` },
        ...file.notices.map((textContent) => make("li", { textContent })))] : []),
    );
  }

  function told({ new: fresh, updated, unchanged, problems }) {
    return [
      fresh && `${view.number(fresh)} new`,
      updated && `${view.number(updated)} to update`,
      unchanged && `${view.number(unchanged)} already there`,
      problems.length && view.counted(problems.length, "problem"),
    ].filter(Boolean).join(" · ");
  }

  // A sum: what was read is what goes in and what is lost.
  function summed({ read, records, losses, facts }) {
    if (facts) return `Of ${view.counted(facts, "paper")}`;
    const lost = Object.entries(losses).map(([kind, count]) => `${view.number(count)} ${kind}`);
    return `${view.counted(read, "record")} read: ${[`${view.number(records)} in`, ...lost].join(", ")}`;
  }

  function titles(label, shown, count, open) {
    if (!count) return [];
    const more = count > shown.length ? [make("li", { textContent: `and ${view.number(count - shown.length)} more` })] : [];
    return [make("details", { open }, make("summary", { textContent: `${label}: ${view.counted(count, "paper")}` }),
      make("ul", {}, ...shown.map((textContent) => make("li", { textContent })), ...more))];
  }

  async function add() {
    try {
      follow(await api("papers/add", { body: { token } }));
    } catch (error) {
      drawChoice(error.message);
    }
  }

  async function follow(told) {
    step = "work";
    if (told.state === "working") {
      drawProgress(told);
      setTimeout(async () => {
        try {
          follow(await api("papers/progress"));
        } catch (error) {
          drawChoice(error.message);
        }
      }, POLL);
    } else if (told.state === "failed") {
      drawChoice(told.error);
    } else {
      drawDone(told);
      view.learn().then(() => view.load()).catch((error) => view.trouble(error.message));
    }
  }

  const STAGES = {
    waiting: "Waiting for the catalog …", embedding: "Reading the abstracts", indexing: "Indexing", opening: "Opening the new index …",
  };

  function drawProgress({ stage, done, total }) {
    const text = STAGES[stage] ?? stage;
    const label = total ? `${text}, ${view.number(done)} of ${view.number(total)}` : text;
    if (!root.querySelector("progress")) {
      root.replaceChildren(make("h3", { textContent: "Adding papers" }), note(""),
        make("progress", { ariaLabel: "Progress" }),
        make("p", { className: "cw-note", textContent: "You can go on asking meanwhile; answers know the new papers once this is done." }));
    }
    const bar = root.querySelector("progress");
    if (total) Object.assign(bar, { max: total, value: done });
    else bar.removeAttribute("value");
    root.querySelector("[role=status]").textContent = label;
  }

  function drawDone({ summary, rejected, papers }) {
    step = "done";
    const told = [
      `${view.number(summary.new)} new`, `${view.number(summary.updated)} updated`, `${view.number(summary.unchanged)} unchanged`,
      ...(rejected ? [`${view.counted(rejected, "record")} left out, as shown before`] : []),
    ];
    root.replaceChildren(
      make("h3", { textContent: summary.new ? `Added ${view.counted(summary.new, "paper")}` : "Done", tabIndex: -1 }),
      make("p", { className: "cw-note", role: "status", textContent: `${told.join(", ")}. The corpus has ${view.counted(papers, "paper")} now, and answers use them from the next question on.` }),
      make("p", { className: "pp-acts" },
        make("a", { className: "cw-act", href: "#/papers", textContent: "See the list" }),
        make("button", { type: "button", className: "cw-act", textContent: "Add more", dataset: { do: "again" } })),
    );
    root.querySelector("h3").focus({ preventScroll: true });
  }

  function onClick(event) {
    const acts = {
      add,
      discard: () => {
        api("papers/discard", { body: { token } }).catch(() => {});
        drawChoice("", { isPressed: true });
      },
      again: () => drawChoice("", { isPressed: true }),
    };
    acts[event.target.closest("[data-do]")?.dataset.do]?.();
  }

  function onChange(event) {
    if (event.target.type === "file") read([...event.target.files]);
    else if (event.target.name === "year" && event.target.validity.valid) read(files, event.target.value);
  }

  return { mountUpload, openUpload };
})());
