// One run, or several beside each other: tables and plots. Names and questions are set as text; the
// plots are SVG that Citewell has drawn, in which foreign names are escaped.
"use strict";

Object.assign(window.citewell, (() => {
  const { citewell } = window;
  const { api, make } = citewell;
  let latest = "";

  async function showRuns(place, names, known) {
    const wanted = (latest = names.join("\n"));
    const held = known ?? await api("evaluation").catch(() => null);
    const run = held?.runs.find(({ name }) => name === names[0]);
    const back = make("p", { className: "cw-back" }, make("a", { href: "#/evaluation", textContent: "← All runs" }));
    const title = make("h2", { textContent: names.length > 1 ? "Compared" : run ? citewell.runTitle(run, held) : names[0], tabIndex: -1 });
    place.replaceChildren(back, title, make("p", { className: "cw-note", role: "status", textContent: "Measuring and drawing …" }));
    title.focus({ preventScroll: true });
    try {
      const query = names.map((name) => `run=${encodeURIComponent(name)}`).join("&");
      const found = await api(`evaluation/figures?${query}`);
      if (latest !== wanted) return;
      const labels = citewell.runsApart(names, held);
      place.replaceChildren(back, title, ...whole(found, query, labels));
    } catch (error) {
      if (latest === wanted) place.lastChild.replaceWith(make("p", { className: "cw-bad", role: "alert", textContent: error.message }));
    }
  }

  function whole({ runs, lines, comparisons, plots }, query, labels) {
    const isMany = runs.length > 1;
    const report = make("a", { href: `${citewell.base}/citewell/api/evaluation/report?${query}`, target: "_blank", rel: "noopener", textContent: "The whole report, question by question" });
    report.append(make("span", { ariaHidden: "true", textContent: " ↗" }));
    const note = "Small figures are 95 % intervals, bootstrapped over the questions." +
      (isMany ? " Below them stands the paired difference from the baseline, with a word where it is sure: its interval leaves out zero and p is below 0.05, uncorrected for the number of measures." : "");
    return [
      make("p", { className: "cw-note" }, report),
      isMany ? legend(runs, labels) : "",
      table(labels, lines),
      make("p", { className: "cw-note cw-small", textContent: note }),
      make("div", { className: "cw-plots" }, ...plots.map(plot)),
      ...comparisons.map((one, number) => turned(one, labels[number + 1], labels[0])),
      ...runs.map((run, number) => about(run, isMany && labels[number])),
    ];
  }

  const key = (number) => make("i", { className: "cw-key", dataset: { series: (number % 6) + 1 } });

  // The plots know runs by the names of their files.
  function legend(runs, labels) {
    return make("ul", { className: "cw-legend" }, ...runs.map(({ name }, number) =>
      make("li", {}, key(number), labels[number], make("span", { textContent: ` ${name === labels[number] ? "" : name}${number ? "" : " (the baseline)"}` }))));
  }

  // A run is a column, with its difference from the first below its figure.
  function table(labels, lines) {
    const isMany = labels.length > 1;
    const head = make("tr", {}, make("th", { scope: "col", textContent: "Measure" }),
      ...labels.map((label, number) => make("th", { scope: "col" },
        ...(isMany ? [key(number), make("span", { textContent: label })] : ["Figure"]))),
      make("th", { scope: "col", textContent: "n", title: "Questions that the measure applies to" }));
    const rows = lines.map(({ title, definition, n, cells, changes }) => make("tr", {},
      make("th", { scope: "row", textContent: title, title: definition }),
      ...cells.map((cell, number) => figure(labels[number], number, cell, number ? changes[number - 1] : null)),
      make("td", { className: "cw-n", textContent: n })));
    return make("div", { className: "cw-scroll", tabIndex: 0, role: "region", ariaLabel: "Figures" },
      make("table", { className: isMany ? "cw-figures cw-many" : "cw-figures" },
        make("thead", {}, head), make("tbody", {}, ...rows)));
  }

  function figure(name, number, { value, interval }, found) {
    const cell = make("td", {}, make("span", { className: "cw-value", textContent: value }),
      make("span", { className: "cw-interval", textContent: interval }));
    cell.prepend(make("span", { className: "cw-of" }, key(number), name)); // seen on a phone
    if (!found) return cell;
    const { value: by, interval: within, p, verdict } = found;
    const word = verdict === "unclear" ? "" : ` ${verdict}`;
    cell.append(make("span", { className: "cw-change", textContent: `${by}${word}`, title: `${within}${p && `, p ${p}`}`, dataset: { verdict } }));
    return cell;
  }

  function plot({ title, svg, caption }) {
    const drawn = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
    drawn.setAttribute("role", "img");
    drawn.setAttribute("aria-label", `${title}. ${caption}`);
    return make("figure", {}, make("h3", { textContent: title }), document.importNode(drawn, true),
      make("figcaption", { textContent: caption }));
  }

  function turned({ won, lost, counts }, name, baseline) {
    const list = (word, items, count) => make("div", {},
      make("h4", { textContent: `${word} ${count}` }),
      items.length
        ? make("ul", {}, ...items.map(({ question, changes }) => make("li", { textContent: question }, make("span", { textContent: changes }))))
        : make("p", { className: "cw-note", textContent: "None." }));
    return make("section", { className: "cw-turned" }, make("h3", { textContent: `${name} against ${baseline}, question by question` }),
      make("div", {}, list("Better", won, counts[0]), list("Worse", lost, counts[1])));
  }

  function about({ about: pairs, failed }, name) {
    const list = make("dl", {}, ...pairs.flatMap((one) => [make("dt", { textContent: one.name }), make("dd", { textContent: one.value })]));
    const errors = failed.length
      ? make("ul", { className: "cw-faults" }, ...failed.map(({ question, error }) => make("li", {}, make("span", { textContent: question }), make("span", { className: "cw-bad", textContent: error }))))
      : "";
    const title = name ? `What was run: ${name}` : "What was run";
    return make("details", { className: "cw-what" }, make("summary", { textContent: title }), list, errors);
  }

  return { showRuns };
})());
