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
    if (!location.hash) history.replaceState(null, "", location.pathname + place);
  }

  // What a tab remembers of one person (drafts, chosen papers) is not for the next.
  function forgetOther(name) {
    const before = citewell.recall("person");
    if (before && before !== name) {
      sessionStorage.clear();
      location.replace("/");
    }
    citewell.remember("person", name);
  }

  // Once the head is there.
  citewell.tellPerson = async (form) => {
    const reply = await fetched("/citewell/api/person").catch(() => null);
    const person = reply?.ok ? await reply.json() : {};
    if (person.name) forgetOther(person.name);
    if (!person.leaves) return;
    form.addEventListener("submit", () => sessionStorage.clear());
    const button = form.querySelector("button");
    button.textContent = `Log out ${person.name}`;
    form.hidden = false;
  };
})();
