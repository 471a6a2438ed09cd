"""How does a client application call the Chat API v2? A small client, for simulations, examples and tests."""

import json
import uuid
from collections.abc import Iterable, Mapping
from typing import Any, cast

import requests

from .outbound.tokens import AccessToken

CUSTOMER_ID = "customerId"  # the key of a customer's data under which the business's own id of the person stands
ANSWER = "TEXT"  # the event that brings an agent's message
Object = dict[str, Any]  # of JSON
TIMEOUT = (5, 30)  # seconds to connect, seconds of silence


class ApiError(Exception):
    """The API answered with an error; ``status`` and ``body`` say which."""

    def __init__(self, method: str, path: str, response: requests.Response) -> None:
        super().__init__(f"{method} {path}: {response.status_code} {response.text[:500]}")
        self.status = response.status_code
        self.body = response.text

    @property
    def reason(self) -> str:
        """What the server says, for people."""
        try:
            said = json.loads(self.body)
            errors = said.get("errors")
            first = errors[0] if isinstance(errors, list) and errors else errors
            told: str = first["message"] if isinstance(first, dict) else first or said["message"]
            return told
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return self.body


def answer_in(event: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the conversation's id and the text, for a callback that brings an agent's message; else None."""
    return (event["conversationId"], event["message"]) if event.get("eventType") == ANSWER else None


class ChatApiClient:
    """One tenant's API. Safe to share between threads.

    ``base_url`` is the server's address without a path; ``key`` and ``secret`` are those of an API key.
    Every method raises ApiError for an error answer and ``requests.RequestException`` without an answer.
    """

    def __init__(self, base_url: str, tenant: str, key: str, secret: str, *, region: str = "us") -> None:
        self.base_url = base_url.rstrip("/")
        self.prefix = f"/vcc/{region}/chat/v2"
        self.tenant = tenant
        self._credentials = (key, secret)
        self._session = requests.Session()
        self._session.trust_env = False
        self._token = AccessToken()

    # What it can be asked

    def webhooks(self) -> list[Object]:
        """All webhooks: ``[{"id", "name", "uri", "version"}]``."""
        return self._list("web-hooks")

    def channels(self) -> list[Object]:
        """All channels: ``[{"id", "name", "webHookId", "routingOptions"}]``."""
        return self._list("channels")

    def ensure_webhook(self, name: str, uri: str) -> str:
        """Return the id of the webhook with this name, created or pointed to this address if need be."""
        body = {"name": name, "uri": uri, "version": "v2.0"}
        return self._ensure("web-hooks", self.webhooks(), body)

    def ensure_channel(self, name: str, webhook_id: str, queue_id: str) -> str:
        """Return the id of the channel with this name, created or changed if need be."""
        body = {"name": name, "webHookId": webhook_id, "routingOptions": {"type": "queue", "id": queue_id}}
        return self._ensure("channels", self.channels(), body)

    def start_conversation(
        self, channel_id: str, customer: Mapping[str, Any], history: Iterable[tuple[str, str]] = ()
    ) -> str:
        """Start a conversation; ``history`` is ``(author type, text)`` pairs. Returns its id."""
        items = [{"type": author_type, "text": text} for author_type, text in history]
        body = {"channelId": channel_id, "customer": customer, "history": {"messages": items}}
        return cast(str, self._post("conversations", body).json()["conversationId"])

    def conversation(self, conversation_id: str) -> Object:
        """The conversation as the API describes it."""
        return cast(Object, self._tenant_call("GET", f"conversations/{conversation_id}").json())

    def messages(self, conversation_id: str) -> list[Object]:
        """All messages of a conversation, the oldest first."""
        answer = self._tenant_call("GET", f"conversations/{conversation_id}/messages").json()
        return cast(list[Object], answer["messages"])

    def say(self, conversation_id: str, text: str, author_type: str = "user", *, key: str = "") -> None:
        """Add the customer's message, or with ``author_type="bot"`` the bot's; with a ``key`` once, however often."""
        body = {"text": text, "authorType": author_type}
        self._post(f"conversations/{conversation_id}/messages", body, key=key)

    def leave(self, conversation_id: str) -> None:
        """The customer leaves."""
        self._tenant_call("DELETE", f"conversations/{conversation_id}/participants/customer")

    def jwk(self, key_id: str) -> Object:
        """The public key with this id; it verifies the signature of a callback."""
        return cast(Object, self._call("GET", f"{self.prefix}/jwk/{key_id}/public").json())

    # How it is asked

    def _ensure(self, kind: str, existing: Iterable[dict[str, Any]], body: dict[str, Any]) -> str:
        for found in existing:
            if found["name"] == body["name"]:
                if any(found.get(name) != value for name, value in body.items() if name in found):
                    self._tenant_call("PUT", f"{kind}/{found['id']}", json=body)
                return cast(str, found["id"])
        return cast(str, self._post(kind, body).json()["id"])

    def _list(self, path: str) -> list[Object]:
        return cast(list[Object], self._tenant_call("GET", path, params={"size": 1000}).json()["data"])

    def _post(self, path: str, body: dict[str, Any], *, key: str = "") -> requests.Response:
        # The key makes it safe to send the same request again after a lost answer.
        return self._tenant_call("POST", path, json=body, headers={"Idempotency-Key": key or str(uuid.uuid4())})

    def _tenant_call(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, **options: Any
    ) -> requests.Response:
        headers = {**(headers or {}), "Authorization": f"Bearer {self._token.get(self._new_token)}"}
        return self._call(method, f"{self.prefix}/tenant/{self.tenant}/{path}", headers=headers, **options)

    def _call(self, method: str, path: str, **options: Any) -> requests.Response:
        response = self._session.request(method, self.base_url + path, timeout=TIMEOUT, **options)
        if not response.ok:
            raise ApiError(method, path, response)
        return response

    def _new_token(self) -> tuple[str, int]:
        form = {"grant_type": "client_credentials"}
        answer = self._call("POST", "/oauth/v2/token", data=form, auth=self._credentials).json()
        return answer["access_token"], int(answer["expires_in"])
