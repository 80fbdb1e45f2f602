// Whether the server is there. Gradio tells of that in words of its own, which are not shown: its
// requests pass by here on their way, and what becomes of them is said by us.
"use strict";

Object.assign(window.citewell, (() => {
  const { citewell } = window;
  const OURS = /\/gradio_api\/(?:queue\/(?:join|data)|run\/predict|app_id)\b/;
  const QUIET = 4000; // ms; a server at work says something every second
  const SILENCE = 20000;
  const AGAIN = 1500;
  const TOLD = 8000;
  const LOST =
    "Citewell has stopped answering. When it is back, this page goes on by itself, and what you have " +
    "typed is kept. If it does not come back, start it in its terminal: citewell ui";

  const fetched = window.fetch.bind(window);
  let isLost = false;
  let isLooking = false;
  let leaving = false; // what a page that is left had asked for fails as well
  let lastNews = Date.now();

  window.fetch = async (...given) => {
    if (!OURS.test(String(given[0]?.url ?? given[0]))) return fetched(...given);
    try {
      const response = await fetched(...given);
      if (!response.ok && !isLost) citewell.unanswered(refusal(response.status));
      return response;
    } catch (error) {
      if (error.name !== "AbortError") lost();
      throw error;
    }
  };

  function refusal(status) {
    if (status === 413) return "That is more than Citewell takes at once. Ask a shorter question, or about fewer papers.";
    return `Citewell answered with an error (${status}). Try again; if that changes nothing, load the page anew.`;
  }

  function lost() {
    if (leaving) return;
    if (!isLost) citewell.unanswered(LOST);
    isLost = true;
    missed();
  }

  // A request of a view has come to nothing: if that is the server's end, the page is begun anew
  // with the next one.
  function missed() {
    if (isLooking || leaving) return;
    isLooking = true;
    setTimeout(look, AGAIN);
  }

  // Gradio takes up nothing after a connection has broken, and nothing with another server, so the
  // page is loaded anew once there is one; everything on it is found again.
  async function look() {
    try {
      const reply = await fetched(`${citewell.base}/gradio_api/app_id`);
      const isOther = reply.ok && (await reply.json()).app_id !== window.gradio_config?.app_id;
      if (isOther) citewell.remember("restarted", true);
      if (isOther || (reply.ok && isLost)) {
        location.reload();
        return;
      }
      isLooking = !reply.ok;
    } catch { /* not yet */ }
    if (isLooking) setTimeout(look, AGAIN);
  }

  // The page was begun anew by itself: why.
  function tellRestart(place) {
    if (!citewell.recall("restarted")) return;
    citewell.remember("restarted", null);
    place.textContent = "Citewell was restarted. Everything is where it was.";
    place.hidden = false;
    setTimeout(() => { place.hidden = true; }, TOLD);
  }

  function heard() {
    lastNews = Date.now();
  }

  // A stream may break without a word, and a server may hang.
  async function listen() {
    const quiet = Date.now() - lastNews;
    if (isLost || !citewell.isBusy?.() || quiet < QUIET) return;
    await window.fetch(`${citewell.base}/gradio_api/app_id`).catch(() => {});
    if (!isLost && citewell.isBusy?.() && Date.now() - lastNews > SILENCE) {
      citewell.unanswered("Citewell is running, but nothing more has come of this question. Ask again, or load the page anew.");
    }
  }

  addEventListener("pagehide", () => { leaving = true; });
  addEventListener("beforeunload", () => { leaving = true; setTimeout(() => { leaving = false; }, 2000); });
  setInterval(listen, 1000);
  return { heard, missed, tellRestart };
})());
