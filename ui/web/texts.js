// Dates in the browser's own words, and addresses within foreign text as links.
"use strict";

Object.assign(window.citewell, (() => {
  const { citewell } = window;
  const ADDRESS = /https?:\/\/[^\s<>"“”]*[^\s<>"“”.,;:!?'’)\]}]/gi;
  const PRECISIONS = [
    { year: "numeric" },
    { year: "numeric", month: "short" },
    { year: "numeric", month: "short", day: "numeric" },
  ];

  // `2025-10-11` as precise as it is known; what is no date stays as it is.
  function day(iso) {
    if (!/^\d{4}(?:-\d\d){0,2}$/.test(iso ?? "")) return iso ?? "";
    const parts = iso.split("-").map(Number);
    const [year, month = 1, date = 1] = parts;
    return new Date(year, month - 1, date).toLocaleDateString(undefined, PRECISIONS[parts.length - 1]);
  }

  const time = (iso) => citewell.make("time", { dateTime: iso ?? "", textContent: day(iso) });

  const moment = (seconds) => new Date(seconds * 1000).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });

  // In what the server wrote: dates and abstracts.
  function readTexts(place) {
    for (const found of place.querySelectorAll("time")) found.textContent = day(found.dateTime);
    for (const found of place.querySelectorAll(".cw-abstract")) linkAddresses(found);
  }

  // An address that a mark or a fold cuts stays text: half of one leads elsewhere.
  function linkAddresses(place) {
    const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) texts.push(walker.currentNode);
    texts.forEach((text, at) => {
      const goesOn = /^\S/.test(texts[at + 1]?.data ?? "");
      const pieces = [];
      let from = 0;
      for (const { 0: found, index } of text.data.matchAll(ADDRESS)) {
        const end = index + found.length;
        if (!URL.canParse(found) || (goesOn && end === text.length)) continue;
        pieces.push(text.data.slice(from, index), link(found));
        from = end;
      }
      if (from) text.replaceWith(...pieces, text.data.slice(from));
    });
  }

  const link = (address) => citewell.make("a", {
    href: address, textContent: address, target: "_blank", rel: "noopener noreferrer", referrerPolicy: "no-referrer",
  });

  return { day, time, moment, readTexts, linkAddresses };
})());
