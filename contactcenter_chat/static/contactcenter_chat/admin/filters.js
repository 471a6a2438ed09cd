// Drop-down filters apply when something is chosen; without scripts their button does.
"use strict";

for (const select of document.querySelectorAll("[data-cc-submit]")) {
  select.form.querySelector("button").hidden = true;
  select.addEventListener("change", () => select.form.requestSubmit());
}
