// What a tab remembers for as long as it lives: drafts, filters, what its addresses stood for. No
// other tab sees it, and a reload does not lose it.
"use strict";

window.citewell = (() => {
  function recall(key, otherwise = null) {
    try {
      return JSON.parse(sessionStorage.getItem(`citewell-${key}`)) ?? otherwise;
    } catch {
      return otherwise;
    }
  }

  // More than a browser keeps, or one that keeps nothing: it holds until the page is loaded again.
  function remember(key, value) {
    try {
      sessionStorage.setItem(`citewell-${key}`, JSON.stringify(value));
    } catch { /* as said */ }
  }

  return { recall, remember };
})();
