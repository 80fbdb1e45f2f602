// Which view is shown: the chat, or one of those beside it (`#/papers`, `#/papers/<id>` …). The
// address says it, so that links, a reload and the Back button work. Also what views share.
"use strict";

Object.assign(window.citewell, (() => {
  const { citewell } = window;
  const views = new Map(); // name → { mount(element), shown(rest of the address) }
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
    const parts = location.hash.startsWith("#/") ? location.hash.slice(2).split("/") : [];
    return views.has(parts[0]) ? parts.map(plain) : ["chat"];
  }

  // Typed or cut off on its way, an address may not be one that can be decoded.
  function plain(part) {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  }

  function show() {
    const [name, ...rest] = wanted();
    scrolled[current] = scrollY;
    const changed = name !== current;
    current = name;
    document.body.dataset.view = name;
    for (const link of document.querySelectorAll(".cw-views a")) {
      if (link.dataset.view === name) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    if (mounted.has(name)) views.get(name).shown(rest);
    if (changed) scrollTo({ top: scrolled[name] ?? 0, behavior: "instant" });
  }

  function go(...parts) {
    location.hash = `#/${parts.map(encodeURIComponent).join("/")}`;
  }

  const inChat = () => current === "chat";

  // JSON from our own routes. What the server says of a failure is thrown as an Error with its
  // words; a server that is gone has words of ours.
  async function api(path, { body, method = body ? "POST" : "GET", signal } = {}) {
    const isFile = body instanceof FormData;
    let response;
    try {
      response = await fetch(`/citewell/api/${path}`, {
        method,
        signal,
        body: isFile ? body : body && JSON.stringify(body),
        headers: body && !isFile ? { "Content-Type": "application/json" } : {},
      });
    } catch (error) {
      if (error.name === "AbortError") throw error;
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

  addEventListener("hashchange", show);
  document.addEventListener("DOMContentLoaded", show);
  return { addView, mountView, go, inChat, api, make, showView: show };
})());
