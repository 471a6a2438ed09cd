// What is new: hints from a stream, or, where there is none, by looking every few seconds.
// Tells the document: "live:chat" (detail: {chat, number}), "live:sign" ({chat, kind, author, seconds}), "live:desk", "live:reload", "live:beat".
(() => {
  "use strict";
  const POLL = 2500;
  const RETRY_MAX = 60000;
  const url = document.body.dataset.url;
  const status = document.getElementById("connection");
  let source = null;
  let polling = null;
  let retry = 5000;
  let seen = null;

  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`live:${name}`, { detail }));

  function show(state) {
    if (status.dataset.state === state && status.textContent) return;
    status.dataset.state = state;
    status.textContent = status.dataset[state];
  }

  function listen() {
    source = new EventSource(`${url}events/`);
    source.onopen = () => {
      retry = 5000;
      stopPolling();
      show("open");
    };
    source.onerror = () => {
      if (source.readyState === EventSource.CONNECTING) return show("lost");
      // Refused: this server keeps no streams, or is away. The browser does not try again by itself.
      startPolling();
      setTimeout(listen, retry);
      retry = Math.min(retry * 2, RETRY_MAX);
    };
    source.addEventListener("chat", (event) => {
      const [chat, number] = event.data.split(" ");
      tell("chat", { chat, number: Number(number) });
    });
    source.addEventListener("sign", (event) => {
      const [chat, kind, author, seconds] = event.data.split(" ");
      tell("sign", { chat, kind, author, seconds: Number(seconds) });
    });
    for (const name of ["desk", "reload", "beat"]) source.addEventListener(name, () => tell(name));
    source.addEventListener("gone", () => location.reload());
  }

  function startPolling() {
    if (polling === null) polling = setInterval(poll, POLL);
    poll();
  }

  function stopPolling() {
    clearInterval(polling);
    polling = null;
  }

  async function poll() {
    try {
      const answer = await fetch(`${url}state/`, { headers: { Accept: "application/json" } });
      if (answer.status === 401) return location.reload();
      if (!answer.ok) return show("lost");
      const state = await answer.json();
      if (polling === null) return;
      show("polling");
      if (seen !== null && state.version !== seen) tell("desk");
      seen = state.version;
      for (const [chat, number] of Object.entries(state.numbers)) tell("chat", { chat, number });
    } catch {
      show("lost");
    }
  }

  window.addEventListener("pagehide", () => source?.close());
  document.addEventListener("DOMContentLoaded", () => { show("connecting"); listen(); });
})();
