// How the lines of a log stand together: under days, messages of one author in groups, answers in the cards they answer.
(() => {
  "use strict";
  const GROUP = 2 * 60 * 1000; // so long after a group's first message, its time is still the time
  const words = document.getElementById("words").dataset;
  const linesOf = (section) => [...section.querySelectorAll(".log > [data-number]")];

  function markDays(section) {
    let before = "";
    for (const line of linesOf(section)) {
      const day = new Date(line.querySelector("time").dateTime).toLocaleDateString(deskClock.language, { weekday: "long", day: "numeric", month: "long" });
      if (day !== before) line.dataset.day = day;
      else delete line.dataset.day;
      before = day;
    }
  }

  const authorOf = (line) => `${line.dataset.author} ${line.querySelector(".name")?.textContent}`;

  // Name and time stand above the first of a group. Whatever stands between two messages parts them.
  function group(section) {
    let first = null;
    for (const line of section.querySelectorAll(".log > *")) {
      const isMessage = line.matches(".message");
      const follows = isMessage && first && !line.dataset.day && authorOf(line) === authorOf(first)
        && Date.parse(line.dataset.at) - Date.parse(first.dataset.at) <= GROUP;
      line.classList.toggle("follows", Boolean(follows));
      if (!follows) first = isMessage ? line : null;
    }
  }

  // Where the card is not on the page, the line stays.
  function putAnswers(section) {
    for (const line of section.querySelectorAll("[data-answers]")) {
      const card = section.querySelector(`[data-card="${CSS.escape(line.dataset.answers)}"]`);
      if (!card) continue;
      if (!card.querySelector(".card-answer")) card.append(answerOf(line));
      line.remove();
    }
  }

  // As the server writes it.
  function answerOf(line) {
    const heading = Object.assign(document.createElement("span"), { className: "sr", textContent: words.answer });
    const answer = Object.assign(document.createElement("p"), { className: "card-answer" });
    const said = Object.assign(document.createElement("bdi"), { textContent: line.dataset.answer });
    answer.append(heading, " ", said);
    return answer;
  }

  function arrange(section) {
    putAnswers(section);
    markDays(section);
  }

  window.deskLines = { arrange, group };
})();
