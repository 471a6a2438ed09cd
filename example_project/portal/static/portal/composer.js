// Where the visitor writes: sends one message after the other, keeps what has not arrived and tries it again, and puts
// what is refused back into its field.
(() => {
  "use strict";
  const AGAIN = 3000;
  const AGAIN_MOST = 30000;
  const TIMEOUT = 20000; // more for files
  const form = document.querySelector("[data-composer]");
  const { text, files } = form.elements;
  const outbox = document.querySelector("[data-outbox]");
  const error = form.querySelector("[data-error]");
  const chosen = form.querySelector("[data-chosen]");
  const DRAFT = `portal-draft-${document.querySelector("[data-chat]").dataset.chat}`;
  const waiting = []; // what has not arrived, the oldest first: that one is under way
  let sending = false;
  let pause = AGAIN;
  let again = null;

  function fit() {
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight + 2, innerHeight * 0.35)}px`;
  }

  // What has not arrived would be lost with the page.
  function keepDraft() {
    const draft = [...waiting.map((each) => each.text), text.value].filter(Boolean).join("\n");
    if (draft) sessionStorage.setItem(DRAFT, draft);
    else sessionStorage.removeItem(DRAFT);
  }

  function showChosen() {
    form.querySelector("[data-names]").textContent = [...files.files].map((each) => each.name).join(", ");
    chosen.hidden = !files.files.length;
  }

  function tell(words) {
    error.textContent = words;
    error.hidden = !words;
  }

  function newId() {
    return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function bubbleOf(entry) {
    const bubble = document.querySelector("[data-bubble]").content.firstElementChild.cloneNode(true);
    bubble.dataset.id = entry.id;
    bubble.querySelector("p").textContent = [entry.text, ...entry.files.map((each) => each.name)].filter(Boolean).join("\n");
    bubble.querySelector(".state").textContent = outbox.dataset.sending;
    outbox.append(bubble);
    return bubble;
  }

  // What is sent leaves the field at once, so that the next words can be typed.
  function take() {
    const entry = { id: newId(), text: text.value, files: [...files.files] };
    entry.bubble = bubbleOf(entry);
    waiting.push(entry);
    text.value = files.value = "";
    settle();
    document.querySelector(".scroller").scrollTop = 0; // the end, as its column is reversed
  }

  function putBack(entry) {
    entry.bubble.remove();
    if (text.value && entry.text) text.setRangeText(`${entry.text}\n`, 0, 0, "preserve");
    else text.value ||= entry.text;
    if (entry.files.length && !files.files.length) {
      const again = new DataTransfer();
      for (const each of entry.files) again.items.add(each);
      files.files = again.files;
    }
  }

  function settle() {
    keepDraft();
    showChosen();
    fit();
  }

  function post(entry) {
    const body = new FormData();
    body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.append("client_id", entry.id);
    body.append("text", entry.text);
    for (const each of entry.files) body.append("files", each);
    const signal = AbortSignal.timeout(entry.files.length ? TIMEOUT * 6 : TIMEOUT);
    return fetch(form.action, { method: "POST", body, headers: { "X-By-Script": "1" }, signal });
  }

  // A line takes the place of its bubble as soon as it is there.
  function sweep() {
    for (const bubble of outbox.querySelectorAll("[data-arrived]")) {
      if (document.querySelector(`[data-said="${bubble.dataset.id}"]`)) bubble.remove();
    }
  }

  async function refused(entry, answer) {
    putBack(entry);
    const isOurs = answer.status === 400 && answer.headers.get("Content-Type")?.startsWith("text/plain");
    tell(isOurs ? await answer.text() : form.dataset.failed);
  }

  // The site may be there, and what is behind it not.
  function delayed(entry, isSilent) {
    entry.bubble.querySelector(".state").textContent = outbox.dataset.kept;
    if (isSilent) portalConnection.miss();
    clearTimeout(again);
    again = setTimeout(send, pause);
    pause = Math.min(pause * 2, AGAIN_MOST);
  }

  async function send() {
    const [entry] = waiting;
    if (sending || !entry) return;
    sending = true;
    const answer = await post(entry).catch(() => null);
    sending = false;
    if (!answer || answer.status >= 500) return delayed(entry, !answer);
    pause = AGAIN;
    waiting.shift();
    if (answer.ok) {
      entry.bubble.dataset.arrived = "";
      entry.bubble.querySelector(".state").textContent = "";
      htmx.trigger(document.body, "said");
      sweep();
    } else {
      await refused(entry, answer);
    }
    settle();
    send();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    tell("");
    text.focus();
    if (!text.value.trim() && !files.files.length) return;
    take();
    send();
  });

  // On a touch screen the key alone breaks the line; with Ctrl or ⌘ it sends everywhere.
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    if (!event.ctrlKey && !event.metaKey && (event.shiftKey || matchMedia("(pointer: coarse)").matches)) return;
    event.preventDefault();
    form.requestSubmit();
  });
  text.addEventListener("input", () => { keepDraft(); fit(); });
  files.addEventListener("change", showChosen);
  form.querySelector("[data-unchoose]").addEventListener("click", () => { files.value = ""; showChosen(); text.focus(); });
  document.addEventListener("htmx:afterSettle", sweep);
  document.addEventListener("portal:back", () => { pause = AGAIN; send(); });

  document.documentElement.classList.add("scripted");
  if (matchMedia("(pointer: coarse)").matches) text.enterKeyHint = "enter";
  text.value ||= sessionStorage.getItem(DRAFT) ?? "";
  showChosen();
  fit();
})();
