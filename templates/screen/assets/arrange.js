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

  // The title and the introduction save themselves. What could not be saved is marked,
  // and tried again after some seconds, or as soon as anything else was saved.
  const texts = ["title-form", "intro-form"];
  const typed = new Set(), unsaved = new Set(); // ids of forms
  const sent = new WeakMap(); // the words that a request has
  const field = (form) => form.querySelector("#field-title, #field-intro");
  const isText = (e) => Boolean(e && texts.includes(e.id));
  const saves = (form) => form && field(form) && !form.querySelector(".arrange-theirs");
  const firstPause = 4000, longestPause = 60000; // ms
  let again = 0, pause = firstPause;
  const retry = () => {
    clearTimeout(again);
    unsaved.forEach((id) => {
      const form = document.getElementById(id);
      if (saves(form)) form.requestSubmit();
      else unsaved.delete(id);
    });
  };
  const mark = () => unsaved.forEach((id) => {
    const state = document.querySelector(`#${id} .arrange-state`);
    if (!state || state.querySelector(".not-saved")) return;
    state.querySelectorAll("span").forEach((s) => s.remove());
    const told = document.createElement("strong");
    told.className = "not-saved small danger";
    told.textContent = "Not saved";
    state.prepend(told);
    state.querySelector("button").classList.remove("plain");
  });
  document.addEventListener("input", (e) => {
    const form = e.target.closest && e.target.closest("form");
    if (isText(form)) typed.add(form.id);
  });
  document.addEventListener("htmx:finally:request", (e) => {
    const { sourceElement: form, response } = e.detail.ctx, status = response ? response.status : 0;
    if (!form.matches("form")) return;
    const isDone = status >= 200 && status < 400;
    if (!isDone) ["said", "last-saved"].forEach((id) => document.getElementById(id)?.replaceChildren()); // of what was done before
    if (isDone) pause = firstPause;
    if (!isText(form)) {
      if (isDone && unsaved.size) retry();
      mark();
      return;
    }
    if (isDone) {
      const now = document.getElementById(form.id);
      if (now && field(now) && field(now).value === sent.get(e.detail.ctx)) typed.delete(form.id);
      if (unsaved.delete(form.id) && unsaved.size) retry();
    } else {
      unsaved.add(form.id);
      if (!status || status >= 500 || status === 429) {
        clearTimeout(again);
        again = setTimeout(retry, pause);
        pause = Math.min(pause * 2, longestPause);
      }
    }
    mark();
  });
  // A problem of what saves itself is read out, and takes nobody out of a field.
  document.addEventListener("htmx:after:swap", (e) => {
    const problem = document.querySelector("#problems .problem");
    if (problem && e.detail.ctx && isText(e.detail.ctx.sourceElement) && document.activeElement.matches("input, textarea")) problem.setAttribute("data-met", "");
  });
  // What is typed when the page is left is saved on the way.
  const unfinished = () => [...typed].map((id) => document.getElementById(id)).filter(saves);
  const mostKept = 60000; // bytes; browsers let 64 KB outlive a page
  addEventListener("pagehide", () => {
    unfinished().forEach((form) => {
      const body = new URLSearchParams(new FormData(form));
      fetch(form.getAttribute("action"), {
        method: "POST", body, keepalive: body.toString().length < mostKept, headers: { "HX-Request": "true" },
      }).catch(() => {});
    });
    typed.clear();
  });
  addEventListener("pageshow", (e) => {
    if (e.persisted) location.reload();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") unfinished().forEach((form) => form.requestSubmit());
  });

  const adding = ["add-heading", "add-text", "add-quote", "above"];
  const blocks = () => [...document.querySelectorAll("#row-list > li")];
  let focused = "", undone = "", added = null, putBack = null;
  document.addEventListener("htmx:before:request", (e) => {
    const { sourceElement, request } = e.detail.ctx;
    if (!sourceElement.matches("form")) return;
    if (sourceElement.closest("#rows")) {
      busy = true;
      document.documentElement.classList.add("busy");
      under = e.detail.ctx;
      const active = document.activeElement;
      focused = active && row(active) ? active.id || row(active).id : "";
      added = request.body && request.body.get && adding.includes(request.body.get("do")) ? new Set(blocks().map((li) => li.id)) : null;
    } else if (sourceElement.querySelector("#undo")) {
      const active = document.activeElement;
      undone = active.id || row(active)?.id || "undo";
    }
    if (!sourceElement.closest("#rows") && request.body instanceof URLSearchParams) {
      // A save that waited for another goes out with what the page knows by then.
      request.body = new URLSearchParams(new FormData(sourceElement));
    }
    if (isText(sourceElement)) sent.set(e.detail.ctx, field(sourceElement).value);
    // What is said of words that are not saved stays.
    if ([...unsaved].some((id) => id !== sourceElement.id) && request.body && request.body.set) request.body.set("unsaved", "1");
  });
  // What dragging left in the style of rows is not carried over to the new ones: the
  // policy of the page allows no style attributes.
  document.addEventListener("htmx:before:swap", () => {
    document.querySelectorAll("#row-list [style]").forEach((e) => e.removeAttribute("style"));
  });
  document.addEventListener("htmx:finally:request", (e) => {
    sort(); // undoing makes the rows anew, too
    // It leaves one where one was, or as near to it as there still is something.
    if (undone && e.detail.ctx.sourceElement.matches("form") && e.detail.ctx !== under) {
      const to = [undone, "undo", "rows-title"].map((id) => document.getElementById(id)).find((one) => one && one.checkVisibility());
      undone = "";
      if (to && document.activeElement === document.body) to.focus({ preventScroll: true });
    }
    if (!busy || e.detail.ctx !== under) return;
    const { response } = e.detail.ctx;
    if (putBack && !(response && response.status < 400)) putBack();
    putBack = null;
    // A row that was added has the focus.
    const fresh = added && blocks().find((li) => !added.has(li.id));
    if (fresh) fresh.focus({ preventScroll: true });
    added = null;
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
        const was = button.value, off = button.getAttribute("aria-disabled");
        putBack = () => { // it was refused
          list.insertBefore(li, before);
          button.value = was;
          if (off) button.setAttribute("aria-disabled", off);
        };
        button.value = above;
        button.removeAttribute("aria-disabled");
        button.focus({ preventScroll: true });
        button.click();
      },
    });
  };
  sort();
})();
