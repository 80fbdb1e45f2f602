// What the parts of the papers view share: the filters, the selection, and who wants to know when
// they change. Both outlive a reload of the tab.
"use strict";

window.citewell.papersView = (() => {
  const FILTERS = "citewell-papers-filters";
  const PICKED = "citewell-papers-picked";
  const EMPTY = {
    words: "", ranked: "", date_from: "", date_to: "", dated: "", upvotes_min: "", source: "",
    cluster: "", label: "", only: false, sort: "match", descending: false, offset: 0,
  };

  const listeners = { filters: [], picked: [], facts: [] };
  let filters = { ...EMPTY, ...read(FILTERS, {}) };
  const picked = new Set(read(PICKED, []));
  let facts = null;

  function read(key, otherwise) {
    try {
      return JSON.parse(sessionStorage.getItem(key)) ?? otherwise;
    } catch {
      return otherwise;
    }
  }

  function on(what, heard) {
    listeners[what].push(heard);
  }

  function tell(what) {
    for (const heard of listeners[what]) heard();
  }

  // Whatever changes, the list begins at its first page again.
  function filter(changes) {
    filters = { ...filters, offset: 0, ...changes };
    sessionStorage.setItem(FILTERS, JSON.stringify(filters));
    tell("filters");
  }

  const clearFilters = () => filter({ ...EMPTY, sort: filters.sort, descending: filters.descending });

  // As the server takes it: what is empty is left out.
  function asked() {
    const { label, only, ...rest } = filters;
    const sent = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== ""));
    if (only) sent.among = [...picked];
    return sent;
  }

  const isFiltered = () =>
    filters.only || ["words", "ranked", "date_from", "date_to", "dated", "upvotes_min", "source", "cluster"]
      .some((name) => filters[name] !== "");

  function pick(ids, isPicked) {
    for (const id of ids) {
      if (isPicked) picked.add(id);
      else picked.delete(id);
    }
    if (!picked.size && filters.only) filter({ only: false });
    try {
      sessionStorage.setItem(PICKED, JSON.stringify([...picked]));
    } catch { /* more than the browser keeps: it holds until the tab is reloaded */ }
    tell("picked");
  }

  async function learn() {
    facts = await window.citewell.api("papers/facts");
    for (const place of document.querySelectorAll("[data-papers]")) {
      place.textContent = counted(facts.papers, "paper");
    }
    tell("facts");
  }

  // Resolves when the facts are there, or cannot be had.
  const known = () => (facts ? Promise.resolve() : learn().catch(() => {}));

  const number = (n) => n.toLocaleString("en");
  const counted = (n, noun) => `${number(n)} ${noun}${n === 1 ? "" : "s"}`;

  return {
    on, filter, clearFilters, asked, isFiltered, pick, learn, known, number, counted, picked,
    filters: () => filters,
    facts: () => facts,
  };
})();
