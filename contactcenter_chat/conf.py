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
RETRY_SCHEDULE = (1, 2, 5, 10, 30, 120, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)


@dataclass(frozen=True)
class Defaults:
    """Every setting with its type and default; times are in seconds unless the name says otherwise."""

    # Who answers
    PROVIDERS: dict[str, dict[str, Any]] = field(default_factory=lambda: DEFAULT_PROVIDERS)
    ROUTER: str = "contactcenter_chat.routing.longest_idle.LongestIdle"  # dotted path of a routing.base.Router
    BOTS: tuple[str, ...] = ()  # scripts of the project that conversations may be assigned to

    # The served API
    WIRE_FORMATS: tuple[str, ...] = DEFAULT_FORMATS  # dotted paths of wire.base.Format: what clients may speak
    TOKEN_SECONDS: int = 3600  # life of an access token
    API_RATE_LIMIT: int = 3000  # requests per minute and key; 0 = no limit
    MESSAGE_MAX_LENGTH: int = 16_000  # characters of one message
    HISTORY_MAX_MESSAGES: int = 200  # messages handed over when a conversation starts
    CUSTOMER_MAX_KEYS: int = 30  # keys of a customer's data
    BODY_MAX_BYTES: int = 1_000_000  # a request's body
    BODY_MAX_DEPTH: int = 20  # nesting of a JSON body
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
    PUBLIC_URL: str = ""  # where others reach this project, as https://chat.example.org; begins links in callbacks
    CARDS_PER_MESSAGE: int = 10
    CARD_MAX_BYTES: int = 28_000  # one card, as JSON

    # Callbacks out
    ALLOW_PRIVATE_WEBHOOKS: bool = False  # let webhooks lead to private and loopback addresses
    CALLBACK_TIMEOUT: float = 15.0  # one attempt in all (5-30)
    CALLBACK_CONNECT_TIMEOUT: float = 5.0
    CALLBACK_ANSWER_MAX_BYTES: int = 65_536  # of the receiver's answer, what is read at most
    RETRY_SCHEDULE: tuple[float, ...] = RETRY_SCHEDULE  # waits after each failure, then the delivery is dead
    RETRY_JITTER: float = 0.2  # each wait is varied by this share
    BREAKER_FAILURES: int = 5  # failures in a row after which a webhook is paused
    BREAKER_PAUSES: tuple[float, ...] = (1, 2, 5, 10, 30, 60)  # the pauses; one attempt between them
    FILE_MIN_BYTES_PER_SECOND: int = 50_000  # a remote centre's file may take size / this beyond CALLBACK_TIMEOUT
    LEASE_SECONDS: float = 60.0  # a worker's claim on a lane
    POSTS_PER_ENDPOINT: int = 4  # posts in flight per webhook
    DELIVERY_THREADS: int = 8  # posts in flight per worker process
    WEBHOOK_FAILING_DAYS: int = 5  # a webhook failing that long is switched off

    # Callbacks in, of remote centres
    CALLBACK_WINDOW_SECONDS: int = 300  # how far a callback's time may be from ours

    # Routing
    RING_SECONDS: int = 20  # how long an offer rings (5-300)
    MISSED_PAUSE_SECONDS: int = 10  # pause after the first missed offer
    ASK_AGAIN_SECONDS: int = 5  # first pause before the same agents are asked again; doubles
    ASK_AGAIN_MAX_SECONDS: int = 60
    CAPACITY: int = 3  # an agent's chats at once (1-25)
    HEARTBEAT_SECONDS: int = 20  # how often a desk says it is there
    STALE_SECONDS: int = 60  # without a heartbeat the agent is lost
    LOST_SECONDS: int = 60  # that much later the chats go back to their queue
    FIRST_REPLY_SECONDS: int = 180  # without a first reply the chat is re-routed; 0 = never
    FIRST_REPLY_WARN_SECONDS: int = 60
    STICKY_SECONDS: int = 60  # how long a reopened conversation waits for its last agent; 0 = not at all
    REOPEN_HOURS: int = 72  # how long after the end the last agent is asked first
    TRANSFER_ACCEPT_SECONDS: int = 60  # how long a transfer to an agent waits for that agent
    TRANSFER_PRIORITY: int = 5  # minutes of waiting a transferred interaction is given
    SHORT_ABANDON_SECONDS: int = 5

    # Conversation
    CUSTOMER_IDLE_WARN_SECONDS: int = 300
    CUSTOMER_IDLE_END_SECONDS: int = 600
    UNDELIVERED_WARN_SECONDS: int = 10  # then the agent sees "the customer may not have this yet"

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
        return self.given().get(name, getattr(DEFAULTS, name))

    @staticmethod
    def given() -> dict[str, Any]:
        """What the project set itself."""
        return getattr(django_settings, SETTING, {})


DEFAULTS = Defaults()
NAMES = frozenset(f.name for f in fields(Defaults))
settings = Settings()
