// Which view is shown: the chat, or one of those beside it, as the address says (address.js). Also
// what views share.
"use strict";

Object.assign(window.citewell, (() => {
  const { citewell } = window;
  const views = new Map(); // name → { mount(element), shown(parts of the address, its query) }
  const mounted = new Set();
  const scrolled = {};
  let current = "chat";

  // A view's own script calls this when it is read; Gradio calls `mountView` when its HTML is there.
  function addView(name, view) {
    views.set(name, view);
  }

  function mountView(name, element) {
    views.get(name)?.mount(element.querySelector(`.cw-view`));
    mounted.add(name);
    if (wanted()[0] === name) show();
  }

  function wanted() {
    const { view, parts, query } = citewell.here();
    return views.has(view) ? [view, parts, query] : ["chat", [], null];
  }

  function show() {
    const [name, parts, query] = wanted();
    scrolled[current] = scrollY;
    const changed = name !== current;
    current = name;
    document.body.dataset.view = name;
    for (const link of document.querySelectorAll(".cw-views a")) {
      if (link.dataset.view === name) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    if (name === "chat") {
      if (document.querySelector(".cw-send")) citewell.arrive();
      citewell.fitComposer?.();
    } else {
      citewell.entitle(name[0].toUpperCase() + name.slice(1));
      if (mounted.has(name)) views.get(name).shown(parts, query);
    }
    if (changed) scrollTo({ top: scrolled[name] ?? 0, behavior: "instant" });
  }

  const go = (...parts) => citewell.visit(`#/${parts.map(encodeURIComponent).join("/")}`);

  // What was pressed is there no more, or can be pressed no more: the keyboard goes on from here.
  function refocus(place) {
    const { activeElement: at } = document;
    if (!at || at === document.body || at.disabled) place?.focus({ preventScroll: true });
  }

  const inChat = () => current === "chat";

  // JSON from our own routes. What the server says of a failure is thrown as an Error with its
  // words; a server that is gone has words of ours.
  async function api(path, { body, method = body ? "POST" : "GET", signal, keepalive } = {}) {
    const isFile = body instanceof FormData;
    let response;
    try {
      response = await fetch(`${citewell.base}/citewell/api/${path}`, {
        method,
        signal,
        keepalive,
        body: isFile ? body : body && JSON.stringify(body),
        headers: body && !isFile ? { "Content-Type": "application/json" } : {},
      });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      citewell.missed();
      throw new Error("Citewell does not answer. Is it still running in its terminal?");
    }
    const said = await response.json().catch(() => null);
    if (response.ok && said !== null) return said;
    throw new Error(said?.error ?? `Citewell answered with an error (${response.status}).`);
  }

  // An element with text and children; texts are foreign and are set as text, never as HTML.
  function make(tag, properties = {}, ...children) {
    const { dataset = {}, attributes = {}, ...own } = properties;
    const element = Object.assign(document.createElement(tag), own);
    Object.assign(element.dataset, dataset);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  // Scripts and styles of ours that are seldom needed: once, when they are.
  const loading = new Map();
  const load = (...names) => Promise.all(names.map(loadOne));

  function loadOne(name) {
    if (!loading.has(name)) {
      loading.set(name, new Promise((onload, reject) => {
        const where = `/citewell/${name}`;
        const one = name.endsWith(".js")
          ? make("script", { src: where, onload })
          : make("link", { rel: "stylesheet", href: where, onload });
        one.onerror = () => {
          loading.delete(name);
          reject(new Error("Citewell does not answer. Is it still running in its terminal?"));
        };
        document.head.append(one);
      }));
    }
    return loading.get(name);
  }

  document.addEventListener("DOMContentLoaded", show);

  // A file that nobody takes would be opened by the browser in the place of this page.
  for (const kind of ["dragover", "drop"]) {
    addEventListener(kind, (event) => {
      if (event.defaultPrevented || !event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "none";
      if (event.type === "drop") citewell.say("Files are added under Papers, Add papers.");
    });
  }
  return { addView, mountView, go, inChat, api, make, load, refocus, showView: show };
})());
