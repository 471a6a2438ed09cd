"""What does this site ask of the Chat Gateway, which knows files and cards?"""

import requests

from contactcenter_chat.client import ApiError

TIMEOUT = (5, 60)  # seconds to connect, seconds of silence
NEWEST = 20  # messages that are looked through


class Gateway:
    """One contact centre's Chat Gateway. Raises ApiError for an error answer, RequestException without one."""

    def __init__(self, base_url, tenant, key):
        self.base_url = base_url.rstrip("/")
        self.tenant = tenant
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["x-api-key"] = key

    def upload(self, conversation_id, name, file):
        """Upload a file that is open for reading; return its id."""
        files = {"attachment": (name, file)}
        return self._call("POST", f"{_path(conversation_id)}/attachments", files=files).json()["id"]

    def say(self, conversation_id, *, author_type="user", text="", attachments=(), cards=()):
        """Say something with files, by their ids, or cards."""
        body = {"authorType": author_type, "cards": list(cards), "attachments": [{"id": each} for each in attachments]}
        body |= {"text": text} if text else {}
        self._call("POST", f"{_path(conversation_id)}/messages", json=body)

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

    def _call(self, method, path, **options):
        response = self._session.request(method, self.base_url + path, timeout=TIMEOUT, **options)
        if not response.ok:
            raise ApiError(method, path, response)
        return response


def _path(conversation_id):
    return f"/chat-gateway/v1/conversations/{conversation_id}"
