// A question set of one's own: pasted, dropped or drafted, then checked line by line. What is written
// is kept for the tab until it is kept for good.
"use strict";

Object.assign(window.citewell, (() => {
  const { citewell } = window;
  const { api, make } = citewell;
  let adding, told, owner;

  // `view`: whether a set may be added, what unfolds the form, and what is done with one that is kept.
  function mountQuestions(root, view) {
    owner = view;
    adding = root.querySelector("[data-form=set]");
    told = adding.querySelector("[data-slot=checked]");
    adding.elements.text.value = citewell.recall("questions", "");
    adding.addEventListener("input", keep);
    adding.addEventListener("submit", (event) => { event.preventDefault(); add(); });
    adding.querySelector("[type=file]").addEventListener("change", (event) => read(event.target.files[0]));
    for (const type of ["dragover", "dragleave", "drop"]) root.addEventListener(type, onDrag);
  }

  const keep = () => citewell.remember("questions", adding.elements.text.value);

  function onDrag(event) {
    if (!owner.mayAdd() || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    adding.classList.toggle("cw-over", event.type === "dragover");
    if (event.type !== "drop") return;
    if (adding.hidden) owner.unfold();
    read(event.dataTransfer.files[0]);
  }

  async function read(file) {
    if (!file) return;
    adding.elements.text.value = await file.text();
    keep();
    adding.elements.name.value ||= file.name.replace(/\.\w+$/, "");
    told.replaceChildren();
  }

  async function draftQuestions() {
    try {
      const { text, count } = await api("evaluation/drafts");
      if (count) adding.elements.text.value = text;
      keep();
      const words = count
        ? `${count} ${count === 1 ? "draft" : "drafts"}. Complete each line (answer, must_contain), take its "draft" away, then check.`
        : "Nothing is judged yet. In the chat, press a thumb under an answer or say which sources are relevant.";
      told.replaceChildren(make("p", { className: "cw-note", textContent: words }));
    } catch (error) {
      told.replaceChildren(make("p", { className: "cw-bad", textContent: error.message }));
    }
  }

  async function add() {
    told.replaceChildren(make("p", { className: "cw-note", textContent: "Checking every line …" }));
    try {
      const body = { name: adding.elements.name.value || "my questions", text: adding.elements.text.value };
      const { file, questions, faults, more, warnings } = await api("evaluation/sets", { body });
      const counts = file
        ? `${questions} questions, without fault. The set is kept and can be run.`
        : `Not kept: ${faults.length + more} ${faults.length + more === 1 ? "fault" : "faults"}. Mend them, then check again.`;
      const item = (kind) => ({ line, text }) => make("li", {}, make("span", { textContent: line ? `Line ${line}` : "The file" }), make("span", { className: kind, textContent: text }));
      told.replaceChildren(make("p", { className: file ? "cw-note" : "cw-bad", textContent: counts }),
        make("ul", { className: "cw-faults" }, ...faults.map(item("cw-bad")), ...warnings.map(item(""))));
      if (more) told.append(make("p", { className: "cw-note", textContent: `… and ${more} more.` }));
      if (!file) return;
      adding.elements.text.value = adding.elements.name.value = "";
      keep();
      await owner.kept(file);
    } catch (error) {
      told.replaceChildren(make("p", { className: "cw-bad", textContent: error.message }));
    }
  }

  return { mountQuestions, draftQuestions };
})());
