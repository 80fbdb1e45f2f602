// Settings: what is set and where it comes from, what leaves the machine, what is indexed. What is
// changed and not saved yet is kept for the tab, save for a key, which is written down nowhere.
"use strict";

window.citewell.addView("settings", (() => {
  const { citewell } = window;
  const { api, make } = citewell;
  const EVERY = 500; // ms between looks at a rebuild
  let root, form, held;
  let watching = 0;

  function mount(element) {
    root = element;
    form = root.querySelector("form");
    form.addEventListener("submit", (event) => { event.preventDefault(); save(changes()); });
    form.addEventListener("input", () => { touched(); outcome(""); });
    root.addEventListener("click", (event) => {
      const act = event.target.closest("[data-act]")?.dataset.act;
      if (act === "forget") save({ api_key: null }, "The key is forgotten.");
      if (act === "test") test();
      if (act === "rebuild") rebuild();
      if (act === "retry") shown();
      if (act === "discard") discard();
    });
  }

  const slot = (name, within = root) => within.querySelector(`[data-slot=${name}]`);

  async function shown() {
    if (!held) slot("loading").hidden = false;
    slot("failed").hidden = true;
    try {
      const unsaved = held ? changes() : citewell.recall("settings", {});
      show(await api("settings"));
      restore(unsaved);
      index();
    } catch (error) {
      const again = make("button", { type: "button", className: "cw-act", textContent: "Try again", dataset: { act: "retry" } });
      slot("failed").replaceChildren(make("p", { className: "cw-bad", textContent: error.message }), again);
      slot("failed").hidden = false;
    } finally {
      slot("loading").hidden = true;
    }
  }

  function show(settings) {
    held = settings;
    root.querySelector(".cw-settings").hidden = false;
    slot("why").textContent = settings.why;
    slot("why").hidden = !settings.why;
    for (const [name, field] of Object.entries(settings.fields)) {
      const place = form.querySelector(`[data-field=${name}]`);
      place.hidden = false;
      const isLocked = Boolean(field.fixed_by) || !settings.may_change;
      for (const input of place.querySelectorAll("input")) {
        if (input.type === "radio") input.checked = input.value === field.value;
        else input.value = name === "api_key" ? "" : field.value ?? "";
        if (input.type === "radio") input.disabled = isLocked;
        else input.readOnly = isLocked;
      }
      slot("from", place).textContent = from(name, field);
    }
    const key = settings.fields.api_key;
    form.elements.api_key.placeholder = key.is_set ? "A key is set" : "none";
    form.querySelector("[data-act=forget]").hidden = !(key.is_set && key.origin === "file" && settings.may_change);
    form.querySelector(".cw-saving").hidden = form.querySelector("[data-act=test]").hidden = !settings.may_change;
    root.querySelector("[data-act=rebuild]").hidden = !settings.may_change;
    slot("file").textContent = settings.file;
    slot("file").closest("section").hidden = !settings.file;
    leaves(settings);
    touched();
  }

  function from(name, { origin, set_by, fixed_by, is_set }) {
    if (fixed_by && fixed_by !== set_by) return `Goes with the key of ${fixed_by}; to change it here, start Citewell without that.`;
    if (fixed_by) return `Set by ${fixed_by}; to change it here, start Citewell without it.`;
    if (name === "api_key") return is_set ? "A key is set. What you enter replaces it." : "Servers on this machine mostly need none.";
    if (name === "context_tokens") return "How much the model reads at once. Empty asks the server. An answer says how many papers did not fit.";
    if (name === "price_completion") return "Of a million tokens, in your currency. With both, the cost stands under each answer.";
    return origin === "default" && name === "base_url" ? "Mostly ends in /v1. Empty means OpenAI’s own service." : "";
  }

  function leaves(settings) {
    const lines = settings.leaves.map((line) => make("p", { textContent: line }));
    const here = settings.stays.map((line) => make("p", { textContent: line }));
    const none = make("p", { textContent: "Nothing. Questions, papers and answers stay here, and nothing is reported to anybody." });
    slot("leaves").replaceChildren(...(lines.length ? lines : [none]));
    slot("leaves").append(...here);
    if (lines.length) {
      slot("leaves").append(make("p", { textContent: "Nothing else: no file, no conversation, no report to anybody." }));
    }
  }

  // What differs from what holds; blanks are sent as null.
  function changes() {
    const found = {};
    for (const [name, field] of Object.entries(held.fields)) {
      if (field.fixed_by) continue;
      const value = form.elements[name].value.trim();
      if (name === "api_key" ? value : value !== String(field.value ?? "")) found[name] = value || null;
    }
    return found;
  }

  // Save is always in sight; beside it stands what is not saved, by the fields' own labels.
  function touched() {
    const { api_key: secret, ...unsaved } = changes();
    citewell.remember("settings", unsaved);
    const names = Object.keys(changes());
    for (const place of form.querySelectorAll("[data-field]")) place.classList.toggle("cw-unsaved", names.includes(place.dataset.field));
    const labels = names.map((name) => form.querySelector(`[data-field=${name}] :is(legend, label)`).textContent);
    slot("save").disabled = !names.length;
    form.querySelector("[data-act=discard]").hidden = !names.length;
    slot("unsaved").textContent = names.length ? `Not saved: ${labels.join(", ")}` : "";
  }

  function restore(unsaved) {
    for (const [name, value] of Object.entries(unsaved)) {
      const field = held.fields[name];
      if (field && !field.fixed_by && held.may_change) form.elements[name].value = value ?? "";
    }
    touched();
  }

  function discard() {
    show(held);
    outcome("As saved.");
    form.querySelector("input:not(:read-only, :disabled)")?.focus();
  }

  async function save(changed, done = "Saved. The next question is answered with these settings.") {
    const hadKey = held.fields.api_key.is_set;
    outcome("Saving …");
    try {
      show(await api("settings", { body: changed }));
      const lost = "base_url" in changed && hadKey && !held.fields.api_key.is_set;
      outcome(lost ? "Saved. The key was for the address before and is forgotten; enter the one for this address." : done, "good");
      citewell.refresh();
    } catch (error) {
      outcome(error.message, "bad");
    }
  }

  async function test() {
    const button = form.querySelector("[data-act=test]");
    button.disabled = true;
    outcome("Asking the server for its models …");
    try {
      const found = await api("settings/test", { body: changes() });
      document.getElementById("cw-set-models").replaceChildren(...found.models.map((value) => make("option", { value })));
      outcome(found.says, found.ok ? "good" : "bad");
    } catch (error) {
      outcome(error.message, "bad");
    } finally {
      button.disabled = false;
    }
  }

  function outcome(text, kind = "") {
    const place = slot("outcome");
    place.textContent = text;
    place.dataset.kind = kind;
  }

  // The indexes

  async function index() {
    try {
      const { rows, work } = await api("settings/index");
      slot("index").replaceChildren(...rows.flatMap(({ name, value, fine }) => [
        make("dt", { textContent: name[0].toUpperCase() + name.slice(1) }),
        make("dd", { textContent: value, className: fine ? "" : "cw-bad" }),
      ]));
      progress(work);
    } catch (error) {
      slot("index").replaceChildren(make("dd", { className: "cw-bad", textContent: error.message }));
    }
  }

  async function rebuild() {
    try {
      progress(await api("settings/rebuild", { method: "POST" }));
    } catch (error) {
      progress({ state: "failed", message: error.message });
    }
  }

  function progress(work) {
    const place = slot("work");
    const bar = place.querySelector("progress");
    const isRunning = work.state === "running";
    place.hidden = work.state === "idle";
    root.querySelector("[data-act=rebuild]").disabled = isRunning;
    bar.hidden = !isRunning;
    bar.max = work.total || 1;
    bar.value = work.done || 0;
    const stage = work.stage || "starting";
    const text = isRunning ? `${stage[0].toUpperCase()}${stage.slice(1)} …` : work.message;
    const words = place.querySelector("p");
    if (words.textContent !== text) words.textContent = text;
    words.className = work.state === "failed" ? "cw-bad" : "cw-note";
    clearTimeout(watching);
    if (isRunning) watching = setTimeout(look, EVERY);
  }

  async function look() {
    try {
      const work = await api("settings/rebuild");
      progress(work);
      if (work.state === "done") index();
    } catch (error) {
      progress({ state: "failed", message: error.message });
    }
  }

  return { mount, shown };
})());
