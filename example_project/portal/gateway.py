"""What does this site ask of the Chat Gateway, which knows files, cards, and who types and reads?"""

import requests

from contactcenter_chat.client import ApiError

TIMEOUT = (5, 60)  # seconds to connect, seconds of silence
SOON = (1, 2)  # the same, where the answer is worth no wait
NEWEST = 20  # messages that are looked through


class Gateway:
    """One contact centre's Chat Gateway. Raises ApiError for an error answer, RequestException without one."""

    def __init__(self, base_url, tenant, key):
        self.base_url = base_url.rstrip("/")
        self.tenant = tenant
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["x-api-key"] = key

    def upload(self, conversation_id, name, file, *, key=""):
        """Upload a file that is open for reading; return its id. With the same ``key`` it is stored once."""
        files = {"attachment": (name, file)}
        return self._post(f"{_path(conversation_id)}/attachments", key, files=files).json()["id"]

    def say(self, conversation_id, *, author_type="user", text="", attachments=(), cards=(), key=""):
        """Say something with files, by their ids, or cards. With the same ``key`` it is said once."""
        body = {"authorType": author_type, "cards": list(cards), "attachments": [{"id": each} for each in attachments]}
        body |= {"text": text} if text else {}
        self._post(f"{_path(conversation_id)}/messages", key, json=body)

    def waits(self, conversation_id, *, timeout=TIMEOUT):
        """Whether it waits for agents, or they have it: a bot of the contact centre may come first."""
        return self._call("GET", _path(conversation_id), timeout=timeout).json()["assignment"]["type"] != "script"

    def show_typing(self, conversation_id):
        """The customer types. That this has stopped nobody is told: it is over after some seconds."""
        self._call("POST", f"{_path(conversation_id)}/typing", json={"authorType": "user"})

    def mark_read(self, conversation_id, until):
        """The customer has read what was said until then, in milliseconds since 1970."""
        self._call("POST", f"{_path(conversation_id)}/read-receipt", json={"authorType": "user", "readAt": until})

    def newest_messages(self, conversation_id):
        """What was said last, the newest first."""
        answer = self._call("GET", f"{_path(conversation_id)}/messages", params={"size": NEWEST})
        return answer.json()["_embedded"]["messages"]

    def submit(self, conversation_id, card_id, answer):
        """The customer answers a card."""
        path = f"/api/v1/tenant/{self.tenant}/conversations/{conversation_id}/cards/{card_id}/action-submit"
        self._call("PUT", path, json=answer)

    def content(self, conversation_id, attachment_id):
        """A file's bytes, as an answer to be read piece by piece."""
        return self._call("GET", f"{_path(conversation_id)}/attachments/{attachment_id}/content", stream=True)

    def _post(self, path, key, **options):
        # The key makes it safe to send the same request again after a lost answer.
        return self._call("POST", path, headers={"Idempotency-Key": key} if key else {}, **options)

    def _call(self, method, path, *, timeout=TIMEOUT, **options):
        response = self._session.request(method, self.base_url + path, timeout=timeout, **options)
        if not response.ok:
            raise ApiError(method, path, response)
        return response


def _path(conversation_id):
    return f"/chat-gateway/v1/conversations/{conversation_id}"
