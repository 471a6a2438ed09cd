// A bot is tried without loading the page anew: what was said is sent, and what came is put at the end. A set of
// questions asks on by itself. Without scripts both are forms like any other.
"use strict";

const say = document.querySelector("[data-cc-say]");
let asking = false;

async function sent(form, submitter) {
  const answer = await fetch(location.href, { method: "POST", body: new FormData(form, submitter) });
  const type = answer.headers.get("content-type") ?? "";
  if (!answer.ok || answer.redirected || !type.startsWith("text/html")) throw new Error(answer.statusText);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

function lose(form) {
  const told = form.querySelector("[data-cc-lost]");
  told.textContent = told.dataset.ccLost;
}

function wait(waits) {
  const status = say.querySelector("[data-cc-status]");
  asking = waits;
  say.setAttribute("aria-busy", String(waits));
  for (const button of say.querySelectorAll("button, input[type=submit]")) button.disabled = waits;
  status.textContent = waits ? status.dataset.thinking : "";
}

// Only what is new is put there, so that it alone is read out.
function take(page) {
  const turns = document.querySelector("[data-cc-turns]");
  const last = Number(turns.lastElementChild?.dataset.ccTurn ?? 0);
  const fresh = [...page.querySelectorAll("[data-cc-turn]")].filter((each) => Number(each.dataset.ccTurn) > last);
  turns.append(...fresh);
  document.querySelector("[data-cc-error]").replaceWith(page.querySelector("[data-cc-error]"));
  const next = page.querySelector("[data-cc-next]");
  if (next) say.querySelector("[data-cc-next]").replaceWith(next);
  if (next && !page.querySelector("[data-cc-compose]")) say.querySelector("[data-cc-compose]")?.remove();
  return fresh;
}

async function talk(event) {
  event.preventDefault();
  if (asking) return;
  const text = say.elements.text;
  const chosen = event.submitter?.name === "option" ? event.submitter : null;
  if (!chosen && !text.value.trim()) return text.focus();
  const body = chosen ?? undefined;
  say.querySelector("[data-cc-lost]").textContent = "";
  const request = sent(say, body);
  wait(true);
  try {
    const fresh = take(await request);
    if (fresh.length && !chosen) text.value = "";
    fresh[0]?.scrollIntoView({ block: "start" });
  } catch {
    lose(say);
  } finally {
    wait(false);
    if (text?.isConnected) text.focus({ preventScroll: true });
    else document.querySelector("[name=begin]").focus({ preventScroll: true });
  }
}

if (say) {
  say.addEventListener("submit", talk);
  const keys = say.querySelector("[data-cc-keys]");
  const isTouched = matchMedia("(pointer: coarse)").matches; // there the key alone breaks the line
  if (keys) {
    const [alone, together] = keys.children;
    keys.hidden = false;
    alone.hidden = isTouched;
    together.hidden = !isTouched;
  }
  say.elements.text?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    if (!event.ctrlKey && !event.metaKey && (event.shiftKey || isTouched)) return;
    event.preventDefault();
    say.requestSubmit();
  });
  say.elements.text?.focus({ preventScroll: true });
}

// A set of questions: as long as some are to be asked, the page has this form.
async function goOn(form) {
  form.querySelector("[type=submit]").disabled = true;
  try {
    for (;;) {
      const page = await sent(form);
      const next = page.querySelector("[data-cc-go-on]");
      if (!next || next.dataset.ccGoOn) return show(page);
      form.elements.state.value = next.elements.state.value;
      form.querySelector("progress").value = next.querySelector("progress").value;
      form.querySelector("[role=status]").textContent = next.querySelector("[role=status]").textContent;
    }
  } catch {
    lose(form);
    form.querySelector("[type=submit]").disabled = false;
  }
}

function show(page) {
  document.querySelector("#content-main").replaceWith(page.querySelector("#content-main"));
  const done = document.querySelector("[data-cc-done]");
  if (done) done.focus();
}

const rest = document.querySelector("[data-cc-go-on]");
if (rest) {
  rest.addEventListener("submit", (event) => {
    event.preventDefault();
    rest.querySelector("[data-cc-lost]").textContent = "";
    goOn(rest);
  });
  if (!rest.dataset.ccGoOn) goOn(rest);
}
document.querySelector("[data-cc-done]")?.focus();
