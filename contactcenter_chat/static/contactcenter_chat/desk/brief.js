// What the bot says above the field: who folds it has it folded in this browser, until it says something else, or the
// chat was handed on and has come back.
(() => {
  "use strict";
  const KEY = "desk-briefs-folded";
  const MOST = 100; // the newest
  const folded = () => JSON.parse(localStorage.getItem(KEY) ?? "[]");

  // Of one chat at a time: its brief is that of an episode.
  function show(section) {
    const box = section.querySelector("[data-brief]");
    if (box && folded().includes(box.dataset.brief)) box.open = false;
  }

  // It does not bubble.
  document.addEventListener("toggle", ({ target }) => {
    const brief = target.dataset?.brief;
    if (!brief || target.open === !folded().includes(brief)) return;
    const others = folded().filter((each) => each !== brief);
    localStorage.setItem(KEY, JSON.stringify(target.open ? others : [...others, brief].slice(-MOST)));
  }, true);

  window.deskBrief = { show };
})();
