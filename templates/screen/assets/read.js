// Read: what a decision does to the focus, the bar for the thumb, and dragging.
"use strict";
(() => {
  const read = document.querySelector(".read");
  if (!read) return;

  const narrow = matchMedia("(max-width: 56rem)");
  const posts = document.querySelector("[data-narrow-closed]");
  if (narrow.matches && posts) posts.open = false;

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

  // The bar at the bottom of a phone acts on the comment in view.
  const thumbs = document.getElementById("thumbs");
  let inView = null;
  const show = () => {
    const find = (key) => inView && [...inView.querySelectorAll(`form.decide [data-key="${key}"]`)].pop();
    let any = false;
    thumbs.querySelectorAll("button").forEach((button) => {
      const own = find(button.dataset.thumb);
      button.disabled = !own;
      if (!own) return;
      any = true;
      const pressed = own.getAttribute("aria-pressed") === "true";
      button.setAttribute("aria-pressed", String(pressed));
      const words = { p: ["Pick", "Picked"], s: ["Skip", "Skipped"], m: ["Maybe", "Maybe"] }[button.dataset.thumb];
      button.textContent = words[pressed ? 1 : 0];
    });
    thumbs.hidden = !any;
    read.classList.toggle("has-thumbs", any);
  };
  const choose = () => {
    const middle = innerHeight / 3;
    const all = [...document.querySelectorAll("[data-item]")];
    inView = all.find((i) => i.getBoundingClientRect().bottom > middle) || all[all.length - 1] || null;
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
  const watch = soon;
  if (thumbs) {
    addEventListener("scroll", soon, { passive: true });
    addEventListener("resize", soon);
    thumbs.addEventListener("click", (e) => {
      const key = e.target.dataset && e.target.dataset.thumb;
      const own = key && inView && [...inView.querySelectorAll(`form.decide [data-key="${key}"]`)].pop();
      if (own) own.click();
    });
    choose();
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
