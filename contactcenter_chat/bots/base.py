"""What is a bot?"""

import itertools
import json
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.module_loading import import_string
from django.utils.translation import pgettext_lazy

from ..conf import settings
from ..events import CUSTOMER
from ..exceptions import Invalid
from ..knowledge.nearness import NEAR_ENOUGH
from ..masking.base import Rules
from ..models.conversations import Reason
from ..models.spells import Miss
from ..storable import check_text, storable
from ..tools.registry import Tool
from ..wire.levels import Level
from ..wire.limits import BRIEF_ITEMS_MAX, BRIEF_SUMMARY_MAX, BRIEF_WORDS_MAX
from ..workers.process import kept
from . import words

BACKENDS = {  # what comes with the app, by the short names that the setting may use
    "faq": "contactcenter_chat.bots.faq.FaqBot",
    "llm": "contactcenter_chat.bots.llm.LlmBot",
    "rasa": "contactcenter_chat.bots.rasa.RasaBot",
    "gateway": "contactcenter_chat.bots.gateway.GatewayBot",
}
READY = ("faq",)  # those of them that need no setting
TITLES = {"faq": pgettext_lazy("a bot", "FAQ")}  # what people call them
SECONDS = (5, 30, 120)  # of a turn: least, default, most
MEMORY_MOST = 64_000  # characters, as JSON
BRIEF_BEFORE = 4  # of what the customer has said before


@dataclass(frozen=True)
class Said:
    """Something that the customer said: in words, or by choosing one of the bot's quick replies.

    ``number`` is that of the conversation's log, ``data`` what the bot gave with the option that was chosen, and
    ``is_press`` whether a button was pressed. One of which the customer has seen the answer has no ``data`` any more.
    """

    number: int
    text: str
    data: Any = None
    is_press: bool = False


@dataclass(frozen=True)
class Found:
    """An article that may hold an answer. ``score`` is how near it is, 1 is the same; None where words found it.

    ``is_confirmed`` says of the nearest three whether a customer has said that it answers a question like this one.
    ``edition`` tells what it says from what it said before it was changed.
    """

    article_id: str
    title: str
    answer: str
    link: str = ""
    score: float | None = None
    is_confirmed: bool = False
    edition: str = ""

    @property
    def is_near_enough(self) -> bool:
        """Whether it may be about that at all; words alone say nothing of nearness."""
        return self.score is None or self.score >= NEAR_ENOUGH


class CallState(StrEnum):
    """What came of a Call."""

    DONE = "done"
    FAILED = "failed"  # it raised
    REFUSED = "refused"  # no such tool, or arguments that are not right
    NOT_VERIFIED = "not_verified"  # it cannot be made sure who the customer is
    DECLINED = "declined"  # the customer does not want it
    ASKED = "asked"  # the app has asked the customer for a yes or a code: the next turn tells what came of it


@dataclass(frozen=True)
class Called:
    """What came of a Call. ``result`` is what the function has returned, or why it was not called.

    ``state`` is ``done``, ``failed`` (it raised), ``refused`` (no such tool, or arguments that are not right),
    ``not_verified`` (it cannot be made sure who the customer is), ``declined`` (the customer does not want it), or
    ``asked``: the app has asked the customer for a yes or a code, and the next turn tells what came of it.
    """

    tool: str
    state: str
    result: Any = None


@dataclass(frozen=True)
class AgentBefore:
    """The agent who has given the conversation back to the bot, and what came of it.

    ``name`` is what customers are told, ``outcome`` one of models.conversations.Outcome, ``codes`` what was chosen to
    wrap it up: labels by their short codes. Until ``is_wrapped_up``, the agent is at that still, and a later turn may
    have more of them. Notes are not for bots.
    """

    name: str
    outcome: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)
    is_wrapped_up: bool = False


