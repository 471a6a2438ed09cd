// Prepared responses: those that a slash offers within the text, those that are sought behind the button, and what is
// still to be filled in of one. Before the composer, which sends with the key that here takes one.
(() => {
  "use strict";
  const WORD = /(?:^|\s)\/([\p{L}\p{N}][\p{L}\p{N}_-]*)$/u; // not in a word, nor in an address
  const REST = /^[\p{L}\p{N}_-]*/u;
  const COMBOBOX = { role: "combobox", "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-expanded": "true" };
  const asked = new WeakMap(); // field -> what is being asked for it: { words, abort, sends }
  const closed = new WeakMap(); // field -> where the word begins for which the list was closed
  const listOf = (form) => form.querySelector("[data-offered]");
  const isOpen = (form) => !listOf(form).hidden;
  const optionsOf = (form) => [...listOf(form).querySelectorAll("[role=option]")];
  const activeOf = (form) => listOf(form).querySelector("[aria-selected=true]");

  // The word behind a slash in which the caret stands.
  function wordAt({ value, selectionStart: caret, selectionEnd: end }) {
    const found = caret === end && WORD.exec(value.slice(0, caret));
    if (!found) return null;
    const [rest] = REST.exec(value.slice(caret));
    return { start: caret - found[1].length - 1, end: caret + rest.length, words: found[1] + rest };
  }

  // What a slash offers

  function close(form) {
    const area = form.elements.text;
    listOf(form).hidden = true;
    listOf(form).replaceChildren();
    form.querySelector("[data-offered-told]").textContent = "";
    for (const name of [...Object.keys(COMBOBOX), "aria-controls", "aria-activedescendant"]) area.removeAttribute(name);
  }

  function open(form, options, told) {
    const area = form.elements.text;
    openResponses(form, false, false);
    listOf(form).replaceChildren(...options);
    listOf(form).hidden = false;
    form.querySelector("[data-offered-told]").textContent = told;
    for (const [name, value] of Object.entries(COMBOBOX)) area.setAttribute(name, value);
    area.setAttribute("aria-controls", listOf(form).id);
    activate(form, options[0]);
  }

  function activate(form, option) {
    for (const each of optionsOf(form)) each.setAttribute("aria-selected", String(each === option));
    form.elements.text.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function step(form, by) {
    const options = optionsOf(form);
    activate(form, options[(options.indexOf(activeOf(form)) + by + options.length) % options.length]);
  }

  function forget(area) {
    asked.get(area)?.abort.abort();
    asked.delete(area);
  }

  async function ask(form, words) {
    const area = form.elements.text;
    forget(area);
    const asking = { words, abort: new AbortController(), sends: false };
    asked.set(area, asking);
    const url = `${listOf(form).dataset.offered}?${new URLSearchParams({ inline: "1", words })}`;
    const text = await fetch(url, { signal: asking.abort.signal }).then((answer) => (answer.ok ? answer.text() : ""), () => "");
    if (asked.get(area) !== asking) return;
    asked.delete(area);
    const found = new DOMParser().parseFromString(text, "text/html").querySelector("[data-told]");
    if (found?.children.length) open(form, [...found.children], found.dataset.told);
    else close(form);
    if (!asking.sends) return;
    if (isOpen(form)) take(form, activeOf(form));
    else deskComposer.send(form);
  }

  function look(form) {
    const area = form.elements.text;
    const word = wordAt(area);
    if (!word || word.start !== closed.get(area)) closed.delete(area);
    if (!word || closed.has(area)) {
      forget(area);
      if (isOpen(form)) close(form);
    } else if (listOf(form).dataset.words !== word.words || !isOpen(form)) {
      listOf(form).dataset.words = word.words;
      ask(form, word.words);
    }
  }

  function take(form, option) {
    const word = wordAt(form.elements.text);
    close(form);
    if (word) insert(form, option, word.start, word.end);
  }

  // What acts when it is sent, as long as something stands in the field

  const actsOf = (form) => `desk-acts-${form.dataset.composer}`;
  const acting = (form) => JSON.parse(sessionStorage.getItem(actsOf(form)) ?? "[]");

  function give(form, responses) {
    const all = [...new Set([...acting(form), ...responses])];
    if (all.length) sessionStorage.setItem(actsOf(form), JSON.stringify(all));
  }

  function takeActs(form) {
    const responses = acting(form);
    sessionStorage.removeItem(actsOf(form));
    return responses;
  }

  // In the text

  function insert(form, response, start, end) {
    const area = form.elements.text;
    const { text } = response.dataset;
    area.setRangeText(text, start, end, "end");
    if ("acts" in response.dataset) give(form, [response.dataset.response]);
    area.focus();
    selectGap(area, start, start + text.length);
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  const gapsIn = (area) => [...area.value.matchAll(new RegExp(area.dataset.variable, "g"))];

  function selectGap(area, from = 0, to = Infinity) {
    const gap = gapsIn(area).find(({ index }) => index >= from && index < to);
    if (gap) area.setSelectionRange(gap.index, gap.index + gap[0].length);
  }

  function showGaps(form) {
    const place = form.querySelector("[data-gaps]");
    const names = [...new Set(gapsIn(form.elements.text).map(([name]) => name))];
    const told = names.length ? `${place.dataset.gaps} ${names.join(", ")}` : "";
    if (place.textContent && !told) form.querySelector(".error").hidden = true; // which is about them
    if (place.textContent !== told) place.textContent = told;
    place.hidden = !told;
  }

  // Behind the button

  function openResponses(form, open, focus = true) {
    const box = form.querySelector("[data-responses]");
    box.hidden = !open;
    form.querySelector("[data-open-responses]").setAttribute("aria-expanded", String(open));
    if (!open) {
      if (focus) form.elements.text.focus();
      return;
    }
    close(form);
    box.querySelector("input").value = "";
    box.querySelector("input").focus();
    htmx.trigger(box.querySelector("input"), "open");
  }

  function choose(button) {
    const form = button.closest("form");
    const { selectionStart, selectionEnd } = form.elements.text;
    openResponses(form, false);
    insert(form, button, selectionStart, selectionEnd);
  }

  function moveIn(box, by) {
    const stops = [box.querySelector("input"), ...box.querySelectorAll(".response")];
    const at = stops.indexOf(document.activeElement);
    stops[Math.max(0, Math.min(stops.length - 1, at + by))].focus();
  }

  function pressedInBox(form, box, event) {
    if (event.key === "Escape") openResponses(form, false);
    else if (event.key === "ArrowDown") moveIn(box, 1);
    else if (event.key === "ArrowUp") moveIn(box, -1);
    else if (event.key === "Enter" && event.target.matches("input")) box.querySelector(".response")?.click();
    else return;
    event.preventDefault();
  }

  function pressedInText(form, area, event) {
    const { key } = event;
    if (isOpen(form) && !event.shiftKey && !event.altKey && !event.ctrlKey && !event.metaKey) {
      if (key === "ArrowDown") step(form, 1);
      else if (key === "ArrowUp") step(form, -1);
      else if (key === "Enter" || key === "Tab") take(form, activeOf(form));
      else if (key === "Escape") leave(form, area);
      else return;
    } else if (deskComposer.sends(event) && asked.has(area)) {
      asked.get(area).sends = true; // what the slash offers is on its way
    } else {
      return;
    }
    event.preventDefault();
  }

  function leave(form, area) {
    closed.set(area, wordAt(area)?.start);
    forget(area);
    close(form);
  }

  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.("[data-composer]");
    if (!form || event.isComposing) return;
    const box = event.target.closest("[data-responses]");
    if (box) pressedInBox(form, box, event);
    else if (event.target.name === "text") pressedInText(form, event.target, event);
  });

  document.addEventListener("input", ({ target }) => {
    const form = target.closest("[data-composer]");
    if (!form || target.name !== "text") return;
    if (!target.value) takeActs(form);
    showGaps(form);
    look(form);
  });

  // The caret may leave the word without a key.
  document.addEventListener("selectionchange", () => {
    const area = document.activeElement;
    const form = area?.closest("[data-composer]");
    if (form && area.name === "text" && (isOpen(form) || asked.has(area)) && !wordAt(area)) look(form);
  });
  document.addEventListener("focusout", ({ target }) => {
    const form = target.closest?.("[data-composer]");
    if (!form || target.name !== "text") return;
    forget(target);
    if (isOpen(form)) close(form);
  });

  // A press on an option leaves the focus, and on phones the keyboard, where it is.
  document.addEventListener("pointerdown", (event) => {
    if (event.target.closest("[data-offered]")) event.preventDefault();
  });
  document.addEventListener("mousedown", (event) => {
    if (event.target.closest("[data-offered]")) event.preventDefault();
  });
  document.addEventListener("click", ({ target }) => {
    const opener = target.closest("[data-open-responses]");
    if (opener) openResponses(opener.closest("form"), opener.closest("form").querySelector("[data-responses]").hidden);
    const response = target.closest(".response");
    if (response?.matches("[role=option]")) take(response.closest("form"), response);
    else if (response) choose(response);
  });

  window.deskResponses = { showGaps, selectGap, give, take: takeActs };
})();
