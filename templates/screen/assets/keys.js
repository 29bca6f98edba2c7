// Single keys, for every screen. A button, link or field says its key itself:
//
//   data-key="p"       one key; data-key="g r" one after the other
//   data-key-label     what the help says of it; else its own words
//   data-item          on what j and k step through, such as a comment; its keys act on
//                      the one that has the focus, else on the first in view
//
// Keys never act in fields, nor with Ctrl, Alt or Cmd, and not at all where the body has
// data-keys="off". "?" shows them all.
"use strict";
(() => {
  const patience = 1500; // ms between the two keys of a sequence
  let first = "", firstAt = 0, current = null;

  const visible = (e) => e.checkVisibility() && !e.disabled;
  const items = () => [...document.querySelectorAll("[data-item]")].filter(visible);

  // The item that keys act on.
  const here = () => {
    const focused = document.activeElement && document.activeElement.closest("[data-item]");
    if (focused) return focused;
    if (current && current.isConnected && visible(current)) return current;
    const bar = document.getElementById("bar");
    const top = bar ? bar.getBoundingClientRect().bottom : 0;
    return items().find((i) => i.getBoundingClientRect().bottom > top + 40) || null;
  };

  const go = (item) => {
    if (!item) return;
    current = item;
    item.focus({ preventScroll: true });
    item.scrollIntoView({ block: "start" });
  };

  const step = (by) => {
    const all = items();
    if (!all.length) return false;
    const at = all.indexOf(here());
    const focused = document.activeElement && document.activeElement.closest("[data-item]");
    if (at < 0 || (!focused && !current)) go(all[Math.max(at, 0)]);
    else go(all[Math.min(Math.max(at + by, 0), all.length - 1)]);
    return true;
  };

  // What a key does: in the item first, then on the page outside of all items.
  const find = (key) => {
    const by = `[data-key="${CSS.escape(key)}"]`;
    const item = here();
    const own = item && [...item.querySelectorAll(by)].find((e) => visible(e) && e.closest("[data-item]") === item);
    return own || [...document.querySelectorAll(by)].find((e) => visible(e) && !e.closest("[data-item]"));
  };

  const act = (key) => {
    const element = find(key);
    if (!element) return false;
    if (element.matches("input, textarea, select")) {
      element.focus();
      if (element.select) element.select();
    } else {
      element.click();
    }
    return true;
  };

  const isOff = () => document.body.dataset.keys === "off";
  const dialog = () => document.getElementById("keys");

  document.addEventListener("focusin", (e) => {
    const item = e.target.closest && e.target.closest("[data-item]");
    if (item) current = item;
  });

  // Escape leaves a field that a key leads to.
  document.addEventListener("keydown", (e) => {
    if (e.key !== "Escape" || e.isComposing || e.defaultPrevented || !e.target.matches("input[data-key], textarea[data-key], select[data-key]")) return;
    e.preventDefault();
    e.target.blur();
    const item = here();
    if (item && item === current) item.focus({ preventScroll: true });
  });

  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || e.defaultPrevented || isOff()) return;
    if (e.target.closest && e.target.closest("input, textarea, select, [contenteditable], dialog[open]")) return;
    if (e.key.length !== 1 || e.key === " ") return;
    const begun = e.timeStamp - firstAt < patience ? first : "";
    first = "";
    const sequence = begun && begun + " " + e.key;
    if (e.repeat && e.key !== "j" && e.key !== "k") return;
    if (sequence && act(sequence)) {
      e.preventDefault();
      return;
    }
    if (e.key === "?") {
      help();
    } else if (!act(e.key) && !(e.key === "j" && step(1)) && !(e.key === "k" && step(-1))) {
      first = e.key;
      firstAt = e.timeStamp;
      return;
    }
    e.preventDefault();
  });

  // The words of a button without those of its key.
  const label = (e) => {
    if (e.dataset.keyLabel) return e.dataset.keyLabel;
    const copy = e.cloneNode(true);
    copy.querySelectorAll("kbd, .count, .unseen").forEach((k) => k.remove());
    return (copy.textContent || e.getAttribute("aria-label") || e.getAttribute("placeholder") || "").replace(/\s+/g, " ").trim();
  };

  const help = () => {
    const box = dialog();
    if (!box || box.open) return;
    const all = new Map();
    if (items().length) {
      all.set("j", "Next");
      all.set("k", "Previous");
    }
    document.querySelectorAll("[data-key]").forEach((e) => {
      if (!all.has(e.dataset.key)) all.set(e.dataset.key, label(e));
    });
    all.set("?", "This list");
    const list = box.querySelector("dl");
    list.replaceChildren();
    all.forEach((words, key) => {
      const dt = document.createElement("dt"), dd = document.createElement("dd");
      key.split(" ").forEach((one) => {
        const kbd = document.createElement("kbd");
        kbd.textContent = one;
        dt.append(kbd, " ");
      });
      dd.textContent = words;
      list.append(dt, dd);
    });
    box.showModal();
  };

  document.querySelectorAll("[data-help]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", help);
  });

  // What other scripts of ours ask of the keys: to go to an item, or only to act on it.
  const mean = (item) => { current = item; };
  window.keys = { go, here, items, mean };
})();
