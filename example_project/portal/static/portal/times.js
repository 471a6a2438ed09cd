// Times in the visitor's own time zone: the site does not know it.
(() => {
  "use strict";
  const { lang } = document.documentElement;

  function show() {
    for (const time of document.querySelectorAll("time[datetime]:not([title])")) {
      const at = new Date(time.dateTime);
      time.textContent = at.toLocaleTimeString(lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
      time.title = at.toLocaleString(lang);
    }
  }

  document.addEventListener("htmx:afterSettle", show);
  show();
})();
