"""How does a remote centre's callback come in? It is verified, stored as it came, and answered at once.

Nothing is believed before the signature is right, and nothing is kept of what was refused but a count. What it means
is found out by a worker: see ``actions.remote.inbox``. Only who types is passed on at once, and not stored.
"""

import hmac
import logging
import time
from datetime import UTC, datetime

from django.urls import path
from standardwebhooks import Webhook as StandardWebhook

from .. import signature
from ..actions.remote import inbox, rejections
from ..actions.typing import remote_agents_type
from ..conf import settings
from ..exceptions import BadSignature, ContactCenterError, TooLarge
from ..http import bodies, problems
from ..http.views import WireView
from ..models import Receiver
from ..providers.remote import load_center
from ..workers.process import kept
from . import keys

logger = logging.getLogger(__name__)

STANDARD_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
KEPT_HEADERS = (signature.TIME_HEADER, signature.RETRY_HEADER, signature.SIGNATURE_HEADER, *STANDARD_HEADERS)
RECEIVER_SECONDS = 5  # for which a process remembers whose a remote centre is
HEADER_MAX = 4000  # characters of a header that are kept
UNREADABLE = "unreadable"  # the reason of what has no code of its own
RETRY_AFTER = "5"  # seconds, when the key could not be looked up


class CallbackView(WireView):
    """``callbacks/{provider}/``"""

    http_method_names = ("post",)
    challenge = "Signature"

    def post(self, request, provider):
        self.receiver = _receiver(provider)
        if self.receiver is None:
            raise problems.UnknownPath(f"There is nothing at {request.path}.")
        center = load_center(provider)
        self._check_size()
        event_id = self._verified(center)
        if typing := center.wire.read_typing(self.body):
            remote_agents_type(
                typing.agent_ids,
                center.wire.read_envelope(self.body),
                tenant_id=self.receiver.tenant_id,
                provider=provider,
            )
        else:
            self._store(provider, event_id)
        return bodies.respond(200)

    def answer_exception(self, error, context):
        response = super().answer_exception(error, context)
        receiver = getattr(self, "receiver", None)
        if receiver is not None and response.status_code < 500:
            self._count(receiver, error)
        if isinstance(error, keys.NotNow):
            response["Retry-After"] = RETRY_AFTER
        return response

    def _count(self, receiver, error):
        reason = error.code if isinstance(error, ContactCenterError) else UNREADABLE
        if isinstance(error, inbox.AnotherBody):
            event_id = self.request.headers.get(signature.EVENT_HEADER)
            logger.critical("Event %s of %s came again with another body.", event_id, receiver.provider)
        rejections.count_rejection(tenant_id=receiver.tenant_id, provider=receiver.provider, reason=reason)

    def _store(self, provider, event_id):
        headers = self.request.headers
        inbox.store(
            tenant_id=self.receiver.tenant_id,
            provider=provider,
            event_id=event_id,
            body=self.content,
            parsed=self.body,
            headers={name: value[:HEADER_MAX] for name in KEPT_HEADERS if (value := headers.get(name))},
        )

    def _check_size(self):
        """Refuse what says of itself that it is too large before any of it is read."""
        said = self.request.headers.get("content-length") or "0"
        if said.isdecimal() and int(said[:20]) > settings.BODY_MAX_BYTES:
            raise TooLarge(f"The body may not be larger than {settings.BODY_MAX_BYTES} bytes.")

    def _verified(self, center):
        """Return the event's id, once everything that is signed is as it must be. Raises BadSignature, NotNow."""
        headers = self.request.headers
        sent = signature.verify(headers, self.content, lambda kid: keys.find_jwk(center, kid))
        if sent.tenant != center.option("tenant"):
            raise WrongTenant()
        if abs(time.time() - sent.sent_at / 1000) > settings.CALLBACK_WINDOW_SECONDS:
            raise OutsideWindow()
        if secret := center.option("webhook_secret"):
            _check_standard(headers, self.content, sent, secret)
        return sent.event_id


class WrongTenant(BadSignature):
    """The callback is another tenant's."""

    code = "wrong_tenant"


class OutsideWindow(BadSignature):
    """It was sent too long ago, or is not sent yet."""

    code = "outside_window"


class BadStandardSignature(BadSignature):
    """The Standard Webhooks signature is missing or not valid."""

    code = "bad_standard_signature"


def _check_standard(headers, content, sent, secret):
    """Check the signature that covers the whole body; the other one binds it by a CRC32 only."""
    event_id, seconds, signatures = (headers.get(name, "") for name in STANDARD_HEADERS)
    # Both signatures must be of one transmission, else each could be taken from another.
    if event_id != sent.event_id or seconds != str(sent.sent_at // 1000):
        raise BadStandardSignature()
    at = datetime.fromtimestamp(int(seconds), UTC)
    try:
        expected = StandardWebhook(secret).sign(event_id, at, content.decode())
    except UnicodeDecodeError as error:
        raise BadStandardSignature() from error
    if not any(hmac.compare_digest(expected.encode(), one.encode()) for one in signatures.split()):
        raise BadStandardSignature()


def _receiver(provider):
    """The row that stands for this remote centre, None when there is none or it was switched off in the settings."""
    if provider not in settings.PROVIDERS or not load_center(provider).is_remote:
        return None
    return _receivers.get(provider)


class Receivers:
    """The rows that this process has read, each for RECEIVER_SECONDS; there are as many as the settings name."""

    def __init__(self):
        self._rows = {}

    def get(self, provider):
        row, good_until = self._rows.get(provider, (None, 0.0))
        if time.monotonic() >= good_until:
            row = Receiver.objects.filter(provider=provider).only("tenant_id", "provider").first()
            if row is not None:
                self._rows[provider] = row, time.monotonic() + RECEIVER_SECONDS
        return row


_receivers = kept(Receivers)


urlpatterns = [path("callbacks/<str:provider>/", CallbackView.as_view(), name="callback")]