@dataclass(frozen=True)
class Turn:
    """What a bot is asked to answer.

    ``said`` is what it has not answered yet, ``before`` the newest of what was said until then, as (author type,
    text). ``identity`` is how sure it is that the ``customer`` is who these data are of. ``number`` counts the turns
    of this bot with this conversation since it has it, from 1. What a bot leaves in ``memory`` (as JSON has it) is
    there at its next turn; ``misses`` are those so far. ``tools`` are those that it may call, ``called`` what came of
    a Call for which the customer was asked. ``agent`` is who has given the conversation back to the bot, an
    AgentBefore; None where no agent has. ``masking`` says what must not leave the house, ``is_wanted()`` whether the
    bot has the conversation still.
    """

    conversation_id: str
    tenant_id: str
    said: Sequence[Said]
    before: Sequence[tuple[str, str]] = ()
    number: int = 1
    customer: Mapping[str, Any] = field(default_factory=dict)
    identity: Level = Level.NONE
    language: str = ""
    misses: Sequence[str] = ()
    memory: dict[str, Any] = field(default_factory=dict)
    epoch: int = 0
    articles: Callable[[str], Sequence[Found]] = lambda question: ()
    tools: Sequence[Tool] = ()
    called: Called | None = None
    agent: AgentBefore | None = None
    masking: Rules = field(default_factory=Rules)
    is_wanted: Callable[[], bool] = lambda: True

    @property
    def text(self) -> str:
        """All that was said, in one text."""
        return "\n".join(each.text for each in self.said)

    @property
    def data(self) -> Any:
        """What came with the last quick reply that was chosen, if what was said last was one."""
        return self.said[-1].data if self.said else None


@dataclass(frozen=True)
class QuickReply:
    """An answer to choose; ``data`` come back with it."""

    title: str
    data: Any = None


@dataclass(frozen=True)
class Judged:
    """What the customer has just said of an article: whether it has ``helped`` with this ``question``, in their words.

    ``article_id`` and ``edition`` are those of Found.
    """

    article_id: str
    edition: str
    question: str
    helped: bool


@dataclass(frozen=True)
class Say:
    """Say this.

    ``miss`` is one of models.spells.Miss where it is no answer: after two of them, agents take over instead.
    ``settled`` says that the customer has just said that an answer helped. ``articles`` are the ids of those that it
    answers from, for whoever tries the bot. ``judged`` is what the customer has just said of one: the app keeps it, so
    that it is known of those who ask the same.
    """

    text: str
    quick_replies: Sequence[QuickReply] = ()
    cards: Sequence[tuple[str, Any]] = ()
    miss: str = ""
    settled: bool = False
    articles: Sequence[str] = ()
    judged: Judged | None = None

    def __post_init__(self) -> None:
        """Refuse what is no quick reply where it is written. Raises TypeError."""
        if wrong := [each for each in self.quick_replies if not isinstance(each, QuickReply)]:
            raise TypeError(f"quick_replies are QuickReply(title, data), not {wrong[0]!r}.")


@dataclass(frozen=True)
class Think:
    """Show that the bot thinks, for so many seconds at most."""

    seconds: float = 10


