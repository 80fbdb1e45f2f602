// Moving a picture about: drag, pinch, wheel with Ctrl, double click and keys. It knows no papers.
"use strict";

Object.assign(window.citewell.papersView, (() => {
  const MOST = 24; // times

  // `look` enlarged by `step`, the place (x, y) staying where it is.
  function zoomed(look, step, x, y) {
    const zoom = Math.min(MOST, Math.max(1, look.zoom * step));
    const by = zoom / look.zoom;
    return { zoom, x: x - (x - look.x) * by, y: y - (y - look.y) * by };
  }

  function mountMoves({ canvas, look, move, point, press, leave }) {
    const down = new Map(); // pointer → where it is
    let isDragged = false;

    const at = (event) => [event.offsetX, event.offsetY];

    canvas.addEventListener("pointerdown", (event) => {
      down.set(event.pointerId, at(event));
      isDragged = false;
      if (look().zoom > 1 || down.size > 1) canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      const before = down.get(event.pointerId);
      const now = at(event);
      if (!before) return event.pointerType === "mouse" ? point(...now) : undefined;
      if (Math.hypot(now[0] - before[0], now[1] - before[1]) < 4 && !isDragged) return undefined;
      isDragged = true;
      const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
      down.set(event.pointerId, now);
      if (other) {
        const step = far(now, other) / Math.max(1, far(before, other));
        return move(zoomed(look(), step, (now[0] + other[0]) / 2, (now[1] + other[1]) / 2));
      }
      const { zoom, x, y } = look();
      return zoom > 1 ? move({ zoom, x: x + now[0] - before[0], y: y + now[1] - before[1] }) : undefined;
    });
    canvas.addEventListener("pointerup", (event) => {
      down.delete(event.pointerId);
      if (!isDragged) press(...at(event), event.pointerType !== "mouse");
    });
    for (const kind of ["pointercancel", "lostpointercapture"]) {
      canvas.addEventListener(kind, (event) => down.delete(event.pointerId));
    }
    canvas.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") leave(); });
    // Without Ctrl the wheel scrolls the page, as everywhere. A trackpad's pinch comes with it.
    canvas.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      move(zoomed(look(), Math.exp(-event.deltaY / 200), ...at(event)));
    }, { passive: false });
    canvas.addEventListener("keydown", (event) => {
      const { zoom, x, y } = look();
      const middle = [canvas.clientWidth / 2, canvas.clientHeight / 2];
      const next = {
        "+": () => zoomed(look(), 1.5, ...middle), "=": () => zoomed(look(), 1.5, ...middle),
        "-": () => zoomed(look(), 1 / 1.5, ...middle), 0: () => ({ zoom: 1, x: 0, y: 0 }),
        ArrowLeft: () => ({ zoom, x: x + 60, y }), ArrowRight: () => ({ zoom, x: x - 60, y }),
        ArrowUp: () => ({ zoom, x, y: y + 60 }), ArrowDown: () => ({ zoom, x, y: y - 60 }),
      }[event.key];
      if (!next || event.ctrlKey || event.metaKey || (event.key.startsWith("Arrow") && zoom <= 1)) return;
      event.preventDefault();
      move(next());
    });
  }

  const far = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);

  return { zoomed, mountMoves };
})());
