// Who has logged in, and the way out. A session may end while the page is open: then the page is
// loaded anew, which leads to the login, and goes on afterwards where it was.
"use strict";

(() => {
  const { citewell } = window;
  const fetched = window.fetch.bind(window);
  let leaving = false;

  window.fetch = async (...given) => {
    const response = await fetched(...given);
    const where = new URL(given[0]?.url ?? given[0], location.href);
    if (response.status === 401 && where.origin === location.origin && !leaving) {
      leaving = true;
      citewell.remember("place", location.hash);
      location.reload();
    }
    return response;
  };

  const place = citewell.recall("place");
  if (place) {
    citewell.remember("place", null);
    if (!location.hash) location.hash = place;
  }

  // Once the head is there.
  citewell.tellPerson = async (form) => {
    const reply = await fetched("/citewell/api/person").catch(() => null);
    const person = reply?.ok ? await reply.json() : {};
    if (!person.leaves) return;
    const button = form.querySelector("button");
    button.textContent = "Log out";
    button.title = button.ariaLabel = `Log out: ${person.name}`;
    form.hidden = false;
  };
})();
