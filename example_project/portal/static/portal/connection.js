// Whether the page and the site hear each other: the page says so when they do not, and tells itself "portal:back".
// Each look for new lines is a sign of life.
(() => {
  "use strict";
  const PATIENCE = 3000; // a site that restarts is back sooner: nobody needs to read of it
  const banner = document.getElementById("lost");
  let alarm = null;

  function miss() {
    alarm ??= setTimeout(() => { banner.hidden = false; }, PATIENCE);
  }

  function hear() {
    if (alarm === null) return;
    clearTimeout(alarm);
    alarm = null;
    banner.hidden = true;
    document.dispatchEvent(new CustomEvent("portal:back"));
  }

  document.addEventListener("htmx:afterRequest", ({ target, detail: { successful, xhr } }) => {
    if (!target.matches("[data-poll]")) return;
    if (successful) hear();
    else if (xhr.status === 404) location.reload(); // the chat was left, on another page
    else miss();
  });
  window.addEventListener("offline", miss);
  window.portalConnection = { miss };
})();
