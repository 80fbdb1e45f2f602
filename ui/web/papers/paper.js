// One paper: all that is known of it, and the papers nearest to it.
"use strict";

Object.assign(window.citewell.papersView, (() => {
  const { citewell } = window;
  const { api, make, askAbout } = citewell;
  const view = window.citewell.papersView;

  let root, shown = null;
  let wanted; // the last that was asked for: an earlier one may come later

  function mountPaper(element) {
    root = element.querySelector("[data-place=paper]");
    root.addEventListener("click", onClick);
    view.on("picked", mark);
  }

  async function openPaper(id) {
    root.replaceChildren(back(), make("p", { className: "cw-note", textContent: "Opening …" }));
    shown = null;
    wanted = id;
    let paper;
    try {
      paper = await api(`papers/paper?id=${encodeURIComponent(id)}`);
    } catch (error) {
      if (wanted !== id) return;
      const mine = await marks(id, true);
      if (wanted !== id) return;
      root.replaceChildren(back(), ...(mine ? [
        make("h3", { textContent: mine.dataset.title, tabIndex: -1 }),
        make("p", { className: "cw-note", textContent: "This paper is no longer in the corpus. What you put on it is kept until you take it away." }),
        mine,
      ] : [make("p", { className: "cw-bad", role: "alert", textContent: error.message })]));
      return;
    }
    if (wanted !== id) return;
    shown = paper;
    root.replaceChildren(
      back(),
      make("div", { className: "pp-two" },
        make("div", {}, ...about(paper)),
        make("aside", { ariaLabel: "Nearest papers" }, ...near(paper))),
    );
    mark();
    marks(id).then((place) => root.querySelector(".pp-abstract")?.after(place));
    root.querySelector("h3").focus({ preventScroll: true });
    citewell.entitle(paper.title);
  }

  // What one has put on it; loaded when a paper is first looked at.
  async function marks(id, isGone = false) {
    try {
      await citewell.load("marks/marks.js", "marks/marks.css");
      return await citewell.markEditor(id, { isGone, changed: () => { view.learnMarks?.().catch(() => {}); view.load(); } });
    } catch (error) {
      return make("p", { className: "cw-bad", role: "alert", textContent: error.message });
    }
  }

  const back = () => make("p", {}, make("a", { className: "cw-act", href: view.listAddress(), textContent: "← All papers", dataset: { do: "back" } }));

  function about(paper) {
    const act = (name, textContent) => make("button", { type: "button", className: "cw-act", textContent, dataset: { do: name } });
    const out = make("a", {
      className: "cw-act", href: paper.address, target: "_blank", rel: "noopener noreferrer",
      referrerPolicy: "no-referrer", textContent: `${paper.opens} ↗`,
    });
    out.append(make("span", { className: "cw-sr", textContent: " (on the web, in a new tab)" }));
    const abstract = make("p", { className: "pp-abstract", textContent: paper.abstract, lang: "en" });
    citewell.linkAddresses(abstract);
    return [
      make("h3", { tabIndex: -1 }, citewell.titleLink(paper)),
      make("p", { className: "pp-facts" }, ...facts(paper)),
      make("p", { className: "pp-acts" },
        make("button", { type: "button", className: "cw-do", textContent: "Ask about this paper", dataset: { do: "ask" } }),
        act("pick", "Select"), make("button", { type: "button", className: "cw-act", textContent: "Cite", dataset: { do: "cite" }, attributes: { "aria-haspopup": "dialog" } }), out),
      abstract,
      make("dl", { className: "pp-details" },
        ...detail("Citekey", paper.citekey),
        ...(paper.authors.length ? detail("Authors", paper.authors.join(", ")) : []),
        ...(paper.doi ? detail("DOI", paper.doi) : []),
        ...(paper.arxiv_id ? detail("arXiv", paper.arxiv_id) : []),
      ),
      make("details", { className: "pp-details" },
        make("summary", { textContent: "Where it was read" }),
        ...paper.places.map(({ name, line }) => make("p", { textContent: `${name}, line ${view.number(line)}` }))),
    ];
  }

  function facts(paper) {
    const rest = [paper.by, paper.upvotes === null ? "" : view.counted(paper.upvotes, "upvote")].filter(Boolean);
    return [paper.published ? citewell.time(paper.published) : "No date known", ...rest.map((fact) => ` · ${fact}`)];
  }

  const detail = (name, ...values) => [
    make("dt", { textContent: name }),
    ...values.map((textContent) => make("dd", { textContent })),
  ];

  function near({ nearest }) {
    if (!nearest.length) {
      return [make("h4", { textContent: "Nearest papers" }), make("p", { className: "cw-note", textContent: "There are no other papers to compare it with." })];
    }
    return [
      make("h4", { textContent: "Nearest papers" }),
      make("ol", {}, ...nearest.map((other) => make("li", {},
        make("a", { href: `#/papers/${encodeURIComponent(other.id)}`, textContent: other.title }),
        ...(other.published ? [make("p", { className: "pp-facts" }, citewell.time(other.published))] : [])))),
      make("button", { type: "button", className: "cw-act", textContent: `Select this and the ${nearest.length} nearest`, dataset: { do: "all" } }),
    ];
  }

  function mark() {
    if (!shown) return;
    const isPicked = view.picked.has(shown.id);
    const button = root.querySelector("[data-do=pick]");
    button.textContent = isPicked ? "Selected" : "Select";
    button.ariaPressed = String(isPicked);
  }

  function onClick(event) {
    const hit = event.target.closest("[data-do]");
    const acts = {
      ask: () => askAbout([shown.id], shown.title),
      pick: () => view.pick([shown.id], !view.picked.has(shown.id)),
      all: () => view.pick([shown.id, ...shown.nearest.map((other) => other.id)], true),
      cite: () => citewell.citePaper(hit, shown.id),
    };
    acts[hit?.dataset.do]?.();
  }

  return { mountPaper, openPaper };
})());
