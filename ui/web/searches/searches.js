// Saved searches: under a name, with how many papers are new to each. Loaded with the papers.
"use strict";

Object.assign(window.citewell.papersView, (() => {
  const { citewell } = window;
  const { api, make } = citewell;
  const view = citewell.papersView;

  function mountSearches(element) {
    const root = element.querySelector("[data-place=saved]");
    const tab = element.querySelector("[data-tab=saved]");
    const row = element.querySelector(".pp-count");
    let entries = [];
    let news = {};

    const act = (name, textContent, ariaLabel) => make("button", { type: "button", className: "cw-act", textContent, ariaLabel, dataset: { do: name } });

    // The list

    async function open() {
      try {
        const { searches, kept } = await api("searches");
        entries = searches;
        draw(kept);
        await count();
      } catch (error) {
        trouble(error.message);
      }
    }

    // How many papers are new, beside the place where the searches stand.
    async function count() {
      news = await api("searches/news");
      const all = Object.values(news).reduce((sum, one) => sum + one, 0);
      tab.textContent = all ? `Saved (${view.number(all)} new)` : "Saved";
      for (const item of root.querySelectorAll("li")) tell(item);
    }

    function draw(kept = true) {
      root.replaceChildren(
        make("p", { className: "cw-bad", role: "alert", hidden: true }),
        entries.length
          ? make("ul", { className: "sv-list" }, ...entries.map(entry))
          : make("p", { className: "cw-note", textContent: kept
            ? "No search is saved yet. Look for papers in the list and press “Save search”, or save a question in the menu below its answer. Here you see then which papers are new to it."
            : "This browser takes no cookies from this page, so searches cannot be kept for it." }),
      );
    }

    function entry({ id, name, told, question }) {
      const item = make("li", { dataset: { id } },
        make("p", { className: "sv-name" },
          make("button", { type: "button", textContent: name, dataset: { do: "open" } }),
          make("span", { className: "sv-new" })),
        make("p", { className: "sv-about" },
          ...(told === `“${name}”` ? [] : [make("span", { textContent: told })]),
          ...(question ? [act("ask", "Ask", `Ask: ${name}`)] : []),
          act("rename", "Rename", `Rename: ${name}`), act("delete", "Delete", `Delete: ${name}`)));
      tell(item);
      return item;
    }

    function tell(item) {
      const { opened } = find(item);
      const fresh = news[item.dataset.id];
      item.querySelector(".sv-new").textContent = fresh ? `${view.number(fresh)} new since ${citewell.moment(opened)}` : "";
    }

    const find = (item) => entries.find(({ id }) => id === item.dataset.id);

    function trouble(text) {
      const place = root.querySelector("[role=alert]");
      if (!place) return view.trouble(text);
      place.textContent = text;
      place.hidden = !text;
    }

    root.addEventListener("click", async ({ target }) => {
      const button = target.closest("[data-do]");
      const item = button?.closest("li");
      if (!item) return;
      const search = find(item);
      const acts = {
        open: () => show(search),
        ask: () => { citewell.fresh(); citewell.compose(search.question); },
        rename: () => rename(item, search),
        delete: () => surely(button, () => forget(item, search)),
      };
      try {
        trouble("");
        await acts[button.dataset.do]();
      } catch (error) {
        trouble(error.message);
      }
    });

    const post = (search, name, body = {}) => api(`searches/${encodeURIComponent(search.id)}/${name}`, { body });

    async function show(search) {
      const { listed, name, opened, new: ids } = await post(search, "open");
      view.openSearch(listed, { ids, name, since: opened });
      await count();
    }

    function surely(button, done) {
      if (button.dataset.sure) return done();
      button.dataset.sure = "yes";
      button.textContent = "Really delete?";
      button.addEventListener("blur", () => { delete button.dataset.sure; button.textContent = "Delete"; }, { once: true });
    }

    async function forget(item, search) {
      await post(search, "delete");
      const next = item.nextElementSibling ?? item.previousElementSibling;
      entries = entries.filter((one) => one !== search);
      item.remove();
      if (!entries.length) draw();
      (next?.querySelector("button") ?? tab).focus();
      citewell.say("Deleted.");
      await count();
    }

    function rename(item, search) {
      const line = item.querySelector(".sv-name");
      line.replaceChildren(naming(search.name, "Rename", async (name) => {
        Object.assign(search, await post(search, "rename", { name }));
        redraw();
      }, redraw));
      line.querySelector("input").select();
      function redraw() {
        const fresh = entry(search);
        item.replaceWith(fresh);
        fresh.querySelector("[data-do=rename]").focus();
      }
    }

    // A name typed where it is wanted: Enter keeps it, Escape does not.
    function naming(name, label, done, undone) {
      const field = make("input", { type: "text", value: name, maxLength: 120, ariaLabel: "Name of the search", autocomplete: "off" });
      const wrong = make("span", { className: "cw-bad", role: "alert" });
      const form = make("form", { className: "sv-naming" }, field,
        make("button", { className: "cw-act", textContent: label }),
        make("button", { type: "button", className: "cw-act", textContent: "Cancel", onclick: undone }), wrong);
      form.addEventListener("submit", async (event) => {
        event.preventDefault();
        try {
          await done(field.value);
        } catch (error) {
          wrong.textContent = error.message;
        }
      });
      form.addEventListener("keydown", (event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        undone();
      });
      return form;
    }

    // The list of papers as it is, under a name.
    function name() {
      row.parentElement.querySelector(".sv-naming")?.remove();
      const button = row.querySelector("[data-do=save]");
      const { offset, ...listed } = view.asked();
      const close = () => { form.remove(); button.focus(); };
      const form = naming(suggested(), "Save", async (typed) => {
        await api("searches", { body: { name: typed, listed } });
        form.replaceWith(make("p", { className: "cw-note sv-saved", role: "status", textContent: "Saved. What is new to it will be counted under Saved, above." }));
        button.focus();
      }, close);
      row.parentElement.querySelector(".sv-saved")?.remove();
      row.after(form);
      form.querySelector("input").select();
    }

    function suggested() {
      const { words, ranked, tags, reading, source } = view.filters();
      return ([ranked || words, tags.replaceAll(",", ", "), reading.replace("_", " "), source].filter(Boolean).join(", ") || "My search").slice(0, 120);
    }

    view.on("filters", () => row.parentElement.querySelector(".sv-saved")?.remove());
    return { open, count, name };
  }

  return { mountSearches };
})());
