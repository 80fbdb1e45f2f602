// Evaluation: start a run and watch it, past runs, one run or several beside each other (figures.js).
"use strict";

window.citewell.addView("evaluation", (() => {
  const { citewell } = window;
  const { api, make, go } = citewell;
  const EVERY = 700; // ms between looks at a run
  const MOST = 6; // runs beside each other: beyond that a table is no help
  let root, form, adding, held;
  let chosen = []; // names of runs, in the order in which they were chosen
  let watching = 0;

  function mount(element) {
    root = element;
    form = root.querySelector("[data-form=run]");
    adding = root.querySelector("[data-form=set]");
    form.addEventListener("submit", (event) => { event.preventDefault(); start(Object.fromEntries(new FormData(form))); });
    form.addEventListener("change", hint);
    root.addEventListener("click", onClick);
    root.addEventListener("change", (event) => { if (event.target.matches("[name=chosen]")) choose(event.target); });
    citewell.mountQuestions(root, {
      mayAdd: () => held?.may_change && !slot("overview").hidden,
      unfold: () => root.querySelector("[data-act=add]").click(),
      async kept(file) {
        show(await api("evaluation"));
        form.elements.set.value = file;
        hint();
      },
    });
  }

  const slot = (name) => root.querySelector(`[data-slot=${name}]`);

  function onClick(event) {
    const hit = event.target.closest("[data-act]");
    const acts = {
      add: () => {
        adding.hidden = !adding.hidden;
        hit.ariaExpanded = String(!adding.hidden);
        if (!adding.hidden) adding.elements.text.focus();
      },
      file: () => adding.querySelector("[type=file]").click(),
      drafts: () => citewell.draftQuestions(),
      stop: () => act("evaluation/stop"),
      compare: () => go("evaluation", ...chosen),
      resume: () => start({ resume: hit.dataset.run }),
      forget: () => sure(hit, () => forget({ run: hit.dataset.run })),
      "drop-set": () => sure(hit, () => forget({ set: form.elements.set.value })),
      retry: () => shown([]),
    };
    acts[hit?.dataset.act]?.();
  }

  async function shown(names) {
    clearTimeout(watching);
    slot("overview").hidden = names.length > 0;
    slot("one").hidden = !names.length;
    citewell.entitle([names.join(" and "), "Evaluation"].filter(Boolean).join(" · "));
    if (names.length) {
      citewell.showRuns(slot("one"), names, held);
      return;
    }
    if (!held) slot("loading").hidden = false;
    slot("failed").hidden = true;
    try {
      show(await api("evaluation"));
    } catch (error) {
      const again = make("button", { type: "button", className: "cw-act", textContent: "Try again", dataset: { act: "retry" } });
      slot("failed").replaceChildren(make("p", { className: "cw-bad", textContent: error.message }), again);
      slot("failed").hidden = false;
    } finally {
      slot("loading").hidden = true;
    }
  }

  function show(overview) {
    const before = held;
    held = overview;
    slot("body").hidden = false;
    slot("why").textContent = held.why;
    slot("why").hidden = held.may_change;
    slot("start").hidden = !held.may_change;
    options("set", held.sets.map(({ file, name, questions }) => [file, `${name} (${questions})`]));
    options("ranking", held.rankings.map(({ name, title }) => [name, title]));
    options("mode", [["extractive", "Quoted sentences"], ...(held.model ? [["llm", `Written by ${held.model}`]] : [])]);
    if (!before) hint();
    chosen = chosen.filter((name) => held.runs.some((run) => run.name === name));
    runs();
    progress(held.work);
  }

  function options(name, pairs) {
    const select = form.elements[name];
    const value = select.value;
    select.replaceChildren(...pairs.map(([value, textContent]) => make("option", { value, textContent })));
    if (pairs.some(([one]) => one === value)) select.value = value;
  }

  function hint() {
    const set = held.sets.find(({ file }) => file === form.elements.set.value);
    const isModel = form.elements.mode.value === "llm";
    const count = form.elements.limit.value || set?.questions;
    slot("leaving").textContent = isModel && held.server
      ? `${count} questions and the quoted sentences go to ${held.server}, and cost what it charges.`
      : "Nothing leaves this machine.";
    root.querySelector("[data-act=drop-set]").hidden = !set?.own;
  }

  // Runs

  function runs() {
    const place = slot("runs");
    const whole = held.runs.filter((run) => run.figures);
    slot("compare").hidden = whole.length < 2;
    choosing();
    if (!held.runs.length) {
      const text = held.work.state === "running"
        ? "The first run is on its way."
        : "No run yet. The bundled set has 120 questions and takes a minute or less with quoted sentences.";
      place.replaceChildren(make("p", { className: "cw-note", textContent: text }));
      return;
    }
    const head = make("tr", {}, make("td"), th("Run"),
      ...held.measures.map(({ title, definition }) => th(title, { title: definition })), make("td"));
    place.replaceChildren(make("table", { className: "cw-list" },
      make("thead", {}, head), make("tbody", {}, ...held.runs.map(row))));
  }

  const th = (text, more = {}) => make("th", { textContent: text, scope: "col", ...more });

  function row(run) {
    const title = citewell.runTitle(run, held);
    const when = run.at ? citewell.moment(run.at) : "";
    const remove = held.may_change
      ? make("button", { type: "button", className: "cw-act", textContent: "Delete", ariaLabel: `Delete: ${run.name}`, dataset: { act: "forget", run: run.name } })
      : "";
    const last = make("td", { className: "cw-last" }, remove);
    if (!run.figures) {
      const state = run.error ?? `Stopped after ${run.begun} of ${run.questions} questions.`;
      const about = make("p", { className: "cw-about" }, make("span", { className: run.error ? "cw-bad" : "", textContent: state }), ` ${run.name}`);
      if (!run.error && held.may_change) {
        about.append(" ", make("button", { type: "button", className: "cw-act", textContent: "Go on", ariaLabel: `Go on with ${run.name}`, dataset: { act: "resume", run: run.name } }));
      }
      return make("tr", {}, make("td"), make("td", { colSpan: held.measures.length + 1 },
        make("span", { className: "cw-name", textContent: title }), about), last);
    }
    const box = make("input", { type: "checkbox", name: "chosen", value: run.name, checked: chosen.includes(run.name), ariaLabel: `Choose for comparison: ${title}, ${run.name}` });
    const link = make("a", { className: "cw-name", href: `#/evaluation/${encodeURIComponent(run.name)}`, textContent: title });
    const count = `${run.questions} question${run.questions === 1 ? "" : "s"}${run.failed ? `, ${run.failed} failed` : ""}`;
    const about = make("p", { className: "cw-about", textContent: [when, count, run.name].filter(Boolean).join(" · ") });
    return make("tr", {}, make("td", {}, box), make("td", {}, link, about),
      ...held.measures.map(({ name, title }) => figure(run.figures[name], title)), last);
  }

  function figure(found, title) {
    const cell = make("td", { className: "cw-figure", dataset: { title } });
    if (!found) {
      cell.append("–");
      return cell;
    }
    cell.append(make("span", { textContent: found.value.toFixed(3) }));
    cell.title = `95 % interval: ${found.low.toFixed(3)} to ${found.high.toFixed(3)}`;
    return cell;
  }

  function choose(box) {
    chosen = chosen.filter((name) => name !== box.value);
    if (box.checked) chosen.push(box.value);
    choosing();
  }

  function choosing() {
    const isTooMany = chosen.length > MOST;
    const asked = new Set(held.runs.filter(({ name }) => chosen.includes(name)).map(({ about, questions }) => `${questions} of ${about?.set}`));
    const isMixed = asked.size > 1;
    root.querySelector("[data-act=compare]").disabled = chosen.length < 2 || isTooMany || isMixed;
    slot("chosen").textContent = isTooMany
      ? `${chosen.length} are chosen; ${MOST} can be compared at a time.`
      : isMixed ? "These were not asked the same questions. Choose runs of one question set with as many questions each."
      : "Choose two runs or more over the same questions. The one chosen first is what the others are measured against.";
    slot("chosen").className = isTooMany || isMixed ? "cw-bad" : "cw-note";
  }

  // A run at work

  function called(name) {
    const run = held?.runs.find((one) => one.name === name);
    return run ? citewell.runTitle(run, held) : name;
  }

  async function start(wanted) {
    try {
      progress(await api("evaluation/start", { body: wanted }));
      show(await api("evaluation"));
    } catch (error) {
      progress({ state: "failed", message: error.message });
    }
  }

  async function act(path) {
    try {
      progress(await api(path, { method: "POST" }));
    } catch (error) {
      progress({ state: "failed", message: error.message });
    }
  }

  function progress(work) {
    const isRunning = work.state === "running";
    const bar = root.querySelector("progress");
    slot("work").hidden = work.state === "idle";
    bar.hidden = !isRunning;
    bar.max = work.total || 1;
    bar.value = work.done || 0; // what failed has no count
    form.querySelector(".cw-do").disabled = isRunning;
    root.querySelector("[data-act=stop]").hidden = !isRunning || !held?.may_change;
    root.querySelector("[data-act=stop]").disabled = Boolean(work.stopping);
    const told = slot("told");
    told.className = work.state === "failed" ? "cw-bad" : "";
    told.textContent = {
      running: work.stopping ? "Stopping after the question in hand …" : asking(work),
      done: `${called(work.name)}: ${work.message} ${Math.round(work.seconds)} s.`,
      stopped: "Stopped. What has been asked is kept, and can be gone on with below.",
      failed: work.name ? `${called(work.name)} broke off. ${work.message}` : work.message,
    }[work.state] ?? "";
    clearTimeout(watching);
    if (isRunning) watching = setTimeout(look, EVERY);
  }

  function asking({ name, done, total, seconds }) {
    if (!total) return `${name}: getting ready …`;
    const left = done > 4 ? `, about ${Math.max(1, Math.round((seconds / done) * (total - done)))} s left` : "";
    return `${name}: ${done} of ${total} questions${left}`;
  }

  async function look() {
    if (document.body.dataset.view !== "evaluation" || slot("overview").hidden) return; // `shown` looks again
    try {
      const work = await api("evaluation/work");
      if (work.state === "running") progress(work);
      else show(await api("evaluation"));
    } catch (error) {
      progress({ state: "failed", message: error.message });
    }
  }

  async function forget(what) {
    try {
      show(await api("evaluation/forget", { body: what }));
      hint();
      citewell.refocus(root.querySelector("#cw-runs-title"));
    } catch (error) {
      progress({ state: "failed", message: error.message });
    }
  }

  // Deleting is beyond recall, so it takes a second press.
  function sure(button, done) {
    if (button.dataset.sure) {
      done();
      return;
    }
    const label = button.textContent;
    button.dataset.sure = "yes";
    button.textContent = "Really?";
    setTimeout(() => { delete button.dataset.sure; button.textContent = label; }, 5000);
  }

  return { mount, shown };
})());
