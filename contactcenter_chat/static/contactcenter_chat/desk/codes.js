// Choosing codes by keyboard: one types what one seeks, and takes what is left by its number or with Enter.
(() => {
  "use strict";
  const KEYS = 9;
  const optionsOf = (codes) => [...codes.querySelectorAll(".option")];
  const shownIn = (codes) => optionsOf(codes).filter((option) => !option.hidden);
  const inputOf = (option) => option.querySelector("input");
  const nameOf = (option) => option.querySelector(".name").textContent.toLocaleLowerCase();

  // What is chosen stays in sight.
  function seek(codes) {
    const sought = codes.querySelector("[data-filter]")?.value.trim().toLocaleLowerCase() ?? "";
    for (const option of optionsOf(codes)) {
      option.hidden = !nameOf(option).includes(sought) && !inputOf(option).checked;
    }
    for (const part of codes.querySelectorAll(".heading, .code-list")) {
      part.hidden = !part.querySelector(".option:not([hidden])");
    }
    tellNone(codes, sought);
    number(codes);
  }

  // What is chosen may stand there all the same.
  function tellNone(codes, sought) {
    const none = codes.querySelector("[data-none]");
    if (none) none.textContent = optionsOf(codes).some((option) => nameOf(option).includes(sought)) ? "" : none.dataset.none;
  }

  function number(codes) {
    optionsOf(codes).forEach((option) => { option.querySelector("kbd").hidden = true; });
    shownIn(codes).slice(0, KEYS).forEach((option, at) => {
      Object.assign(option.querySelector("kbd"), { textContent: at + 1, hidden: false });
    });
  }

  function choose(codes, option) {
    const filter = codes.querySelector("[data-filter]");
    inputOf(option).click();
    if (document.activeElement !== filter) return inputOf(option).focus();
    filter.value = "";
    seek(codes);
  }

  // In the field, a digit that stands in the name of a code is part of what is sought.
  function isSought(codes, field, digit) {
    const sought = (field.value + digit).toLocaleLowerCase();
    return optionsOf(codes).some((option) => nameOf(option).includes(sought));
  }

  function optionFor(codes, { key, target }) {
    const filter = target.closest("[data-filter]");
    if (/^[1-9]$/.test(key) && !(filter && isSought(codes, filter, key))) return shownIn(codes)[key - 1];
    if (key !== "Enter" || !filter?.value.trim()) return undefined;
    return shownIn(codes).find((option) => !inputOf(option).checked) ?? filter;
  }

  document.addEventListener("keydown", (event) => {
    const codes = event.target.closest?.(".codes");
    if (!codes || event.altKey || event.ctrlKey || event.metaKey || event.isComposing || event.repeat) return;
    const option = optionFor(codes, event);
    if (!option) return;
    event.preventDefault();
    if (option.matches(".option")) choose(codes, option);
  });

  document.addEventListener("input", ({ target }) => {
    if (target.matches("[data-filter]")) seek(target.closest(".codes"));
  });

  // The numbers hold, and are shown, while one is among the codes.
  document.addEventListener("focusin", ({ target }) => {
    const codes = target.closest(".codes");
    if (codes) number(codes);
  });
})();
