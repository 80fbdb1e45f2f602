// Menus: what is seldom wanted, behind a button. The browser closes them; they are placed here.
"use strict";

Object.assign(window.citewell, (() => {
  let open = null;
  let opener = null;

  function openMenu(button) {
    const menu = button.dataset.menu ? document.getElementById(button.dataset.menu) : button.nextElementSibling;
    if (menu.matches(":popover-open")) {
      menu.hidePopover();
      return;
    }
    if (!menu.dataset.known) {
      menu.dataset.known = "yes";
      menu.addEventListener("toggle", ({ newState }) => button.setAttribute("aria-expanded", String(newState === "open")));
    }
    menu.showPopover({ source: button });
    [open, opener] = [menu, button];
    placeBy(menu, button);
  }

  // Below the button, or above it where there is no room; always on the page.
  function placeBy(panel, button) {
    const by = button.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = panel;
    const below = by.bottom + 6;
    const top = below + height <= innerHeight - 8 ? below : Math.max(8, by.top - height - 6);
    panel.style.top = `${top}px`;
    panel.style.left = `${Math.max(8, Math.min(by.left, innerWidth - width - 8))}px`;
  }

  // The button of the menu that `hit` is in, as long as that is open; else `hit` itself.
  const openerOf = (hit) => (open?.matches(":popover-open") && open.contains(hit) ? opener : hit);

  // Something chosen closes it; what is copied says so in the menu first.
  document.addEventListener("click", (event) => {
    const hit = event.target.closest("button, a");
    if (hit && open?.contains(hit) && !/^(?:copy|note|save|later)$/.test(hit.dataset.act)) open.hidePopover();
  });
  // The arrow keys go through it, from its button on.
  document.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const at = document.activeElement;
    if (!open?.matches(":popover-open") || !(step || /^(?:Home|End)$/.test(event.key))) return;
    if (at !== opener && !open.contains(at)) return;
    event.preventDefault();
    const items = [...open.querySelectorAll("a, button")];
    const next = step ? items.indexOf(at) + (open.contains(at) || step > 0 ? step : 0) : event.key === "Home" ? 0 : -1;
    items.at(next % items.length).focus();
  });
  addEventListener("scroll", () => open?.hidePopover(), { passive: true, capture: true });

  return { openMenu, openerOf, placeBy };
})());
