// Whether the desk and the server hear each other: its heartbeats, what the page says of both, the banner when they do not.
// Tells the document "live:back" when they do again.
(() => {
  "use strict";
  const { url, heartbeatSeconds, staleSeconds } = document.body.dataset;
  const BEAT = Number(heartbeatSeconds) * 1000;
  const UNHEARD = Number(staleSeconds) * 1000 - BEAT; // one more beat, and the server counts the agent as lost
  const PATIENCE = 2000; // a server that restarts is back sooner: nobody needs to read of it
  const status = document.getElementById("connection");
  const banner = document.getElementById("lost");
  let stream = "connecting"; // or open, polling, lost
  let heardAt = Date.now();
  let beatAt = 0;
  let alarm = null;
  let leaving = false;
  let usedAt = Date.now();

  function show() {
    const state = Date.now() - heardAt > UNHEARD ? "lost" : stream;
    const was = status.dataset.state;
    if (was === state && (status.textContent || state === "lost")) return;
    document.body.dataset.connection = status.dataset.state = state;
    status.textContent = status.dataset[state] ?? ""; // of "lost" the banner tells, once
    clearTimeout(alarm);
    if (state === "lost") alarm = setTimeout(() => { banner.hidden = false; }, PATIENCE);
    else banner.hidden = true;
    if (was === "lost") document.dispatchEvent(new CustomEvent("live:back"));
  }

  // Logged out, in another tab or by log-out here, which then already leads to its own page.
  function reload() {
    if (!leaving) location.reload();
  }

  function say(state) {
    stream = state;
    show();
  }

  async function beat() {
    if (Date.now() - beatAt < BEAT * 0.75) return;
    beatAt = Date.now();
    const headers = JSON.parse(document.body.getAttribute("hx-headers"));
    const idle = Math.round((Date.now() - usedAt) / 1000);
    const body = new URLSearchParams({ idle });
    const answer = await fetch(`${url}heartbeat/`, { method: "POST", headers, body, signal: AbortSignal.timeout(BEAT / 2) }).catch(() => null);
    if (answer?.status === 401 || answer?.status === 403) return reload();
    if (answer?.ok) heardAt = Date.now();
    else beatAt = 0;
    show();
  }

  for (const act of ["pointerdown", "pointermove", "keydown"]) document.addEventListener(act, () => { usedAt = Date.now(); }, { capture: true, passive: true });
  // Timers of a page in the background are slowed down, events of the stream are not.
  for (const name of ["live:beat", "live:reload", "visibilitychange", "DOMContentLoaded"]) document.addEventListener(name, beat);
  setInterval(beat, BEAT);
  document.addEventListener("submit", ({ target, defaultPrevented }) => { leaving = target.matches("[action]") && !defaultPrevented; });
  window.deskConnection = { reload, say };
})();
