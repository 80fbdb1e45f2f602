// The papers' filters as part of the address, in words that a person can read and write.
"use strict";

Object.assign(window.citewell.papersView, (() => {
  const { citewell } = window;
  const view = citewell.papersView;
  const NAMES = {
    words: "words", ranked: "meaning", date_from: "since", date_to: "until", upvotes_min: "upvotes",
    source: "source", cluster: "group", label: "named", tags: "tag", reading: "list",
  };
  const SORTS = ["title", "date", "upvotes"];
  const DAY = /^\d{4}-\d\d-\d\d$/;

  let last = citewell.recall("papers-last", "#/papers"); // the list, as it was looked at last

  // What an address asks for; what cannot be is left out.
  function read(query) {
    const found = {};
    for (const [name, key] of Object.entries(NAMES)) found[name] = query.get(key)?.slice(0, 300) ?? "";
    for (const name of ["date_from", "date_to"]) if (!DAY.test(found[name])) found[name] = "";
    for (const name of ["upvotes_min", "cluster"]) if (!/^\d{1,9}$/.test(found[name])) found[name] = "";
    if (found.cluster !== "") found.cluster = Number(found.cluster);
    if (query.get("dated") === "no") found.dated = false;
    found.only = query.get("selected") === "yes";
    found.fresh = query.get("new") === "yes";
    if (query.get("noted") === "yes") found.noted = true;
    found.reading = { "to read": "to_read", read: "read" }[found.reading] ?? "";
    const [sort, way] = (query.get("sort") ?? "").split("-");
    if (SORTS.includes(sort)) Object.assign(found, { sort, descending: way === "down" });
    const from = query.get("from") ?? "";
    if (/^[1-9]\d{0,7}$/.test(from)) found.offset = Number(from) - 1;
    return found;
  }

  function query() {
    const filters = view.filters();
    const told = new URLSearchParams();
    for (const [name, key] of Object.entries(NAMES)) if (filters[name] !== "") told.set(key, filters[name]);
    if (filters.dated === false) told.set("dated", "no");
    if (filters.only) told.set("selected", "yes");
    if (filters.fresh) told.set("new", "yes");
    if (filters.noted) told.set("noted", "yes");
    if (filters.reading) told.set("list", filters.reading.replace("_", " "));
    if (filters.sort !== "match") told.set("sort", filters.descending ? `${filters.sort}-down` : filters.sort);
    if (filters.offset) told.set("from", filters.offset + 1);
    const text = told.toString();
    return text && `?${text}`;
  }

  // The address of the filters in force; `isNew` where Back is to lead to those before.
  function showAddress(isNew) {
    const place = citewell.here().parts[0] ?? "";
    if (!place) citewell.settle(`#/papers${query()}`, { isNew });
    if (place === "map") citewell.settle(`#/papers/map${query()}`, { isNew });
    links();
  }

  // Ways back to the list keep what was chosen in it.
  function links() {
    last = `#/papers${query()}`;
    citewell.remember("papers-last", last);
    leadBack();
    document.querySelector(".pp-tabs [data-tab=list]").href = last;
    document.querySelector(".pp-tabs [data-tab=map]").href = `#/papers/map${query()}`;
    const { words, ranked } = view.filters();
    const named = { "": "Papers", map: "Map of papers" }[citewell.here().parts[0] ?? ""];
    if (named) citewell.entitle([named, ranked || words].filter(Boolean).join(": "));
  }

  function leadBack() {
    const link = document.querySelector(".cw-views [data-view=papers]");
    if (link) link.href = last;
  }

  return { readAddress: read, showAddress, links, leadBack, listAddress: (isNow) => (isNow ? `#/papers${query()}` : last) };
})());
