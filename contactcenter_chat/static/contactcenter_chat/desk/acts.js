// What prepared responses are about to do: said when it is owed, and read anew when its time has come.
(() => {
  "use strict";
  const A_MOMENT = 1500; // of the timer that does it, and between two looks
  const looked = new WeakMap(); // what is owed -> when it was looked at last

  setInterval(() => {
    const now = deskClock.now();
    for (const owed of document.querySelectorAll("[data-due]")) {
      const last = looked.get(owed) ?? Date.parse(owed.dataset.due);
      if (now < last + A_MOMENT) continue;
      looked.set(owed, now);
      document.dispatchEvent(new CustomEvent("acts:due", { detail: owed.closest(".chat").dataset.chat }));
    }
  }, 500);

  function tell(part) {
    const told = [...part.querySelectorAll(".act")].map((act) => act.textContent).join("; ");
    if (told) document.getElementById("announce").textContent = told;
  }

  window.deskActs = { tell };
})();