@dataclass(frozen=True)
class Brief:
    """What whoever goes on should know, so that the customer need not say it again. Texts are plain."""

    intent: str = ""
    summary: str = ""
    entities: Mapping[str, str] = field(default_factory=dict)
    tried: Sequence[str] = ()
    mood: str = ""

    def as_kept(self) -> dict[str, Any]:
        """Return it as JSON, without what is empty. Raises Invalid."""
        for name, most in {"intent": BRIEF_WORDS_MAX, "summary": BRIEF_SUMMARY_MAX, "mood": BRIEF_WORDS_MAX}.items():
            _check(getattr(self, name), name, most)
        if not isinstance(self.entities, Mapping) or not isinstance(self.tried, list | tuple):
            raise Invalid("Must be an object and a list.", field="brief")
        if max(len(self.entities), len(self.tried)) > BRIEF_ITEMS_MAX:
            raise Invalid(f"May not have more than {BRIEF_ITEMS_MAX} items.", field="brief")
        for text in [*self.entities.keys(), *self.entities.values(), *self.tried]:
            _check(text, "brief", BRIEF_WORDS_MAX)
        whole = {
            "intent": self.intent,
            "summary": self.summary,
            "entities": dict(self.entities),
            "tried": list(self.tried),
            "mood": self.mood,
        }
        return {name: value for name, value in whole.items() if value}

    def fitting(self) -> "Brief":
        """Return what of it can be kept: texts cut, and what is no text left out."""
        listed = self.tried if isinstance(self.tried, list | tuple) else ()
        named = self.entities if isinstance(self.entities, Mapping) else {}
        pairs = [(_fitting(name), _fitting(text)) for name, text in list(named.items())[:BRIEF_ITEMS_MAX]]
        return Brief(
            intent=_fitting(self.intent),
            summary=_fitting(self.summary, BRIEF_SUMMARY_MAX),
            entities={name: text for name, text in pairs if name and text},
            tried=[text for each in list(listed)[:BRIEF_ITEMS_MAX] if (text := _fitting(each))],
            mood=_fitting(self.mood),
        )


@dataclass(frozen=True)
class HandOver:
    """Have an agent go on: one of this queue, by its name, else of the channel's; nothing of the bot comes after it.

    ``reason`` is one of models.conversations.Reason; ``skills`` are asked of the agent: names with least levels.
    ``left_out`` is what a bot elsewhere has named beside, which means nothing here: the log tells it.
    """

    brief: Brief = field(default_factory=Brief)
    queue: str = ""
    skills: Sequence[tuple[str, int]] = ()
    reason: str = Reason.FAILED
    left_out: Sequence[str] = ()

    def __post_init__(self) -> None:
        """Refuse what is no brief where it is written. Raises TypeError."""
        if not isinstance(self.brief, Brief):
            raise TypeError(f"The brief of a handover is a Brief, not {self.brief!r}.")


@dataclass(frozen=True)
class End:
    """It is settled: end the conversation; ``code`` says what it was about, at most 100 characters."""

    code: str = ""


@dataclass(frozen=True)
class Call:
    """Call a tool for the customer; ``yield`` returns what came of it, a Called.

    Where a tool needs a yes of the customer, or a code, the app itself asks for it.
    """

    tool: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


Action = Say | Think | Call | HandOver | End
Answers = Iterable[Action] | Generator[Action, Any, None]


class Bot:
    """Answers customers. ``options`` are the ``OPTIONS`` of the setting.

    It writes nothing and is called with no transaction open, by one thread for each conversation and for several
    conversations at a time. What it yields is written as it comes, for as long as it has the conversation. A turn that
    a crash has cut short is asked for once more: of what it yields then, what was written before is left out.
    """

    seconds: float = SECONDS[1]  # for a turn: later an agent takes over

    def answer(self, turn: Turn) -> Answers:
        """Write: what to answer. Whatever it raises has an agent take over."""
        raise NotImplementedError

    def brief(self, turn: Turn) -> Brief:
        """Write, where more is known: what an agent should know when the app itself hands over in this turn."""
        said = [text for author, text in turn.before if author == CUSTOMER][-BRIEF_BEFORE:]
        return Brief(summary="\n".join([*said, turn.text])[-BRIEF_SUMMARY_MAX:])

    # What a subclass need not touch

    def __init__(self, **options: Any) -> None:
        self.options = options


def each_done(answers: Answers | None, do: Callable[[int, Action], Any]) -> None:
    """Call ``do(number, action)`` for each thing that a bot answers; what it returns, ``yield`` returns in the bot.

    Raises TypeError where an answer is no list of such things.
    """
    if answers is not None and not isinstance(answers, Iterable):
        raise TypeError(f"A bot yields its answers, or returns a list of them, not {answers!r}.")
    coming, told = iter(answers or ()), None
    for number in itertools.count():
        try:
            action = coming.send(told) if isinstance(coming, Generator) else next(coming)
        except StopIteration:
            return
        told = do(number, action)


