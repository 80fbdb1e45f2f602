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

  // Before the month that an arXiv id alone tells.
  const BY_ARXIV = "arXiv ";

  // `2025-10-11` as precise as it is known; what is no date stays as it is.
  function day(iso) {
    if (iso?.startsWith(BY_ARXIV)) return BY_ARXIV + day(iso.slice(BY_ARXIV.length));
    if (!/^\d{4}(?:-\d\d){0,2}$/.test(iso ?? "")) return iso ?? "";
    const parts = iso.split("-").map(Number);
    const [year, month = 1, date = 1] = parts;
    return new Date(year, month - 1, date).toLocaleDateString(undefined, PRECISIONS[parts.length - 1]);
  }

  const time = (iso) => citewell.make("time", {
    dateTime: (iso ?? "").replace(BY_ARXIV, ""), textContent: day(iso),
    ...(iso?.startsWith(BY_ARXIV) && { title: "The month by its arXiv id" }),
  });

  const moment = (seconds) => new Date(seconds * 1000).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });

  // In what the server wrote: dates and abstracts.
  function readTexts(place) {
    for (const found of place.querySelectorAll("time")) {
      found.textContent = (found.textContent.startsWith(BY_ARXIV) ? BY_ARXIV : "") + day(found.dateTime);
    }
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

  const link = (address, textContent = address) => citewell.make("a", {
    href: address, textContent, target: "_blank", rel: "noopener noreferrer", referrerPolicy: "no-referrer",
  });

  // A paper's title as a link to the paper; only as text where its address is not known.
  function titleLink({ title, known_at: address }) {
    if (!address) return title;
    const place = link(address, title);
    place.className = "cw-title";
    place.append(citewell.make("span", { className: "cw-sr", textContent: " (on the web, in a new tab)" }));
    return place;
  }

  // The same as an arrow beside a title that leads elsewhere.
  function outward({ title, known_at: address }) {
    if (!address) return [];
    const place = link(address, "↗");
    place.className = "cw-out";
    place.title = address;
    place.ariaLabel = `On the web, in a new tab: ${title}`;
    return [place];
  }

  return { day, time, moment, readTexts, linkAddresses, titleLink, outward };
})());
