// Who types or thinks at this moment, and how far the agent has read.
(() => {
  "use strict";
  const words = document.getElementById("words").dataset;
  const timers = new Map(); // chat -> when its sign is taken down
  const signOf = (chat) => document.querySelector(`#chat-${chat} [data-sign]`);

  function takeDown(chat) {
    const sign = signOf(chat);
    if (sign) sign.hidden = true;
  }

  document.addEventListener("live:sign", ({ detail: { chat, kind, author, seconds } }) => {
    const sign = signOf(chat);
    const text = words[`${author}${kind[0].toUpperCase()}${kind.slice(1)}`];
    if (!sign || !text) return;
    sign.textContent = text;
    sign.hidden = false;
    clearTimeout(timers.get(chat));
    timers.set(chat, setTimeout(() => takeDown(chat), seconds * 1000));
  });

  // Whoever has said it types no more.
  document.addEventListener("live:chat", ({ detail: { chat } }) => takeDown(chat));

  function noteRead(section, seen) {
    const said = [...section.querySelectorAll('.message[data-author="user"]:not(.history)')].map((line) => Number(line.dataset.number));
    const number = said.findLast((each) => each <= seen) ?? 0;
    if (!section.querySelector("[data-composer]") || number <= Number(section.dataset.readUntil ?? 0)) return;
    section.dataset.readUntil = number;
    const headers = JSON.parse(document.body.getAttribute("hx-headers"));
    fetch(section.dataset.read, { method: "POST", headers, body: new URLSearchParams({ number }) }).catch(() => {});
  }

  window.deskSigns = { noteRead };
})();
