"""How is a contact centre asked that serves Chat API v2? This app serves it too."""

import base64
from typing import Any
from urllib.parse import quote, urlencode

from ..events import BOT, CUSTOMER
from ..exceptions import Unreachable
from ..outbound.tokens import AccessToken, AccessTokens
from ..wire import tolerant
from ..wire.base import LEAVE
from ..wire.chat_api_v2 import incoming, outgoing
from ..wire.chat_api_v2.requests import VERSION
from ..workers.process import kept
from .remote import REFERENCE, Command, Deadline, RemoteCenter, check

LIFE = 3600  # seconds, of a token that does not say how long it lives

_tokens = kept(AccessTokens)


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
        "channel": "",  # id there; else the one that contactcenter_setup_provider made
        "queue": "",  # id there, of the channel that contactcenter_setup_provider makes
        "callback_url": "",  # where this project's callbacks/<provider>/ is reached from there
        "webhook_secret": "",
        "idempotency_keys": True,
    }

    def headers(self, deadline: Deadline) -> dict[str, str]:
        self._used = self._token().get(lambda: self._new_token(deadline))
        return {"Authorization": f"Bearer {self._used}"}

    def note_unauthorized(self) -> bool:
        self._token().forget(self._used)
        return True

    def request_for(self, command: Command) -> tuple[str, str, Any]:
        path = f"conversations/{quote(command.conversation.remote_id, safe='')}"
        if command.name == LEAVE:
            return "DELETE", f"{path}/participants/customer", None
        return "POST", f"{path}/messages", command.request

    def found_conversation(self, command: Command, deadline: Deadline) -> str:
        query = urlencode({f"customer.{REFERENCE}": command.conversation.pk, "size": 1})
        found = tolerant.items(self.expect("GET", f"conversations?{query}", deadline=deadline))
        return tolerant.text(found[0], "id") if found else ""

    def customer_texts(self, remote_id: str, deadline: Deadline) -> list[str]:
        answer = self.expect("GET", f"conversations/{quote(remote_id, safe='')}/messages", deadline=deadline)
        said = [item for item in tolerant.items(answer, "messages") if item.get("authorType") in (CUSTOMER, BOT)]
        return [tolerant.text(item, "originalText") for item in said]

    def _token(self) -> AccessToken:
        name = (self.option("base_url"), self.option("api_key"), self.option("api_secret"))
        return _tokens.of(name)

    def _new_token(self, deadline: Deadline) -> tuple[str, int]:
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
        return token, int(seconds[:9]) if seconds.isdecimal() else LIFE
