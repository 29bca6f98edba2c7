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

  // What was done leads on to a page. Where that is this page, at another place, the
  // browser would go there on the page as it was before.
  document.addEventListener("htmx:after:request", (e) => {
    const to = e.detail.ctx.hx?.redirect, at = to && new URL(to, location.href);
    if (!at || !at.hash || at.pathname + at.search !== location.pathname + location.search) return;
    e.preventDefault();
    history.replaceState(null, "", at.href);
    location.reload();
  });

  // What was refused is looked at first.
  const mistakes = document.getElementById("mistakes");
  if (mistakes) mistakes.focus();
})();
