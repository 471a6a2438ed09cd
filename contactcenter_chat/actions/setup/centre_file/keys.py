"""Which keys has a centre's file, and what may stand at each? This is the format: reading and schema follow it.

A key whose feature is still to come stands in NOT_YET: it is told with its line and not applied. When the feature is
there, its pattern is taken out and its kind goes into the description.
"""

from zoneinfo import available_timezones

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ....exceptions import Invalid
from ....isolates import unturned
from ....models import (
    Article,
    Channel,
    Department,
    OpeningHours,
    PreparedResponse,
    Queue,
    Skill,
    Tenant,
    TransactionCode,
)
from ....models import TransactionCodeList as List
from ....models.base import max_length
from ....models.channels import BOT_SECONDS, STICKY_SECONDS, BotFencing, ChannelIdentity, Pace, ReopenTo
from ....models.hours import holidays_of
from ....models.identity import IdentityLevel
from ....models.knowledge import ArticleState, Audience
from ....models.queues import (
    CAPACITY,
    CLOSING_SECONDS,
    GRACE_SECONDS,
    OFFER_GAP_SECONDS,
    PERCENT,
    PRIORITY,
    RING_SECONDS,
    STEPS_MOST,
    WAITING_TEXT_SECONDS,
    WRAP_UP_SECONDS,
    Distribution,
    LanguageRule,
    Prefer,
    Unserved,
    WrapUpMode,
)
from ....models.skills import LEVEL
from ....storable import check_one_line
from ....wire.limits import WEBHOOK_NAME_MAX
from ...center.hours_checks import DATES_MOST, PERIODS_MOST
from ...center.plan_checks import AFTER_MOST
from ...center.texts import KINDS
from ...knowledge import articles
from ...knowledge.responses import checked_short_code
from ...messages import check_words
from ..channels import REOPEN_HOURS_MOST
from .articles import Articles, Questions
from .kinds import (
    Choice,
    Day,
    Entries,
    Flag,
    Kind,
    Listing,
    Name,
    NeverOr,
    Number,
    OrNothing,
    Record,
    Table,
    Tag,
    Text,
    Whole,
)
from .special import Codes, Names, Period, Periods, Responses, Steps, Weekly

VERSION = 1
USER_MOST = 254  # characters of what a user logs in with
SECONDS_MOST = 2**31 - 1
HOURS_MOST = 24 * 366
QUEUES_MOST = 1000
SAID_MOST = max_length(PreparedResponse, "text")
PROVIDER_MOST = max_length(Channel, "provider")

# What the format has and the contact centre has not yet.
NOT_YET = (
    "centre.time_zone",
    "centre.languages",
    "queues.*.wait_for",
    "queues.*.offer_shows",
    "bots",
    "lookups",
)


def _one_line(text: str) -> str:
    check_one_line(text, "text")
    return unturned(text)


def _said(text: str) -> str:
    check_words(text)
    return text.strip()


def _zone(text: str) -> str:
    if text not in available_timezones():
        raise Invalid(gettext_noop("There is no such time zone."))
    return text


def _holidays(text: str) -> str:
    try:
        holidays_of(text)
    except LookupError:
        raise Invalid(gettext_noop("No holidays are known of %(place)s."), place=text) from None
    except ImportError:
        raise Invalid(gettext_noop("Holidays need the package “holidays”.")) from None
    return text


class Zone(Text):
    """A time zone by its name."""

    def hint(self) -> str:
        return _("Write a time zone as Europe/London.")


class Link(Text):
    """The address of a page."""

    def hint(self) -> str:
        return _("Write an address as https://example.org/page.")


class Place(Text):
    """A country or a part of one."""

    def hint(self) -> str:
        return _("Write a country or a part of one as GB or GB-ENG.")


def record(pattern: str, required: tuple[str, ...] = (), empty: bool = True, /, **keys: Kind) -> Record:
    """A Record that knows what is not yet supported; ``from_`` is the key ``from``."""
    return Record(pattern, {key.rstrip("_"): kind for key, kind in keys.items()}, required, empty, NOT_YET)


USER = Name(USER_MOST)
AN_AGENT = Name(USER_MOST, section="agents")
SKILL = Name(max_length(Skill, "name"))
A_SKILL = Name(max_length(Skill, "name"), section="skills")
HOURS = Name(max_length(OpeningHours, "name"))
SOME_HOURS = Name(max_length(OpeningHours, "name"), section="hours")
QUEUE = Name(max_length(Queue, "name"))
A_QUEUE = Name(max_length(Queue, "name"), section="queues")
SOME_LEVEL = Whole(*LEVEL)
PERIODS = Periods(Period(), PERIODS_MOST)
REQUIRES = Table(A_SKILL, SOME_LEVEL, most=100, example="{fees: 3}")
RULE = Choice(tuple(LanguageRule.values))
SOME_TEXTS = Table(Tag(), Text(SAID_MOST, _said, empty=False), most=100, example="{en: “…”}")
UNSERVED = Choice(tuple(Unserved.values))
LABEL = Name(max_length(TransactionCode, "label"))


