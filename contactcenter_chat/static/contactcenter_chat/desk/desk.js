// The desk: keeps the open chats as far as the server's log, and shows which of them want attention.
(() => {
  "use strict";
  const { url, undeliveredSeconds } = document.body.dataset;
  const TIMEOUT = 15000; // as htmx has it: in a network that fell silent, no answer would be waited for for ever
  const words = document.getElementById("words").dataset;
  const chats = document.getElementById("chats");
  const rail = document.getElementById("rail");
  const dialog = document.getElementById("dialog");
  const flash = document.getElementById("flash");
  const wanted = new Map(); // chat -> the number the server is at
  const loading = new Map(); // chat -> the promise that it is loaded
  const reading = new Set(); // chats that are being read on
  const again = new Set(); // of these, the ones to be read once more
  const gone = new Set(); // chats that were there no more: erased, or none of the agent's
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
    const answer = await fetch(url + path, { headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(TIMEOUT) });
    if (isOut(answer)) deskConnection.reload();
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
      gone.delete(chat);
      chats.append(document.adoptNode(loaded));
      htmx.process(loaded);
      deskComposer.restore(loaded);
      deskSeen.stayAtEnd(loaded);
      deskSeen.begin(loaded, items().some((item) => item.dataset.chat === chat));
      settleIn(loaded);
    } catch (error) {
      if (error.status === 404) gone.add(chat);
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
      if (error.status === 404) drop(section); // after that, as it may have more to say
    } finally {
      reading.delete(chat);
    }
  }

  function drop(section) {
    const { chat } = section.dataset;
    gone.add(chat);
    takeAway(section);
    deskBell.takeBack(`chat-${chat}`);
    if (section === current) {
      current = null;
      document.body.dataset.view = "list";
    }
    layOut();
    showAttention();
  }

  // What was being written there is not lost without a word; it is given back when the chat is open again.
  function takeAway(section) {
    const unsent = deskComposer.unsent(section);
    section.remove();
    if (unsent) complain(`${section.querySelector("h1").textContent}: ${words.unsent} ${unsent}`);
  }

  // Takes lines and changed parts over into the page; says whether there is more to read.
  function merge(news) {
    const section = panel(news.dataset.news);
    if (!section) return false;
    const atEnd = deskSeen.isAtEnd(section);
    const fresh = [...news.querySelectorAll("ol > [data-number]")].filter((line) => Number(line.dataset.number) > Number(section.dataset.last));
    for (const line of fresh) section.querySelector(".log").append(document.adoptNode(line));
    section.dataset.last = Math.max(Number(section.dataset.last), Number(news.dataset.last));
    let changed = fresh.some((line) => "kind" in line.dataset);
    for (const part of [...news.querySelectorAll("[data-part]")]) changed = replacePart(section, part) || changed;
    if (changed) refreshSide(section);
    takeIn(section, fresh.map((line) => line.dataset.author), atEnd);
    return "more" in news.dataset;
  }

  // What these authors said is in the log now: scrolls along, draws the line, and calls the agent who does not look.
  function takeIn(section, authors, atEnd) {
    if (authors.includes("agent")) deskSeen.wipe(section);
    if (authors.includes("agent") || (atEnd && deskSeen.isShown(section))) toEnd(section);
    else if (atEnd) section.dataset.behind = "yes";
    settleIn(section);
    if (authors.includes("user")) section.querySelector("[data-assistant-failed]")?.remove(); // it was about words before
    if (!authors.includes("user") || !deskSeen.look(section)) return;
    const { chat } = section.dataset;
    deskBell.tell(chat, section.querySelector("h1").textContent, () => show(chat));
  }

  function replacePart(section, part) {
    const old = section.querySelector(`[data-part="${part.dataset.part}"]`);
    if (old.dataset.state === part.dataset.state) return false;
    const hadFocus = old.contains(document.activeElement);
    old.replaceWith(document.adoptNode(part));
    htmx.process(part);
    if (part.dataset.part === "owed") {
      deskClock.show(part);
      deskActs.tell(part);
    }
    deskComposer.restore(section);
    // Who types something beside the chat goes on with it.
    if (hadFocus || (section === current && !section.querySelector(".side input[inputmode]:focus"))) deskFocus.enter(section);
    return true;
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
      (scroll.querySelector("[data-earlier]") ?? scroll).focus({ preventScroll: true });
    } catch (error) {
      button.disabled = false;
      complain(error.status ? error.message : words.unreachable);
    }
  }

  function settleIn(section) {
    deskClock.show(section);
    deskBrief.show(section);
    for (const waiting of section.querySelectorAll(".attachment[hx-get]")) htmx.process(waiting);
    deskLines.arrange(section);
    showDeliveries(section);
    showAttention();
    deskSeen.draw(section);
    deskLines.group(section);
    deskKnowledge.look(section);
  }

  // Not under the hands of an agent who chooses or types something there.
  const isInUse = (side) => side.contains(document.activeElement) || side.querySelector(".htmx-request, .htmx-settling") !== null;

  function refreshSide(section) {
    const side = section.querySelector(".side");
    if (isInUse(side)) side.dataset.stale = "yes";
    else htmx.trigger(side, "refresh");
  }

  chats.addEventListener("focusout", ({ target, relatedTarget }) => {
    const side = target.closest(".side");
    if (!side || side.contains(relatedTarget)) return;
    // A moment later: what takes the place of what had the focus may have it then.
    setTimeout(() => {
      if (!("stale" in side.dataset) || !side.isConnected || isInUse(side)) return;
      delete side.dataset.stale;
      htmx.trigger(side, "refresh");
    }, SIDE_AFTER);
  });

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
      const answer = await fetch(`${url}chats/${section.dataset.chat}/deliveries/?${numbers}`, { signal: AbortSignal.timeout(TIMEOUT) }).catch(() => null);
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

  function showAttention() {
    let total = ringing().length;
    for (const section of panels()) {
      const count = deskSeen.look(section);
      if (!count) deskBell.takeBack(`chat-${section.dataset.chat}`);
      total += count;
      const messages = [...section.querySelectorAll(".message")];
      const last = messages.at(-1);
      const said = wordsOf(messages);
      for (const item of items().filter((each) => each.dataset.chat === section.dataset.chat)) {
        const badge = item.querySelector(".badge");
        badge.hidden = !count;
        badge.textContent = count ? `${count} ${count === 1 ? words.newOne : words.newMany}` : "";
        item.classList.toggle("waits", last?.dataset.author === "user" && item.dataset.state === "handling");
        if (said) item.querySelector(".words").textContent = said;
      }
    }
    document.title = total ? `(${total}) ${title}` : title;
  }

  // As the server words it: the customer's last words, unless an agent has spoken since.
  function wordsOf(messages) {
    const last = messages.at(-1);
    const said = last?.dataset.author === "agent" ? last : messages.findLast((each) => each.dataset.author === "user") ?? last;
    return said?.querySelector(".text, .attachment .name, .card-text")?.textContent.trim().slice(0, 90);
  }

  // Which chat is shown

  function show(chat, focus = true) {
    const section = panel(chat);
    if (!section) return load(chat)?.then(() => panel(chat) && show(chat, focus));
    current = section;
    deskKnowledge.leave(section);
    document.body.dataset.view = "chat";
    layOut();
    if (section.dataset.shown) refreshSide(section);
    else toEnd(section);
    section.dataset.shown = "yes";
    deskSeen.catchUp(section);
    deskKnowledge.look(section);
    if (sideBySide()) section.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (focus) deskFocus.enter(section);
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
    nothing.hidden = panels().some((section) => !section.hidden);
  }

  function step(by) {
    const order = items().map((item) => item.dataset.chat);
    const at = order.indexOf(current?.dataset.chat);
    const next = order[(at + by + order.length) % order.length];
    if (!next || next === current?.dataset.chat) return false;
    show(next);
    return true;
  }

  // Where no chat is open: the agent's day

  const nothing = document.getElementById("nothing");
  const DAY_EVERY = 30000;
  const SIDE_AFTER = 100;
  const DAY_AFTER = 500; // several changes at once are asked for once, and none when a chat opens
  let dayTimer = null;

  function refreshDay(after = DAY_AFTER) {
    clearTimeout(dayTimer);
    dayTimer = setTimeout(() => {
      const isSeen = !nothing.hidden && document.visibilityState === "visible";
      if (isSeen && document.body.dataset.connection !== "lost") htmx.trigger(nothing, "refresh");
      refreshDay(DAY_EVERY);
    }, after);
  }

  // The list beside the chats

  function takeRail() {
    deskClock.show(rail);
    const live = items().map((item) => item.dataset.chat);
    for (const chat of gone) if (!live.includes(chat)) gone.delete(chat);
    for (const chat of new Set(live)) if (!panel(chat) && !gone.has(chat)) load(chat).then(layOut).then(showAttention);
    for (const section of panels()) {
      const listed = live.includes(section.dataset.chat);
      if (!listed && section !== current) takeAway(section);
      else readOn(section.dataset.chat, true);
    }
    layOut();
    expire();
    showAttention();
    ring();
    notice();
    deskPresence.mark();
    refreshDay();
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
  const ringing = () => [...rail.querySelectorAll(".offer:not([hidden])")];
  const customerOf = (offer) => offer.querySelector("strong").textContent;

  function ring() {
    const offers = ringing();
    const fresh = offers.filter((offer) => !heard.has(offer.dataset.offer));
    fresh.forEach((offer) => heard.add(offer.dataset.offer));
    const announce = document.getElementById("announce");
    if (!offers.length) announce.textContent = "";
    else if (fresh.length) announce.textContent = `${words.ringing}: ${customerOf(fresh[0])}`;
    deskDialog.ring(offers, announce.textContent);
    const named = (offer) => [offer.dataset.offer, customerOf(offer)];
    deskBell.ring(offers.map(named), fresh.map(named));
  }

  // What was given to the agent without ringing, or waits to be picked since a moment ago; not what was there at first.
  const known = new Set();
  let isFirstLook = true;

  function callFor(elements, key, say) {
    const fresh = elements.filter((element) => !known.has(element.dataset[key]));
    fresh.forEach((element) => known.add(element.dataset[key]));
    if (!fresh.length || isFirstLook) return;
    say(fresh[0]);
  }

  function notice() {
    callFor(items().filter((item) => item.dataset.given), "given", (item) => {
      const { chat } = item.dataset;
      const name = item.querySelector(".name").textContent;
      document.getElementById("announce").textContent = `${words.given}: ${name}`;
      deskBell.give(chat, name, () => show(chat));
      if (!current && !dialog.open) show(chat, false);
    });
    callFor([...rail.querySelectorAll(".pick")], "pick", (pick) => deskBell.offer(pick.dataset.name));
    isFirstLook = false;
  }

  // What has rung out is gone from the desk before the server says so: it would take the key from what still rings.
  function expire() {
    const over = ringing().filter((offer) => Date.parse(offer.dataset.expires) <= deskClock.now());
    for (const offer of over) offer.hidden = true;
    return over.length > 0;
  }

  setInterval(() => {
    if (!expire()) return;
    ring();
    showAttention();
    refreshRail();
  }, 500);

  // What went wrong

  function complain(text, form) {
    const place = form?.querySelector(".error");
    if (place) {
      place.textContent = text;
      place.hidden = false;
      place.scrollIntoView({ block: "nearest" });
    } else if (dialog.open) {
      deskDialog.complain(text);
    } else {
      flash.firstElementChild.textContent = text;
      flash.hidden = false;
    }
  }

  function quiet(form) {
    const place = form?.querySelector(".error");
    if (place) place.hidden = true;
    flash.hidden = true;
    deskDialog.quiet();
  }

  // What the server tells

  document.addEventListener("live:chat", ({ detail }) => {
    wanted.set(detail.chat, Math.max(detail.number, wanted.get(detail.chat) ?? 0));
    readOn(detail.chat);
  });
  document.addEventListener("live:desk", refreshRail);
  document.addEventListener("acts:due", ({ detail }) => readOn(detail, true));
  document.addEventListener("live:reload", () => { flash.hidden = true; refreshRail(); });
  document.addEventListener("live:back", () => {
    for (const place of chats.querySelectorAll(".error")) if (place.textContent === words.unreachable) place.hidden = true;
    if (flash.firstElementChild.textContent === words.unreachable) flash.hidden = true;
  });

  // What htmx does

  const ACTS = "[hx-post], button[hx-get]"; // what the agent does; the rest the page asks by itself

  // What was just drawn htmx takes up a moment later: who is faster is not to lose a click, nor leave the page.
  // Not what asks already: taken up anew, htmx would know nothing of that, and ask twice.
  for (const act of ["click", "submit"]) {
    document.addEventListener(act, ({ target }) => {
      const asks = target.closest(ACTS);
      if (asks && !asks.matches(".htmx-request")) htmx.process(asks);
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
    if (dialog.contains(detail.target)) deskDialog.open();
  });
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (isComposer(detail.elt)) Object.assign(detail.parameters, deskComposer.prepare(detail.elt));
  });
  // The element that asked may be gone when the answer comes, drawn anew meanwhile, and htmx then tells nobody who
  // listens here: the request itself does.
  document.addEventListener("htmx:beforeRequest", ({ detail: { elt, xhr } }) => {
    if (elt.matches(ACTS)) quiet(elt.closest("form"));
    xhr.addEventListener("load", () => answered(elt, xhr));
    for (const name of ["error", "timeout"]) xhr.addEventListener(name, () => unanswered(elt));
  });

  const isComposer = (elt) => elt.matches("[data-composer]");
  const formOf = (elt) => (elt.isConnected ? elt.closest("form") : null);

  function answered(elt, xhr) {
    if (isOut(xhr)) return deskConnection.reload();
    if (isComposer(elt)) deskComposer.settle(elt, xhr.status < 400);
    if (xhr.status >= 400) return refused(elt, xhr);
    if (isComposer(elt)) merge(new DOMParser().parseFromString(xhr.responseText, "text/html").body.firstElementChild);
    happened(JSON.parse(xhr.getResponseHeader("X-Desk")));
  }

  function unanswered(elt) {
    if (isComposer(elt)) deskComposer.settle(elt, false);
    complain(words.unreachable, formOf(elt));
  }

  function happened(what) {
    if (!what) return;
    refreshRail();
    // Behind a dialog the chat stays that it is about: what is typed next is for that one.
    if (what.open && !dialog.open) show(what.open);
    if (what.read) readOn(what.read, true);
    if (what.moved) {
      dialog.close();
      readOn(what.moved, true);
    }
  }

  function refused(elt, xhr) {
    const told = xhr.status < 500 && (xhr.getResponseHeader("Content-Type") ?? "").startsWith("text/plain");
    complain(told ? xhr.responseText : words.failed, formOf(elt));
    if (xhr.status === 404 || xhr.status === 409) refreshRail();
  }

  // What the agent does

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.chat) show(button.dataset.chat);
    else if (button.dataset.earlier) readBack(button);
    else if ("back" in button.dataset) document.body.dataset.view = "list";
    else if ("details" in button.dataset) toggleDetails(button.closest(".chat"));
    else if ("close" in button.dataset) dialog.close();
    else if ("dismiss" in button.dataset) flash.hidden = true;
    else if ("toVerification" in button.dataset) toVerification(panel(button.dataset.toVerification));
    else if ("jump" in button.dataset) toEnd(button.closest(".chat"));
    else if (button.id === "layout") setLayout(!sideBySide());
  });

  function toEnd(section) {
    const scroll = section.querySelector(".scroll");
    scroll.scrollTop = scroll.scrollHeight;
  }

  let looking = null;
  chats.addEventListener("scroll", ({ target }) => {
    if (target.matches(".scroll")) looking ??= requestAnimationFrame(() => { looking = null; showAttention(); });
  }, { capture: true, passive: true });

  // A picture that has come makes the log longer: who was at its end stays there.
  chats.addEventListener("load", ({ target }) => {
    const scroll = target.closest(".scroll");
    const left = scroll ? scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight : Infinity;
    if (left < target.height + 80) scroll.scrollTop = scroll.scrollHeight;
  }, true);

  function toggleDetails(section) {
    const open = section.classList.toggle("with-details");
    const button = section.querySelector(".head [data-details]");
    button.setAttribute("aria-expanded", String(open));
    if (!open) button.focus({ preventScroll: true });
  }

  function toVerification(section) {
    dialog.close();
    if (!section) return;
    if (getComputedStyle(section.querySelector(".side")).display === "none") toggleDetails(section);
    section.querySelector(".verification :is(input, button)")?.focus();
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

  const { press } = deskKeys;
  const goTo = (item) => { if (item) show(item.dataset.chat); return Boolean(item); };
  const ANSWERS = ["A", "X"]; // what rings does not wait for a dialog to be closed
  deskKeys.listen(ANSWERS, {
    A: () => press(ringing()[0]?.querySelector("[data-accept]")),
    X: () => press(ringing()[0]?.querySelector("[data-decline]")),
    N: () => press(rail.querySelector("[data-next]")),
    F: () => press(current?.querySelector("[data-attach]")),
    I: () => deskKnowledge.insertNext(current),
    K: () => deskKnowledge.open(current),
    Z: () => press(current?.querySelector("[data-undo]")),
    T: () => press(current?.querySelector("[data-transfer]")),
    0: () => press(current?.querySelector("[data-nobody]")),
    E: () => press(current?.querySelector("[data-end]")),
    P: deskPresence.open,
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    ...Object.fromEntries([...Array(9).keys()].map((at) => [at + 1, () => goTo(items()[at])])),
  });

  document.addEventListener("visibilitychange", () => {
    panels().forEach(deskSeen.catchUp);
    panels().forEach(deskKnowledge.look);
    showAttention();
  });

  document.addEventListener("DOMContentLoaded", () => {
    setLayout(localStorage.getItem("desk-layout") === "columns");
    takeRail();
    rail.closest("[inert]").inert = false;
    if (matchMedia("(min-width: 48rem)").matches && items().length) show(items()[0].dataset.chat, false);
  });
})();
