// The view of the papers: which of its places the address asks for. `#/papers` is the list,
// `#/papers/map`, `#/papers/saved` and `#/papers/add` are what they say; anything else is a paper's id. The filters
// of list and map are behind a question mark (place.js).
"use strict";

window.citewell.addView("papers", (() => {
  const view = window.citewell.papersView;

  let root;
  let known = false;
  let at = "";
  let left = { id: "", top: 0 }; // the row that was opened, and how far the list was scrolled

  function mount(element) {
    root = element;
    view.mountFind(root);
    view.mountTime(root);
    view.mountList(root);
    view.mountMap(root);
    view.mountPaper(root);
    view.mountUpload(root);
    view.mountPicked(root);
    view.leadBack();
    document.addEventListener("keydown", onKey);
  }

  function shown([place = ""], query) {
    if (!root) return; // Gradio has not put the HTML there yet
    const before = at;
    at = place;
    const tab = ["", "map", "saved", "add"].includes(place) ? place || "list" : "paper";
    if (before === "" && tab === "paper") left = { id: place, top: left.now ?? 0 };
    root.dataset.tab = tab;
    for (const name of ["map", "paper", "saved", "add", "list"]) {
      root.querySelector(`[data-place=${name}]`).hidden = name !== tab;
    }
    root.querySelector("[data-place=corpus]").hidden = tab !== "list" && tab !== "map";
    for (const link of root.querySelectorAll(".pp-tabs a")) {
      if (link.dataset.tab === tab) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    if (tab === "list" || tab === "map") {
      view.take(view.readAddress(query));
      view.links();
    }
    begin();
    if (tab === "map") view.openMap();
    if (tab === "saved") window.citewell.entitle("Saved searches");
    if (tab === "saved") withDesk(() => view.searches.open());
    if (tab === "add") {
      window.citewell.entitle("Add papers");
      view.openUpload();
    }
    if (tab === "paper") {
      view.openPaper(place);
      scrollTo({ top: 0, behavior: "instant" });
    } else if (tab === "list" && before && left.id === before) {
      scrollTo({ top: left.top, behavior: "instant" });
      view.focusRow(before);
    }
  }

  addEventListener("scroll", () => {
    if (document.body.dataset.view === "papers" && at === "") left.now = scrollY;
  }, { passive: true });

  // What is asked of the server once, when the view is first looked at.
  async function begin() {
    if (known) return;
    known = true;
    try {
      await view.learn();
      await view.load();
      await withDesk(() => Promise.all([view.learnMarks(), view.searches.count()]));
    } catch (error) {
      known = false;
      view.trouble(error.message);
    }
  }

  // One's own marks and saved searches, loaded when the papers are first looked at.
  async function withDesk(act) {
    try {
      await window.citewell.load("marks/mine.js", "searches/searches.js", "searches/searches.css");
      if (!view.searches) {
        view.mountMine(root);
        view.searches = view.mountSearches(root);
      }
      await act();
    } catch (error) {
      view.trouble(error.message);
    }
  }
  view.saveSearch = () => withDesk(() => view.searches.name());

  function onKey(event) {
    if (document.body.dataset.view !== "papers" || root.querySelector("[data-place=corpus]").hidden) return;
    const typing = /^(?:INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      view.focusSearch();
    }
  }

  return { mount, shown };
})());
