// Articles: suggestions for the chats in view, the sheet in which one searches, and taking one over into the field.
(() => {
  "use strict";
  const WIDE = matchMedia("(min-width: 48rem)");
  const NARROW = matchMedia("(max-width: 37.5rem)"); // one line says the best suggestion, until they are opened
  const inserted = new WeakMap(); // form -> the ids of the articles that stand in its field
  const last = new WeakMap(); // form -> what a key has inserted, the newest last: the suggestion's number, the article, the text, and where it stood
  const sheet = document.getElementById("sheet");
  const place = document.getElementById("sheet-content");
  const words = document.getElementById("words").dataset;
  let opener = null;

  const boxOf = (section) => section?.querySelector("[data-suggestions]");
  const isWanted = () => (localStorage.getItem("desk-suggestions") ?? (WIDE.matches ? "open" : "closed")) === "open";

  // Asks once for each of the customer's last words, and only where somebody looks.
  function look(section) {
    const box = boxOf(section);
    if (!box) return;
    if (!("open" in box.dataset)) {
      box.dataset.open = "known";
      box.open = !NARROW.matches && isWanted();
    }
    const said = [...section.querySelectorAll('.message[data-author="user"]')].at(-1)?.dataset.number ?? "0";
    if (!(box.open || NARROW.matches) || !deskSeen.isShown(section) || box.dataset.asked === said) return;
    box.dataset.asked = said;
    htmx.trigger(box, "ask");
  }

  document.addEventListener("toggle", ({ target }) => {
    if (!target.matches?.("[data-suggestions]")) return;
    if (!NARROW.matches && target.open !== isWanted()) localStorage.setItem("desk-suggestions", target.open ? "open" : "closed");
    look(target.closest(".chat"));
  }, true);

  // The line that stands there while they are closed.
  function tellBest(box) {
    const best = box.querySelector("template[data-best]");
    if (best) box.querySelector("[data-best-shown]").replaceChildren(best.content.cloneNode(true));
  }

  // Taking one over

  async function fetchArticle(url) {
    const headers = JSON.parse(document.body.getAttribute("hx-headers"));
    const answer = await fetch(url, { method: "POST", headers, signal: AbortSignal.timeout(15000) });
    if (!answer.ok) throw Object.assign(new Error(await answer.text()), { status: answer.status });
    return answer.json();
  }

  // As if it was typed, so that the browser's own key takes it back.
  function type(area, text, start, end) {
    area.focus();
    area.setSelectionRange(start, end);
    if (document.execCommand("insertText", false, text)) return;
    area.setRangeText(text, start, end, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // What a function of the project has answered goes behind what stands in the field.
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-insert-result]");
    const area = button && document.getElementById(`chat-${button.dataset.insertResult}`)?.querySelector("[data-composer]")?.elements.text;
    if (!area) return;
    const text = button.parentElement.querySelector("template").content.textContent;
    button.closest("dialog").close();
    type(area, area.value.trim() ? `\n${text}` : text, area.value.trim() ? area.value.length : 0, area.value.length);
  });

  // What the key inserted that stands there as it was, the newest last; after an undo, that is one before.
  function allStanding(form) {
    const { value } = form.elements.text;
    return (last.get(form) ?? []).filter(({ start, text }) => value.slice(start, start + text.length) === text);
  }

  const standing = (form) => allStanding(form).at(-1);

  // Where the key inserted something that stands there as it was, in place of that; where the agent has changed it,
  // behind all of it; else where the caret was, apart from the words before. Files go with the text that they came with.
  function put(form, article, text, number, caret) {
    const area = form.elements.text;
    const before = number === undefined ? undefined : last.get(form)?.at(-1);
    const there = number === undefined ? undefined : standing(form);
    const [start, end] = there ? [there.start, there.start + there.text.length]
      : before ? [area.value.length, area.value.length] : caret.map((at) => Math.min(at, area.value.length));
    const gap = !there && start > 0 && !/\s/.test(area.value[start - 1]) ? (text.includes("\n") || before ? "\n" : " ") : "";
    const after = !there && /^\S/.test(area.value.slice(end)) ? "\n" : ""; // words that were typed meanwhile, say
    if (there && there.article !== article) {
      deskFiles.drop(form, there.article);
      inserted.get(form)?.delete(there.article);
    }
    type(area, gap + text + after, start, end);
    if (number !== undefined) last.set(form, [...(last.get(form) ?? []), { number, article, text, start: start + gap.length }]);
  }

  async function insert(button, number) {
    const section = button.closest(".chat") ?? document.getElementById(`chat-${sheet.dataset.chat}`);
    const form = section?.querySelector("[data-composer]");
    if (!form || button.disabled) return;
    button.disabled = true;
    const { selectionStart, selectionEnd } = form.elements.text;
    try {
      const article = articleOf(button);
      const { text, files } = await fetchArticle(button.dataset.insert);
      put(form, article, text, number, [selectionStart, selectionEnd]);
      deskFiles.takeOver(form, article, files);
      inserted.set(form, new Set([...(inserted.get(form) ?? []), article]));
      if (!WIDE.matches) close();
    } catch (error) {
      complain(error.status && error.status < 500 ? error.message : words.unreachable, form);
    } finally {
      button.disabled = false;
    }
  }

  const articleOf = (button) => /articles\/([^/]+)\//.exec(button.dataset.insert)[1];

  function complain(text, form) {
    const error = form.querySelector(".error");
    error.textContent = text;
    error.hidden = false;
  }

  // The best one first; pressed again, the next one in its place. Whoever presses fast waits for the one before.
  let turn = Promise.resolve();

  function insertNext(section) {
    if (!boxOf(section)?.querySelector("[data-insert]")) return false;
    turn = turn.then(() => insertOneOf(section));
    return true;
  }

  function insertOneOf(section) {
    const buttons = [...(boxOf(section)?.querySelectorAll("[data-insert]") ?? [])];
    const form = section.querySelector("[data-composer]");
    if (!buttons.length || !form) return null;
    const before = standing(form) ?? last.get(form)?.at(-1);
    const number = before && form.elements.text.value ? (before.number + 1) % buttons.length : 0;
    return insert(buttons[number], number);
  }

  // The sheet

  function open(section) {
    const chat = section ? `?chat=${section.dataset.chat}` : "";
    const frame = document.getElementById("sheet-frame").content.cloneNode(true); // there at once, on any line
    frame.querySelector("input").setAttribute("hx-get", sheet.dataset.url + chat);
    show(section, document.activeElement);
    place.replaceChildren(frame);
    htmx.process(place);
    place.querySelector("input").focus();
    return true;
  }

  function show(section, from) {
    if (sheet.hidden) opener = from;
    sheet.dataset.chat = section?.dataset.chat ?? "";
    sheet.hidden = false;
    section?.scrollIntoView({ block: "nearest", inline: "nearest" }); // side by side there is less room for it now
  }

  // It is about one chat: it does not stay beside another one.
  function leave(section) {
    if (sheet.dataset.chat && sheet.dataset.chat !== section.dataset.chat) close();
  }

  function close() {
    if (sheet.hidden) return;
    const returns = sheet.contains(document.activeElement) || document.activeElement === document.body;
    sheet.hidden = true;
    place.replaceChildren();
    if (returns) goBack();
  }

  // To what opened it; where that is gone, or would bring up a phone's keyboard, to the chats.
  function goBack() {
    const back = opener?.isConnected && opener !== document.body ? opener : document.getElementById("chats");
    opener = null;
    (back.matches("textarea") && NARROW.matches ? document.getElementById("chats") : back).focus();
  }

  document.addEventListener("htmx:afterSwap", ({ detail: { target, requestConfig } }) => {
    if (target.matches?.(".found")) tellBest(target.closest("[data-suggestions]"));
    if (target !== place) return;
    const from = requestConfig.elt.closest?.(".chat");
    if (from) show(from, requestConfig.elt);
    else if (sheet.hidden) return place.replaceChildren(); // closed before the answer was there
    (place.querySelector("input") ?? place.querySelector("h2"))?.focus();
  });

  document.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (!button) return;
    if (button.dataset.insert) insert(button);
    else if ("closeSheet" in button.dataset) close();
    else if ("articles" in button.dataset) open(button.closest(".chat"));
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]")) close();
  });
  sheet.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") move(event, event.key === "ArrowDown" ? 1 : -1);
  });

  function move(event, step) {
    const stops = [...sheet.querySelectorAll("input, .about")];
    const at = stops.indexOf(document.activeElement);
    if (at < 0) return;
    stops[Math.max(0, Math.min(stops.length - 1, at + step))].focus();
    event.preventDefault();
  }

  // What the composer asks

  // What was taken over, but for what another one stands in place of; an undo brings it back.
  const insertedIn = (form) =>
    [...new Set([...(inserted.get(form) ?? []), ...allStanding(form).map(({ article }) => article)])];

  function sent(form) {
    inserted.delete(form);
    last.delete(form);
  }

  window.deskKnowledge = { insertNext, insertedIn, leave, look, open, sent };
})();
