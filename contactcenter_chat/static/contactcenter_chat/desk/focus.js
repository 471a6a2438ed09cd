// Focus never falls to nowhere: when what has it goes or is hidden, what stands for it there has it.
(() => {
  "use strict";
  const dialog = document.getElementById("dialog");
  const rail = document.querySelector(".rail");
  const isCoarse = matchMedia("(pointer: coarse)");
  let last = null; // what had it: the element, and where that was

  const isShown = (element) => Boolean(element?.isConnected && element.checkVisibility({ visibilityProperty: true }));
  const mayHave = (element) => isShown(element) && !element.disabled;

  // In a chat: where one writes, chooses or reads. A phone's keyboard comes for whoever touches the field.
  function aimsIn(section) {
    const writing = isCoarse.matches ? [] : [".composer textarea", ".wrap-up input", ".wrap-up button[type=submit]"];
    return [...writing, ".scroll"].map((aim) => section?.querySelector(aim));
  }

  function enter(section) {
    if (!isCoarse.matches) aimsIn(section).find(Boolean).focus({ preventScroll: true });
  }

  function standIn({ id, section, inRail }) {
    if (dialog.open) return [...dialog.querySelectorAll("#dialog-form :is(input, button, textarea)")].find(mayHave);
    const presence = document.getElementById("presence-button");
    const item = rail.querySelector(`.item[data-chat="${section?.dataset.chat}"]`);
    const chat = aimsIn(section ?? document.querySelector(".chat.current"));
    const near = inRail ? [presence, ...chat] : [...chat, item, presence];
    return [id && document.getElementById(id), ...near, document.getElementById("nothing")].find(mayHave);
  }

  function look() {
    const { activeElement: active, body } = document;
    if (!last || (active !== body && isShown(active))) return;
    if (isShown(last.element) && last.element.disabled) return; // for as long as what it asked is under way
    (mayHave(last.element) ? last.element : standIn(last))?.focus({ preventScroll: true });
  }

  document.addEventListener("focusin", ({ target }) => {
    last = { element: target, id: target.id, section: target.closest(".chat"), inRail: rail.contains(target) };
  });
  // Whoever presses where there is nothing wants it nowhere. Of what is being taken away that is known a moment later.
  document.addEventListener("focusout", ({ target }) => queueMicrotask(() => {
    if (last?.element === target && document.activeElement === document.body && mayHave(target)) last = null;
  }));
  const what = { attributes: true, attributeFilter: ["class", "data-view", "disabled", "hidden", "open"] };
  new MutationObserver(look).observe(document.body, { ...what, childList: true, subtree: true });

  window.deskFocus = { enter };
})();
