// What the parts of the papers view share: the filters, which stand in the address, the selection,
// which outlives a reload of the tab, and who wants to know when they change.
"use strict";

window.citewell.papersView = (() => {
  const { recall, remember } = window.citewell;
  const EMPTY = {
    words: "", ranked: "", date_from: "", date_to: "", dated: "", upvotes_min: "", source: "",
    cluster: "", label: "", tags: "", reading: "", noted: "", only: false, fresh: false, sort: "match", descending: false, offset: 0,
  };

  const NARROWING = ["words", "ranked", "date_from", "date_to", "dated", "upvotes_min", "source", "cluster", "tags", "reading", "noted"];

  const listeners = { filters: [], picked: [], facts: [] };
  let filters = { ...EMPTY };
  const picked = new Set(recall("papers-picked", []));
  let fresh = recall("papers-fresh", { ids: [] }); // what was new to the saved search that was opened last
  let facts = null;
  let typed = ""; // the field that was typed in: another letter in it is no new place to go back to

  function on(what, heard) {
    listeners[what].push(heard);
  }

  function tell(what) {
    for (const heard of listeners[what]) heard();
  }

  // Whatever changes, the list begins at its first page again. What is changed stands in the address
  // and can be gone back from, letter by letter apart.
  function filter(changes, { typing = "", isQuiet = false } = {}) {
    filters = { ...filters, offset: 0, ...changes };
    if (document.body.dataset.view === "papers") view.showAddress(!isQuiet && !(typing && typing === typed));
    typed = typing;
    tell("filters");
  }

  // From the address.
  function take(found) {
    const taken = { ...EMPTY, ...found, only: Boolean(found.only && picked.size), fresh: Boolean(found.fresh && fresh.ids.length) };
    const same = Object.keys(EMPTY).every((name) => taken[name] === filters[name]);
    filters = taken;
    typed = "";
    if (!same) tell("filters");
  }

  const clearFilters = () => filter({ ...EMPTY, sort: filters.sort, descending: filters.descending });

  // As the server takes it: what is empty is left out.
  function asked() {
    const { label, only, fresh: isFresh, ...rest } = filters;
    const sent = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== ""));
    if (only) sent.among = [...picked];
    if (isFresh) sent.among = fresh.ids.filter((id) => !only || picked.has(id));
    return sent;
  }

  // From a saved search, with the papers that are new to it.
  function openSearch(listed, news) {
    fresh = news;
    remember("papers-fresh", fresh);
    filters = { ...EMPTY, ...listed, words: listed.ranked ?? listed.words ?? "", fresh: news.ids.length > 0 };
    window.citewell.visit(view.listAddress(true));
    tell("filters");
  }

  const isFiltered = () =>
    filters.only || filters.fresh || NARROWING.some((name) => filters[name] !== "");

  function pick(ids, isPicked) {
    for (const id of ids) {
      if (isPicked) picked.add(id);
      else picked.delete(id);
    }
    if (!picked.size && filters.only) filter({ only: false });
    remember("papers-picked", [...picked]);
    tell("picked");
  }

  async function learn() {
    facts = await window.citewell.api("papers/facts");
    for (const place of document.querySelectorAll("[data-papers]")) {
      place.textContent = counted(facts.papers, "paper");
    }
    document.querySelector(".pp-tabs [data-tab=add]").hidden = !facts.adding;
    tell("facts");
  }

  // Resolves when the facts are there, or cannot be had.
  const known = () => (facts ? Promise.resolve() : learn().catch(() => {}));

  const number = (n) => n.toLocaleString("en");
  const counted = (n, noun) => `${number(n)} ${noun}${n === 1 ? "" : "s"}`;

  // An evidence table of papers, the first as many as it holds.
  const TABLE = 200;
  const tableOf = (count) => (count > TABLE ? `Table of the first ${TABLE}` : "Table");

  async function makeTable(ids, title) {
    try {
      await window.citewell.newTable({ ids: ids.slice(0, TABLE), title });
    } catch (error) {
      view.trouble(error.message);
    }
  }

  const view = {
    tableOf, makeTable, on, filter, take, clearFilters, asked, isFiltered, pick, learn, known, number, counted, picked, openSearch,
    narrowing: NARROWING,
    fresh: () => fresh,
    filters: () => filters,
    facts: () => facts,
  };
  return view;
})();
