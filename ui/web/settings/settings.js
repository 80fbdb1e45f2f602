"use strict";

window.citewell.addView("settings", (() => {
  let root;

  function mount(element) {
    root = element;
  }

  function shown() {
    root.hidden = false;
  }

  return { mount, shown };
})());
