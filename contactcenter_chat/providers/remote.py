"""How is a contact centre elsewhere asked? What is the same whichever wire it speaks.

Nothing is asked while a transaction is open: what a customer does becomes a delivery to the centre's row, and a
worker has it made here. What comes back arrives by callbacks.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, cast
from urllib.parse import quote, urlsplit

from ..conf import settings
from ..exceptions import (
    Conflict,
    ContactCenterError,
    Forbidden,
    Invalid,
    NotFound,
    RateLimited,
    StaleRevision,
    TooLarge,
    Unauthorized,
    Unreachable,
)
from ..models import Attachment, Conversation, Receiver
from ..models.base import max_length
from ..outbound import requests
from ..outbound.connections import Streamed
from ..wire import tolerant
from ..wire.base import MESSAGE, START, encode
from .base import Answerer, Provider, ToRemote, load_provider
from .forms import FileForm

ANSWER_MAX_BYTES = 8_000_000  # of a list
LIST_SIZE = 1000
REFERENCE = "contactCenterReference"  # the key of customer data under which a lost start is looked for
REMOTE_ID_MAX = max_length(Conversation, "remote_id")
NOT_STARTED = "The conversation could not be started there."
REFUSALS = {400: Invalid, 401: Unauthorized, 403: Forbidden, 409: Conflict, 412: StaleRevision, 413: TooLarge}


@dataclass(frozen=True)
class Command:
    """One delivery to the centre. ``key`` is the same on every attempt; ``repeated`` says that it was tried before.

    ``note_uploaded`` is called with an attachment and its id there, once it is there. ``hold`` is called before what
    takes so many seconds longer than other requests, and afterwards with 0; it returns whether the delivery is still
    this worker's.
    """

    name: str
    request: dict[str, Any]  # as it was frozen
    conversation: Conversation
    receiver: Receiver  # the centre's row
    key: str
    hold: Callable[[float], bool]
    note_uploaded: Callable[[Attachment, str], None]
    repeated: bool = False
    files: tuple[Attachment | None, ...] = ()  # the attachments that the request names
    before: tuple[str, ...] = ()  # what the customer said before and had sent, to find out what has arrived
    history: tuple[tuple[str, str], ...] = ()  # (author type, text) of what was said before it came to us


@dataclass(frozen=True)
class Outcome:
    """What came of a command; ``remote_id`` is the conversation's id there when it was started.

    ``waits`` says that nothing speaks against the centre: something here is not ready, or not as it should be.
    """

    answer: requests.Response
    remote_id: str = ""
    waits: bool = False


class NotReady(ContactCenterError):
    """Something is not ready to be sent."""

    code = "not_ready"


class UploadFailed(ContactCenterError):
    """A file was not taken."""

    code = "upload_failed"

    def __init__(self, answer: requests.Response) -> None:
        super().__init__()
        self.answer = answer


@dataclass
class Deadline:
    """The requests that one attempt makes end by then, by the monotonic clock; an upload has its own."""

    at: float = field(default_factory=lambda: time.monotonic() + settings.CALLBACK_TIMEOUT)


class RemoteCenter(Provider):
    """A contact centre elsewhere. What a subclass writes comes first."""

    is_remote = True

    format = ""  # the version of the ``wire.base.Telling`` by which it is told
    wire: (
        ModuleType  # the module with ``read_envelope``, ``read_callback``, ``read_typing``, REPORTS_IDLE, VERIFICATION
    )
    # The module with the bodies of requests (``start``, ``webhook``, ``channel``), and with what answers say
    # (``queue_of``, CONVERSATION).
    shapes: ModuleType
    version = ""  # that its webhooks are made with
    keys_paths: tuple[str, ...] = ()  # where public keys are, with ``{kid}``
    root = ""  # of all other paths; may name options
    webhooks_path, channels_path = "", ""
    required: tuple[str, ...] = ()  # options
    optional: dict[str, Any] = {}

    def headers(self, deadline: Deadline) -> dict[str, str]:
        """Write: the headers that say who asks. Raises what ``expect`` raises."""
        raise NotImplementedError

    def note_unauthorized(self) -> bool:
        """Write: those headers were not accepted. Return whether new ones can be had."""
        return False

    def request_for(self, command: Command) -> tuple[str, str, Any]:
        """Write: method, path and body of a command to a conversation that has begun."""
        raise NotImplementedError

    def completed(self, command: Command) -> Command:
        """Write, where the wire can take files: the command as it can be sent, its files uploaded.

        However long that takes, what follows has the time that any command has.

        Raises NotReady, UploadFailed, and what ``expect`` raises.
        """
        return command

    def found_conversation(self, command: Command, deadline: Deadline) -> str:
        """Write: return the id of the conversation that has this command's reference; empty when there is none."""
        raise NotImplementedError

    def customer_texts(self, remote_id: str, deadline: Deadline) -> list[str]:
        """Write: return what the customer and the bot said there, in order."""
        raise NotImplementedError

    def show_typing(self, conversation: Conversation, author_type: str) -> requests.Response | None:
        """Write, where the wire can tell it: say that the customer or the bot types; return the Response."""
        return None

    # What a subclass need not touch: the customer's side

    def answered_by(self, conversation: Conversation) -> Answerer:
        return ToRemote()

    @classmethod
    def wrong_options(cls, options: dict[str, Any]) -> list[str]:
        known = {*cls.required, *cls.optional}
        missing = [f"The option {name!r} is missing." for name in cls.required if not options.get(name)]
        unknown = [f"There is no option {name!r}." for name in options if name not in known]
        types = [
            f"The option {name!r} must be of the type {type(cls.optional.get(name, '')).__name__}."
            for name in known & options.keys()
            if not isinstance(options[name], type(cls.optional.get(name, "")))
        ]
        wrong_urls = [
            f"The option {name!r} must be an http or https URL."
            for name in ("base_url", "callback_url")
            if options.get(name) and not _is_web_address(str(options[name]))
        ]
        return [*missing, *unknown, *types, *wrong_urls]

    # The centre's side

    def perform(self, command: Command) -> Outcome:
        """Have a command carried out; return the Outcome, whatever happens on the way."""
        try:
            if command.name == START:
                return self._start(command, Deadline())
            if not command.conversation.remote_id:
                return Outcome(requests.Response(duration_ms=0, error=NOT_STARTED, refused=True))
            command = self.completed(command)
            deadline = Deadline()
            if self._has_arrived(command, deadline):
                return Outcome(requests.Response(duration_ms=0, status=200, text="It had arrived."))
            method, path, body = self.request_for(command)
            return Outcome(self.ask(method, path, body or None, deadline, key=command.key))
        except NotReady as error:
            return Outcome(requests.Response(duration_ms=0, error=error.message[: requests.ERROR_KEPT]), waits=True)
        except UploadFailed as error:
            return Outcome(error.answer)
        except RateLimited as error:
            return Outcome(requests.Response(0, status=429, retry_after=float(error.retry_after), text=error.message))
        except ContactCenterError as error:
            # Not an answer to the command itself: whatever it was, the command may well succeed later.
            return Outcome(requests.Response(duration_ms=0, error=error.message[: requests.ERROR_KEPT]))

    def _start(self, command: Command, deadline: Deadline) -> Outcome:
        if command.conversation.remote_id:
            return Outcome(requests.Response(duration_ms=0, status=200, text="It had begun."))
        if not self.is_idempotent and command.repeated and (found := self.found_conversation(command, deadline)):
            return Outcome(requests.Response(duration_ms=0, status=200, text="It had begun."), found)
        channel_id = self.option("channel") or command.receiver.remote_channel
        if not channel_id:
            raise Unreachable(f"No channel there is known. Run: manage.py contactcenter_setup_provider {self.name}")
        data = self.data_of(command)
        body = self.shapes.start(channel_id=channel_id, data=data, history=command.history)
        answer = self.ask("POST", "conversations", body, deadline, key=command.key)
        if not answer.ok:
            return Outcome(answer)
        members = tolerant.parsed(answer.content)
        remote_id = tolerant.text(members if isinstance(members, dict) else {}, self.shapes.CONVERSATION)
        if not remote_id or len(remote_id) > REMOTE_ID_MAX:
            raise Unreachable("The answer names no conversation.")
        return Outcome(answer, remote_id)

    def data_of(self, command: Command) -> dict[str, Any]:
        """What the centre is told of the customer; with a reference by which a lost start can be found again."""
        data = command.conversation.data_in_order
        return data if self.is_idempotent else {**data, REFERENCE: command.conversation.pk}

    def _has_arrived(self, command: Command, deadline: Deadline) -> bool:
        """Whether a repeated message is there already, where the centre does not find out itself."""
        if self.is_idempotent or not command.repeated or command.name != MESSAGE:
            return False
        texts = self.customer_texts(command.conversation.remote_id, deadline)
        place = len(command.before)
        return len(texts) > place and texts[place] == command.request.get("text", "")

    @property
    def is_idempotent(self) -> bool:
        """Whether the centre answers a repeated ``Idempotency-Key`` with its first answer."""
        return bool(self.option("idempotency_keys"))

    def public_key(self, kid: str) -> dict[str, Any] | None:
        """Return the public key of this name as a JWK, None when there is none. Raises Unreachable."""
        told = None
        for path in self.keys_paths:
            answer = self._exchange("GET", self.option("base_url").rstrip("/") + path.format(kid=quote(kid)))
            if answer.status == 200:
                jwk = tolerant.parsed(answer.content)
                return jwk if isinstance(jwk, dict) else None
            if answer.status not in (401, 403, 404):
                told = told or answer
        if told:
            raise Unreachable(told.error or f"It answered {told.status}.")
        return None

    # How it is asked

    def option(self, name: str) -> Any:
        return self.options.get(name, self.optional.get(name, ""))

    def is_at(self, url: str) -> bool:
        """Whether an address is one of the centre's own."""
        try:
            return _place(url) == _place(self.option("base_url"))
        except ValueError:
            return False

    def ask(
        self, method: str, path: str, body: Any = None, deadline: Deadline | None = None, *, key: str = ""
    ) -> requests.Response:
        """Make one request below ``root`` and return the Response; once more with new credentials if need be.

        The body is sent as JSON, unless it is a FileForm.
        """
        deadline = deadline or Deadline()
        answer = self._ask_once(method, path, body, deadline, key)
        if answer.status == 401 and self.note_unauthorized():
            answer = self._ask_once(method, path, body, deadline, key)
        return answer

    def expect(
        self, method: str, path: str, body: Any = None, deadline: Deadline | None = None, *, key: str = ""
    ) -> Any:
        """The same; return what the answer's JSON says. Raises what the refusal stands for, in the centre's words."""
        answer = self.ask(method, path, body, deadline, key=key)
        check(answer)
        return tolerant.parsed(answer.content)

    def _ask_once(self, method: str, path: str, body: Any, deadline: Deadline, key: str) -> requests.Response:
        headers = {"Content-Type": "application/json", "Accept": "application/json", **self.headers(deadline)}
        if key:
            headers["Idempotency-Key"] = key
        url = f"{self.option('base_url').rstrip('/')}{self.root.format(**self._named_options())}{path}"
        if isinstance(body, FileForm):
            headers["Content-Type"] = body.content_type
            with body.opened() as content:
                return self._exchange(method, url, content, headers, deadline)
        return self._exchange(method, url, b"" if body is None else encode(body).encode(), headers, deadline)

    def _named_options(self) -> dict[str, str]:
        return {name: quote(str(self.option(name)), safe="") for name in {*self.required, *self.optional}}

    def _exchange(
        self,
        method: str,
        url: str,
        body: bytes | Streamed = b"",
        headers: dict[str, str] | None = None,
        deadline: Deadline | None = None,
    ) -> requests.Response:
        at = (deadline or Deadline()).at
        return requests.request(method, url, body, headers, deadline=at, is_trusted=True, answer_max=ANSWER_MAX_BYTES)

    # What setting it up needs

    def webhooks(self) -> list[dict[str, Any]]:
        """The webhooks there, as objects with ``id``, ``name``, ``uri``, ``version``."""
        return tolerant.items(self.expect("GET", f"{self.webhooks_path}?size={LIST_SIZE}"))

    def channels(self) -> list[dict[str, Any]]:
        """The channels there, as objects with ``id``, ``name`` and what they are bound to."""
        return tolerant.items(self.expect("GET", f"{self.channels_path}?size={LIST_SIZE}"))

    def save(self, path: str, body: dict[str, Any], row_id: str = "") -> str:
        """Make a webhook or channel, or change the one with this id; return its id."""
        made = (
            self.expect("PUT", f"{path}/{quote(row_id, safe='')}", body) if row_id else self.expect("POST", path, body)
        )
        return row_id or tolerant.text(made if isinstance(made, dict) else {}, "id")

    def verify(self, uri: str) -> None:
        """Have the centre post its verification to our address. Raises what ``expect`` raises."""
        self.expect("POST", f"{self.webhooks_path}/verify", {"uri": uri, "version": self.version})


def load_center(name: str) -> RemoteCenter:
    """Return the remote centre that the settings name so. Raises KeyError when they do not."""
    return cast(RemoteCenter, load_provider(name))


def _place(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or requests.PORTS.get(parts.scheme)


def check(answer: requests.Response) -> None:
    """Raise what an answer that is no 2xx stands for; the centre's words are kept."""
    if answer.status is None:
        raise Unreachable(answer.error)
    if answer.ok:
        return
    words = tolerant.words_of(answer.content) or f"It answered {answer.status}."
    if answer.status == 429:
        error: ContactCenterError = RateLimited(retry_after=max(1, round(answer.retry_after or 1)))
    elif answer.status == 404:
        error = NotFound("", "")
    else:
        error = REFUSALS.get(answer.status, Unreachable if answer.status >= 500 else Invalid)()
    error.message = words
    error.args = (words,)
    raise error


def _is_web_address(url: str) -> bool:
    try:
        return urlsplit(url).scheme in ("http", "https")
    except ValueError:  # such as http://[
        return False
