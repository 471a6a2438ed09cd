// Where the agent writes: sends once, one after the other, keeps what was not sent.
(() => {
  "use strict";
  const TYPING_EVERY = 5000;
  const isTouched = matchMedia("(pointer: coarse)"); // there the key alone breaks the line
  const sends = ({ key, ctrlKey, metaKey, shiftKey }) => key === "Enter" && (ctrlKey || metaKey || !(shiftKey || isTouched.matches));
  const typedAt = new Map();
  const outbox = new WeakMap(); // form -> what left its field and has not arrived: { text, responses, draft }; the first is under way
  const notArrived = (form) => outbox.get(form) ?? [];
  const textsOf = (form) => notArrived(form).map(({ text }) => text);
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
    const draft = [...textsOf(form), form.elements.text.value].filter(Boolean).join("\n");
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
    const texts = textsOf(form);
    const bubbles = texts.filter(Boolean).map((text) => Object.assign(made("text", text), { dir: "auto" }));
    place.replaceChildren(...bubbles, ...(texts.length ? [made("state", place.dataset.sending)] : []));
    if (texts.length) place.parentElement.scrollTop = place.parentElement.scrollHeight;
  }

  // What is sent leaves the field at once, so that the next words can be typed.
  function take(form) {
    const { text } = form.elements;
    outbox.set(form, [...notArrived(form), { text: text.value, responses: deskResponses.take(form), draft: deskAssistant.take(form) }]);
    text.value = "";
    fit(text);
    deskResponses.showGaps(form);
    showSending(form);
  }

  function putBack(form) {
    const { text } = form.elements;
    const words = textsOf(form).filter(Boolean).join("\n");
    deskResponses.give(form, notArrived(form).flatMap(({ responses }) => responses));
    deskAssistant.give(form, notArrived(form).findLast(({ draft }) => draft)?.draft ?? deskAssistant.take(form));
    outbox.delete(form);
    if (text.value && words) text.setRangeText(`${words}\n`, 0, 0, "preserve");
    else text.value ||= words;
  }

  // The same text keeps its id when it is sent again, so that it arrives once; another text is another message.
  function prepare(form) {
    const { client_id: id } = form.elements;
    if (!notArrived(form).length) take(form);
    const [{ text, responses, draft }] = notArrived(form);
    const attachments = deskFiles.take(form);
    const sending = [text, ...attachments].join("\n");
    if (form.dataset.sending !== sending || !id.value) id.value = newId();
    form.dataset.sending = sending;
    const articles = deskKnowledge.insertedIn(form);
    const after = form.closest(".chat").dataset.last;
    return { client_id: id.value, text, after, attachments, responses, articles, draft: draft?.id ?? "" };
  }

  function settle(form, sent) {
    if (sent) {
      outbox.set(form, notArrived(form).slice(1));
      form.elements.client_id.value = "";
      deskFiles.clear(form);
      deskKnowledge.sent(form);
    } else {
      putBack(form);
      deskResponses.showGaps(form);
      deskResponses.selectGap(form.elements.text);
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
    deskAssistant.restore(chat);
    if (!form) return;
    form.elements.text.enterKeyHint = isTouched.matches ? "enter" : "send";
    if (!notArrived(form).length) form.elements.text.value ||= sessionStorage.getItem(draftOf(form)) ?? "";
    fit(form.elements.text);
    deskResponses.showGaps(form);
  }

  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.("[data-composer]");
    if (!form || event.isComposing || event.defaultPrevented) return;
    if (event.target.name !== "text" || !sends(event)) return;
    event.preventDefault();
    send(form);
  });

  document.addEventListener("input", (event) => {
    const form = event.target.closest("[data-composer]");
    if (!form || event.target.name !== "text") return;
    const area = event.target;
    fit(area);
    keepDraft(form);
    noteTyping(area);
  });

  document.addEventListener("click", (event) => {
    const copier = event.target.closest("[data-copy]");
    if (copier) copy(copier).catch(() => {});
    if (event.target.closest("[data-forget]")) forget(event.target.closest(".chat"));
  });

  window.deskComposer = { prepare, settle, restore, send, sends, unsent };
})();
