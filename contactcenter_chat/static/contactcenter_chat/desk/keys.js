// Shortcuts with Alt: which of them is meant, and when a key is none but writes something.
(() => {
  "use strict";
  const FIELD = "textarea, select, [contenteditable], input:not([type=radio], [type=checkbox], [type=button])";
  const isApple = /^(Mac|iP)/.test(navigator.platform);
  const box = document.getElementById("shortcuts");
  const areOn = () => localStorage.getItem("desk-keys") !== "off";

  // With Option, a dead key or another script's keys, the key A is another letter: in a field it is what one writes.
  function nameOf(event) {
    const writes = event.target.closest?.(FIELD);
    if (writes && isApple) return "";
    if (/^([a-z0-9]|Arrow\w+)$/i.test(event.key)) return event.key.length === 1 ? event.key.toUpperCase() : event.key;
    return writes ? "" : /^(?:Key|Digit)(.)$/.exec(event.code)?.[1] ?? "";
  }

  function press(button) {
    if (!button || button.disabled || !button.checkVisibility()) return false;
    button.click();
    return true;
  }

  // What acts are there, by the key's name; each says whether there was anything to do. Behind a dialog some hold too.
  function listen(always, acts) {
    document.addEventListener("keydown", (event) => {
      if (!event.altKey || event.ctrlKey || event.metaKey || event.isComposing || event.repeat) return;
      if (!areOn() || event.getModifierState("AltGraph")) return;
      const name = nameOf(event);
      if (document.querySelector("dialog[open]") && !always.includes(name)) return;
      if (acts[name]?.()) event.preventDefault();
    });
  }

  box.checked = areOn();
  box.addEventListener("change", () => localStorage.setItem("desk-keys", box.checked ? "on" : "off"));
  window.deskKeys = { listen, press };
})();
