// The switch between corpora in the head; hidden where there is but one. Each corpus has a page of
// its own, at an address of its own.
"use strict";

Object.assign(window.citewell, (() => {
  const { citewell } = window;

  async function mountSwitch(place) {
    const { corpora } = await citewell.api("corpora").catch(() => ({ corpora: [] }));
    if (corpora.length < 2) return;
    const select = place.querySelector("select");
    select.replaceChildren(...corpora.map(({ name, href, here }) =>
      citewell.make("option", { value: href, textContent: name, defaultSelected: here, selected: here })));
    select.addEventListener("change", () => location.assign(select.value));
    addEventListener("pageshow", () => { select.value = corpora.find(({ here }) => here)?.href ?? ""; });
    place.hidden = false;
  }

  return { mountSwitch };
})());
