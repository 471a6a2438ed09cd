// The desk: keeps the open chats as far as the server's log, and shows which of them want attention.
(() => {
  "use strict";
  const { url, heartbeatSeconds, undeliveredSeconds } = document.body.dataset;
  const words = document.getElementById("words").dataset;
  const chats = document.getElementById("chats");
  const rail = document.getElementById("rail");
  const dialog = document.getElementById("dialog");
  const flash = document.getElementById("flash");
  const wanted = new Map(); // chat -> the number the server is at
  const loading = new Map(); // chat -> the promise that it is loaded
  const reading = new Set(); // chats that are being read on
  const again = new Set(); // of these, the ones to be read once more
  const title = document.title;
  let current = null;

  const panel = (chat) => document.getElementById(`chat-${chat}`);
  const panels = () => [...chats.querySelectorAll(".chat")];
  const items = () => [...rail.querySelectorAll(".item[data-live]")];
  const sideBySide = () => chats.dataset.layout === "columns";

  // Logged out, or logged in anew in another tab, after which the forms of this page do not count. Drafts are kept.
  const isOut = (answer) => answer.status === 401 || answer.status === 403;

  // Reading

  async function fetchPart(path) {
    const answer = await fetch(url + path, { headers: { "HX-Request": "true" } });
    if (isOut(answer)) location.reload();
    if (!answer.ok) throw Object.assign(new Error(await answer.text()), { status: answer.status });
    return new DOMParser().parseFromString(await answer.text(), "text/html").body;
  }

  function load(chat) {
    if (!panel(chat) && !loading.has(chat)) loading.set(chat, loadOnce(chat));
    return loading.get(chat);
  }

  async function loadOnce(chat) {
    try {
      const loaded = (await fetchPart(`chats/${chat}/`)).querySelector(".chat");
      chats.append(document.adoptNode(loaded));
      htmx.process(loaded);
      deskComposer.restore(loaded);
      settleIn(loaded);
      loaded.dataset.seen = items().some((item) => item.dataset.chat === chat) ? seenOf(chat, loaded) : loaded.dataset.last;
    } catch (error) {
      complain(error.status ? error.message : words.unreachable);
    } finally {
      loading.delete(chat);
    }
    readOn(chat);
  }

  // Reads on until the log is as far as was said. One reading of a chat at a time: lines come once and in order.
  async function readOn(chat, always = false) {
    const section = panel(chat);
    const behind = () => Number(section.dataset.last) < (wanted.get(chat) ?? 0);
    if (!section || !(always || behind())) return;
    if (reading.has(chat)) return again.add(chat);
    reading.add(chat);
    try {
      do {
        const more = merge((await fetchPart(`chats/${chat}/news/?after=${section.dataset.last}`)).firstElementChild);
        if (!more && !again.delete(chat) && !behind()) break;
      } while (section.isConnected);
    } catch (error) {
      if (error.status) complain(error.message);
    } finally {
      reading.delete(chat);
    }
  }

  // Takes lines and changed parts over into the page; says whether there is more to read.
  function merge(news) {
    const section = panel(news.dataset.news);
    if (!section) return false;
    const scroll = section.querySelector(".scroll");
    const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 60;
    const log = section.querySelector(".log");
    let ours = false;
    for (const line of [...news.querySelectorAll("ol > [data-number]")]) {
      if (Number(line.dataset.number) <= Number(section.dataset.last)) continue;
      log.append(document.adoptNode(line));
      ours ||= line.dataset.author === "agent";
      if (/^(conversation|interaction)\./.test(line.dataset.kind ?? "")) refreshSide(section);
    }
    section.dataset.last = Math.max(Number(section.dataset.last), Number(news.dataset.last));
    for (const part of [...news.querySelectorAll("[data-part]")]) replacePart(section, part);
    settleIn(section);
    if (ours || (atEnd && isSeen(section))) scroll.scrollTop = scroll.scrollHeight;
    section.querySelector("[data-jump]").hidden = ours || atEnd || !isSeen(section);
    return "more" in news.dataset;
  }

  function replacePart(section, part) {
    const old = section.querySelector(`[data-part="${part.dataset.part}"]`);
    if (old.dataset.state === part.dataset.state) return;
    const hadFocus = old.contains(document.activeElement);
    old.replaceWith(document.adoptNode(part));
    htmx.process(part);
    deskComposer.restore(section);
    if (hadFocus || section === current) focusIn(section);
  }

  async function readBack(button) {
    const section = button.closest(".chat");
    const scroll = section.querySelector(".scroll");
    const fromEnd = scroll.scrollHeight - scroll.scrollTop;
    button.disabled = true;
    try {
      const earlier = await fetchPart(`chats/${section.dataset.chat}/earlier/?before=${button.dataset.earlier}`);
      button.parentElement.replaceWith(...[...earlier.children].map((line) => document.adoptNode(line)));
      settleIn(section);
      scroll.scrollTop = scroll.scrollHeight - fromEnd;
    } catch (error) {
      button.disabled = false;
      complain(error.status ? error.message : words.unreachable);
    }
  }

  function settleIn(section) {
    deskClock.show(section);
    for (const waiting of section.querySelectorAll(".attachment[hx-get]")) htmx.process(waiting);
    markDays(section);
    showDeliveries(section);
    showAttention();
  }

  function markDays(section) {
    let before = "";
    for (const line of section.querySelectorAll(".log > [data-number]")) {
      const day = new Date(line.querySelector("time").dateTime).toLocaleDateString(deskClock.language, { weekday: "long", day: "numeric", month: "long" });
      if (day !== before) line.dataset.day = day;
      else delete line.dataset.day;
      before = day;
    }
  }

  const refreshSide = (section) => htmx.trigger(section.querySelector(".side"), "refresh");

  // Deliveries

  function showDeliveries(section) {
    for (const line of section.querySelectorAll("[data-delivery]")) {
      line.querySelector(".delivery").textContent = words[line.dataset.delivery];
    }
    if (underWay(section).length && !section.dataset.watching) watch(section);
  }

  const underWay = (section) => [...section.querySelectorAll('[data-delivery="pending"], [data-delivery="late"]')].slice(-100);

  async function watch(section) {
    section.dataset.watching = "yes";
    for (const seconds of [1, 3, Number(undeliveredSeconds) - 3.5, ...Array(60).fill(10)]) {
      await new Promise((go) => setTimeout(go, seconds * 1000));
      const lines = underWay(section);
      if (!section.isConnected || !lines.length) break;
      const numbers = lines.map((line) => `number=${line.dataset.number}`).join("&");
      const answer = await fetch(`${url}chats/${section.dataset.chat}/deliveries/?${numbers}`).catch(() => null);
      if (!answer?.ok) continue;
      const states = await answer.json();
      for (const line of lines) {
        const state = states[line.dataset.number];
        if (!state || state === line.dataset.delivery) continue;
        line.dataset.delivery = state;
        line.querySelector(".delivery").textContent = words[state];
      }
    }
    delete section.dataset.watching;
  }

  // Attention: what was not seen yet

  const isSeen = (section) => document.visibilityState === "visible" && section.offsetParent !== null;
  const seenOf = (chat, section) => sessionStorage.getItem(`desk-seen-${chat}`) ?? section.dataset.last;

  function unseen(section) {
    const seen = Number(section.dataset.seen);
    return [...section.querySelectorAll('.message[data-author="user"]')].filter((line) => Number(line.dataset.number) > seen).length;
  }

  function showAttention() {
    let total = rail.querySelectorAll(".offer").length;
    for (const section of panels()) {
      if (isSeen(section) && (section === current || sideBySide())) {
        section.dataset.seen = section.dataset.last;
        sessionStorage.setItem(`desk-seen-${section.dataset.chat}`, section.dataset.last);
        deskSigns.noteRead(section);
      }
      const count = unseen(section);
      total += count;
      const messages = section.querySelectorAll(".message");
      const last = messages[messages.length - 1];
      for (const item of items().filter((each) => each.dataset.chat === section.dataset.chat)) {
        const badge = item.querySelector(".badge");
        badge.hidden = !count;
        badge.textContent = count ? `${count} ${words.new}` : "";
        item.classList.toggle("waits", last?.dataset.author === "user" && item.dataset.state === "handling");
        if (last) item.querySelector(".words").textContent = (last.querySelector(".text, .attachment .name, .card-text")?.textContent ?? "").trim().slice(0, 90);
      }
    }
    document.title = total ? `(${total}) ${title}` : title;
  }

  // Which chat is shown

  function show(chat, focus = true) {
    const section = panel(chat);
    if (!section) return load(chat)?.then(() => panel(chat) && show(chat, focus));
    current = section;
    document.body.dataset.view = "chat";
    layOut();
    if (!section.dataset.shown) toEnd(section);
    section.dataset.shown = "yes";
    if (sideBySide()) section.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (focus) focusIn(section);
    showAttention();
  }

  function layOut() {
    const live = items().map((item) => item.dataset.chat);
    for (const section of panels()) {
      section.hidden = section !== current && !(sideBySide() && live.includes(section.dataset.chat));
      section.style.order = live.indexOf(section.dataset.chat);
      section.classList.toggle("current", section === current);
    }
    for (const item of rail.querySelectorAll(".item")) {
      const isCurrent = item.dataset.chat === current?.dataset.chat;
      if (isCurrent) item.setAttribute("aria-current", "true");
      else item.removeAttribute("aria-current");
    }
    document.getElementById("nothing").hidden = panels().some((section) => !section.hidden);
  }

  function focusIn(section) {
    if (matchMedia("(pointer: coarse)").matches) return;
    const aims = [".composer textarea", ".wrap-up input", ".wrap-up button[type=submit]", ".scroll"];
    aims.map((aim) => section.querySelector(aim)).find(Boolean).focus({ preventScroll: true });
  }

  function step(by) {
    const order = items().map((item) => item.dataset.chat);
    const at = order.indexOf(current?.dataset.chat);
    if (order.length) show(order[(at + by + order.length) % order.length]);
  }

  // The list beside the chats

  function takeRail() {
    deskClock.show(rail);
    const live = items().map((item) => item.dataset.chat);
    for (const chat of new Set(live)) if (!panel(chat)) load(chat).then(layOut).then(showAttention);
    for (const section of panels()) {
      const listed = live.includes(section.dataset.chat);
      if (!listed && section !== current) section.remove();
      else readOn(section.dataset.chat, true);
    }
    layOut();
    showAttention();
    ring();
  }

  const refreshRail = () => htmx.trigger(rail, "refresh");

  // Drawn anew under a pressed pointer, a button would never see the click: the list waits, and is left alone
  // when it is what it was.
  let railNow = rail.innerHTML;
  let pressed = false;
  let missed = false;

  function keepsRail(text) {
    const html = new DOMParser().parseFromString(text, "text/html").body.innerHTML;
    missed = pressed && html.trim() !== railNow.trim();
    if (missed || html.trim() === railNow.trim()) return true;
    railNow = html;
    return false;
  }

  rail.addEventListener("pointerdown", () => { pressed = true; });
  for (const name of ["pointerup", "pointercancel"]) {
    document.addEventListener(name, () => setTimeout(() => {
      pressed = false;
      if (missed) refreshRail();
    }));
  }

  // Ringing

  const heard = new Set();
  let audio = null;

  function ring() {
    const offers = [...rail.querySelectorAll(".offer")];
    const fresh = offers.filter((offer) => !heard.has(offer.dataset.offer));
    fresh.forEach((offer) => heard.add(offer.dataset.offer));
    const announce = document.getElementById("announce");
    if (!offers.length) announce.textContent = "";
    if (!fresh.length) return;
    announce.textContent = `${announce.dataset.ringing}: ${fresh[0].querySelector("strong").textContent}`;
    beep();
  }

  function beep() {
    if (!audio || localStorage.getItem("desk-sound") === "off") return;
    for (const [at, tone] of [[0, 660], [0.18, 880]]) {
      const [oscillator, gain] = [audio.createOscillator(), audio.createGain()];
      oscillator.frequency.value = tone;
      gain.gain.setValueAtTime(0.08, audio.currentTime + at);
      gain.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + at + 0.35);
      oscillator.connect(gain).connect(audio.destination);
      oscillator.start(audio.currentTime + at);
      oscillator.stop(audio.currentTime + at + 0.4);
    }
  }

  // What went wrong

  function complain(text, form) {
    const place = form?.querySelector(".error");
    if (place) {
      place.textContent = text;
      place.hidden = false;
    } else {
      flash.firstElementChild.textContent = text;
      flash.hidden = false;
    }
  }

  function quiet(form) {
    const place = form?.querySelector(".error");
    if (place) place.hidden = true;
  }

  // Being there

  let beatAt = 0;
  async function beat() {
    if (Date.now() - beatAt < Number(heartbeatSeconds) * 750) return;
    beatAt = Date.now();
    const headers = JSON.parse(document.body.getAttribute("hx-headers"));
    const answer = await fetch(`${url}heartbeat/`, { method: "POST", headers }).catch(() => null);
    if (answer && isOut(answer)) location.reload();
  }

  // What the server tells

  document.addEventListener("live:chat", ({ detail }) => {
    wanted.set(detail.chat, Math.max(detail.number, wanted.get(detail.chat) ?? 0));
    readOn(detail.chat);
  });
  document.addEventListener("live:desk", refreshRail);
  document.addEventListener("live:reload", () => { refreshRail(); beat(); });
  // Timers of a page in the background are slowed down, events of the stream are not.
  document.addEventListener("live:beat", beat);
  // What htmx does

  // What was just drawn htmx takes up a moment later: who is faster is not to lose a click, nor leave the page.
  for (const act of ["click", "submit"]) {
    document.addEventListener(act, ({ target }) => {
      const asks = target.closest("[hx-post], button[hx-get]");
      if (asks) htmx.process(asks);
    }, true);
  }
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target !== rail || detail.xhr.status !== 200 || !keepsRail(detail.xhr.responseText)) return;
    detail.shouldSwap = false;
    if (!missed) takeRail();
  });
  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (detail.target === rail) takeRail();
    else deskClock.show(detail.target);
    if (detail.target === dialog && !dialog.open) dialog.showModal();
  });
  document.addEventListener("htmx:beforeRequest", ({ detail }) => quiet(detail.elt.closest("form")));
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (detail.elt.matches("[data-composer]")) Object.assign(detail.parameters, sendable(detail.elt));
  });
  // The element that asked may be gone when the answer comes: this event htmx then tells what was around it.
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    const { elt, xhr, successful } = detail;
    if (isOut(xhr)) return location.reload();
    if (elt.matches("[data-composer]")) deskComposer.settle(elt, successful);
    if (xhr.status >= 400) return refused(elt, xhr);
    if (!successful) return;
    if (elt.matches("[data-composer]")) merge(new DOMParser().parseFromString(xhr.responseText, "text/html").body.firstElementChild);
    if (elt.closest("#presence")) document.getElementById("presence").hidePopover();
    happened(JSON.parse(xhr.getResponseHeader("X-Desk")));
  });
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, ({ detail }) => complain(words.unreachable, detail.elt.closest("form")));
  }

  function happened(what) {
    if (!what) return;
    refreshRail();
    if (what.open) show(what.open);
    if (what.moved) {
      dialog.close();
      readOn(what.moved, true);
    }
  }

  function refused(elt, xhr) {
    const told = xhr.status < 500 && (xhr.getResponseHeader("Content-Type") ?? "").startsWith("text/plain");
    complain(told ? xhr.responseText : words.failed, elt.closest("form"));
    if (xhr.status === 404 || xhr.status === 409) refreshRail();
  }

  function sendable(form) {
    deskComposer.prepare(form);
    const { client_id: id, text, after } = form.elements;
    return { client_id: id.value, text: text.value, after: after.value, attachments: deskFiles.ids(form) };
  }

  // What the agent does

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    audio ??= window.AudioContext ? new AudioContext() : null;
    if (!button) return;
    if (button.dataset.chat) show(button.dataset.chat);
    else if (button.dataset.earlier) readBack(button);
    else if ("back" in button.dataset) document.body.dataset.view = "list";
    else if ("details" in button.dataset) toggleDetails(button.closest(".chat"));
    else if ("close" in button.dataset) dialog.close();
    else if ("dismiss" in button.dataset) flash.hidden = true;
    else if ("jump" in button.dataset) toEnd(button.closest(".chat"));
    else if (button.id === "layout") setLayout(!sideBySide());
    else if (button.id === "sound") setSound(localStorage.getItem("desk-sound") === "off");
  });

  function toEnd(section) {
    const scroll = section.querySelector(".scroll");
    scroll.scrollTop = scroll.scrollHeight;
    section.querySelector("[data-jump]").hidden = true;
  }

  // A picture that has come makes the log longer: who was at its end stays there.
  chats.addEventListener("load", ({ target }) => {
    const scroll = target.closest(".scroll");
    const left = scroll ? scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight : Infinity;
    if (left < target.height + 80) scroll.scrollTop = scroll.scrollHeight;
  }, true);

  function toggleDetails(section) {
    const open = section.classList.toggle("with-details");
    section.querySelector(".head [data-details]").setAttribute("aria-expanded", String(open));
  }

  function setLayout(columns) {
    chats.dataset.layout = columns ? "columns" : "single";
    document.getElementById("layout").setAttribute("aria-pressed", String(columns));
    localStorage.setItem("desk-layout", chats.dataset.layout);
    layOut();
    for (const section of panels()) {
      deskComposer.restore(section);
      toEnd(section);
    }
    showAttention();
  }

  function setSound(on) {
    localStorage.setItem("desk-sound", on ? "on" : "off");
    document.getElementById("sound").setAttribute("aria-pressed", String(on));
  }

  const keys = {
    KeyA: () => rail.querySelector("[data-accept]")?.click(),
    KeyX: () => rail.querySelector("[data-decline]")?.click(),
    KeyF: () => current?.querySelector("[data-attach]")?.click(),
    KeyT: () => current?.querySelector("[data-transfer]")?.click(),
    KeyE: () => current?.querySelector("[data-end]")?.click(),
    KeyP: () => { document.getElementById("presence").showPopover(); document.querySelector("#presence input:checked")?.focus(); },
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
  };

  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || dialog.open) return;
    const digit = /^Digit([1-9])$/.exec(event.code);
    const item = digit && items()[Number(digit[1]) - 1];
    if (item) show(item.dataset.chat);
    else if (keys[event.code]) keys[event.code]();
    else return;
    event.preventDefault();
  });

  document.addEventListener("input", (event) => {
    if (!("filter" in event.target.dataset)) return;
    const sought = event.target.value.toLocaleLowerCase();
    const options = event.target.closest("fieldset").querySelectorAll(".option");
    for (const option of options) option.hidden = !option.textContent.toLocaleLowerCase().includes(sought) && !option.querySelector("input").checked;
  });

  document.addEventListener("visibilitychange", () => { showAttention(); beat(); });
  setInterval(beat, Number(heartbeatSeconds) * 1000);

  document.addEventListener("DOMContentLoaded", () => {
    setLayout(localStorage.getItem("desk-layout") === "columns");
    setSound(localStorage.getItem("desk-sound") !== "off");
    takeRail();
    beat();
    rail.closest("[inert]").inert = false;
    if (matchMedia("(min-width: 48rem)").matches && items().length) show(items()[0].dataset.chat, false);
  });
})();
