// What a model has written: a draft that the agent takes over into the field, a summary that becomes a note. The mark
// goes along for as long as something of the draft stands there.
(() => {
  "use strict";
  const RUN = 5; // words in a row that make a text still the draft's
  const cleared = new WeakMap(); // form -> the draft that stood in its field until that was emptied: { id, text }

  const keyOf = (form) => `desk-drafted-${form.dataset.composer}`;
  const held = (form) => JSON.parse(sessionStorage.getItem(keyOf(form)) ?? "null");
  const wordsOf = (text) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

  function give(form, draft) {
    if (draft) sessionStorage.setItem(keyOf(form), JSON.stringify(draft));
    else sessionStorage.removeItem(keyOf(form));
  }

  function stands({ text }, value) {
    const [of, now] = [wordsOf(text), ` ${wordsOf(value).join(" ")} `];
    const run = Math.min(RUN, of.length);
    return value.includes(text) || of.some((_word, at) => at + run <= of.length && now.includes(` ${of.slice(at, at + run).join(" ")} `));
  }

  // What goes with the message that leaves the field.
  function take(form) {
    const draft = held(form);
    give(form, null);
    return draft && stands(draft, form.elements.text.value) ? draft : null;
  }

  function use(box, section) {
    const form = section.querySelector("[data-composer]");
    if (!form) return;
    const area = form.elements.text;
    const text = box.querySelector("template").content.textContent;
    const isEmpty = !area.value.trim();
    area.focus();
    area.setSelectionRange(isEmpty ? 0 : area.value.length, area.value.length);
    const added = isEmpty ? text : `\n${text}`;
    if (!document.execCommand("insertText", false, added)) {
      area.setRangeText(added, area.selectionStart, area.selectionEnd, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
    }
    give(form, { id: box.dataset.draft, text });
    box.remove();
  }

  // The note

  const noteKey = (form) => `desk-note-${form.dataset.interaction}`;

  function fill(place) {
    const told = place.querySelector("[data-summary]");
    const form = place.closest("[data-noting]");
    if (!told || !form) return;
    const area = form.elements.note;
    const text = place.querySelector("template").content.textContent;
    area.value = (area.value.trim() ? `${area.value}\n${text}` : text).slice(0, area.maxLength);
    form.elements.draft.value = told.dataset.summary;
    area.focus();
    keepNote(form);
  }

  // While the chat is wrapped up the form may be drawn anew.
  function keepNote(form) {
    const { note, draft } = form.elements;
    if (!note.value.trim()) draft.value = "";
    if (form.dataset.interaction) sessionStorage.setItem(noteKey(form), JSON.stringify([note.value, draft.value]));
  }

  function restore(section) {
    for (const form of section.querySelectorAll("[data-noting][data-interaction]")) {
      const { note, draft } = form.elements;
      if (note && !note.value) [note.value, draft.value] = JSON.parse(sessionStorage.getItem(noteKey(form)) ?? '["", ""]');
    }
  }

  document.addEventListener("input", ({ target }) => {
    const form = target.closest("form");
    if (target.name === "note" && form?.matches("[data-noting]") && form.elements.draft) keepNote(form);
    if (target.name !== "text" || !form?.matches("[data-composer]")) return;
    const before = cleared.get(form);
    if (!target.value) {
      if (held(form)) cleared.set(form, held(form));
      give(form, null);
    } else if (before && target.value.includes(before.text)) {
      give(form, before); // the browser's own key has brought it back
    }
  });

  document.addEventListener("submit", ({ target }) => {
    if (target.matches("[data-noting][data-interaction]")) sessionStorage.removeItem(noteKey(target));
  });

  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-use-draft]");
    if (button) use(button.closest("[data-draft]"), button.closest(".chat"));
  });

  // What offers the assistant goes where it was switched off; the keyboard goes on in the field.
  function switchOff(place) {
    if (!place.querySelector("[data-assistant-off]")) return;
    const offers = place.matches("[data-assistant-draft]") ? place.closest(".chat")?.querySelector("[data-ask-draft]") : place.parentElement.querySelector("button");
    if (!offers) return;
    const had = offers === document.activeElement;
    offers.hidden = true;
    if (had) offers.closest("form").querySelector("textarea")?.focus();
  }

  document.addEventListener("htmx:afterSwap", ({ detail: { target } }) => {
    if (target.matches?.("[data-assistant-summary], [data-assistant-draft]")) switchOff(target);
    if (target.matches?.("[data-assistant-summary]")) fill(target);
    if (!target.matches?.("[data-assistant-draft]")) return;
    const form = target.closest(".chat")?.querySelector("[data-composer]");
    const box = target.querySelector("[data-draft]");
    if (form && box && held(form)?.id === box.dataset.draft) box.remove(); // it stands in the field already
  });

  // As soon as it is there; where nothing tells of that, it is asked for every few seconds.
  document.addEventListener("live:sign", ({ detail: { chat, kind } }) => {
    if (kind !== "assistant") return;
    for (const each of document.querySelectorAll(`[data-assistant-waits="${CSS.escape(chat)}"]`)) htmx.trigger(each, "ready");
  });

  window.deskAssistant = { give, restore, take };
})();
