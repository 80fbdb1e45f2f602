// Papers by month, as bars. One stop of the Tab key; the arrow keys move along.
"use strict";

Object.assign(window.citewell.papersView, (() => {
  const { citewell } = window;
  const { make } = citewell;
  const view = window.citewell.papersView;
  const MOST = 120; // months that fit; beyond that, years

  let figure, bars, caption;

  function mountTime(element) {
    figure = element.querySelector(".pp-time");
    bars = figure.querySelector(".pp-bars");
    caption = figure.querySelector("figcaption");
    bars.addEventListener("click", onClick);
    bars.addEventListener("keydown", onKey);
    caption.addEventListener("click", (event) => {
      if (event.target.closest("[data-do=undated]")) view.filter({ dated: false, date_from: "", date_to: "" });
    });
    view.on("facts", draw);
    view.on("filters", mark);
  }

  function draw() {
    const { months, papers, dated, years_only: yearsOnly } = view.facts();
    figure.classList.toggle("pp-empty", !months.length);
    const periods = spans(months);
    const most = Math.max(1, ...periods.map((each) => each.papers));
    bars.replaceChildren(...periods.map(({ name, from, to, papers: count, year }, at) => {
      const label = `${name}: ${view.counted(count, "paper")}`;
      const bar = make("button", {
        type: "button", title: label, ariaLabel: label, tabIndex: at ? -1 : 0,
        disabled: !count, dataset: { from, to },
      }, make("span", { style: `height:${count ? Math.max(6, 100 * count / most) : 0}%` }));
      if (year) bar.append(make("i", { textContent: year, ariaHidden: "true" }));
      return bar;
    }));
    const first = bars.querySelector("button:enabled");
    for (const bar of bars.children) bar.tabIndex = bar === first ? 0 : -1;
    const told = dated === papers && papers ? "All papers have a date." : `${view.number(dated)} of ${view.counted(papers, "paper")} have a date`;
    const rest = yearsOnly ? `, ${view.number(yearsOnly)} of these a year alone` : "";
    caption.replaceChildren(...(papers === 0 ? [] : dated === papers ? [told + rest] : [
      `${told}${rest}; `,
      make("button", { type: "button", className: "cw-act", textContent: `${view.number(papers - dated)} have none`, dataset: { do: "undated" } }),
    ]));
    mark();
  }

  // Every month (or year) from the first to the last: gaps in time are gaps on the page.
  function spans(months) {
    if (!months.length) return [];
    const counts = new Map(months);
    const index = (month) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1;
    const first = index(months[0][0]);
    const last = index(months.at(-1)[0]);
    if (last - first >= MOST) return years(months);
    return Array.from({ length: last - first + 1 }, (_, at) => {
      const year = String(Math.floor((first + at) / 12)).padStart(4, "0");
      const month = (first + at) % 12;
      const key = `${year}-${String(month + 1).padStart(2, "0")}`;
      const days = new Date(Date.UTC(Number(year), month + 1, 0)).getUTCDate();
      return {
        name: citewell.day(key), from: `${key}-01`, to: `${key}-${days}`,
        papers: counts.get(key) ?? 0, year: month === 0 ? year : "",
      };
    });
  }

  function years(months) {
    const counts = new Map();
    for (const [month, papers] of months) counts.set(month.slice(0, 4), (counts.get(month.slice(0, 4)) ?? 0) + papers);
    const [first, last] = [months[0][0], months.at(-1)[0]].map((month) => Number(month.slice(0, 4)));
    return Array.from({ length: last - first + 1 }, (_, at) => {
      const year = String(first + at).padStart(4, "0");
      return {
        name: year, from: `${year}-01-01`, to: `${year}-12-31`, papers: counts.get(year) ?? 0,
        year: (first + at) % Math.ceil((last - first) / 8) ? "" : year,
      };
    });
  }

  function mark() {
    const { date_from: from, date_to: to } = view.filters();
    for (const bar of bars.children) {
      const isOn = (from || to) && (!from || bar.dataset.from >= from) && (!to || bar.dataset.to <= to);
      bar.classList.toggle("pp-on", Boolean(isOn));
      bar.ariaPressed = String(Boolean(isOn));
    }
  }

  // A press chooses a month, or lets go of it; with Shift, all from what is chosen to here.
  function onClick(event) {
    const bar = event.target.closest("button");
    if (!bar) return;
    const { from, to } = bar.dataset;
    const { date_from: first, date_to: last } = view.filters();
    if (first === from && last === to) view.filter({ date_from: "", date_to: "" });
    else if (event.shiftKey && first && last) view.filter({ date_from: first < from ? first : from, date_to: last > to ? last : to, dated: "" });
    else view.filter({ date_from: from, date_to: to, dated: "" });
  }

  function onKey(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const enabled = [...bars.querySelectorAll("button:enabled")];
    const next = event.key === "Home" ? enabled[0] : event.key === "End" ? enabled.at(-1)
      : step && enabled[enabled.indexOf(event.target.closest("button")) + step];
    if (!next) return;
    event.preventDefault();
    for (const bar of enabled) bar.tabIndex = bar === next ? 0 : -1;
    next.focus();
  }

  return { mountTime };
})());
