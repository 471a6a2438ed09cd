// Codes can be dragged to their place: onto a row's upper part to stand before it, onto its middle to stand under it.
// The buttons of each row do the same without a mouse; after a step the same button has the focus again.
"use strict";

const form = document.querySelector("[data-cc-tree]");
const FOCUS = "contactcenter-tree-focus";
let dragged = null;

function clear() {
  for (const row of form.querySelectorAll(".cc-over-before, .cc-over-inside")) {
    row.classList.remove("cc-over-before", "cc-over-inside");
  }
}

function isUnder(row, ancestor) {
  for (let at = row; at; at = document.getElementById(`code-${at.dataset.parent}`)) {
    if (at === ancestor) return true;
  }
  return false;
}

function zone(event, row) {
  const box = row.getBoundingClientRect();
  return event.clientY - box.top < box.height / 3 ? "before" : "inside";
}

function place(code, parent, before) {
  for (const [name, value] of [["do", `place:${code}`], ["parent", parent], ["before", before]]) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    form.append(field);
  }
  form.submit();
}

if (form) {
  form.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("tr[data-code]");
    event.dataTransfer.effectAllowed = "move";
  });
  form.addEventListener("dragend", clear);
  form.addEventListener("dragover", (event) => {
    const row = event.target.closest("tr[data-code]");
    clear();
    if (!row || !dragged || isUnder(row, dragged)) return;
    event.preventDefault();
    row.classList.add(`cc-over-${zone(event, row)}`);
  });
  form.addEventListener("drop", (event) => {
    const row = event.target.closest("tr[data-code]");
    event.preventDefault();
    if (zone(event, row) === "before") place(dragged.dataset.code, row.dataset.parent, row.dataset.code);
    else place(dragged.dataset.code, row.dataset.code, "");
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter) sessionStorage.setItem(FOCUS, event.submitter.value);
  });
  const last = sessionStorage.getItem(FOCUS);
  sessionStorage.removeItem(FOCUS);
  const button = last && [...form.elements].find((each) => each.value === last && !each.disabled);
  // After the browser has gone to the row that the address names, which takes the focus away.
  if (button) window.addEventListener("load", () => setTimeout(() => button.focus()));
}
