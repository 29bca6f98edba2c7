// Trimming: sentences become toggle buttons; words are selected by mouse, by touch, or
// with the arrow keys, and cut, restored, lifted, or noted at.
//
// A selection is told to the server in bytes of the comment's text (UTF-8); it widens
// them to whole words.
"use strict";
(() => {
  const utf8 = new TextEncoder();
  const bytes = (s) => utf8.encode(s).length;
  const root = () => document.getElementById("trim");
  const texts = () => [...document.querySelectorAll("#original .text")];

  let wanted = ""; // the id of what gets the focus when the screen is drawn anew
  let chosen = null; // what is selected: {from, to, words}
  let anchor = -1, head = -1; // of a selection by keys, among all words

  // The words of all sentences, in order: [element, start, end] in UTF-16.
  let spoken = null;
  const words = () => {
    if (spoken) return spoken;
    spoken = [];
    const cutter = window.Intl && Intl.Segmenter ? new Intl.Segmenter(undefined, { granularity: "word" }) : null;
    for (const el of texts()) {
      const text = el.textContent;
      if (cutter) {
        for (const s of cutter.segment(text)) if (s.isWordLike) spoken.push([el, s.index, s.index + s.segment.length]);
      } else {
        for (const m of text.matchAll(/\S+/g)) spoken.push([el, m.index, m.index + m[0].length]);
      }
    }
    return spoken;
  };

  // The point of an element's text at an offset.
  const point = (el, at) => {
    const walk = document.createTreeWalker(el, NodeFilter.SHOW_TEXT);
    let node = walk.nextNode(), last = node;
    while (node && at > node.length) {
      at -= node.length;
      last = node;
      node = walk.nextNode();
    }
    return node ? [node, at] : [last || el, last ? last.length : 0];
  };

  // What the browser has selected of the comment, or null.
  const selection = () => {
    const sel = window.getSelection();
    if (!sel.rangeCount || sel.isCollapsed) return null;
    const range = sel.getRangeAt(0);
    let from = -1, to = -1;
    for (const el of texts()) {
      if (!range.intersectsNode(el)) continue;
      const all = document.createRange();
      all.selectNodeContents(el);
      const upTo = (node, offset) => {
        const before = all.cloneRange();
        before.setEnd(node, offset);
        return Number(el.dataset.from) + bytes(before.toString());
      };
      const starts = all.compareBoundaryPoints(Range.START_TO_START, range) <= 0;
      const ends = all.compareBoundaryPoints(Range.END_TO_END, range) >= 0;
      const a = starts ? upTo(range.startContainer, range.startOffset) : Number(el.dataset.from);
      const b = ends ? upTo(range.endContainer, range.endOffset) : Number(el.dataset.to);
      if (a >= b) continue;
      if (from < 0) from = a;
      to = b;
    }
    return from < 0 ? null : { from, to, words: sel.toString().replace(/\s+/g, " ").trim() };
  };

  const short = (s) => (s.length > 60 ? s.slice(0, 30).trim() + " … " + s.slice(-25).trim() : s);

  const show = () => {
    document.querySelectorAll("[data-needs=selection]").forEach((b) => { b.disabled = !chosen; });
    const told = document.getElementById("selected");
    if (told) told.textContent = chosen ? "Selected: “" + short(chosen.words) + "”" : "";
  };

  const focused = () => document.activeElement && document.activeElement.closest("#original .text");
  // The sentence that was looked at last.
  let current = 1;
  const sentence = () => document.getElementById("s" + current);

  const send = (fields, then) => {
    const form = document.getElementById("act");
    for (const name of ["act", "start", "end", "sentence"]) form.elements[name].value = fields[name] === undefined ? "" : fields[name];
    wanted = then || "s" + current;
    form.requestSubmit();
  };

  const toggle = (el) => {
    current = Number(el.dataset.n);
    send({ act: "toggle", sentence: current });
  };

  const actOn = (act) => {
    if (chosen) return send({ act, start: chosen.from, end: chosen.to });
    const el = sentence();
    if (act === "lift" && el) send({ act, sentence: current });
  };

  // Selecting with the keys.
  const pick = (a, b) => {
    const all = words();
    if (!all.length) return;
    anchor = a;
    head = b;
    const first = all[Math.min(a, b)], last = all[Math.max(a, b)];
    const [startNode, start] = point(first[0], first[1]);
    const [endNode, end] = point(last[0], last[2]);
    window.getSelection().setBaseAndExtent(startNode, start, endNode, end);
    chosen = selection();
    show();
    all[b][0].scrollIntoView({ block: "nearest" });
  };
  const arrow = (el, by, extends_) => {
    const all = words();
    const here = all.findIndex((w) => w[0] === el);
    if (here < 0) return;
    if (head < 0 || !chosen) return pick(here, here);
    const next = Math.min(Math.max(head + by, 0), all.length - 1);
    pick(extends_ ? anchor : next, next);
  };

  const move = (to) => {
    const all = texts();
    const el = all[Math.min(Math.max(to, 0), all.length - 1)];
    if (!el) return;
    drop();
    el.focus();
  };

  const drop = () => {
    anchor = head = -1;
    chosen = null;
    window.getSelection().removeAllRanges();
    show();
  };

  const openNote = () => {
    const details = document.getElementById("note"), where = document.getElementById("note-where");
    const el = sentence();
    const at = chosen ? chosen.to : el ? Number(el.dataset.to) : 0;
    const behind = chosen ? chosen.words : el ? el.textContent : "";
    details.open = true;
    document.getElementById("note-at").value = at;
    document.getElementById("note-place").hidden = true;
    where.hidden = false;
    where.textContent = "After “" + (behind.length > 40 ? "… " + behind.slice(-36).trim() : behind) + "”";
    const field = document.getElementById("field-note");
    field.focus();
    field.scrollIntoView({ block: "center" });
  };

  // Sentences are toggles, and what only serves without a script goes.
  const enhance = () => {
    if (!root() || root().dataset.ready) return;
    root().dataset.ready = "yes";
    spoken = null;
    anchor = head = -1;
    chosen = null;
    document.querySelectorAll("#trim [data-script]").forEach((e) => { e.hidden = false; });
    document.querySelectorAll("#trim [data-plain]").forEach((e) => { e.hidden = true; });
    const isLocked = !document.getElementById("act");
    for (const el of texts()) {
      const label = el.closest(".trim-sentence");
      label.querySelector("input").remove();
      if (isLocked) continue;
      el.setAttribute("role", "button");
      el.setAttribute("aria-pressed", label.dataset.kept);
      el.tabIndex = el.dataset.n === String(current) ? 0 : -1;
    }
    if (isLocked) return;
    if (!sentence() && texts().length) {
      current = Number(texts()[0].dataset.n);
      sentence().tabIndex = 0;
    }
    show();
    const problem = document.getElementById("trim-problem");
    const next = problem || (wanted && document.getElementById(wanted));
    wanted = "";
    if (next) next.focus({ preventScroll: !problem && next.id !== "s" + current });
  };

  document.addEventListener("htmx:after:swap", enhance);

  document.addEventListener("focusin", (e) => {
    const el = e.target.closest && e.target.closest("#original .text");
    if (!el) return;
    texts().forEach((t) => { t.tabIndex = -1; });
    el.tabIndex = 0;
    current = Number(el.dataset.n);
  });

  document.addEventListener("selectionchange", () => {
    if (!root()) return;
    const sel = window.getSelection();
    const inside = sel.rangeCount && sel.anchorNode && sel.anchorNode.parentElement && sel.anchorNode.parentElement.closest("#original");
    if (!inside) return; // a field or a button has it now, and what was selected still counts
    chosen = selection();
    if (!chosen) anchor = head = -1;
    show();
  });

  document.addEventListener("click", (e) => {
    if (!root() || !e.target.closest) return;
    const button = e.target.closest("#trim [data-do]");
    if (button) return actOn(button.dataset.do);
    if (e.target.closest("#trim [data-note]")) return openNote();
    const label = e.target.closest("#original .trim-sentence");
    if (!label || !label.querySelector("[role=button]")) return;
    e.preventDefault();
    if (selection()) return;
    toggle(label.querySelector(".text"));
  });
  // A button takes no selection away.
  document.addEventListener("mousedown", (e) => {
    if (e.target.closest && e.target.closest("#trim [data-do], #trim [data-note]")) e.preventDefault();
  });

  document.addEventListener("submit", (e) => {
    if (!root() || !root().contains(e.target)) return;
    // A key of the desk presses a button from where one is, and leaves one there.
    if (e.submitter && e.submitter.id) wanted = focused() ? "s" + current : e.submitter.id;
    else if (!wanted) wanted = "s" + current;
  }, true);

  document.addEventListener("keydown", (e) => {
    if (!root() || e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
    if (e.key === "Escape") {
      if (document.querySelector("dialog[open]")) return;
      if (e.target.closest("input, textarea, select")) {
        const el = sentence();
        if (el) el.focus();
      } else if (chosen) drop();
      else document.getElementById("done").click();
      e.preventDefault();
      return;
    }
    const el = focused();
    if (!el) return;
    const at = texts().indexOf(el);
    switch (e.key) {
      case "ArrowDown": move(at + 1); break;
      case "ArrowUp": move(at - 1); break;
      case "Home": move(0); break;
      case "End": move(Infinity); break;
      case "ArrowRight": arrow(el, 1, e.shiftKey); break;
      case "ArrowLeft": arrow(el, -1, e.shiftKey); break;
      case " ": case "Enter":
        if (e.repeat) break;
        if (chosen) actOn("cut");
        else toggle(el);
        break;
      case "Delete": case "Backspace": if (chosen) actOn("cut"); break;
      default: return;
    }
    e.preventDefault();
  });

  enhance();
  // What the address names, and else the first sentence, is where one begins.
  if (document.getElementById("act") && !document.activeElement.closest("#trim")) {
    const first = texts()[0];
    if (first) first.focus({ preventScroll: true });
    if (location.hash === "#lift") {
      window.scrollTo(0, 0);
      const told = document.getElementById("selected");
      told.textContent = "Choose a sentence with the arrow keys, or select words, then press “Lift a line”.";
    }
  }
})();
