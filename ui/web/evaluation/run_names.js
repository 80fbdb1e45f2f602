// What runs are called: by what was run. The file's name, mostly a time, stands behind that.
"use strict";

Object.assign(window.citewell, (() => {
  const parts = ({ about }, held) => [
    held.sets.find(({ file }) => file.replace(/\.jsonl$/, "") === about.set)?.name ?? about.set,
    about.writer,
    held.rankings.find(({ name }) => name === (about.ranking || "default"))?.title ?? about.ranking,
  ];

  function runTitle(run, held) {
    if (!run.about) return run.name;
    const [set, writer, ranking] = parts(run, held);
    return [set, writer, run.about.ranking && ranking.replace(/^[A-Z](?=[a-z])/, (first) => first.toLowerCase())].filter(Boolean).join(", ");
  }

  // Several beside each other, by what tells them apart; runs alike, by when they ended.
  function runsApart(names, held) {
    const found = names.map((name) => held?.runs.find((run) => run.name === name && run.about));
    if (names.length < 2 || !found.every(Boolean)) return names;
    const told = found.map((run) => parts(run, held));
    const labels = told.map((one) => one.filter((part, at) => told.some((other) => other[at] !== part)).join(", "));
    const apart = (all, more) => all.map((label, at) =>
      (label && all.indexOf(label) === all.lastIndexOf(label) ? label : [label, more(found[at])].filter(Boolean).join(", ")));
    return apart(apart(labels, ({ at }) => citewell.moment(at)), ({ name }) => name);
  }

  return { runTitle, runsApart };
})());
