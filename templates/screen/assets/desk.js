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
  // What was refused is looked at first.
  const mistakes = document.getElementById("mistakes");
  if (mistakes) mistakes.focus();
})();
