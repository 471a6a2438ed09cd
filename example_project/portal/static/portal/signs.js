// What is told besides words: that the visitor types, how far the visitor has read, and that the assistant is at an answer.
(() => {
  "use strict";
  const TYPING_EVERY = 5000; // shown for 8 seconds there, or until the words arrive
  const { typing, read } = document.querySelector("[data-chat]").dataset;
  const form = document.querySelector("[data-composer]");
  const inView = new Set(); // of the lines of agents
  let typedAt = 0;
  let readUntil = 0;

  function tell(url, fields = {}) {
    const token = form.elements.csrfmiddlewaretoken.value;
    const body = new URLSearchParams({ csrfmiddlewaretoken: token, ...fields });
    return fetch(url, { method: "POST", body }).catch(() => null);
  }

  form.addEventListener("input", ({ target }) => {
    if (target !== form.elements.text || !target.value.trim() || Date.now() - typedAt < TYPING_EVERY) return;
    typedAt = Date.now();
    tell(typing);
  });
  // The next words are a new beginning.
  form.addEventListener("submit", () => { typedAt = 0; });

  async function noteRead() {
    const until = Math.max(0, ...[...inView].map((line) => Number(line.dataset.number)));
    if (document.visibilityState !== "visible" || until <= readUntil) return;
    const before = readUntil;
    readUntil = until;
    const answer = await tell(read, { number: until });
    if (!answer?.ok && readUntil === until) readUntil = before; // told at the next look
  }

  const watcher = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) inView[isIntersecting ? "add" : "delete"](target);
    noteRead();
  }, { threshold: 0.1 });

  function watch() {
    for (const line of document.querySelectorAll(".line.agent:not([data-watched])")) {
      line.dataset.watched = "";
      watcher.observe(line);
    }
  }

  // Each look for new lines says so anew: it is read out once, and stays until an answer is there.
  const sign = document.querySelector("[data-sign]");
  document.addEventListener("htmx:afterRequest", ({ target, detail: { successful, xhr } }) => {
    if (!target.matches("[data-poll]")) return;
    const awaited = successful ? xhr.getResponseHeader("X-Awaited") : null; // without a connection nobody knows
    const words = sign.dataset[awaited ?? ""] ?? "";
    if (sign.textContent !== words) sign.textContent = words;
  });

  document.addEventListener("htmx:afterSettle", watch);
  document.addEventListener("visibilitychange", noteRead);
  document.addEventListener("portal:back", noteRead);
  watch();
})();
