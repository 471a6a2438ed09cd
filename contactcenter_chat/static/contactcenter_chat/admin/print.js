// The print button does what the browser's own menu does; without scripts it is not there.
"use strict";

for (const button of document.querySelectorAll("[data-cc-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
