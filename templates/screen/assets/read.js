// Read: what a decision does to the focus, the bar for the thumb, and dragging.
"use strict";
(() => {
  const read = document.querySelector(".read");
  if (!read) return;

  // Beside the words it is open; the style shows it there without script, too.
  const narrow = matchMedia("(max-width: 56rem)");
  const posts = document.querySelector("details.read-posts");
  const fold = () => { if (posts) posts.open = !narrow.matches; };
  narrow.addEventListener("change", fold);
  fold();

  // A decision leads on to the next comment; taking one back stays.
  let stay = "";
  document.addEventListener("submit", (e) => {
    if (!e.target.matches("form.decide")) return;
    const item = e.target.closest("[data-item]"), button = e.submitter;
    if (!item || !button) return;
    if (button.value === "undecide") {
      stay = item.id;
      return;
    }
    stay = "";
    const all = keys.items(), next = all[all.indexOf(item) + 1];
    if (next) keys.go(next);
    else stay = item.id;
  });
  document.addEventListener("htmx:after:swap", () => {
    const item = stay && document.getElementById(stay);
    if (item) {
      stay = "";
      keys.go(item);
    }
    sortable();
    watch();
  });

  // A place in the address is where reading goes on.
  const at = /^#c\d+$/.test(location.hash) && document.getElementById(location.hash.slice(1));
  if (at) keys.go(at);

  // From one post to the next by key, reading goes on with its first comment.
  const onward = "postbag-onward";
  document.querySelectorAll(".read-onward a").forEach((a) => a.addEventListener("click", (e) => {
    if (e.detail === 0) sessionStorage.setItem(onward, "yes"); // no pointer
  }));
  if (sessionStorage.getItem(onward)) {
    sessionStorage.removeItem(onward);
    const item = !at && keys.items()[0];
    if (item) {
      item.focus({ preventScroll: true });
      item.scrollIntoView({ block: "nearest" });
    }
  }

  // The bar at the foot of a phone acts on one comment, which is outlined: the one with
  // the focus, and once the page was scrolled, the one that fills most of the window.
  const thumbs = document.getElementById("thumbs");
  let meant = ""; // its id
  let settled = -1; // how far the page was scrolled when the focus came to it
  let steady = 0; // frames in which that may still change
  const own = (key) => {
    const item = meant && document.getElementById(meant);
    return item && [...item.querySelectorAll(`form.decide [data-key="${key}"]`)].pop();
  };
  const show = () => {
    let any = false;
    thumbs.querySelectorAll("button").forEach((button) => {
      const its = own(button.dataset.thumb);
      button.disabled = !its;
      if (!its) return;
      any = true;
      const pressed = its.getAttribute("aria-pressed") === "true";
      button.setAttribute("aria-pressed", String(pressed));
      const words = { p: ["Pick", "Picked"], s: ["Skip", "Skipped"], m: ["Maybe", "Maybe"] }[button.dataset.thumb];
      button.textContent = words[pressed ? 1 : 0];
    });
    thumbs.hidden = !any;
    read.classList.toggle("has-thumbs", any);
    const by = any && document.querySelector(`#${meant} .by bdi, #${meant} .folded bdi`);
    thumbs.setAttribute("aria-label", by ? "On the comment by " + by.textContent : "On the comment in view");
    document.querySelectorAll("[data-item].is-meant").forEach((i) => { if (i.id !== meant) i.classList.remove("is-meant"); });
    if (meant && thumbs.checkVisibility()) document.getElementById(meant)?.classList.add("is-meant");
  };
  const fullest = () => {
    const top = document.getElementById("bar")?.getBoundingClientRect().bottom || 0;
    const bottom = thumbs.checkVisibility() ? thumbs.getBoundingClientRect().top : innerHeight;
    let best = null, most = 0;
    document.querySelectorAll("[data-item]").forEach((item) => {
      const box = item.getBoundingClientRect();
      const shown = Math.min(box.bottom, bottom) - Math.max(box.top, top);
      if (shown > most) [best, most] = [item, shown];
    });
    return best;
  };
  const choose = () => {
    const held = document.getElementById(meant);
    if (steady > 0) settled = scrollY;
    if (!held || Math.abs(scrollY - settled) > 2) {
      settled = -1;
      const best = fullest() || held || document.querySelector("[data-item]");
      meant = best ? best.id : "";
      if (best && thumbs.checkVisibility()) {
        // One outline: what had the focus before is not what the bar means.
        const active = document.activeElement;
        if (active !== best && active.matches("[data-item]")) active.blur();
        keys.mean(best);
      }
    }
    show();
  };
  let waiting = false;
  const soon = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      choose();
    });
  };
  // What moves as the focus comes to a comment, and for some frames after a part of the
  // page was made anew, is not scrolling.
  const settle = () => {
    const ticks = steady > 0;
    steady = 3;
    const tick = () => {
      settled = scrollY;
      if (--steady > 0) requestAnimationFrame(tick);
    };
    if (!ticks) requestAnimationFrame(tick);
    soon();
  };
  const watch = () => (settled >= 0 ? settle() : soon());
  if (thumbs) {
    addEventListener("scroll", soon, { passive: true });
    addEventListener("resize", watch);
    document.addEventListener("focusin", (e) => {
      const item = e.target.closest("[data-item]");
      if (!item) return;
      meant = item.id;
      settle();
    });
    thumbs.addEventListener("click", (e) => {
      const its = e.target.dataset && e.target.dataset.thumb && own(e.target.dataset.thumb);
      if (its) its.click();
    });
    const active = document.activeElement.closest("[data-item]");
    if (active) meant = active.id;
    if (active) settle();
    else soon();
  }

  // Where one reads is kept a second after the page came, and once more when it is left:
  // by then that is another comment.
  const place = document.getElementById("place");
  if (place) {
    const kept = () => new URLSearchParams(new FormData(place)).toString();
    const here = () => {
      const item = document.activeElement.closest("[data-item]") || (scrollY > 0 && fullest());
      place.elements.at.value = item ? item.id.slice(1) : "";
    };
    let last = "";
    document.addEventListener("htmx:before:request", (e) => {
      if (e.detail.ctx.sourceElement !== place) return;
      here();
      e.detail.ctx.request.body = new URLSearchParams(new FormData(place));
      last = kept();
    });
    const leave = () => {
      here();
      const body = kept();
      if (body === last) return;
      last = body;
      fetch(place.getAttribute("action"), {
        method: "POST", body, keepalive: true, headers: { "HX-Request": "true", "Content-Type": "application/x-www-form-urlencoded" },
      }).catch(() => {});
    };
    addEventListener("pagehide", leave);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") leave();
    });
  }

  // Rows of the issue are dragged by their grip; a form says where to.
  const sortable = () => {
    const list = document.querySelector("#rail [data-sort]");
    if (!list || list.dataset.sorts || typeof Sortable === "undefined") return;
    list.dataset.sorts = "yes";
    Sortable.create(list, {
      handle: ".grip", animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
      onEnd: (e) => {
        if (e.oldIndex === e.newIndex) return;
        const form = document.getElementById("drag"), next = e.item.nextElementSibling;
        form.elements.block.value = e.item.dataset.block;
        form.elements.before.value = next ? next.dataset.block : "0";
        form.requestSubmit();
      },
    });
  };
  sortable();
})();
