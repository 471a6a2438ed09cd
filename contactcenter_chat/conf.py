"""Which settings are there, of what type, and with what default?

A project sets them in one dict, ``CONTACTCENTER_CHAT``. They are read when they are used, so that
``override_settings`` works::

    from contactcenter_chat.conf import settings
    settings.RING_SECONDS
"""

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from django.conf import settings as django_settings

SETTING = "CONTACTCENTER_CHAT"

DEFAULT_PROVIDERS = {"default": {"BACKEND": "contactcenter_chat.providers.embedded.EmbeddedCenter"}}
DEFAULT_FORMATS = ("contactcenter_chat.wire.chat_api_v2.FORMAT", "contactcenter_chat.wire.chat_gateway_v1.FORMAT")
DEFAULT_PACES = {
    "messaging": {
        "FIRST_REPLY_SECONDS": 14_400,
        "FIRST_REPLY_WARN_SECONDS": 10_800,
        "CUSTOMER_IDLE_WARN_SECONDS": 72_000,
        "CUSTOMER_IDLE_END_SECONDS": 86_400,
        "TARGET_SECONDS": 14_400,
    },
    "mail": {
        "FIRST_REPLY_SECONDS": 0,
        "FIRST_REPLY_WARN_SECONDS": 0,
        "CUSTOMER_IDLE_WARN_SECONDS": 0,
        "CUSTOMER_IDLE_END_SECONDS": 604_800,
        "TARGET_SECONDS": 28_800,
    },
}
RETRY_SCHEDULE = (1, 2, 5, 10, 30, 120, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)