def said_nothing(turn: Turn) -> Say:
    """What is said where a bot has nothing to say: that it has not understood."""
    return Say(words.in_language(turn.language, words.say_it_otherwise), miss=Miss.NOT_UNDERSTOOD)


def check_memory(turn: Turn) -> None:
    """Refuse what a bot has left for itself and JSON cannot hold, or is too much. Raises TypeError."""
    try:
        kept = json.dumps(turn.memory, allow_nan=False, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise TypeError(f"What a bot leaves in turn.memory must be JSON: {error}") from error
    if len(kept) > MEMORY_MOST:
        raise TypeError(f"What a bot leaves in turn.memory may have {MEMORY_MOST} characters, not {len(kept)}.")


class Bots:
    """The bots of this process: each made when it is first needed, and all anew when the setting is another."""

    def __init__(self) -> None:
        self._setting: Any = None
        self._made: dict[str, Bot] = {}

    def get(self, name: str) -> Bot:
        if self._setting != settings.BOTS:
            self._made, self._setting = {}, settings.BOTS
        if name not in self._made:
            configured = configured_as(name)
            backend = BACKENDS.get(configured["BACKEND"], configured["BACKEND"])
            self._made[name] = import_string(backend)(**configured.get("OPTIONS", {}))
        return self._made[name]


bots = kept(Bots)


def configured_as(name: str) -> dict[str, Any]:
    """Return what the settings say of a bot; nothing of one that the project's own code drives, or that is none."""
    if isinstance(settings.BOTS, dict) and name in settings.BOTS:
        return settings.BOTS[name] or {}
    return {"BACKEND": name} if name in READY and name not in settings.BOTS else {}


def names() -> list[str]:
    """Return the names of all bots: those of the settings first."""
    return list(dict.fromkeys([*settings.BOTS, *READY]))


def title_of(name: str) -> str:
    """Return what people call a bot: a name in the settings is one for programs, as ``fees_helper``."""
    words = str(name).replace("_", " ").replace("-", " ").strip()
    return str(TITLES.get(name) or words[:1].upper() + words[1:])


def is_bot(name: str) -> bool:
    """Whether a conversation may be given to one of this name."""
    return name in settings.BOTS or name in READY


def has_turns(name: str) -> bool:
    """Whether the app counts its turns: it is asked here or elsewhere, and not driven by the project's own code."""
    return bool(configured_as(name).get("BACKEND"))


def is_asked_here(name: str) -> bool:
    """Whether the app asks it for its answers: it is neither driven by the project's own code nor elsewhere."""
    return has_turns(name) and not is_elsewhere(name)


def is_elsewhere(name: str) -> bool:
    """Whether it is a program of its own, which is told by callbacks, and speaks over the API."""
    backend = configured_as(name).get("BACKEND")
    return backend is not None and BACKENDS.get(backend, backend) == BACKENDS["gateway"]


def options_of(name: str) -> dict[str, Any]:
    """Return what the settings say to a bot."""
    options = configured_as(name).get("OPTIONS")
    return options if isinstance(options, dict) else {}


def bot_named(name: str) -> Bot:
    """Return the bot of this name that the app asks. Raises whatever making it raises."""
    return bots.get(name)


def seconds_of(name: str) -> float:
    """Return how long a turn of this bot may take; the default of one that cannot be made."""
    try:
        return min(max(bot_named(name).seconds, SECONDS[0]), SECONDS[2])
    except Exception:  # of whatever class the project names: the turn itself tells it
        return SECONDS[1]


def _fitting(text: Any, most: int = BRIEF_WORDS_MAX) -> str:
    return storable(text)[:most] if isinstance(text, str) else ""


def _check(text: Any, name: str, most: int) -> None:
    if not isinstance(text, str) or len(text) > most:
        raise Invalid(f"Must be text of at most {most} characters.", field=f"brief.{name}", value=text)
    check_text(text, f"brief.{name}")
