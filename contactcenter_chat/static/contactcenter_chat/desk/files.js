// Files that the agent is about to send: uploaded as they are chosen, sent with the message.
(() => {
  "use strict";
  const words = document.getElementById("words").dataset;

  const uploads = (form) => [...form.querySelectorAll(".upload")];
  const ids = (form) => uploads(form).map((item) => item.dataset.id).filter(Boolean);
  const busy = (form) => uploads(form).some((item) => "uploading" in item.dataset);

  function settle(form) {
    const scroll = form.closest(".talk").querySelector(".scroll");
    const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 60;
    form.querySelector("[data-uploads]").hidden = !uploads(form).length;
    if (atEnd) scroll.scrollTop = scroll.scrollHeight;
    form.querySelector("button[type=submit]").disabled = busy(form);
  }

  function tell(item, text, failed = false) {
    item.querySelector("[data-status]").textContent = text;
    item.classList.toggle("failed", failed);
    item.querySelector("progress").hidden = true;
    delete item.dataset.uploading;
  }

  function show(form, name) {
    const item = form.querySelector("template[data-upload]").content.firstElementChild.cloneNode(true);
    item.querySelector(".name").textContent = name;
    form.querySelector("[data-uploads]").append(item);
    if (uploads(form).length > Number(form.querySelector("[data-files]").dataset.most)) tell(item, words.tooMany, true);
    return item;
  }

  function add(form, files) {
    const { url, maxBytes } = form.querySelector("[data-files]").dataset;
    for (const file of files) {
      const item = show(form, file.name);
      if (item.matches(".failed")) continue;
      if (file.size > Number(maxBytes)) tell(item, words.tooLarge, true);
      else upload(form, item, url, file);
    }
    settle(form);
  }

  // Those of an article, which the server copies: each once, as long as it stands there.
  function takeOver(form, article, files) {
    for (const { name, url } of files) {
      const before = uploads(form).find((item) => item.dataset.from === url && !("leaving" in item.dataset));
      if (before && !before.matches(".failed")) continue;
      before?.remove();
      const item = show(form, name);
      Object.assign(item.dataset, { article, from: url });
      if (!item.matches(".failed")) upload(form, item, url);
    }
    settle(form);
  }

  // The article is not wanted in this message: neither are its files.
  function drop(form, article) {
    for (const item of uploads(form)) if (item.dataset.article === article && !("leaving" in item.dataset)) discard(form, item);
  }

  // The file itself is the body: a form around it would be read as a whole before anybody looked at its size.
  function upload(form, item, url, file) {
    const request = new XMLHttpRequest();
    const headers = JSON.parse(document.body.getAttribute("hx-headers"));
    request.open("POST", url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    if (file) {
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.setRequestHeader("X-File-Name", encodeURIComponent(file.name));
    }
    request.upload.addEventListener("progress", ({ loaded, total }) => { item.querySelector("progress").value = loaded / total; });
    request.addEventListener("load", () => uploaded(form, item, request));
    request.addEventListener("error", () => failed(form, item, words.unreachable));
    item.dataset.uploading = "yes";
    item.querySelector("[data-status]").textContent = words.uploading;
    item.abort = () => request.abort();
    request.send(file);
  }

  function uploaded(form, item, request) {
    if (request.status === 401 || request.status === 403) return deskConnection.reload();
    if (request.status !== 200) return failed(form, item, request.status < 500 || request.status === 503 ? request.responseText : words.failed);
    const { id, url, image, size } = JSON.parse(request.responseText);
    if (item.isGone) return throwAway(url);
    Object.assign(item.dataset, { id, url });
    tell(item, size);
    if (image) item.querySelector(".thumb").replaceChildren(Object.assign(new Image(), { src: url, alt: "" }));
    settle(form);
    if (!item.dataset.from) form.elements.text.focus();
  }

  function failed(form, item, text) {
    tell(item, text, true);
    settle(form);
  }

  async function remove(form, item) {
    const next = item.nextElementSibling ?? item.previousElementSibling;
    const gone = discard(form, item);
    (next?.querySelector("button") ?? form.elements.text).focus();
    await gone;
  }

  // What the server copies comes to its end in any case, and is thrown away then.
  async function discard(form, item) {
    if (!item.dataset.from) item.abort?.();
    item.isGone = true;
    item.remove();
    settle(form);
    if (item.dataset.url) await throwAway(item.dataset.url);
  }

  async function throwAway(url) {
    const headers = JSON.parse(document.body.getAttribute("hx-headers"));
    await fetch(`${url}discard/`, { method: "POST", headers }).catch(() => {});
  }

  // What is there when the message goes; what is chosen after that stays for the next one.
  function take(form) {
    for (const item of uploads(form)) if (!("uploading" in item.dataset)) item.dataset.leaving = "yes";
    return ids(form);
  }

  function clear(form) {
    for (const item of uploads(form)) if ("leaving" in item.dataset) item.remove();
    settle(form);
  }

  document.addEventListener("click", ({ target }) => {
    const form = target.closest("[data-composer]");
    if (!form) return;
    if (target.closest("[data-attach]")) form.querySelector("[data-files]").click();
    if (target.closest("[data-remove-upload]")) remove(form, target.closest(".upload"));
  });

  document.addEventListener("change", ({ target }) => {
    if (!target.matches("[data-files]")) return;
    add(target.form, target.files);
    target.value = ""; // so that the same file may be chosen again
  });

  document.addEventListener("paste", (event) => {
    const form = event.target.closest?.("[data-composer]");
    if (!form || !event.clipboardData.files.length) return;
    event.preventDefault();
    add(form, event.clipboardData.files);
  });

  const under = (event) => event.dataTransfer?.types.includes("Files") && event.target.closest?.(".talk")?.querySelector("[data-composer]");

  for (const name of ["dragenter", "dragover"]) {
    document.addEventListener(name, (event) => {
      const form = under(event);
      for (const other of document.querySelectorAll(".talk.dropping")) if (!form || !other.contains(form)) other.classList.remove("dropping");
      if (!form) return;
      event.preventDefault();
      form.closest(".talk").classList.add("dropping");
    });
  }
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) document.querySelector(".talk.dropping")?.classList.remove("dropping");
  });
  document.addEventListener("drop", (event) => {
    const form = under(event);
    document.querySelector(".talk.dropping")?.classList.remove("dropping");
    if (!form) return;
    event.preventDefault();
    add(form, event.dataTransfer.files);
  });

  window.deskFiles = { ids, busy, take, takeOver, drop, clear };
})();
