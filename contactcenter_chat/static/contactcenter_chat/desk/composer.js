// Where the agent writes: sends once, keeps what was not sent, offers prepared responses.
(() => {
  "use strict";
  const TYPING_EVERY = 5000;
  const typedAt = new Map();
  const draftOf = (form) => `desk-draft-${form.closest(".chat").dataset.chat}`;

  function newId() {
    return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function fit(area) {
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight + 2, innerHeight * 0.35)}px`;
  }

  // The same text keeps its id when it is sent again, so that it arrives once; another text is another message.
  function prepare(form) {
    const { client_id: id, text, after } = form.elements;
    const sending = [text.value, ...deskFiles.ids(form)].join("\n");
    if (form.dataset.sending !== sending || !id.value) id.value = newId();
    form.dataset.sending = sending;
    after.value = form.closest(".chat").dataset.last;
    text.readOnly = true;
  }

  function settle(form, sent) {
    const { client_id: id, text } = form.elements;
    text.readOnly = false;
    if (sent) {
      text.value = "";
      id.value = "";
      sessionStorage.removeItem(draftOf(form));
      deskFiles.clear(form);
      fit(text);
    }
    text.focus();
  }

  function send(form) {
    if (form.elements.text.readOnly || deskFiles.busy(form)) return;
    if (form.elements.text.value.trim() || deskFiles.ids(form).length) form.requestSubmit();
  }

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
    if (!form) return;
    form.elements.text.value ||= sessionStorage.getItem(draftOf(form)) ?? "";
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
    sessionStorage.setItem(draftOf(form), area.value);
    if (area.value === "/") openResponses(form, true);
    else noteTyping(area);
  });

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open-responses]");
    if (opener) openResponses(opener.closest("form"), opener.closest("form").querySelector("[data-responses]").hidden);
    const response = event.target.closest(".response");
    if (response) choose(response);
  });

  window.deskComposer = { prepare, settle, restore };
})();
