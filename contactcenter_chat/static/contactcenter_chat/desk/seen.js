// What of a chat the agent has had before the eyes: only that counts as seen, the rest stands below a line "New".
(() => {
  "use strict";
  const LEGIBLE = 40; // of a long message, so many pixels are enough
  const numberOf = (line) => Number(line.dataset.number);
  const scrollOf = (section) => section.querySelector(".scroll");
  const isShown = (section) => document.visibilityState === "visible" && section.offsetParent !== null;

  function isAtEnd(section) {
    const scroll = scrollOf(section);
    return scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 60;
  }

  // The number of the last line in view, 0 when none is.
  function inView(section) {
    if (!isShown(section)) return 0;
    const floor = scrollOf(section).getBoundingClientRect().bottom;
    const lines = [...section.querySelectorAll(".log > [data-number]")];
    const last = lines.findLast((line) => {
      const { top, height } = line.getBoundingClientRect();
      return top + Math.min(height, LEGIBLE) <= floor + 1;
    });
    return last ? numberOf(last) : 0;
  }

  function unseen(section) {
    const seen = Number(section.dataset.seen);
    return [...section.querySelectorAll('.message[data-author="user"]')].filter((line) => numberOf(line) > seen);
  }

  // Takes note of what is in view; says how much is not seen yet.
  function look(section) {
    const number = inView(section);
    if (number > Number(section.dataset.seen)) {
      section.dataset.seen = number;
      sessionStorage.setItem(`desk-seen-${section.dataset.chat}`, number);
    }
    if (number) deskSigns.noteRead(section, number);
    const count = unseen(section).length;
    section.querySelector("[data-jump]").hidden = !count || !isShown(section);
    return count;
  }

  function begin(section, isLive) {
    const seen = sessionStorage.getItem(`desk-seen-${section.dataset.chat}`);
    section.dataset.seen = (isLive && seen) || section.dataset.last;
  }

  // The line stands before what was not seen when it came; it stays until the agent answers or something newer is unseen.
  function draw(section) {
    const [first] = unseen(section);
    const line = section.querySelector(".new-line");
    if (!first || (line && line.nextElementSibling && numberOf(line.nextElementSibling) > Number(section.dataset.seen))) return;
    const drawn = line ?? Object.assign(document.createElement("li"), { className: "new-line", textContent: section.dataset.newWord });
    first.before(drawn);
  }

  const wipe = (section) => section.querySelector(".new-line")?.remove();

  // What came while nobody looked is read from its beginning.
  function catchUp(section) {
    if (!("behind" in section.dataset) || !isShown(section)) return;
    delete section.dataset.behind;
    const line = section.querySelector(".new-line");
    const scroll = scrollOf(section);
    if (line) scroll.scrollTop += line.getBoundingClientRect().top - scroll.getBoundingClientRect().top - 40;
  }

  // Whoever reads the end still does when a banner, a wrap-up or a longer draft takes room from the log.
  const left = new WeakSet(); // logs that were scrolled away from their end
  const room = new ResizeObserver((entries) => {
    for (const { target } of entries) if (!left.has(target)) target.scrollTop = target.scrollHeight;
  });

  function stayAtEnd(section) {
    const scroll = scrollOf(section);
    scroll.addEventListener("scroll", () => (isAtEnd(section) ? left.delete(scroll) : left.add(scroll)), { passive: true });
    room.observe(scroll);
  }

  window.deskSeen = { begin, catchUp, draw, isAtEnd, isShown, look, stayAtEnd, wipe };
})();
