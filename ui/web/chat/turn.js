// A turn of the conversation, and how its pieces are put into their places.
"use strict";

Object.assign(window.citewell, (() => {
  function newTurn(id) {
    const place = document.createElement("article");
    place.className = "cw-turn";
    place.dataset.id = id;
    place.tabIndex = -1; // for who has pressed something that the turn took the place of
    for (const [part, tag] of [
      ["ask", "header"], ["answer", "div"], ["status", "footer"], ["sources", "aside"],
    ]) {
      const child = document.createElement(tag);
      child.dataset.part = part;
      child.className = `cw-${part}-part`;
      place.append(child);
    }
    const sources = place.lastElementChild;
    sources.setAttribute("aria-label", "Sources");
    sources.tabIndex = 0;
    return place;
  }

  // Replaces only those children that are not what was sent before: what the visitor has opened,
  // marked or focused in the others stays as it is.
  const sent = new WeakMap();
  function put(place, html) {
    if (sent.get(place)?.html === html) return;
    const template = document.createElement("template");
    template.innerHTML = html;
    const fresh = [...template.content.childNodes];
    const keys = fresh.map((node) => node.outerHTML ?? node.textContent);
    window.citewell.readTexts(template.content);
    const old = sent.get(place)?.keys ?? [];
    fresh.forEach((node, i) => {
      if (keys[i] === old[i]) return;
      if (place.childNodes[i]) place.childNodes[i].replaceWith(node);
      else place.append(node);
    });
    while (place.childNodes.length > keys.length) place.lastChild.remove();
    sent.set(place, { html, keys });
  }

  return { newTurn, put };
})());
