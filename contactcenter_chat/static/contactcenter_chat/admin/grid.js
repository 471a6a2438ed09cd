// A grid of levels is filled in by the keyboard: arrow keys and Enter move, a digit is a level. Without scripts it is
// a form like any other.
"use strict";

const form = document.querySelector("[data-cc-grid]");
const rows = form ? [...form.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("input")]) : [];
const cells = rows.flat();
const count = form?.querySelector("[data-cc-count]");
const refused = form?.querySelector("[data-cc-refused]");
let leaving = false;

const changed = (cell) => cell.value !== cell.dataset.held && !(cell.value === "0" && !cell.dataset.held);

function tell() {
  for (const cell of cells) cell.classList.toggle("cc-changed", changed(cell));
  const many = cells.filter(changed).length;
  count.textContent = many ? `${count.dataset.ccCount} ${many}` : "";
}

// What has the focus is never beneath the head or the names, which stay in their places.
function keepClear() {
  const corner = form.querySelector("thead th").getBoundingClientRect();
  const box = form.querySelector(".cc-grid");
  box.style.scrollPaddingBlockStart = `${corner.height + 4}px`;
  box.style.scrollPaddingInlineStart = `${corner.width + 4}px`;
}

function go(cell, down, across) {
  const row = rows.findIndex((each) => each.includes(cell));
  const next = rows[row + down]?.[rows[row].indexOf(cell) + across];
  next?.focus();
}

function fill(cell, value) {
  cell.value = value;
  tell();
  cell.select();
}

// A digit that is no level is said to be none, and changes nothing.
function takes(cell, value) {
  const fits = Number(value) <= Number(cell.max);
  refused.textContent = fits ? "" : refused.dataset.ccRefused;
  return fits;
}

function press(event) {
  const cell = event.target;
  const fromLeft = getComputedStyle(cell).direction === "rtl" ? -1 : 1;
  const steps = {
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -fromLeft],
    ArrowRight: [0, fromLeft],
    Enter: [event.shiftKey ? -1 : 1, 0],
  };
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (plain && steps[event.key]) go(cell, ...steps[event.key]);
  else if (plain && /^[0-9]$/.test(event.key)) {
    if (takes(cell, event.key)) fill(cell, event.key === "0" ? "" : event.key);
  } else return;
  event.preventDefault();
}

// Keyboards on screens often do not say which key it was: of what stands there then, the last digit counts.
function type(event) {
  const cell = event.target;
  if (cell.value.length > 1) cell.value = cell.value.slice(-1);
  if (!takes(cell, cell.value)) cell.value = cell.dataset.held;
  tell();
}

// Where nobody answers, the browser would show its own page instead of what was typed: it is asked first.
async function save(event) {
  if (leaving) return;
  event.preventDefault();
  refused.textContent = "";
  try {
    await fetch(location.href, { method: "HEAD", cache: "no-store" });
  } catch {
    refused.textContent = refused.dataset.ccLost;
    return;
  }
  if (leaving) return; // pressed twice
  leaving = true;
  form.requestSubmit(event.submitter);
}

if (cells.length) {
  form.querySelector("[data-cc-keys]").hidden = false;
  for (const cell of cells) {
    cell.addEventListener("keydown", press);
    cell.addEventListener("input", type);
    cell.addEventListener("focus", () => cell.select());
    cell.addEventListener("wheel", () => cell.blur(), { passive: true }); // it scrolls, and changes nothing
  }
  keepClear();
  window.addEventListener("resize", keepClear);
  // Enter in this field means the button beside it, not the form's first.
  const language = form.elements.new_language;
  language.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    form.requestSubmit(form.elements.add_language);
  });
  form.addEventListener("submit", save);
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && cells.some(changed)) event.preventDefault();
  });
  window.addEventListener("pageshow", () => {
    leaving = false;
    tell();
  });
}