@dataclass(frozen=True)
class Defaults:
    """Every setting with its type and default; times are in seconds unless the name says otherwise."""

    # Who answers
    PROVIDERS: dict[str, dict[str, Any]] = field(default_factory=lambda: DEFAULT_PROVIDERS)
    ROUTER: str = "contactcenter_chat.routing.by_skill.BySkill"  # dotted path of a routing.base.Router
    REQUIREMENTS: str = ""  # dotted path of a function: what else an interaction requires of its agent
    # Bots that conversations may be given to, by their names: BACKEND and OPTIONS of a bots.base.Bot; nothing, as in a
    # plain list of names, of those that the project's own code drives
    BOTS: tuple[str, ...] | dict[str, dict[str, Any]] = ()
    BOT_THREADS: int = 8  # turns of bots at a time per worker process of one tenant; of all, twice as many
    BOT_TURNS_MOST: int = 12  # turns until it hands over
    BOT_ASK_SECONDS: int = 300  # without a word of the customer, until a bot asks whether there is anything else
    BOT_END_MINUTES: int = 15  # without one, until a chat ends that a bot alone has had (2-1440)
    BOT_DISCLOSURES: dict[str, str] = field(default_factory=dict)  # a bot's first words by language, for %(tenant)s
    HUMAN_WISHES: dict[str, list[str]] = field(default_factory=dict)  # ways to ask for a person beside those known
    OPT_OUT_WORDS: dict[str, list[str]] = field(default_factory=dict)  # STOP, beside the words that are there
    OPT_IN_WORDS: dict[str, list[str]] = field(default_factory=dict)  # START, likewise

    # A model that agents may have draft replies and summaries, where a queue wants that: base_url, model, api_key,
    # instructions, timeout, as of the bot llm; empty: there is none
    ASSISTANT: dict[str, Any] = field(default_factory=dict)

    # What is known
    KNOWLEDGE_SOURCES: dict[str, dict[str, Any]] = field(default_factory=dict)  # TENANT, DOCUMENTS, MINUTES by names
    EMBEDDER: dict[str, Any] = field(default_factory=dict)  # BACKEND and OPTIONS of a knowledge.base.Embedder

    # The served API
    WIRE_FORMATS: tuple[str, ...] = DEFAULT_FORMATS  # dotted paths of wire.base.Format: what clients may speak
    TOKEN_SECONDS: int = 3600  # life of an access token
    API_RATE_LIMIT: int = 3000  # requests per minute and key; 0 = no limit
    MESSAGE_MAX_LENGTH: int = 16_000  # characters of one message
    HISTORY_MAX_MESSAGES: int = 200  # messages handed over when a conversation starts
    CUSTOMER_MAX_KEYS: int = 30  # keys of a customer's data more than the format names
    BODY_MAX_BYTES: int = 1_000_000  # a request's body
    BODY_MAX_DEPTH: int = 20  # nesting of a JSON body
    START_ONCE_SECONDS: float = 5.0  # a known customer's conversations of a channel within that are one (0-60)
    IDEMPOTENCY_DAYS: int = 30  # how long an answer is kept for its Idempotency-Key

    # Attachments and cards
    ATTACHMENT_MAX_BYTES: int = 26_214_400  # size of one file
    ATTACHMENTS_PER_MESSAGE: int = 15
    ATTACHMENT_STORAGE: str = "default"  # which of Django's STORAGES
    ATTACHMENT_SCANNER: str = (
        ""  # dotted path of an attachments.scanning.base.Scanner; without one all files count as clean
    )
    CLAMD_ADDRESS: str = "/run/clamav/clamd.ctl"  # of attachments.scanning.clamd: a socket's path, or host:port
    ATTACHMENT_LINK_SECONDS: int = 604_800  # life of a link in a callback
    ATTACHMENT_UNSENT_HOURS: int = 24  # how long a file is kept that nobody sends
    ATTACHMENT_UNSENT_FILES: int = 1000  # of one API key: files that nobody has sent yet; 0 = no limit
    ATTACHMENT_UNSENT_BYTES: int = 1_073_741_824  # how large they may be together; 0 = no limit
    ATTACHMENT_AGENT_UNSENT_FILES: int = 100  # the same of one agent
    ATTACHMENT_AGENT_UNSENT_BYTES: int = 268_435_456
    PUBLIC_URL: str = ""  # where others reach this project, as https://chat.example.org; begins links in callbacks
    CARDS_PER_MESSAGE: int = 10
    CARD_MAX_BYTES: int = 28_000  # one card, as JSON

    # Callbacks out
    ALLOW_PRIVATE_WEBHOOKS: bool = False  # let webhooks lead to private and loopback addresses
    CALLBACK_TIMEOUT: float = 15.0  # one attempt in all (5-30)
    CALLBACK_CONNECT_TIMEOUT: float = 5.0
    CALLBACK_ANSWER_MAX_BYTES: int = 65_536  # of the receiver's answer, what is read at most
    RETRY_SCHEDULE: tuple[float, ...] = RETRY_SCHEDULE  # waits after each failure, then it is dead; refused: eight
    RETRY_JITTER: float = 0.2  # each wait is varied by this share
    BREAKER_FAILURES: int = 5  # failures in a row after which a receiver is paused
    BREAKER_PAUSES: tuple[float, ...] = (1, 2, 5, 10, 30, 60)  # the pauses; one attempt between them
    FILE_MIN_BYTES_PER_SECOND: int = 50_000  # a remote centre's file may take size / this beyond CALLBACK_TIMEOUT
    LEASE_SECONDS: float = 60.0  # a worker's claim on a lane
    POSTS_PER_ENDPOINT: int = 4  # posts in flight per receiver
    DELIVERY_THREADS: int = 8  # posts in flight per worker process of one tenant; of all, twice as many
    WEBHOOK_FAILING_DAYS: int = 5  # a receiver failing that long is switched off

    # Callbacks in, of remote centres
    CALLBACK_WINDOW_SECONDS: int = 300  # how far a callback's time may be from ours

    # Routing
    # On channels that are not live, what FIRST_REPLY_…, CUSTOMER_IDLE_… and TARGET_SECONDS (open time) are instead.
    PACES: dict[str, dict[str, int]] = field(default_factory=lambda: DEFAULT_PACES)
    RING_SECONDS: int = 20  # how long an offer rings (5-300)
    TARGET_SECONDS: int = 60  # to the first answer; what waits is offered by when it is due
    CLOSED_TARGET_SECONDS: int = 14_400  # of opening time, for what came to a closed queue
    GRACE_SECONDS: int = 900  # after closing, for what waits then (0-3600)
    CLOSING_SECONDS: int = 600  # before closing, in which what would wait past it finds the queue closed (0-7200)
    EMPTY_SECONDS: int = 120  # without anybody there, until a queue does what it says of that
    INPUT_SECONDS: int = 120  # after a key or the pointer at a desk, an "auto" queue gives chats to it without ringing
    OFFER_GAP_SECONDS: int = 15  # between two offers to one agent, unless what waits is due (0-120)
    MISSED_PAUSE_SECONDS: int = 10  # pause after the first missed offer
    ASK_AGAIN_SECONDS: int = 5  # first pause before the same agents are asked again; doubles
    ASK_AGAIN_MAX_SECONDS: int = 60
    CAPACITY: int = 3  # an agent's chats at once (1-25)
    HEARTBEAT_SECONDS: int = 20  # how often a desk says it is there
    STALE_SECONDS: int = 60  # without a heartbeat the agent is lost
    LOST_SECONDS: int = 60  # that much later the chats go back to their queue
    MASS_LOSS_SECONDS: int = 300  # where many agents are lost at once: nothing is taken from them for so long
    RETURN_SECONDS: int = 900  # an agent who is back sooner gets the presence chosen before, later stays offline
    FIRST_REPLY_SECONDS: int = 180  # without a first reply the chat is re-routed; 0 = never
    FIRST_REPLY_WARN_SECONDS: int = 60
    PLACE_KEPT_SECONDS: int = 300  # who left while waiting and writes again sooner has the place of before (0-3600)
    AWAY_SECONDS: int = 60  # a customer who waits gives no sign of life: skipped, where the channel has presence
    AWAY_END_SECONDS: int = 600  # a customer is away for so long: answered later
    STICKY_SECONDS: int = 60  # how long a reopened conversation waits for its last agent; 0 = not at all (0-3600)
    REOPEN_HOURS: int = 72  # how long after the end the last agent is asked first
    TRANSFER_ACCEPT_SECONDS: int = 60  # how long a transfer to an agent waits for that agent
    TRANSFER_PRIORITY: int = 5  # minutes of waiting a transferred interaction is given
    SHORT_ABANDON_SECONDS: int = 5

    # Conversation
    THANKS_SECONDS: int = 600  # after the end, where a channel keeps thanks without having them answered
    THANKS: dict[str, list[str]] = field(default_factory=dict)  # what counts as thanks beside the lists that are there
    SLOT_FREED_SECONDS: int = 600  # the customer is silent for that long: the chat takes no slot; 0 = never
    CUSTOMER_IDLE_WARN_SECONDS: int = 300  # 0 = never
    CUSTOMER_IDLE_END_SECONDS: int = 600  # 0 = never
    ACT_SECONDS: int = 5  # after a prepared response was sent, until what it does is done and cannot be undone (0-30)
    UNDELIVERED_WARN_SECONDS: int = 10  # then the agent sees "the customer may not have this yet"

    # Identity
    VERIFICATION_SENDER: str = "contactcenter_chat.outbound.codes.by_mail"  # a function (address, code, conversation)

    # Open desks
    LIVE_HINTS: bool = True  # tell open desks at once; off: they see within a second or two, by looking

    # Wrap-up
    WRAP_UP_SECONDS: int = 60  # 0 = no limit
    WRAP_UP_EXTENSIONS: int = 3
    WRAP_UP_EXTENSION_SECONDS: int = 60

    # Upkeep
    SWEEP_SECONDS: float = 5.0  # what nobody took care of for that long, the sweep finds
    DELIVERY_KEEP_DAYS: int = 30  # delivered and dead deliveries
    CONVERSATION_KEEP_DAYS: int = 0  # idle conversations; 0 = for ever


if TYPE_CHECKING:
    Named = Defaults
else:
    Named = object  # what is no attribute is looked up when it is asked for


class Settings(Named):
    """The project's settings over the defaults; an attribute per setting."""

    def __getattr__(self, name: str) -> Any:
        if name not in NAMES:
            raise AttributeError(f"{SETTING} has no setting {name!r}")
        given = self.given()
        default = getattr(DEFAULTS, name)
        return given.get(name, default) if isinstance(given, dict) else default  # a check tells of what is none

    @staticmethod
    def given() -> dict[str, Any]:
        """What the project set itself."""
        return getattr(django_settings, SETTING, {})


def secret_keys() -> tuple[str | bytes, ...]:
    """The project's secret keys: the first is for what is new, the others are those before."""
    return (django_settings.SECRET_KEY, *django_settings.SECRET_KEY_FALLBACKS)


DEFAULTS = Defaults()
NAMES = frozenset(f.name for f in fields(Defaults))
settings = Settings()
