// Where the agent writes: sends once, one after the other, keeps what was not sent, offers prepared responses.
(() => {
  "use strict";
  const TYPING_EVERY = 5000;
  const typedAt = new Map();
  const outbox = new WeakMap(); // form -> the texts that left its field and have not arrived; the first is under way
  const notArrived = (form) => outbox.get(form) ?? [];
  const isSending = (form) => form.matches(".htmx-request");
  const draftOf = (form) => `desk-draft-${form.dataset.composer}`;
  const unsent = (chat) => sessionStorage.getItem(`desk-draft-${chat.dataset.chat}`) ?? "";
  const chatOf = (form) => document.getElementById(`chat-${form.dataset.composer}`);

  function newId() {
    return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function fit(area) {
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight + 2, innerHeight * 0.35)}px`;
  }

  // What has not arrived would be lost with the page.
  function keepDraft(form) {
    const draft = [...notArrived(form), form.elements.text.value].filter(Boolean).join("\n");
    if (draft) sessionStorage.setItem(draftOf(form), draft);
    else sessionStorage.removeItem(draftOf(form));
  }

  // The field may be gone, because the chat ended elsewhere: what was written in it is not.
  function showUnsent(chat) {
    const place = chat.querySelector("[data-unsent]");
    const words = chat.querySelector("[data-composer]") ? "" : unsent(chat);
    place.hidden = !words;
    place.querySelector(".words").textContent = words;
  }

  function forget(chat) {
    sessionStorage.removeItem(`desk-draft-${chat.dataset.chat}`);
    showUnsent(chat);
  }

  async function copy(button) {
    const words = button.closest("[data-unsent]").querySelector(".words");
    getSelection().selectAllChildren(words); // for the agent's own keys, where the page may not copy
    await navigator.clipboard.writeText(words.textContent);
    button.textContent = button.dataset.copied;
  }

  // In the log, what has left the field is seen until it is there itself.
  function showSending(form) {
    const place = chatOf(form)?.querySelector("[data-sending]");
    if (!place) return;
    const made = (name, words) => Object.assign(document.createElement("p"), { className: name, textContent: words });
    const texts = notArrived(form);
    const bubbles = texts.filter(Boolean).map((text) => Object.assign(made("text", text), { dir: "auto" }));
    place.replaceChildren(...bubbles, ...(texts.length ? [made("state", place.dataset.sending)] : []));
    if (texts.length) place.parentElement.scrollTop = place.parentElement.scrollHeight;
  }

  // What is sent leaves the field at once, so that the next words can be typed.
  function take(form) {
    const { text } = form.elements;
    outbox.set(form, [...notArrived(form), text.value]);
    text.value = "";
    fit(text);
    showSending(form);
  }

  function putBack(form) {
    const { text } = form.elements;
    const words = notArrived(form).filter(Boolean).join("\n");
    outbox.delete(form);
    if (text.value && words) text.setRangeText(`${words}\n`, 0, 0, "preserve");
    else text.value ||= words;
  }

  // The same text keeps its id when it is sent again, so that it arrives once; another text is another message.
  function prepare(form) {
    const { client_id: id } = form.elements;
    if (!notArrived(form).length) take(form);
    const [text] = notArrived(form);
    const attachments = deskFiles.take(form);
    const sending = [text, ...attachments].join("\n");
    if (form.dataset.sending !== sending || !id.value) id.value = newId();
    form.dataset.sending = sending;
    return { client_id: id.value, text, after: form.closest(".chat").dataset.last, attachments };
  }

  function settle(form, sent) {
    if (sent) {
      outbox.set(form, notArrived(form).slice(1));
      form.elements.client_id.value = "";
      deskFiles.clear(form);
    } else {
      putBack(form);
    }
    keepDraft(form);
    fit(form.elements.text);
    showSending(form);
    if (!form.isConnected && chatOf(form)) restore(chatOf(form));
    if (notArrived(form).length) form.requestSubmit();
  }

  function send(form) {
    if (deskFiles.busy(form)) return;
    if (form.elements.text.value.trim() || deskFiles.ids(form).length) form.requestSubmit();
  }

  // Before htmx does, which drops what is sent while a message is under way: that waits for its turn.
  document.addEventListener("submit", ({ target }) => {
    if (!target.matches("[data-composer]")) return;
    const { text } = target.elements;
    if (isSending(target) && text.value.trim()) take(target);
    if ([document.body, target.querySelector(".send")].includes(document.activeElement)) text.focus();
  }, true);

  async function noteTyping(area) {
    const last = typedAt.get(area) ?? 0;
    if (area.value ? Date.now() - last < TYPING_EVERY : !last) return;
    typedAt.set(area, area.value ? Date.now() : 0);
    const headers = JSON.parse(document.body.getAttribute("hx-headers"));
    const body = area.value ? undefined : new URLSearchParams({ stopped: "1" });
    await fetch(area.dataset.typing, { method: "POST", headers, body }).catch(() => {});
  }

  function restore(chat) {
    const form = chat.querySelector("[data-composer]");
    showUnsent(chat);
    if (!form) return;
    if (!notArrived(form).length) form.elements.text.value ||= sessionStorage.getItem(draftOf(form)) ?? "";
    fit(form.elements.text);
  }

  // Prepared responses

  function openResponses(form, open) {
    const box = form.querySelector("[data-responses]");
    box.hidden = !open;
    form.querySelector("[data-open-responses]").setAttribute("aria-expanded", String(open));
    if (!open) return form.elements.text.focus();
    box.querySelector("input").value = "";
    box.querySelector("input").focus();
    htmx.trigger(box.querySelector("input"), "open");
  }

  function choose(button) {
    const form = button.closest("form");
    const area = form.elements.text;
    if (area.value === "/") area.value = "";
    area.setRangeText(button.dataset.text, area.selectionStart, area.selectionEnd, "end");
    openResponses(form, false);
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function moveIn(box, step) {
    const stops = [box.querySelector("input"), ...box.querySelectorAll(".response")];
    const at = stops.indexOf(document.activeElement);
    stops[Math.max(0, Math.min(stops.length - 1, at + step))].focus();
  }

  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.("[data-composer]");
    if (!form || event.isComposing) return;
    const box = event.target.closest("[data-responses]");
    if (box) {
      if (event.key === "Escape") openResponses(form, false);
      else if (event.key === "ArrowDown") moveIn(box, 1);
      else if (event.key === "ArrowUp") moveIn(box, -1);
      else if (event.key === "Enter" && event.target.matches("input")) box.querySelector(".response")?.click();
      else return;
      event.preventDefault();
    } else if (event.target.name === "text" && event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      send(form);
    }
  });

  document.addEventListener("input", (event) => {
    const form = event.target.closest("[data-composer]");
    if (!form || event.target.name !== "text") return;
    const area = event.target;
    fit(area);
    keepDraft(form);
    if (area.value === "/") openResponses(form, true);
    else noteTyping(area);
  });

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open-responses]");
    if (opener) openResponses(opener.closest("form"), opener.closest("form").querySelector("[data-responses]").hidden);
    const response = event.target.closest(".response");
    if (response) choose(response);
    const copier = event.target.closest("[data-copy]");
    if (copier) copy(copier).catch(() => {});
    if (event.target.closest("[data-forget]")) forget(event.target.closest(".chat"));
  });

  window.deskComposer = { prepare, settle, restore, unsent };
})();
