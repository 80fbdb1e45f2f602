// The page's own script: puts the server's pieces of HTML in their places, and sends back what the
// visitor does. Texts are escaped on the server, and only there.
"use strict";

window.citewell = (() => {
  const PARTS = ["ask", "answer", "status", "sources"];
  const SILENCE = 15000; // ms; a server at work says something every second

  let root, send, turns, box, button;
  let busy = false;
  let lastNews = 0;
  let talk = ""; // the conversation shown; also behind the # of the address, for a reload
  let isPrivate = false;
  let asked = ""; // sent and not seen in the conversation yet
  let editing = "";
  const left = new Set(); // conversations that were left: what still comes of them is too late

  function desk(element, props, watch, events) {
    document.getElementById("citewell-first")?.remove();
    root = element.querySelector(".cw");
    turns = root.querySelector(".cw-turns");
    box = root.querySelector("textarea");
    button = root.querySelector(".cw-send");
    send = events;
    root.addEventListener("click", onClick);
    root.addEventListener("change", onMode);
    root.addEventListener("submit", onSubmit);
    box.addEventListener("keydown", onBoxKey);
    box.addEventListener("input", () => { fit(); draft(box.value); });
    box.value = sessionStorage.getItem("citewell-draft") ?? "";
    fit();
    document.addEventListener("keydown", onPageKey);
    watch("value", () => show(props.value));
    addEventListener("hashchange", () => {
      if (named() && named() !== talk) open(named());
    });
    open(named()); // also for a page that names none: its head says how things stand now
    window.citewell.showView();
    new ResizeObserver(measure).observe(box.form);
    new ResizeObserver(measureHead).observe(root.querySelector(".cw-head"));
    setInterval(checkSilence, 1000);
    if (window.citewell.inChat() && matchMedia("(hover: hover)").matches) box.focus();
  }

  // The conversation that the address names; what begins with a slash is another view (views.js).
  const named = () => (location.hash.startsWith("#/") ? "" : location.hash.slice(1));

  // Showing

  function show(view) {
    if (!view?.turns || left.has(view.talk)) return;
    if (busy && !view.talk && !talk) return; // an empty page, asked for before the question was
    lastNews = Date.now();
    root.classList.remove("cw-opening");
    put(slot("head"), view.head);
    put(slot("intro"), view.turns.length ? "" : view.intro);
    trouble(view.trouble);
    root.querySelector("[data-act=fresh]").hidden = !view.turns.length;
    root.querySelector(".cw-head [data-act=notes]").hidden = !view.turns.length;
    root.classList.toggle("cw-talking", view.turns.length > 0);
    root.classList.toggle("cw-kept", Boolean(view.kept));
    showModes(view);
    if (view.talk !== talk) {
      talk = view.talk;
      setEditing("");
    }
    const kept = view.turns.length && !isPrivate ? `#${talk}` : "";
    root.querySelector(".cw-views [data-view=chat]").href = kept || "#/";
    if (window.citewell.inChat() && location.hash !== kept) history.replaceState(null, "", location.pathname + kept);
    const ids = new Set(view.turns.map((turn) => turn.id));
    for (const old of [...turns.children]) if (!ids.has(old.dataset.id)) old.remove();
    let isNew = false;
    for (const turn of view.turns) {
      let place = turns.querySelector(`[data-id="${turn.id}"]`);
      if (!place) {
        place = newTurn(turn.id);
        turns.append(place);
        isNew = true;
      }
      place.dataset.state = turn.state;
      place.dataset.question = turn.question;
      for (const part of PARTS) put(place.querySelector(`[data-part=${part}]`), turn[part]);
      place.querySelector("[data-part=answer]").setAttribute("aria-busy", isBusy(turn));
    }
    window.citewell.showOnly(view);
    const last = view.turns.at(-1);
    setBusy(Boolean(last) && isBusy(last));
    if (last) say(last.said);
    if (asked && last?.question === asked) {
      asked = "";
      draft(box.value);
    }
    if (isNew && view.turns.length) turns.lastElementChild.scrollIntoView({ behavior: motion(), block: "start" });
  }

  const isBusy = (turn) => turn.state === "reading" || turn.state === "writing";

  function newTurn(id) {
    const place = document.createElement("article");
    place.className = "cw-turn";
    place.dataset.id = id;
    for (const [part, tag] of [
      ["ask", "header"], ["answer", "div"], ["status", "footer"], ["sources", "aside"],
    ]) {
      const child = document.createElement(tag);
      child.dataset.part = part;
      child.className = `cw-${part}-part`;
      place.append(child);
    }
    const sources = place.lastElementChild;
    sources.setAttribute("aria-label", "Sources");
    sources.tabIndex = 0;
    return place;
  }

  // Replaces only those children that are not what was sent before: what the visitor has opened,
  // marked or focused in the others stays as it is.
  const sent = new WeakMap();
  function put(place, html) {
    if (sent.get(place)?.html === html) return;
    const template = document.createElement("template");
    template.innerHTML = html;
    const fresh = [...template.content.childNodes];
    const keys = fresh.map((node) => node.outerHTML ?? node.textContent);
    const old = sent.get(place)?.keys ?? [];
    fresh.forEach((node, i) => {
      if (keys[i] === old[i]) return;
      if (place.childNodes[i]) place.childNodes[i].replaceWith(node);
      else place.append(node);
    });
    while (place.childNodes.length > keys.length) place.lastChild.remove();
    sent.set(place, { html, keys });
  }

  const slot = (name) => root.querySelector(`[data-slot=${name}]`);

  function say(text) {
    const place = slot("said");
    if (place.textContent !== text) place.textContent = text;
  }

  function setBusy(now) {
    busy = now;
    root.classList.toggle("cw-busy", now);
    button.textContent = now ? "Stop" : "Ask";
  }

  // A server that has died cannot say so.
  function checkSilence() {
    if (!busy || Date.now() - lastNews < SILENCE) return;
    setBusy(false);
    trouble(
      "Nothing has been heard from Citewell for a while. Is it still running in its terminal? " +
      "If not, start it. Then ask again.",
    );
    if (!box.value) box.value = asked;
    fit();
  }

  // What is typed outlives a reload; Gradio reloads the page when a lost server has come back.
  function draft(text) {
    sessionStorage.setItem("citewell-draft", text);
  }

  function trouble(text) {
    const place = slot("trouble");
    place.textContent = text;
    place.hidden = !text;
    if (text) say(text);
  }

  const motion = () =>
    matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";

  // Where a model may answer, the visitor chooses; what leaves the machine is said for the choice.
  function showModes(view) {
    const modes = root.querySelector(".cw-modes");
    modes.hidden = !view.model;
    slot("model").textContent = `Written by ${view.model}`;
    const settled = view.model ? view.mode : "";
    if (settled === modes.dataset.settled) return;
    modes.dataset.settled = settled; // by the settings; the visitor may choose otherwise
    for (const choice of modes.querySelectorAll("input")) choice.checked = choice.value === settled;
    onMode();
  }

  // The settings or the corpus are others now; an answer on its way brings the news itself.
  function refresh() {
    if (!busy) send.open({ talk });
  }

  function onMode() {
    root.dataset.mode = root.querySelector(".cw-modes :checked")?.value ?? "";
  }

  // Doing

  function ask(data) {
    if (busy) return;
    lastNews = Date.now();
    setBusy(true);
    send.ask({ ...data, only: window.citewell.only(), talk, private: isPrivate, mode: root.dataset.mode });
  }

  function leave() {
    if (talk) left.add(talk);
  }

  function open(id) {
    leave();
    left.delete(id);
    isPrivate = false;
    root.classList.add("cw-opening");
    send.open({ talk: id });
  }

  function fresh(data = {}) {
    leave();
    isPrivate = Boolean(data.private);
    window.citewell.freshOnly();
    setEditing("");
    send.fresh(data);
    box.focus();
  }

  function setEditing(id) {
    editing = id;
    root.querySelector(".cw-editing").hidden = !id;
  }

  function edit(turn) {
    setEditing(turn.dataset.id);
    box.value = turn.dataset.question;
    fit();
    box.focus();
  }

  function unedit() {
    setEditing("");
    box.value = "";
    fit();
    box.focus();
  }

  function onSubmit(event) {
    event.preventDefault();
    if (event.target.dataset.form === "adjust") {
      const filters = Object.fromEntries(new FormData(event.target));
      ask({ again: event.target.closest(".cw-turn").dataset.id, filters });
      return;
    }
    if (busy) {
      send.stop();
      return;
    }
    const question = box.value.trim();
    if (!question) {
      box.focus();
      return;
    }
    ask(editing ? { again: editing, question } : { question });
    asked = question;
    setEditing("");
    box.value = "";
    fit();
  }

  function onBoxKey(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (!busy) box.form.requestSubmit();
  }

  function onPageKey(event) {
    const typing = /^(?:INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (!window.citewell.inChat()) return;
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      box.focus();
    } else if (event.key === "Escape" && editing) {
      unedit();
    } else if (event.key === "Escape" && busy && !document.querySelector("dialog[open]")) {
      send.stop();
    }
  }

  // What is fixed at the head and the foot must not cover what is scrolled to.
  function measure([entry]) {
    if (box.value) return; // a long question is no reason to move the page
    document.documentElement.style.setProperty("--foot", `${entry.target.offsetHeight}px`);
  }

  function measureHead([entry]) {
    document.documentElement.style.setProperty("--head", `${entry.target.offsetHeight}px`);
  }

  function fit() {
    box.style.height = "auto";
    if (box.scrollHeight) box.style.height = `${box.scrollHeight}px`; // not while another view is shown
  }

  function onClick(event) {
    const hit = event.target.closest("[data-act]");
    if (!hit) return;
    const turn = hit.closest(".cw-turn");
    const id = turn?.dataset.id;
    const act = window.citewell; // sources.js, library.js, judging.js
    const acts = {
      example: () => ask({ question: hit.textContent }),
      again: () => ask({ again: id }),
      without: () => {
        if (hit.dataset.key === "papers") act.restrict([]);
        ask({ again: id, without: hit.dataset.key });
      },
      anywhere: () => { act.restrict([]); box.focus(); },
      fresh: () => fresh(),
      library: () => act.openLibrary(talk),
      edit: () => edit(turn),
      unedit: () => unedit(),
      focus: () => { event.preventDefault(); box.focus(); },
      cite: () => act.openSource(turn, hit.dataset.n),
      uses: () => act.showUses(turn, hit.dataset.n),
      adjust: () => act.adjust(hit, turn.querySelector(".cw-adjust")),
      unfold: () => act.unfold(hit.closest(".cw-card"), hit.ariaExpanded !== "true"),
      copy: () => act.copy(hit),
      note: () => act.copyNote(hit, talk), // notes.js
      notes: () => act.openNotes(hit, talk),
      menu: () => act.openMenu(hit), // menus.js
      judge: () => act.judge(turn, hit),
      remark: () => act.remark(turn, hit),
    };
    acts[hit.dataset.act]?.();
  }

  const talkId = () => talk;
  const inPrivate = () => isPrivate; // what is begun from here stays so

  return { desk, open, fresh, refresh, say, motion, talkId, isPrivate: inPrivate };
})();
