// Send: what is typed stands in the inbox at once, and is counted; a time of one's own
// is chosen by typing one.
"use strict";
(() => {
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!(field instanceof HTMLInputElement)) return;
    for (const shown of document.querySelectorAll(`[data-shows="${field.id}"]`)) shown.textContent = field.value;
    for (const count of document.querySelectorAll(`[data-count="${field.id}"]`)) count.textContent = String([...field.value].length);
    if (field.id === "field-at") {
      const own = document.getElementById("when-at");
      if (own instanceof HTMLInputElement) own.checked = true;
    }
  });
})();
