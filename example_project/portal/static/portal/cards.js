// What the visitor presses on a card: shown as under way at once, kept while there is no connection, also when the page
// is loaded again, and tried again. Where the card is over by then, the page says so.
(() => {
  "use strict";
  const AGAIN = 3000;
  const AGAIN_MOST = 30000;
  const SENT = "sent";
  const composer = document.querySelector("[data-composer]");
  const { text } = composer.elements;
  const outbox = document.querySelector("[data-outbox]").dataset;
  const error = composer.querySelector("[data-error]");
  const KEPT = `portal-pressed-${document.querySelector("[data-chat]").dataset.chat}`;
  const kept = new Map(); // form -> the button that was pressed on it
  const gone = new WeakSet(); // forms that were drawn anew, without their buttons, while a press was under way
  let pause = AGAIN;
  let again = null;

  const isCard = (form) => form.matches?.(".card-form");
  const isAnswered = (place) => Boolean(place.querySelector("[data-answered]"));
  const buttonsOf = (form) => form.querySelectorAll("button");

  function tell(form, words) {
    let place = form.querySelector(".state");
    if (!place) {
      place = Object.assign(document.createElement("p"), { className: "state" });
      place.setAttribute("role", "status");
      form.append(place);
    }
    place.textContent = words;
  }

  // The pressed button goes, and with it the place of the keyboard. A touch screen's own one would cover the answer.
  function moveOn(form) {
    if (!form.contains(document.activeElement) && document.activeElement !== document.body) return;
    const next = matchMedia("(pointer: coarse)").matches ? document.querySelector(".scroller") : text;
    next.focus({ preventScroll: true });
  }

  function open(form) {
    for (const button of buttonsOf(form)) button.disabled = false;
  }

  // What has not arrived would be lost with the page: by the ids of the cards, the button and what was filled in.
  function keep() {
    const all = [...kept].map(([form, button]) => {
      const fields = [...new FormData(form)].filter(([name]) => name.startsWith("field."));
      return [form.elements.card.value, { button: button.value, fields }];
    });
    if (all.length) sessionStorage.setItem(KEPT, JSON.stringify(all));
    else sessionStorage.removeItem(KEPT);
  }

  function forget(form) {
    kept.delete(form);
    keep();
  }

  function lose() {
    error.textContent = outbox.lost;
    error.hidden = false;
  }

  function fill(form, fields) {
    for (const field of form.querySelectorAll("[name^='field.']")) {
      const values = fields.filter(([name]) => name === field.name).map(([, value]) => value);
      if (field.type === "checkbox") field.checked = values.includes(field.value);
      else field.value = values[0] ?? "";
    }
  }

  function takeUp() {
    for (const [card, { button, fields }] of JSON.parse(sessionStorage.getItem(KEPT) ?? "[]")) {
      const shown = document.querySelector(`[data-card="${CSS.escape(card)}"]`);
      const form = shown?.closest(".card-form");
      const pressed = form?.querySelector(`button[value="${CSS.escape(button)}"]`);
      if (pressed) {
        fill(form, fields);
        tell(form, outbox.kept);
        kept.set(form, pressed);
      } else if (!shown?.hasAttribute("data-answered")) {
        lose();
      }
    }
    keep();
    send();
  }

  document.addEventListener("htmx:beforeRequest", ({ detail: { elt, xhr, requestConfig } }) => {
    if (!isCard(elt)) return;
    // The form may be gone when the answer comes, and htmx then tells nobody who listens here: the request itself does.
    xhr.addEventListener("loadend", () => ended(elt, xhr));
    const pressed = requestConfig.triggeringEvent?.submitter ?? elt.querySelector("button");
    if (!kept.has(elt)) tell(elt, outbox.sending);
    kept.set(elt, pressed);
    keep();
    elt.dataset.state = SENT;
    for (const button of buttonsOf(elt)) button.disabled = true;
    moveOn(elt);
  });

  function ended(form, xhr) {
    delete form.dataset.state;
    if (gone.has(form)) return endedLate(form, xhr);
    if (xhr.status && xhr.status < 500) return settled(form, xhr);
    tell(form, outbox.kept);
    if (!xhr.status) portalConnection.miss();
    clearTimeout(again);
    again = setTimeout(send, pause);
    pause = Math.min(pause * 2, AGAIN_MOST);
  }

  // What htmx has put nowhere is put where the form was.
  function endedLate(form, xhr) {
    forget(form);
    const place = document.getElementById(form.id);
    if (xhr.status && xhr.status < 400) htmx.swap(place, xhr.responseText, { swapStyle: "outerHTML" });
    else if (!isAnswered(place)) lose();
  }

  function settled(form, xhr) {
    forget(form);
    pause = AGAIN;
    if (xhr.status < 400) return; // its card is drawn anew
    open(form);
    tell(form, composer.dataset.failed);
  }

  function send() {
    for (const [form, pressed] of kept) {
      if (form.dataset.state === SENT) continue;
      open(form);
      pressed.click(); // htmx sends the value of a button that it saw clicked
    }
  }

  // A card that is over is drawn anew without its buttons, in another message's answer.
  document.addEventListener("htmx:oobBeforeSwap", ({ target: form, detail: { fragment } }) => {
    if (!isCard(form)) return;
    if (form.contains(document.activeElement)) moveOn(form);
    if (form.dataset.state === SENT) return gone.add(form); // kept until it is known what became of it
    if (kept.has(form) && !isAnswered(fragment)) lose();
    forget(form);
  });
  document.addEventListener("portal:back", () => { pause = AGAIN; send(); });
  // htmx, which sends it, is ready by then.
  document.addEventListener("DOMContentLoaded", takeUp);
})();
