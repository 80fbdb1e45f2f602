// The page's own script: puts the server's pieces of HTML in their places, and sends back what the
// visitor does. Texts are escaped on the server, and only there.
"use strict";

Object.assign(window.citewell, (() => {
  const { citewell } = window;
  const PARTS = ["ask", "answer", "status", "sources"];
  const BUSY = ["waiting", "reading", "writing"];
  const LOOK = 700; // ms between looks at an answer that is worked on for another tab

  let root, send, turns, button;
  let busy = false;
  let conversation = ""; // the conversation shown
  let mark = ""; // what it is known by in the tab's history while it has no address
  let isPrivate = false;
  let isBlank = true;
  let title = "";
  let looking = 0;
  const left = new Set(); // conversations that were left: what still comes of them is too late

  function mountChat(element, props, watch, events) {
    document.getElementById("citewell-first")?.remove();
    root = element.querySelector(".cw");
    turns = root.querySelector(".cw-turns");
    button = root.querySelector(".cw-send");
    send = events;
    citewell.mountComposer(root);
    root.addEventListener("click", onClick);
    citewell.mountModes(root);
    root.addEventListener("submit", onSubmit);
    document.addEventListener("keydown", onPageKey);
    document.addEventListener("visibilitychange", look);
    addEventListener("focus", look);
    watch("value", () => show(props.value));
    citewell.tellRestart(slot("restarted"));
    citewell.mountSwitch(root.querySelector(".cw-switch"));
    citewell.tellPerson(document.querySelector(".cw-person"));
    citewell.showView();
    if (!citewell.inChat()) openLast();
    new ResizeObserver(measureHead).observe(root.querySelector(".cw-head"));
  }

  // Showing

  function show(chat) {
    if (!chat?.turns || left.has(chat.conversation)) return;
    if (busy && !chat.conversation && !conversation) return; // an empty page, asked for before the question was
    citewell.heard();
    root.classList.remove("cw-opening");
    citewell.put(slot("head"), chat.head);
    citewell.put(slot("intro"), chat.turns.length ? "" : chat.intro);
    trouble(chat.trouble);
    root.querySelector(".cw-head [data-act=notes]").hidden = !chat.turns.length;
    root.classList.toggle("cw-has-turns", chat.turns.length > 0);
    root.classList.toggle("cw-kept", Boolean(chat.kept));
    citewell.showModes(chat);
    conversation = chat.conversation;
    isPrivate = chat.private || (isPrivate && !chat.conversation); // the empty page may come late
    isBlank = !chat.turns.length;
    const ids = new Set(chat.order.split(" "));
    for (const old of [...turns.children]) if (!ids.has(old.dataset.id)) old.remove();
    const places = new Map([...turns.children].map((place) => [place.dataset.id, place]));
    let isNew = false;
    const before = turns.children.length;
    for (const turn of chat.turns) { // the others are here as they were
      let place = places.get(turn.id);
      if (!place) {
        place = citewell.newTurn(turn.id);
        turns.append(place);
        isNew = true;
      }
      place.dataset.state = turn.state;
      place.dataset.question = turn.question;
      for (const part of PARTS) citewell.put(place.querySelector(`[data-part=${part}]`), turn[part]);
      place.querySelector("[data-part=answer]").setAttribute("aria-busy", isUnderway(turn));
    }
    const isMissing = !isBlank && turns.children.length < ids.size;
    title = isPrivate ? "Private conversation" : turns.firstElementChild?.dataset.question ?? "";
    settle(chat.kept && !isBlank);
    citewell.showScope(chat);
    const last = chat.turns.at(-1);
    setBusy(Boolean(last) && isUnderway(last));
    if (last) say(last.said);
    citewell.composerSees(chat);
    citewell.showSuggestions(root, chat);
    clearTimeout(looking);
    if (chat.elsewhere || (isMissing && !busy)) looking = setTimeout(() => send.open({ conversation, private: isPrivate }), LOOK);
    if (isNew && chat.looked) say("This conversation has gone on in another tab.");
    else if (isNew && citewell.inChat()) citewell.refocus(turns.lastElementChild);
    if (isNew && chat.turns.length && !chat.looked) turns.lastElementChild.scrollIntoView({ behavior: chat.turns.length > before + 1 ? "instant" : motion(), block: "start" });
  }

  const isUnderway = (turn) => BUSY.includes(turn.state);

  // The address and the title of what is shown; a private conversation has neither.
  function settle(isNamed) {
    const hash = isNamed ? `#${conversation}` : "#/";
    if (!isNamed) mark ||= citewell.newMark();
    if (mark && (isPrivate || isNamed)) citewell.stands(mark, { conversation, isPrivate });
    if (isNamed) mark = "";
    citewell.remember("last", isNamed || isPrivate ? { conversation, isPrivate } : null);
    root.querySelector(".cw-views [data-view=chat]").href = hash;
    if (!citewell.inChat()) return;
    citewell.settle(hash, { mark: isNamed ? "" : mark });
    citewell.entitle(title);
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

  // Nothing will come of what was sent, and why.
  function unanswered(why) {
    if (!root) return;
    setBusy(false);
    citewell.giveBack();
    trouble(why);
  }

  function trouble(text) {
    const place = slot("trouble");
    place.textContent = text;
    place.hidden = !text;
    if (text) say(text);
  }

  const motion = () =>
    matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";

  // The settings or the corpus are others now; an answer on its way brings the news itself.
  function refresh() {
    if (!busy) send.open({ conversation, private: isPrivate });
  }

  // What other tabs have done here meanwhile.
  function look() {
    if (conversation && !busy && !isPrivate && !isBlank && document.visibilityState === "visible") send.open({ conversation, look: true });
  }

  // Doing

  function ask(data) {
    if (busy) return;
    citewell.heard();
    setBusy(true);
    send.ask({ ...data, scope: citewell.scope(), conversation, private: isPrivate, mode: citewell.mode() });
  }

  function leave() {
    if (conversation) left.add(conversation);
    clearTimeout(looking);
    setBusy(false);
  }

  // The page begins with another view: the chat is where it was left. Its head says how things
  // stand, whatever the view.
  function openLast() {
    const last = citewell.recall("last") ?? { conversation: "", isPrivate: false };
    open(last.conversation, last.isPrivate, last.conversation && !last.isPrivate ? "" : citewell.newMark());
  }

  // The chat is looked at, at an address that names a conversation, a mark, or neither.
  function arrive() {
    if (!send) return;
    const named = citewell.here().conversation;
    const wanted = citewell.markHere();
    if (named) {
      if (named !== conversation) open(named);
    } else if (wanted && wanted !== mark) {
      const stood = citewell.marked(wanted);
      if (stood && stood.conversation === conversation) settle(!isPrivate);
      else if (stood) open(stood.conversation, stood.isPrivate, wanted);
      else begin({}, wanted);
    } else if (!wanted && !mark) {
      if (conversation) begin({}, citewell.newMark()); // a link to the bare chat
      else open("", false, citewell.newMark());
    } else if (!wanted) {
      citewell.settle("#/", { mark });
    }
    citewell.entitle(title);
  }

  function open(id, wasPrivate = false, known = "") {
    leave();
    left.delete(id);
    mark = known;
    isPrivate = wasPrivate; // nothing asked meanwhile is kept either
    root.classList.add("cw-opening");
    send.open({ conversation: id, private: wasPrivate });
  }

  function begin(data, known) {
    leave();
    mark = known;
    conversation = "";
    isBlank = true;
    isPrivate = Boolean(data.private);
    title = "";
    citewell.freshScope();
    citewell.unedit();
    if (isPrivate) citewell.stands(mark, { conversation, isPrivate });
    send.fresh(data);
  }

  function fresh(data = {}) {
    const known = citewell.newMark();
    begin(data, known);
    citewell.visit("#/", { mark: known });
    citewell.focusComposer();
  }

  function onSubmit(event) {
    if (event.target.dataset.form !== "adjust") return;
    event.preventDefault();
    const filters = Object.fromEntries(new FormData(event.target));
    ask({ again: event.target.closest(".cw-turn").dataset.id, filters });
  }

  const stop = () => send.stop();

  function onPageKey(event) {
    const typing = /^(?:INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (!citewell.inChat()) return;
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      citewell.focusComposer();
    } else if (event.key === "Escape" && citewell.isEditing()) {
      citewell.unedit();
      citewell.focusComposer();
    } else if (event.key === "Escape" && !document.querySelector("dialog[open], .cw-menu:popover-open")) {
      if (busy) send.stop();
      else citewell.backToNumber();
    }
  }

  // What is fixed at the head must not cover what is scrolled to.
  function measureHead([entry]) {
    document.documentElement.style.setProperty("--head", `${entry.target.offsetHeight}px`);
  }

  function onClick(event) {
    const hit = event.target.closest("[data-act]");
    if (!hit) return;
    const turn = hit.closest(".cw-turn");
    const id = turn?.dataset.id;
    const act = citewell; // composer.js, sources.js, conversation_list.js, judging.js
    const acts = {
      example: () => ask({ question: hit.textContent }),
      again: () => ask({ again: id }),
      thorough: () => ask({ again: id, depth: "thorough" }),
      without: () => {
        if (hit.dataset.key === "papers") act.restrict([]);
        ask({ again: id, without: hit.dataset.key });
      },
      with: () => ask({ again: id, with: hit.dataset.key }),
      anywhere: () => { act.restrict([]); act.focusComposer(); },
      fresh: () => fresh(),
      conversations: () => act.openConversationList(conversation, hit),
      edit: () => act.edit(turn),
      unedit: () => { act.unedit(); act.focusComposer(); },
      focus: () => { event.preventDefault(); act.focusComposer(); },
      cite: () => act.openSource(turn, hit),
      uses: () => act.showUses(turn, hit.dataset.n),
      return: () => act.backToNumber(),
      whole: () => act.showWhole(hit, turn.querySelector(".cw-clamped"), "Whole question"),
      adjust: () => act.adjust(hit, turn.querySelector(".cw-adjust")),
      unfold: () => act.showWhole(hit, hit.closest(".cw-card"), "Whole abstract"),
      copy: () => act.copy(hit),
      note: () => act.copyNote(hit, conversation), // notes.js
      notes: () => act.openNotes(hit, conversation),
      table: () => act.tableOf(hit, conversation, id),
      save: () => act.saveSearch(hit, conversation, turn),
      later: () => act.readLater(hit),
      menu: () => act.openMenu(hit), // menus.js
      judge: () => act.judge(turn, hit),
      remark: () => act.remark(turn, hit),
    };
    acts[hit.dataset.act]?.();
  }

  const conversationId = () => conversation;
  const inPrivate = () => isPrivate; // what is begun from here stays so
  const isBusy = () => busy;

  return {
    mountChat, arrive, ask, stop, fresh, refresh, unanswered, say, motion, conversationId, isBusy,
    isPrivate: inPrivate,
  };
})());