def seconds(least: int = 0, most: int = SECONDS_MOST) -> OrNothing:
    """A number of seconds, or ``null`` for what the settings say."""
    return OrNothing(Whole(least, most))


AGENT = record(
    "agents.*",
    capacity=Whole(*CAPACITY),
    languages=Entries(Tag(), SOME_LEVEL, most=100, example="{en: 5}"),
    skills=Entries(A_SKILL, SOME_LEVEL, most=1000, example="{fees: 4}"),
)
OPENING = record(
    "hours.*",
    time_zone=Zone(max_length(OpeningHours, "time_zone"), _zone),
    weekly=Weekly(PERIODS),
    holidays=OrNothing(Place(max_length(OpeningHours, "holidays"), _holidays, empty=False)),
    exceptions=Table(Day(), PERIODS, most=DATES_MOST, example="{2026-12-24: [“09:00-12:00”]}"),
)
STEP = record(
    "queues.*.steps.*",
    ("after",),
    False,
    after=Whole(1, AFTER_MOST),
    requires=REQUIRES,
    language=RULE,
    asked=Flag(),
)
A_PERCENT = OrNothing(Whole(*PERCENT))


def open_target(pattern: str) -> Record:
    """A target in opening time, and how many percent are to be answered within it."""
    return record(pattern, (), False, percent=A_PERCENT, open_hours=OrNothing(Number(0, HOURS_MOST)))


