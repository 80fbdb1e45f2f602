// What a tab remembers for as long as it lives: drafts, filters, what its addresses stood for. No
// other tab sees it, and a reload does not lose it.
"use strict";

window.citewell = (() => {
  // Where the page of this corpus is; empty for the one that was started.
  const base = /^\/corpus\/[^/]+/.exec(location.pathname)?.[0] ?? "";
  const named = (key) => `citewell-${base}${key}`;

  function recall(key, otherwise = null) {
    try {
      return JSON.parse(sessionStorage.getItem(named(key))) ?? otherwise;
    } catch {
      return otherwise;
    }
  }

  // More than a browser keeps, or one that keeps nothing: it holds until the page is loaded again.
  function remember(key, value) {
    try {
      sessionStorage.setItem(named(key), JSON.stringify(value));
    } catch { /* as said */ }
  }

  return { base, recall, remember };
})();
