// Questions to press: below the last answer, and examples on the empty page. They come after what
// they stand by is shown, since the server asks each of the corpus before it tells them.
"use strict";

Object.assign(window.citewell, (() => {
  const asked = new WeakSet(); // places that something was fetched for

  function showSuggestions(root, chat) {
    const examples = root.querySelector(".cw-examples[data-pending]");
    if (examples) fetchOnce(examples, "suggestions/examples", (found) => fill(examples, found));
    const turn = root.querySelector(".cw-turn:last-child[data-state=done]");
    if (!turn || chat.elsewhere) return;
    const [conversation, id] = [chat.conversation, turn.dataset.id].map(encodeURIComponent);
    fetchOnce(turn, `suggestions/after/${conversation}?turn=${id}`, (found) => {
      if (found.length) turn.append(next(found));
    });
  }

  async function fetchOnce(place, path, done) {
    if (asked.has(place)) return;
    asked.add(place);
    const found = await window.citewell.api(path).catch(() => []); // nothing that anybody has asked for
    if (place.isConnected) done(found);
  }

  function fill(place, found) {
    const { make } = window.citewell;
    const kindOf = (kind) => make("span", { className: "cw-kind", textContent: kind, ariaHidden: "true" });
    place.removeAttribute("data-pending");
    place.replaceChildren(
      ...found.map(({ kind, question }) => make("li", {}, kindOf(kind), pressed(question))),
    );
  }

  function next(found) {
    const { make } = window.citewell;
    const items = found.map((question) => make("li", {}, pressed(question)));
    return make(
      "nav",
      { className: "cw-next", ariaLabel: "Questions that go on from this answer" },
      make("h3", { textContent: "Ask next" }),
      make("ul", {}, ...items),
    );
  }

  const pressed = (question) =>
    window.citewell.make("button", { type: "button", textContent: question, dataset: { act: "example" } });

  return { showSuggestions };
})());
