// The dialog: says what was not sent, and lets what rings meanwhile be answered, which it makes the list hide.
(() => {
  "use strict";
  const dialog = document.getElementById("dialog");
  const form = document.getElementById("dialog-form");
  const ringing = document.getElementById("ringing");
  const copies = ringing.querySelector(".offers");
  const error = ringing.querySelector(".error");
  const said = ringing.querySelector("[role=status]");
  let offers = []; // those of the list that ring

  function copyOf(offer) {
    const copy = offer.cloneNode(true);
    for (const each of copy.querySelectorAll("[id]")) each.removeAttribute("id");
    for (const each of copy.querySelectorAll(":disabled")) each.disabled = false;
    return copy;
  }

  // What is there stays as it is: drawn anew under a pressed pointer, a button would never see the click.
  function draw() {
    const rings = dialog.open ? offers : [];
    const has = (list, { dataset }) => [...list].find((each) => each.dataset.offer === dataset.offer);
    for (const copy of [...copies.children]) if (!has(rings, copy)) copy.remove();
    for (const offer of rings.filter((each) => !has(copies.children, each))) {
      const copy = copyOf(offer);
      copies.append(copy);
      htmx.process(copy);
      deskClock.show(copy);
    }
    ringing.hidden = !rings.length && error.hidden;
  }

  // These ring now; ``text`` says which of them has just begun to.
  function ring(elements, text) {
    offers = elements;
    const news = dialog.open ? text : "";
    if (said.textContent !== news) said.textContent = news; // else it would be read out again
    draw();
  }

  function open() {
    sayUnsent();
    if (!dialog.open) dialog.showModal();
    draw();
  }

  function complain(text) {
    error.textContent = text;
    error.hidden = false;
    draw();
  }

  function quiet() {
    error.hidden = true;
    draw();
  }

  function sayUnsent() {
    const notice = form.querySelector("[data-not-sent]");
    const chat = document.getElementById(`chat-${notice?.dataset.notSent}`);
    if (!chat) return;
    const files = [...chat.querySelectorAll(".upload .name")].map((name) => name.textContent);
    const words = [deskComposer.unsent(chat).trim(), ...files].filter(Boolean).join("\n");
    notice.hidden = !words;
    notice.querySelector(".words").textContent = words;
    const ends = form.querySelector("[type=submit][autofocus]");
    if (!words || !ends) return;
    ends.autofocus = false;
    form.querySelector("[data-close]").autofocus = true;
  }

  dialog.addEventListener("close", quiet);
  window.deskDialog = { open, ring, complain, quiet };
})();
