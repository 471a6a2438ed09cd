// What the visitor presses on a card: shown as under way at once, kept while there is no connection, and tried again.
(() => {
  "use strict";
  const AGAIN = 3000;
  const AGAIN_MOST = 30000;
  const SENT = "sent";
  const composer = document.querySelector("[data-composer]");
  const { text } = composer.elements;
  const outbox = document.querySelector("[data-outbox]").dataset;
  const kept = new Map(); // form -> the button that was pressed on it
  let pause = AGAIN;
  let again = null;

  const isCard = (form) => form.matches?.(".card-form");
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

  document.addEventListener("htmx:beforeRequest", ({ detail: { elt, requestConfig } }) => {
    if (!isCard(elt)) return;
    const pressed = requestConfig.triggeringEvent?.submitter ?? elt.querySelector("button");
    if (!kept.has(elt)) tell(elt, outbox.sending);
    kept.set(elt, pressed);
    elt.dataset.state = SENT;
    for (const button of buttonsOf(elt)) button.disabled = true;
    moveOn(elt);
  });

  document.addEventListener("htmx:afterRequest", ({ detail: { elt, xhr } }) => {
    if (!isCard(elt)) return;
    delete elt.dataset.state;
    if (xhr.status && xhr.status < 500) return settled(elt, xhr);
    tell(elt, outbox.kept);
    if (!xhr.status) portalConnection.miss();
    clearTimeout(again);
    again = setTimeout(send, pause);
    pause = Math.min(pause * 2, AGAIN_MOST);
  });

  function settled(form, xhr) {
    kept.delete(form);
    pause = AGAIN;
    if (xhr.status < 400) return; // its line is drawn anew
    open(form);
    tell(form, composer.dataset.failed);
  }

  function send() {
    for (const [form, pressed] of kept) {
      if (!form.isConnected) kept.delete(form);
      else if (form.dataset.state !== SENT) {
        open(form);
        pressed.click(); // htmx sends the value of a button that it saw clicked
      }
    }
  }

  document.addEventListener("portal:back", () => { pause = AGAIN; send(); });
})();
