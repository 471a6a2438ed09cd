// Drop-down filters apply when something is chosen; without scripts their button does.
"use strict";

for (const select of document.querySelectorAll("[data-cc-submit]")) {
  select.form.querySelector("button").hidden = true;
  select.addEventListener("change", () => select.form.requestSubmit());
}

// Django names the icons of its boxes to choose from, which only what has a role may be.
window.addEventListener("load", () => {
  for (const icon of document.querySelectorAll(".help-tooltip[aria-label]:not([role])")) icon.setAttribute("role", "img");
});
