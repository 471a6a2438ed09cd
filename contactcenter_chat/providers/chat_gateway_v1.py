"""How is a contact centre asked that serves Chat Gateway v1? This app serves it too."""

import time
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from django.utils.translation import gettext as _

from ..attachments import storing
from ..conf import settings
from ..events import BOT, CUSTOMER
from ..exceptions import Unreachable
from ..models import Attachment, Conversation
from ..models.attachments import AttachmentState
from ..models.base import max_length
from ..outbound import requests
from ..wire import tolerant
from ..wire.base import LEAVE, UPDATE
from ..wire.chat_gateway_v1 import attachments, incoming, outgoing
from ..wire.chat_gateway_v1.requests import VERSION
from .forms import FileForm
from .remote import LIST_SIZE, REFERENCE, Command, Deadline, NotReady, RemoteCenter, UploadFailed

REMOTE_ID_MAX = max_length(Attachment, "remote_id")
LOOKED_THROUGH = 100  # of the newest conversations, for one whose start may be lost


class ChatGateway(RemoteCenter):
    """A contact centre that serves Chat Gateway v1."""

    format = outgoing.TELLING.version
    wire = incoming
    shapes = outgoing
    version = VERSION
    root = "/chat-gateway/v1/"
    webhooks_path, channels_path = "webhooks", "channels"
    keys_paths = ("/chat-gateway/v1/jwk/{kid}/public", "/vcc/us/chat/v2/jwk/{kid}/public")
    required = ("base_url", "tenant", "api_key")
    optional = {
        "channel": "",  # id there; else the one that contactcenter_setup_provider made
        "queue": "",  # id there, of the channel that contactcenter_setup_provider makes
        "callback_url": "",  # where this project's callbacks/<provider>/ is reached from there
        "webhook_secret": "",
        "idempotency_keys": False,
    }

    def headers(self, deadline: Deadline) -> dict[str, str]:
        return {"x-api-key": self.option("api_key"), "X-8x8-Tenant": self.option("tenant")}

    def request_for(self, command: Command) -> tuple[str, str, Any]:
        path = f"conversations/{quote(command.conversation.remote_id, safe='')}"
        if command.name == LEAVE:
            return "PATCH", f"{path}/participants/user", command.request
        if command.name == UPDATE:
            return "PUT", path, outgoing.update(self.data_of(command))
        return "POST", f"{path}/messages", command.request

    def completed(self, command: Command) -> Command:
        if not command.files:
            return command
        for row in command.files:
            if row is not None and row.is_waiting:
                raise NotReady(f"{row.name} is still being checked.")
        ids = [self._id_of(row, command) for row in command.files if row is not None and row.is_clean]
        notes = [_note_on(row) for row in command.files if row is None or not row.is_clean]
        return replace(command, request=outgoing.message(command.request, ids=ids, notes=notes))

    def _id_of(self, row: Attachment, command: Command) -> str:
        """The id of a file there; it is uploaded unless that was done before."""
        return row.remote_id or self._uploaded(row, command)

    def _uploaded(self, row: Attachment, command: Command) -> str:
        """Upload a file, however large it is; return its id there."""
        seconds = storing.seconds_on_the_way(row.size)
        _hold(command, seconds)
        deadline = Deadline(time.monotonic() + settings.CALLBACK_TIMEOUT + seconds)
        path = f"conversations/{quote(command.conversation.remote_id, safe='')}/attachments"
        form = FileForm(row, attachments.FILE, {attachments.AUTHOR: row.author_type})
        answer = self.ask("POST", path, form, deadline)
        if not answer.ok:
            raise UploadFailed(answer)
        members = tolerant.parsed(answer.content)
        remote_id = tolerant.text(members if isinstance(members, dict) else {}, "id")
        if not remote_id or len(remote_id) > REMOTE_ID_MAX:
            raise Unreachable("The answer names no attachment.")
        command.note_uploaded(row, remote_id)
        _hold(command, 0)
        return remote_id

    def show_typing(self, conversation: Conversation, author_type: str) -> requests.Response | None:
        path = f"conversations/{quote(conversation.remote_id, safe='')}/typing"
        return self.ask("POST", path, {"authorType": author_type})

    def found_conversation(self, command: Command, deadline: Deadline) -> str:
        query = urlencode({"sort": "createdAt:desc", "size": LOOKED_THROUGH})
        for found in tolerant.items(self.expect("GET", f"conversations?{query}", deadline=deadline)):
            others = tolerant.inner(found, "user").get("additionalProperties")
            mark = {"key": REFERENCE, "value": command.conversation.pk}
            if isinstance(others, list) and mark in others:
                return tolerant.text(found, "id")
        return ""

    def customer_texts(self, remote_id: str, deadline: Deadline) -> list[str]:
        query = urlencode({"sort": "createdAt:asc", "size": LIST_SIZE})
        answer = self.expect("GET", f"conversations/{quote(remote_id, safe='')}/messages?{query}", deadline=deadline)
        said = [
            item for item in tolerant.items(answer) if tolerant.inner(item, "author").get("type") in (CUSTOMER, BOT)
        ]
        return [tolerant.text(item, "text") for item in said]


def _hold(command: Command, seconds: float) -> None:
    if not command.hold(seconds):
        raise NotReady("Another worker has taken over.")


def _note_on(row: Attachment | None) -> str:
    """What is said in place of a file that cannot be sent."""
    if row is not None and row.state == AttachmentState.INFECTED:
        return _("%(name)s: this file is not safe and was not sent.") % {"name": row.name}
    return _("A file was removed before it could be sent.")
