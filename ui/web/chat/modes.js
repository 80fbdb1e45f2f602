// Who writes the answers: where a model may, the visitor chooses, and what leaves the machine is said
// for the choice.
"use strict";

Object.assign(window.citewell, (() => {
  let root, modes;

  function mountModes(element) {
    root = element;
    modes = root.querySelector(".cw-modes");
    modes.addEventListener("change", choose);
  }

  function showModes(chat) {
    modes.hidden = !chat.model;
    modes.querySelector("[data-slot=model]").textContent = `Written by ${chat.model}`;
    const settled = chat.model ? chat.mode : "";
    if (settled === modes.dataset.settled) return;
    modes.dataset.settled = settled; // by the settings; the visitor may choose otherwise
    for (const choice of modes.querySelectorAll("input")) choice.checked = choice.value === settled;
    choose();
  }

  function choose() {
    root.dataset.mode = modes.querySelector(":checked")?.value ?? "";
  }

  const mode = () => root.dataset.mode;

  return { mountModes, showModes, mode };
})());
