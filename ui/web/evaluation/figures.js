// One run, or several beside each other: tables and plots. Names and questions are set as text; the
// plots are SVG that Citewell has drawn, in which foreign names are escaped.
"use strict";

Object.assign(window.citewell, (() => {
  const { api, make } = window.citewell;
  let latest = "";

  // A run is called by what was run; its file's name, mostly a time, stands behind that.
  function runTitle({ name, about }, sets = []) {
    if (!about) return { title: name, told: "" };
    const set = sets.find(({ file }) => file.replace(/\.jsonl$/, "") === about.set)?.name ?? about.set;
    return { title: [set, about.writer].filter(Boolean).join(", "), told: about.ranking };
  }

  function called(name, held) {
    const run = held?.runs.find((one) => one.name === name);
    return run ? runTitle(run, held.sets).title : name;
  }

  // `21 Nov 2026, 09:47`: dates as everywhere on the page.
  function moment(seconds) {
    const then = new Date(seconds * 1000);
    const [day, month, year] = [then.getDate(), then.toLocaleString("en", { month: "short" }), then.getFullYear()];
    return `${day} ${month} ${year}, ${String(then.getHours()).padStart(2, "0")}:${String(then.getMinutes()).padStart(2, "0")}`;
  }

  async function showRuns(place, names, held) {
    const wanted = (latest = names.join("\n"));
    const back = make("p", { className: "cw-back" }, make("a", { href: "#/evaluation", textContent: "← All runs" }));
    const title = make("h2", { textContent: names.length > 1 ? "Compared" : called(names[0], held), tabIndex: -1 });
    place.replaceChildren(back, title, make("p", { className: "cw-note", role: "status", textContent: "Measuring and drawing …" }));
    title.focus({ preventScroll: true });
    try {
      const query = names.map((name) => `run=${encodeURIComponent(name)}`).join("&");
      const found = await api(`evaluation/figures?${query}`);
      if (latest !== wanted) return;
      place.replaceChildren(back, title, ...whole(found, query));
    } catch (error) {
      if (latest === wanted) place.lastChild.replaceWith(make("p", { className: "cw-bad", role: "alert", textContent: error.message }));
    }
  }

  function whole({ runs, lines, comparisons, plots }, query) {
    const isMany = runs.length > 1;
    const report = make("a", { href: `/citewell/api/evaluation/report?${query}`, target: "_blank", rel: "noopener", textContent: "The whole report, question by question" });
    report.append(make("span", { ariaHidden: "true", textContent: " ↗" }));
    const note = "Small figures are 95 % intervals, bootstrapped over the questions." +
      (isMany ? " Differences are paired; a word stands behind those that are sure: the interval leaves out zero and p is below 0.05, uncorrected for the number of measures." : "");
    return [
      make("p", { className: "cw-note" }, report),
      isMany ? legend(runs) : "",
      table(runs, lines, comparisons),
      make("p", { className: "cw-note cw-small", textContent: note }),
      make("div", { className: "cw-plots" }, ...plots.map(plot)),
      ...comparisons.map((one) => turned(one, runs[0].name)),
      ...runs.map((run) => about(run, isMany)),
    ];
  }

  const key = (number) => make("i", { className: "cw-key", dataset: { series: (number % 6) + 1 } });

  function legend(runs) {
    return make("ul", { className: "cw-legend" }, ...runs.map(({ name }, number) =>
      make("li", {}, key(number), name, number ? "" : make("span", { textContent: " (the baseline)" }))));
  }

  function table(runs, lines, comparisons) {
    const column = (number) => make("th", { scope: "col" }, runs.length > 1 ? key(number) : "", runs.length > 1 ? "" : "Figure");
    const head = make("tr", {}, make("th", { scope: "col", textContent: "Measure" }),
      ...runs.map((run, number) => { const cell = column(number); cell.title = run.name; cell.ariaLabel = run.name; return cell; }),
      ...comparisons.map((one, number) => { const cell = make("th", { scope: "col", title: `${one.name} against ${runs[0].name}` }, key(number + 1), "against ", key(0)); cell.ariaLabel = cell.title; return cell; }),
      make("th", { scope: "col", textContent: "n", title: "Questions that the measure applies to" }));
    const rows = lines.map(({ title, definition, n, cells, changes }) => make("tr", {},
      make("th", { scope: "row", textContent: title, title: definition }),
      ...cells.map(({ value, interval }) => cell(value, interval)),
      ...comparisons.map((_, number) => change(changes[number])),
      make("td", { className: "cw-n", textContent: n })));
    return make("div", { className: "cw-scroll", tabIndex: 0, role: "region", ariaLabel: "Figures" },
      make("table", { className: "cw-figures" }, make("thead", {}, head), make("tbody", {}, ...rows)));
  }

  function cell(value, interval, word = "") {
    return make("td", {}, make("span", { className: "cw-value", textContent: value }),
      word ? make("b", { textContent: ` ${word}` }) : "",
      make("span", { className: "cw-interval", textContent: interval }));
  }

  function change(found) {
    if (!found) return make("td", { textContent: "–" });
    const { value, interval, p, verdict } = found;
    const shown = cell(value, p ? `${interval}, p ${p}` : interval, verdict === "unclear" ? "" : verdict);
    shown.dataset.verdict = verdict;
    return shown;
  }

  function plot({ title, svg, caption }) {
    const drawn = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
    drawn.setAttribute("role", "img");
    drawn.setAttribute("aria-label", `${title}. ${caption}`);
    return make("figure", {}, make("h3", { textContent: title }), document.importNode(drawn, true),
      make("figcaption", { textContent: caption }));
  }

  function turned({ name, won, lost, counts }, baseline) {
    const list = (word, items, count) => make("div", {},
      make("h4", { textContent: `${word} ${count}` }),
      items.length
        ? make("ul", {}, ...items.map(({ question, changes }) => make("li", { textContent: question }, make("span", { textContent: changes }))))
        : make("p", { className: "cw-note", textContent: "None." }));
    return make("section", { className: "cw-turned" }, make("h3", { textContent: `${name} against ${baseline}, question by question` }),
      make("div", {}, list("Better", won, counts[0]), list("Worse", lost, counts[1])));
  }

  function about({ name, about: pairs, failed }, isMany) {
    const list = make("dl", {}, ...pairs.flatMap((one) => [make("dt", { textContent: one.name }), make("dd", { textContent: one.value })]));
    const errors = failed.length
      ? make("ul", { className: "cw-faults" }, ...failed.map(({ question, error }) => make("li", {}, make("span", { textContent: question }), make("span", { className: "cw-bad", textContent: error }))))
      : "";
    const title = isMany ? `What was run: ${name}` : "What was run";
    return make("details", { className: "cw-what" }, make("summary", { textContent: title }), list, errors);
  }

  return { showRuns, runTitle, moment };
})());
