// The papers that questions keep to: chosen among the papers, shown above the composer, and held
// by their conversation until they are taken away there.
"use strict";

Object.assign(window.citewell, (() => {
  let ids = [];
  let title = ""; // of a single paper
  let owner = ""; // a conversation, or "" for the one that the next question begins

  const scope = () => ids;

  function freshScope() {
    owner = "";
    restrict([]);
  }

  // From the list of papers: a new conversation about these.
  function askAbout(chosen, name = "") {
    window.citewell.fresh({ private: window.citewell.isPrivate() });
    restrict(chosen, name);
  }

  function restrict(chosen, name = "") {
    ids = chosen;
    title = name;
    keep();
    draw();
  }

  // Every picture of a conversation comes by here; one that is opened brings its papers along.
  function showScope(chat) {
    const now = chat.turns.length ? chat.conversation : "";
    if (chat.scope) {
      const kept = read();
      const isKept = kept?.owner === now;
      ids = isKept ? kept.ids : chat.scope;
      title = isKept ? kept.title : "";
    } else if (now !== owner && owner) {
      ids = [];
      title = "";
    }
    owner = now;
    keep();
    draw();
  }

  const keep = () => window.citewell.remember("scope", { owner, ids, title });
  const read = () => window.citewell.recall("scope");

  function draw() {
    const place = document.querySelector("[data-slot=scope]");
    if (!place) return;
    const what = ids.length === 1 ? "this paper" : `these ${ids.length.toLocaleString("en")} papers`;
    const named = ids.length === 1 && title ? `: ${title}` : "";
    document.querySelector(".cw").classList.toggle("cw-narrowed", ids.length > 0);
    const heading = document.querySelector("[data-slot=chosen]"); // on the empty page
    if (heading) heading.textContent = ids.length ? `Ask about ${what}` : "";
    if (place.dataset.shown === ids.join()) return;
    place.dataset.shown = ids.join();
    place.hidden = !ids.length;
    const { make } = window.citewell;
    place.replaceChildren(
      make("span", { textContent: `Only ${what}${named}` }),
      make("button", {
        type: "button", textContent: "×", ariaLabel: "Ask about all papers again",
        dataset: { act: "anywhere" },
      }),
    );
  }

  const before = read();
  if (before && !before.owner) ({ ids, title } = before);
  return { scope, freshScope, askAbout, restrict, showScope };
})());