TARGET = record("queues.*.target", (), False, percent=A_PERCENT, seconds=seconds())
TARGETS = {pace: OrNothing(open_target(f"queues.*.targets.{pace}")) for pace in (Pace.MESSAGING, Pace.MAIL)}
QUEUE_KEYS = record(
    "queues.*",
    members=Entries(AN_AGENT, SOME_LEVEL, example="{maria: 4}"),
    requires=REQUIRES,
    language=RULE,
    steps=Steps(STEP, STEPS_MOST),
    priority=Whole(*PRIORITY),
    target=OrNothing(TARGET),
    closed_target=OrNothing(open_target("queues.*.closed_target")),
    targets=record("queues.*.targets", **TARGETS),
    prefer=Choice(tuple(Prefer.values)),
    distribution=OrNothing(Choice((Distribution.OFFER, Distribution.AUTO, Distribution.PICK))),
    ring_seconds=seconds(*RING_SECONDS),
    offer_gap_seconds=seconds(*OFFER_GAP_SECONDS),
    closing_seconds=seconds(*CLOSING_SECONDS),
    grace_seconds=seconds(*GRACE_SECONDS),
    hours=OrNothing(SOME_HOURS),
    when_closed=UNSERVED,
    when_empty=UNSERVED,
    max_wait=Whole(0, SECONDS_MOST),
    overflow=Listing(A_QUEUE, QUEUES_MOST, once=True),
    wrap_up=record("queues.*.wrap_up", mode=Choice(tuple(WrapUpMode.values)), seconds=seconds(*WRAP_UP_SECONDS)),
    texts=record("queues.*.texts", **dict.fromkeys(KINDS, SOME_TEXTS)),
    waiting_text_every=NeverOr(*WAITING_TEXT_SECONDS),
    assistant=Flag(),
)
DEPARTMENT = record(
    "departments.*",
    queues=Listing(A_QUEUE, QUEUES_MOST, once=True, is_set=True),
    entry=A_QUEUE,
    hours=OrNothing(SOME_HOURS),
    supervisors=Listing(AN_AGENT, 10_000, once=True, is_set=True),
)
CODE = record(
    "codes.*.codes.*",
    ("label",),
    False,
    code=Name(max_length(TransactionCode, "short_code")),
    label=LABEL,
    labels=Table(Tag(), LABEL, most=100, example="{es: Tasas}"),
    report_text=Text(max_length(TransactionCode, "report_text"), _one_line),
    external_id=Text(max_length(TransactionCode, "external_id"), _one_line),
    from_=OrNothing(Day()),
    to=OrNothing(Day()),
)
CODE_LIST = record(
    "codes.*",
    queues=Listing(A_QUEUE, QUEUES_MOST, once=True, is_set=True),
    required=Flag(),
    choice=Choice(tuple(List.Selection.values)),
    codes=Codes(CODE, 10_000, 10),
)
ACTS = record(
    "prepared_responses.*.acts",
    codes=Table(
        Name(max_length(List, "name"), section="codes"),
        Listing(Name(max_length(TransactionCode, "short_code")), 100, once=True, is_set=True),
        most=100,
        example="{Topic: [fees]}",
    ),
    transfer=OrNothing(A_QUEUE),
    skills=REQUIRES,
    priority=OrNothing(Whole(*PRIORITY)),
)
RESPONSE = record(
    "prepared_responses.*",
    ("title", "text"),
    False,
    title=Name(max_length(PreparedResponse, "title")),
    queue=OrNothing(A_QUEUE),
    language=Tag(),
    short_code=Text(max_length(PreparedResponse, "short_code") + 1, checked_short_code),
    category=Text(max_length(PreparedResponse, "category"), _one_line),
    text=Text(SAID_MOST, _said, empty=False),
    acts=ACTS,
)
QUESTIONS = Questions(
    Text(articles.QUESTION_MOST, articles.checked_question, empty=False), articles.QUESTIONS_MOST, once=True
)
ANSWER = Text(articles.ANSWER_MOST, articles.checked_answer, empty=False)
LINK = Link(articles.LINK_MOST, articles.checked_link)
VERSION_OF_ARTICLE = record(
    "articles.*.versions.*", ("questions", "answer"), False, questions=QUESTIONS, answer=ANSWER, link=LINK
)
ARTICLE = record(
    "articles.*",
    ("questions", "answer"),
    False,
    questions=QUESTIONS,
    answer=ANSWER,
    language=Tag(),
    category=Text(max_length(Article, "category"), _one_line),
    audience=Choice(tuple(Audience.values)),
    level=Choice(tuple(IdentityLevel.values)),
    link=LINK,
    queues=Listing(A_QUEUE, QUEUES_MOST, once=True, is_set=True),
    from_=OrNothing(Day()),
    to=OrNothing(Day()),
    owner=OrNothing(AN_AGENT),
    review=OrNothing(Day()),
    state=Choice(tuple(ArticleState.values)),
    versions=Table(
        Tag(),
        VERSION_OF_ARTICLE,
        most=articles.LANGUAGES_MOST - 1,
        example="{es: {questions: [¿A plazos?], answer: Sí}}",
    ),
)
CHANNEL = record(
    "channels.*",
    webhook=Name(WEBHOOK_NAME_MAX, section="webhooks"),
    queue=A_QUEUE,
    provider=Name(PROVIDER_MOST, section="providers"),
    pace=Choice(tuple(Pace.values)),
    reopen_hours=OrNothing(Whole(0, REOPEN_HOURS_MOST)),
    sticky_seconds=seconds(*STICKY_SECONDS),
    reopen_to=OrNothing(Choice(tuple(ReopenTo.values))),
    keeps_thanks=Flag(),
    tells_own_words=Flag(),
    has_presence=Flag(),
    bot=OrNothing(Name(max_length(Channel, "bot"), section="bots")),
    bot_fencing=Choice(tuple(BotFencing.values)),
    bot_seconds=OrNothing(Whole(*BOT_SECONDS)),
    identity=Choice(tuple(ChannelIdentity.values)),
)
CENTRE = record(
    "",
    version=Whole(VERSION, VERSION),
    centre=record("centre", name=Text(max_length(Tenant, "name"), _one_line)),
    skills=Names(SKILL, 10_000),
    agents=Entries(USER, AGENT, example="{maria: {capacity: 3}}"),
    hours=Entries(HOURS, OPENING, example="{office: {weekly: {mon-fri: [“09:00-17:00”]}}}"),
    queues=Entries(QUEUE, QUEUE_KEYS, most=QUEUES_MOST, example="{General: {members: {tom: 3}}}"),
    departments=Entries(
        Name(max_length(Department, "name")), DEPARTMENT, example="{Finance: {queues: [Fees], entry: Fees}}"
    ),
    codes=Entries(Name(max_length(List, "name")), CODE_LIST, example="{Topic: {codes: [Fees]}}"),
    prepared_responses=Responses(RESPONSE, 10_000),
    articles=Articles(ARTICLE, 10_000),
    channels=Entries(Name(max_length(Channel, "name")), CHANNEL, example="{Website: {queue: General}}"),
)
SECTIONS = tuple(key for key in CENTRE.keys if key != "version")
