// Arrange: rows are dragged (Sortable), moved by Alt+Up and Alt+Down, and shown beside
// the list when they get the focus. All else is forms, which work without this file.
"use strict";
document.documentElement.classList.add("script");
(() => {
  if (!document.getElementById("rows")) return;
  const row = (e) => e && e.closest && e.closest("#row-list > li");

  // One change of the rows at a time: what is pressed meanwhile is done after it, on the
  // rows as they are then.
  let busy = false, under = null, waiting = [];
  const next = () => {
    busy = false;
    under = null;
    document.documentElement.classList.remove("busy");
    const id = waiting.shift();
    const button = id && document.getElementById(id);
    if (button) button.click();
    else waiting = [];
  };
  document.addEventListener("click", (e) => {
    const button = e.target.closest("#rows form button");
    if (!button) return;
    if (button.getAttribute("aria-disabled") === "true") {
      e.preventDefault();
      return;
    }
    if (busy && button.id) {
      e.preventDefault();
      e.stopImmediatePropagation();
      if (waiting.length < 20) waiting.push(button.id);
    }
  }, true);

  let focused = "";
  document.addEventListener("htmx:before:request", (e) => {
    const { sourceElement, request } = e.detail.ctx;
    if (!sourceElement.matches("form")) return;
    if (sourceElement.closest("#rows")) {
      busy = true;
      document.documentElement.classList.add("busy");
      under = e.detail.ctx;
      const active = document.activeElement;
      focused = active && row(active) ? active.id || row(active).id : "";
    } else if (request.body instanceof URLSearchParams) {
      // A save that waited for another goes out with what the page knows by then.
      request.body = new URLSearchParams(new FormData(sourceElement));
    }
  });
  // What dragging left in the style of rows is not carried over to the new ones: the
  // policy of the page allows no style attributes.
  document.addEventListener("htmx:before:swap", () => {
    document.querySelectorAll("#row-list [style]").forEach((e) => e.removeAttribute("style"));
  });
  document.addEventListener("htmx:finally:request", (e) => {
    sort(); // undoing makes the rows anew, too
    if (!busy || e.detail.ctx !== under) return;
    const was = focused && document.getElementById(focused);
    if (was && (document.activeElement === document.body || !document.activeElement)) was.focus({ preventScroll: true });
    const at = row(document.activeElement);
    if (at) {
      at.scrollIntoView({ block: "nearest" });
      look(at, true);
    }
    next();
  });

  // The row that has the focus stands beside the list.
  let shown = null, soon = 0;
  const look = (li, again) => {
    document.querySelectorAll("#row-list > li.here").forEach((other) => {
      if (other === li) return;
      other.classList.remove("here");
      other.removeAttribute("aria-current");
    });
    li.classList.add("here");
    li.setAttribute("aria-current", "true");
    if (shown === li.dataset.block && !again) return;
    shown = li.dataset.block;
    if (again) return;
    clearTimeout(soon);
    soon = setTimeout(() => {
      const link = document.getElementById("look-" + shown);
      if (link) link.dispatchEvent(new Event("look"));
    }, 120);
  };
  document.addEventListener("focusin", (e) => {
    const li = row(e.target);
    if (li) look(li);
  });

  // Alt+Up and Alt+Down move the row, also out of its buttons; not out of its fields.
  document.addEventListener("keydown", (e) => {
    if (!e.altKey || e.ctrlKey || e.metaKey || e.shiftKey || (e.key !== "ArrowUp" && e.key !== "ArrowDown")) return;
    if (document.body.dataset.keys === "off" || e.target.closest("input, textarea, select")) return;
    const li = row(document.activeElement) || document.querySelector("#row-list > li.here");
    const button = li && li.querySelector(e.key === "ArrowUp" ? ".up" : ".down");
    if (!button) return;
    e.preventDefault();
    if (!row(document.activeElement)) li.focus({ preventScroll: true });
    button.click();
  });

  // A small form that opens has the focus in its first field; Escape closes it.
  document.addEventListener("toggle", (e) => {
    const box = e.target;
    if (!box.matches || !box.matches("details[data-focus]") || !box.open) return;
    document.querySelectorAll("#rows details.drop[open]").forEach((other) => {
      if (other !== box) other.open = false;
    });
    const first = box.querySelector("input:not([type=hidden]), textarea");
    if (first) {
      first.focus();
      if (first.select && first.type === "number") first.select();
    }
  }, true);
  document.addEventListener("keydown", (e) => {
    const box = e.key === "Escape" && e.target.closest && e.target.closest("details[data-focus][open]");
    if (!box) return;
    box.open = false;
    box.querySelector("summary").focus();
  });

  // Dragging posts the form of the row's own buttons, with the row that it stands above
  // now.
  let sorted = null;
  const sort = () => {
    const list = document.getElementById("row-list");
    if (!list || !list.dataset.sort || list === sorted || typeof Sortable === "undefined") return;
    sorted = list;
    let before = null;
    new Sortable(list, {
      handle: ".grip", draggable: "li", animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
      forceFallback: true, fallbackTolerance: 3, chosenClass: "dragged", scroll: true,
      onStart: (e) => { before = e.item.nextElementSibling; },
      onEnd: (e) => {
        if (e.oldIndex === e.newIndex) return;
        const li = e.item, after = li.nextElementSibling, button = li.querySelector(".up");
        const above = after ? after.dataset.block : "0";
        if (busy) { // another change is under way: put it back, nothing is done twice
          list.insertBefore(li, before);
          return;
        }
        button.value = above;
        button.removeAttribute("aria-disabled");
        button.focus({ preventScroll: true });
        button.click();
      },
    });
  };
  sort();
})();
