"""How does a client application call the Chat API v2? A small client, for simulations, examples and tests."""

import json
import uuid

import requests

from .outbound.tokens import AccessToken

CUSTOMER_ID = "customerId"  # the key of a customer's data under which the business's own id of the person stands
ANSWER = "TEXT"  # the event that brings an agent's message
TIMEOUT = (5, 30)  # seconds to connect, seconds of silence


class ApiError(Exception):
    """The API answered with an error; ``status`` and ``body`` say which."""

    def __init__(self, method, path, response):
        super().__init__(f"{method} {path}: {response.status_code} {response.text[:500]}")
        self.status = response.status_code
        self.body = response.text

    @property
    def reason(self):
        """What the server says, for people."""
        try:
            said = json.loads(self.body)
            errors = said.get("errors")
            first = errors[0] if isinstance(errors, list) and errors else errors
            return first["message"] if isinstance(first, dict) else first or said["message"]
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return self.body


def answer_in(event):
    """Return the conversation's id and the text, for a callback that brings an agent's message; else None."""
    return (event["conversationId"], event["message"]) if event.get("eventType") == ANSWER else None


class ChatApiClient:
    """One tenant's API. Safe to share between threads.

    ``base_url`` is the server's address without a path; ``key`` and ``secret`` are those of an API key.
    Every method raises ApiError for an error answer and ``requests.RequestException`` without an answer.
    """

    def __init__(self, base_url, tenant, key, secret, *, region="us"):
        self.base_url = base_url.rstrip("/")
        self.prefix = f"/vcc/{region}/chat/v2"
        self.tenant = tenant
        self._credentials = (key, secret)
        self._session = requests.Session()
        self._session.trust_env = False
        self._token = AccessToken()

    # What it can be asked

    def webhooks(self):
        """All webhooks: ``[{"id", "name", "uri", "version"}]``."""
        return self._list("web-hooks")

    def channels(self):
        """All channels: ``[{"id", "name", "webHookId", "routingOptions"}]``."""
        return self._list("channels")

    def ensure_webhook(self, name, uri):
        """Return the id of the webhook with this name, created or pointed to this address if need be."""
        body = {"name": name, "uri": uri, "version": "v2.0"}
        return self._ensure("web-hooks", self.webhooks(), body)

    def ensure_channel(self, name, webhook_id, queue_id):
        """Return the id of the channel with this name, created or changed if need be."""
        body = {"name": name, "webHookId": webhook_id, "routingOptions": {"type": "queue", "id": queue_id}}
        return self._ensure("channels", self.channels(), body)

    def start_conversation(self, channel_id, customer, history=()):
        """Start a conversation; ``history`` is ``(author type, text)`` pairs. Returns its id."""
        items = [{"type": author_type, "text": text} for author_type, text in history]
        body = {"channelId": channel_id, "customer": customer, "history": {"messages": items}}
        return self._post("conversations", body).json()["conversationId"]

    def conversation(self, conversation_id):
        """The conversation as the API describes it."""
        return self._tenant_call("GET", f"conversations/{conversation_id}").json()

    def messages(self, conversation_id):
        """All messages of a conversation, the oldest first."""
        return self._tenant_call("GET", f"conversations/{conversation_id}/messages").json()["messages"]

    def say(self, conversation_id, text, author_type="user"):
        """Add the customer's message, or with ``author_type="bot"`` the bot's."""
        self._post(f"conversations/{conversation_id}/messages", {"text": text, "authorType": author_type})

    def leave(self, conversation_id):
        """The customer leaves."""
        self._tenant_call("DELETE", f"conversations/{conversation_id}/participants/customer")

    def jwk(self, key_id):
        """The public key with this id; it verifies the signature of a callback."""
        return self._call("GET", f"{self.prefix}/jwk/{key_id}/public").json()

    # How it is asked

    def _ensure(self, kind, existing, body):
        for found in existing:
            if found["name"] == body["name"]:
                if any(found.get(name) != value for name, value in body.items() if name in found):
                    self._tenant_call("PUT", f"{kind}/{found['id']}", json=body)
                return found["id"]
        return self._post(kind, body).json()["id"]

    def _list(self, path):
        return self._tenant_call("GET", path, params={"size": 1000}).json()["data"]

    def _post(self, path, body):
        # The key makes it safe to send the same request again after a lost answer.
        return self._tenant_call("POST", path, json=body, headers={"Idempotency-Key": str(uuid.uuid4())})

    def _tenant_call(self, method, path, *, headers=None, **options):
        headers = {**(headers or {}), "Authorization": f"Bearer {self._token.get(self._new_token)}"}
        return self._call(method, f"{self.prefix}/tenant/{self.tenant}/{path}", headers=headers, **options)

    def _call(self, method, path, **options):
        response = self._session.request(method, self.base_url + path, timeout=TIMEOUT, **options)
        if not response.ok:
            raise ApiError(method, path, response)
        return response

    def _new_token(self):
        form = {"grant_type": "client_credentials"}
        answer = self._call("POST", "/oauth/v2/token", data=form, auth=self._credentials).json()
        return answer["access_token"], int(answer["expires_in"])
