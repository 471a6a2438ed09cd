// Times on the page: the server's clock counts, in the reader's own time zone and language.
(() => {
  "use strict";
  const skew = Date.parse(document.body.dataset.now) - Date.now();
  // The page's language as the reader's browser has it: "en" may be "en-GB", with other times of day.
  const page = document.documentElement.lang;
  const language = navigator.languages.find((each) => each.split("-")[0] === page.split("-")[0]) ?? page;
  const now = () => Date.now() + skew;

  const pad = (number) => String(number).padStart(2, "0");

  function duration(milliseconds) {
    const seconds = Math.max(0, Math.round(milliseconds / 1000));
    const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
    return hours ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`;
  }

  function put(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  function tick(root = document) {
    const time = now();
    for (const element of root.querySelectorAll("span[data-until]")) {
      put(element, duration(Date.parse(element.dataset.until) - time));
    }
    for (const element of root.querySelectorAll("span[data-since]")) {
      put(element, duration(time - Date.parse(element.dataset.since)));
    }
    for (const element of root.querySelectorAll("span[data-seconds]:empty")) {
      put(element, duration(Number(element.dataset.seconds) * 1000));
    }
    for (const bar of root.querySelectorAll("progress[data-until]")) {
      const [from, until] = [Date.parse(bar.dataset.from), Date.parse(bar.dataset.until)];
      bar.value = Math.max(0, Math.min(1, (until - time) / (until - from)));
    }
    for (const element of root.querySelectorAll("[data-appears]")) {
      element.hidden = time < Date.parse(element.dataset.appears);
    }
  }

  function name(root = document) {
    for (const element of root.querySelectorAll("time[datetime]:empty")) {
      const time = new Date(element.dateTime);
      const today = time.toDateString() === new Date().toDateString();
      const clock = time.toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" });
      const day = time.toLocaleDateString(language, { day: "numeric", month: "short" });
      element.textContent = today && !("withDate" in element.dataset) ? clock : `${day}, ${clock}`;
      element.title = time.toLocaleString(language);
    }
  }

  setInterval(tick, 500);
  document.addEventListener("DOMContentLoaded", () => { tick(); name(); });
  window.deskClock = { now, language, show: (root) => { tick(root); name(root); } };
})();
