// What every screen shares. Keys are in keys.js; what a screen has of its own is in a
// file of its name.
"use strict";
(() => {
  // A problem that has just come up is read out, and can be acted on, from its beginning.
  document.addEventListener("htmx:after:swap", () => {
    const problem = document.querySelector("#problems .problem:not([data-met])");
    if (problem) {
      problem.setAttribute("data-met", "");
      problem.focus();
    }
  });
  // What was just done is out of the way again after a while; pointing at it keeps it.
  const shown = 8000;
  let hiding;
  const tell = () => {
    const said = document.getElementById("said");
    if (!said || !said.textContent) return;
    said.classList.remove("told");
    clearTimeout(hiding);
    hiding = setTimeout(function hide() {
      if (said.matches(":hover, :focus-within")) hiding = setTimeout(hide, shown);
      else said.classList.add("told");
    }, shown);
  };
  tell();
  new MutationObserver((changes) => {
    if (changes.some((c) => c.target.id === "said" || c.target.parentElement?.id === "said" || [...c.addedNodes].some((n) => n.id === "page"))) tell();
  }).observe(document.body, { childList: true, characterData: true, subtree: true });

  // Where an answer leads to a place on this very page, the page is made anew: to go there
  // alone would leave it as it was before.
  document.addEventListener("htmx:before:response", (e) => {
    const to = e.detail.ctx?.hx?.redirect && new URL(e.detail.ctx.hx.redirect, location.href);
    if (!to || !to.hash || to.origin !== location.origin || to.pathname + to.search !== location.pathname + location.search) return;
    e.preventDefault();
    history.replaceState(null, "", to);
    location.reload();
  });

  // On a phone the way to other pages scrolls within itself; where one is, is in sight.
  const here = document.querySelector(".masthead nav [aria-current]");
  if (here) {
    const nav = here.closest("nav"), box = here.getBoundingClientRect(), room = nav.getBoundingClientRect();
    if (box.right > room.right || box.left < room.left) nav.scrollLeft += box.left - room.left - (room.width - box.width) / 2;
  }

  // What was refused is looked at first.
  const mistakes = document.getElementById("mistakes");
  if (mistakes) mistakes.focus();
})();
