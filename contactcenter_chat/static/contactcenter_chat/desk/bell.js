// What calls the agent: a sound that goes on while a chat rings, a short one for messages out of sight, notifications.
(() => {
  "use strict";
  const RING_EVERY = 3000;
  const TONE_EVERY = 2000; // of many messages at once, one is enough
  const RING = [[0, 660], [0.18, 880]];
  const TONE = [[0, 520]];
  const words = document.getElementById("words").dataset;
  const bell = document.getElementById("bell");
  const blocked = document.getElementById("blocked");
  const [sound, notices] = ["sound", "notices"].map((id) => document.getElementById(id));
  const canNotify = "Notification" in window;
  const shown = new Map(); // what a notification is about -> the notification
  const audio = window.AudioContext ? new AudioContext() : null;
  let ringing = null;
  let toneAt = 0;

  const isOn = (name) => localStorage.getItem(`desk-${name}`) !== "off";
  const mayNotify = () => canNotify && Notification.permission === "granted" && isOn("notices");

  function show() {
    sound.checked = isOn("sound");
    notices.checked = mayNotify();
    document.getElementById("refused").hidden = canNotify && Notification.permission !== "denied";
    blocked.hidden = !sound.checked || !audio || audio.state === "running";
    bell.toggleAttribute("data-off", !sound.checked);
  }

  function play(notes) {
    if (!isOn("sound") || audio?.state !== "running") return;
    for (const [at, pitch] of notes) {
      const [oscillator, gain] = [audio.createOscillator(), audio.createGain()];
      oscillator.frequency.value = pitch;
      gain.gain.setValueAtTime(0.08, audio.currentTime + at);
      gain.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + at + 0.35);
      oscillator.connect(gain).connect(audio.destination);
      oscillator.start(audio.currentTime + at);
      oscillator.stop(audio.currentTime + at + 0.4);
    }
    document.dispatchEvent(new CustomEvent("desk:sound", { detail: notes === RING ? "ring" : "tone" }));
  }

  // Without the customer's words: what lies on the desktop, others may read.
  function notify(about, text, act) {
    if (!mayNotify() || document.hasFocus()) return;
    try {
      const notice = new Notification(text, { tag: about, requireInteraction: about.startsWith("offer") });
      notice.onclick = () => { window.focus(); act?.(); notice.close(); };
      shown.set(about, notice);
    } catch {
      // A phone's browser wants a service worker for it.
    }
  }

  function takeBack(about) {
    shown.get(about)?.close();
    shown.delete(about);
  }

  // These offers ring now, [[id, name of the customer], ...]; those of ``fresh`` did not before.
  function ring(offers, fresh) {
    for (const about of shown.keys()) if (about.startsWith("offer") && !offers.some(([id]) => about === `offer-${id}`)) takeBack(about);
    for (const [id, name] of fresh) notify(`offer-${id}`, `${words.ringing}: ${name}`);
    if (fresh.length) play(RING);
    if (!offers.length) ringing = clearInterval(ringing);
    else ringing ??= setInterval(() => play(RING), RING_EVERY);
  }

  // Somebody wrote where the agent does not look.
  function tell(chat, name, act) {
    notify(`chat-${chat}`, `${words.written}: ${name}`, act);
    if (Date.now() - toneAt < TONE_EVERY) return;
    toneAt = Date.now();
    play(TONE);
  }

  // A chat is the agent's without having rung, or waits to be picked.
  function give(chat, name, act) {
    notify(`chat-${chat}`, `${words.given}: ${name}`, act);
    play(RING);
  }

  function offer(name) {
    notify("picks", `${words.toPick}: ${name}`);
    play(TONE);
  }

  async function wantNotices() {
    localStorage.setItem("desk-notices", notices.checked ? "on" : "off");
    if (notices.checked && canNotify && Notification.permission === "default") await Notification.requestPermission();
    show();
  }

  sound.addEventListener("change", () => { localStorage.setItem("desk-sound", sound.checked ? "on" : "off"); show(); });
  notices.addEventListener("change", wantNotices);
  // A browser lets a page be heard once somebody has done something in it.
  for (const act of ["pointerup", "keydown"]) document.addEventListener(act, () => { if (audio?.state === "suspended") audio.resume(); }, true);
  audio?.addEventListener("statechange", show);
  document.addEventListener("DOMContentLoaded", show);
  window.deskBell = { ring, takeBack, tell, give, offer };
})();
