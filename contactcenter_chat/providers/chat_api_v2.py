"""How is a contact centre asked that serves Chat API v2? This app serves it too."""

import base64
import threading
import time
from urllib.parse import quote, urlencode

from ..events import BOT, CUSTOMER
from ..exceptions import Unreachable
from ..wire import tolerant
from ..wire.base import LEAVE
from ..wire.chat_api_v2 import incoming, outgoing
from ..wire.chat_api_v2.requests import VERSION
from .remote import REFERENCE, RemoteCenter, check

RENEW_BEFORE = 60  # seconds before a token expires
LIFE = 3600  # of a token that does not say how long it lives


class Token:
    """The access token of one key; asked for once at a time, however many threads want it."""

    def __init__(self):
        self._lock = threading.Lock()
        self._value = ""
        self._renew_at = 0.0

    def get(self, ask):
        """Return the token; ``ask()`` returns a new one and its life in seconds."""
        with self._lock:
            if not self._value or time.monotonic() >= self._renew_at:
                value, seconds = ask()
                self._value = value
                self._renew_at = time.monotonic() + max(seconds - RENEW_BEFORE, seconds / 2)
            return self._value

    def forget(self, value):
        """Do not use this one any more; another thread may have a newer one already."""
        with self._lock:
            if self._value == value:
                self._value = ""


_tokens: dict[tuple, Token] = {}  # of this process, by centre and key
_tokens_lock = threading.Lock()


class ChatApi(RemoteCenter):
    """A contact centre that serves Chat API v2."""

    format = outgoing.TELLING.version
    wire = incoming
    shapes = outgoing
    version = VERSION
    root = "/vcc/{region}/chat/v2/tenant/{tenant}/"
    webhooks_path, channels_path = "web-hooks", "channels"
    keys_paths = ("/vcc/us/chat/v2/jwk/{kid}/public", "/chat-gateway/v1/jwk/{kid}/public")
    required = ("base_url", "tenant", "api_key", "api_secret")
    optional = {
        "region": "us",
        "channel": "",  # id there; else the one that setup_provider made
        "queue": "",  # id there, of the channel that setup_provider makes
        "callback_url": "",  # where this project's callbacks/<provider>/ is reached from there
        "webhook_secret": "",
        "idempotency_keys": True,
    }

    def headers(self, deadline):
        self._used = self._token().get(lambda: self._new_token(deadline))
        return {"Authorization": f"Bearer {self._used}"}

    def note_unauthorized(self):
        self._token().forget(self._used)
        return True

    def request_for(self, command):
        path = f"conversations/{quote(command.conversation.remote_id, safe='')}"
        if command.name == LEAVE:
            return "DELETE", f"{path}/participants/customer", None
        return "POST", f"{path}/messages", command.request

    def found_conversation(self, command, deadline):
        query = urlencode({f"customer.{REFERENCE}": command.conversation.pk, "size": 1})
        found = tolerant.items(self.expect("GET", f"conversations?{query}", deadline=deadline))
        return tolerant.text(found[0], "id") if found else ""

    def customer_texts(self, remote_id, deadline):
        answer = self.expect("GET", f"conversations/{quote(remote_id, safe='')}/messages", deadline=deadline)
        said = [item for item in tolerant.items(answer, "messages") if item.get("authorType") in (CUSTOMER, BOT)]
        return [tolerant.text(item, "originalText") for item in said]

    def _token(self):
        name = (self.option("base_url"), self.option("api_key"), self.option("api_secret"))
        with _tokens_lock:
            return _tokens.setdefault(name, Token())

    def _new_token(self, deadline):
        credentials = f"{self.option('api_key')}:{self.option('api_secret')}".encode()
        headers = {
            "Authorization": "Basic " + base64.b64encode(credentials).decode(),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        form = urlencode(outgoing.token()).encode()
        url = self.option("base_url").rstrip("/") + "/oauth/v2/token"
        answer = self._exchange("POST", url, form, headers, deadline)
        check(answer)
        members = tolerant.parsed(answer.content)
        members = members if isinstance(members, dict) else {}
        if not (token := tolerant.text(members, "access_token")):
            raise Unreachable("The answer holds no access token.")
        seconds = tolerant.text(members, "expires_in")
        return token, int(seconds) if seconds.isdecimal() else LIFE
