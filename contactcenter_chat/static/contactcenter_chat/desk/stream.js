// What is new: hints from a stream, or, where there is none, by looking every few seconds.
// Tells the document: "live:chat" (detail: {chat, number}), "live:sign" ({chat, kind, author, seconds}), "live:desk", "live:reload", "live:beat".
(() => {
  "use strict";
  const POLL = 2500;
  const POLL_TIMEOUT = 10000;
  const RETRY_MAX = 60000;
  const { url, beatSeconds } = document.body.dataset;
  // Nothing tells of a network that fell silent, or of one that was another when the computer woke up: the stream's
  // beats are missing.
  const SILENCE = Number(beatSeconds) * 2000 + 5000;
  const OPENING = 10000;
  const { reload, say } = deskConnection;
  let source = null;
  let heardAt = 0;
  let polling = null;
  let asking = false;
  let retry = 5000;
  let again = null;
  let seen = null;

  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`live:${name}`, { detail }));

  function listen() {
    clearTimeout(again);
    source?.close();
    source = new EventSource(`${url}events/`);
    heardAt = Date.now();
    source.onopen = () => {
      heardAt = Date.now();
      retry = 5000;
      stopPolling();
      say("open");
    };
    source.onerror = () => {
      if (source.readyState === EventSource.CONNECTING) return say("lost");
      // Refused: this server keeps no streams, or is away. The browser does not try again by itself.
      startPolling();
      again = setTimeout(listen, retry);
      retry = Math.min(retry * 2, RETRY_MAX);
    };
    for (const name of ["chat", "sign", "desk", "reload", "beat"]) source.addEventListener(name, () => { heardAt = Date.now(); });
    source.addEventListener("chat", (event) => {
      const [chat, number] = event.data.split(" ");
      tell("chat", { chat, number: Number(number) });
    });
    source.addEventListener("sign", (event) => {
      const [chat, kind, author, seconds] = event.data.split(" ");
      tell("sign", { chat, kind, author, seconds: Number(seconds) });
    });
    for (const name of ["desk", "reload", "beat"]) source.addEventListener(name, () => tell(name));
    source.addEventListener("gone", () => reload());
  }

  function listenAnew() {
    startPolling();
    listen();
  }

  function watch() {
    const patience = source.readyState === EventSource.OPEN ? SILENCE : OPENING;
    if (source.readyState === EventSource.CLOSED || Date.now() - heardAt < patience) return;
    say("lost");
    listenAnew();
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
    if (asking) return;
    asking = true;
    const answer = await fetch(`${url}state/`, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(POLL_TIMEOUT) }).catch(() => null);
    if (answer?.status === 401) return reload();
    const state = answer?.ok ? await answer.json().catch(() => null) : null;
    asking = false;
    if (polling !== null) take(state);
  }

  function take(state) {
    if (!state) return say("lost");
    say("polling");
    if (seen !== null && state.version !== seen) tell("desk");
    seen = state.version;
    for (const [chat, number] of Object.entries(state.numbers)) tell("chat", { chat, number });
  }

  window.addEventListener("pagehide", () => source?.close());
  window.addEventListener("offline", () => { say("lost"); listenAnew(); });
  window.addEventListener("online", listenAnew);
  document.addEventListener("DOMContentLoaded", () => {
    say("connecting");
    listen();
    setInterval(watch, 5000);
  });
})();
