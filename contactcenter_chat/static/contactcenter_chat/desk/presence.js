// The presence menu: shows what holds now, each choice is set at once; log-out is asked first when chats are open.
(() => {
  "use strict";
  const menu = document.getElementById("presence");
  const choices = () => [...menu.querySelectorAll(".choice")];
  const current = () => menu.querySelector(".choice[aria-current]");

  function mark() {
    const { presence, reason } = document.getElementById("presence-button").dataset;
    const fitting = choices().filter((choice) => choice.dataset.presence === presence);
    const chosen = fitting.find((choice) => choice.dataset.reason === reason) ?? fitting[0];
    for (const choice of choices()) {
      if (choice === chosen) choice.setAttribute("aria-current", "true");
      else choice.removeAttribute("aria-current");
    }
  }

  function open() {
    menu.showPopover();
    current()?.focus();
    return true;
  }

  menu.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const at = choices().indexOf(event.target);
    if (!step || event.altKey || at < 0) return;
    choices()[Math.max(0, Math.min(choices().length - 1, at + step))].focus();
    event.preventDefault();
  });

  menu.addEventListener("beforetoggle", (event) => {
    for (const error of menu.querySelectorAll(".error")) error.hidden = true;
    for (const field of menu.querySelectorAll("[name=reason]")) field.value = "";
    if (event.newState === "open") mark();
  });

  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.successful && detail.elt.closest("#presence")) menu.hidePopover();
  });

  menu.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-logout]") || !document.querySelector('.item[data-live][data-state="handling"]:not([data-stays])')) return;
    event.preventDefault();
    menu.hidePopover();
    htmx.ajax("GET", `${document.body.dataset.url}leave/ask/`, { target: "#dialog-form", swap: "innerHTML" });
  });

  window.deskPresence = { mark, open };
})();
