// One's own marks among the papers: a filter, and those on papers that left the corpus. Loaded with
// the papers.
"use strict";

Object.assign(window.citewell.papersView, (() => {
  const { api, make } = window.citewell;
  const view = window.citewell.papersView;

  let mine, gone;

  function mountMine(root) {
    mine = root.querySelector("[name=mine]");
    gone = root.querySelector("[data-place=gone]");
    mine.addEventListener("change", () => choose(mine.selectedOptions[0].dataset));
  }

  async function learnMarks() {
    const marks = await api("marks");
    drawMine(marks);
    drawGone(marks.gone);
  }

  // What is chosen becomes a chip, and more can be chosen.
  function choose({ tag, reading, noted }) {
    mine.value = "";
    const tags = [...new Set([...view.filters().tags.split(","), tag].filter(Boolean))].join();
    view.filter(tag ? { tags } : reading ? { reading } : { noted: noted ? true : "" });
  }

  function drawMine({ tags, to_read: unread, read, noted }) {
    const option = (text, papers, dataset) =>
      (papers ? [make("option", { textContent: `${text} (${view.number(papers)})`, dataset })] : []);
    const options = [
      ...option("to read", unread, { reading: "to_read" }), ...option("read", read, { reading: "read" }),
      ...option("with my note", noted, { noted: "yes" }),
      ...tags.flatMap(([tag, papers]) => option(`#${tag}`, papers, { tag })),
    ];
    mine.parentElement.hidden = !options.length;
    mine.replaceChildren(make("option", { value: "", textContent: "all" }), ...options);
  }

  // In no list, and not forgotten.
  function drawGone(papers) {
    gone.replaceChildren(...(papers.length ? [make("details", { className: "pp-gone" },
      make("summary", { textContent: `${view.counted(papers.length, "paper")} that you marked left the corpus` }),
      make("ul", {}, ...papers.map((paper) => make("li", {},
        make("a", { href: `#/papers/${encodeURIComponent(paper.id)}`, textContent: paper.title || paper.id }),
        make("span", { className: "pp-marks", textContent: view.marked({ ...paper, noted: paper.note }) })))))] : []));
  }

  return { mountMine, learnMarks };
})());
