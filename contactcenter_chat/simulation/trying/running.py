"""What comes when a bot is asked the questions of a set? One after the other, each dialogue by itself."""

from collections.abc import Iterator, Sequence

from ...models import ArticleVersion
from . import asking
from .runs import ARTICLE, FAILED, OTHER, TOOL_KIND, Result
from .sets import HANDOVER, NONE, TOOL, Asked
from .state import ENDED, HANDED_OVER, Answer, Dialogue, Place


class Dialogues:
    """The dialogues of a set that are under way, by the names of their conversations."""

    def __init__(self, bot: str) -> None:
        self._bot = bot
        self._under_way: dict[str, Dialogue] = {}

    def of(self, row: Asked) -> Dialogue:
        """The dialogue of a line, as sure of who the customer is as the line says; a line by itself has its own."""
        known = self._under_way.get(row.conversation) if row.conversation else None
        dialogue = known or Dialogue(self._bot)
        dialogue.language, dialogue.identity = row.language or dialogue.language, row.identity
        if row.conversation:
            self._under_way[row.conversation] = dialogue
        return dialogue

    def as_json(self) -> dict[str, dict[str, object]]:
        """Return them as JSON."""
        return {name: each.as_json() for name, each in self._under_way.items()}

    def take_up(self, kept: dict[str, dict[str, object]]) -> None:
        """Go on with what ``as_json`` has kept."""
        self._under_way = {name: Dialogue.from_json(each) for name, each in kept.items()}


def run(place: Place, rows: Sequence[Asked], dialogues: Dialogues) -> Iterator[Result]:
    """Ask the bot each of these, and yield what came."""
    for row in rows:
        dialogue = dialogues.of(row)
        if dialogue.over == HANDED_OVER:
            yield _result(row, Answer(handed_over={}), {})
            continue
        answer = asking.ask(place, dialogue, row.question)
        if dialogue.over == ENDED:
            dialogue.begin_anew()
        yield _result(row, answer, _titles(answer))


def _titles(answer: Answer) -> dict[str, str]:
    """The titles of what it answers from, by their ids: as they were found, else in any language."""
    titles = {each["id"]: each["title"] for each in answer.found}
    lacking = [each for each in answer.articles if each not in titles]
    if lacking:
        rows = ArticleVersion.objects.filter(article__in=lacking).order_by("-language")
        titles |= dict(rows.values_list("article", "title"))
    return titles


def _result(row: Asked, answer: Answer, titles: dict[str, str]) -> Result:
    came = _came(answer)
    hits = [each for each in came if each in row.accepted]
    scores = [each["score"] for each in answer.found if each["id"] in came and each["score"] is not None]
    return Result(
        line=row.line,
        conversation=row.conversation,
        question=row.question,
        language=row.language,
        identity=row.identity,
        expected=list(row.expected),
        came=[titles.get(each, each) for each in came],
        hit=bool(hits),
        wanted=_kind(hits[0] if hits else _wanted(row)),
        got=_got(row, hits, came),
        score=round(scores[0], 3) if scores else None,
        seconds=answer.seconds,
        misses=list(answer.misses),
        failure=answer.failure or answer.failed,
        left_out=list(answer.left_out),
    )


def _came(answer: Answer) -> list[str]:
    """What came, as sets name it, with articles by their ids: a handover, tools, articles, or nothing of these."""
    if answer.failed:
        return [FAILED]
    came = [HANDOVER] if answer.handed_over is not None else []
    came += [TOOL + name for name in dict.fromkeys(answer.called)]
    return [*came, *answer.articles] or [NONE]


def _wanted(row: Asked) -> str:
    """What is expected first, as sets name it."""
    first = row.expected[0].casefold()
    return first if first in (HANDOVER, NONE) or first.startswith(TOOL) else ARTICLE


def _got(row: Asked, hits: Sequence[str], came: Sequence[str]) -> str:
    kind = _kind((hits or came)[0])
    return OTHER if kind == ARTICLE and not hits and _kind(_wanted(row)) == ARTICLE else kind


def _kind(came: str) -> str:
    if came in (HANDOVER, NONE, FAILED):
        return came
    return TOOL_KIND if came.startswith(TOOL) else ARTICLE
