// The address of what is shown: `#<id>` is a kept conversation, `#/papers?words=…` a view with what
// is chosen in it, `#/` the chat without a name. A private conversation has no address: the entry
// of the tab's history is marked instead, and what marks stand for is gone with the tab.
"use strict";

Object.assign(window.citewell, (() => {
  const { citewell } = window;
  const MOST = 50; // marks that a tab keeps
  let routed = null;

  // Where the address leads: { conversation } or { view, parts, query }.
  function here() {
    const hash = location.hash.slice(1);
    if (hash && !hash.startsWith("/")) return { view: "chat", conversation: plain(hash), parts: [] };
    const cut = hash.indexOf("?");
    const [view, ...parts] = (cut < 0 ? hash : hash.slice(0, cut)).slice(1).split("/").map(plain);
    return { view, conversation: "", parts, query: new URLSearchParams(cut < 0 ? "" : hash.slice(cut)) };
  }

  // Typed or cut off on its way, an address may not be one that can be decoded.
  function plain(part) {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  }

  // Goes there, as a new place that Back leads away from; `hash` begins with #.
  function visit(hash, { mark = "" } = {}) {
    if (location.hash !== hash || mark) history.pushState(mark ? { mark } : null, "", location.pathname + hash);
    route();
  }

  // The same place, told better: nothing is shown anew.
  function settle(hash, { mark = "", isNew = false } = {}) {
    if (location.hash === hash && (history.state?.mark ?? "") === mark) return;
    const way = isNew ? "pushState" : "replaceState";
    history[way](mark ? { mark } : null, "", location.pathname + hash);
    routed = key();
  }

  const key = () => `${location.hash} ${history.state?.mark ?? ""}`;

  // Back, Forward and links come as one event or as two.
  function route() {
    if (routed === key()) return;
    routed = key();
    citewell.showView();
  }

  // Marks: what a place of the history without a name of its own stood for.

  const newMark = () => Math.random().toString(36).slice(2);
  const markHere = () => history.state?.mark ?? "";
  const marked = (mark) => citewell.recall("marks", []).find(([name]) => name === mark)?.[1];

  function stands(mark, conversation) {
    const others = citewell.recall("marks", []).filter(([name]) => name !== mark);
    citewell.remember("marks", [...others, [mark, conversation]].slice(-MOST));
  }

  function entitle(text) {
    const short = text && text.length > 80 ? `${text.slice(0, 79)}…` : text;
    document.title = short ? `${short} · Citewell` : "Citewell";
  }

  addEventListener("popstate", route);
  addEventListener("hashchange", route);
  return { here, visit, settle, newMark, markHere, marked, stands, entitle };
})());
