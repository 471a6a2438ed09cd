"""What is let in at ``callbacks/{provider}/``, and what not; of what is refused nothing stays but a count."""

import base64
import hashlib
import hmac
import json
import time
import zlib
from dataclasses import replace

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from django.utils import timezone

from contactcenter_chat import signature
from contactcenter_chat.actions.remote import inbox
from contactcenter_chat.inbound import keys
from contactcenter_chat.models import CallbackRejection, InboundCallback, Receiver, RemoteKey
from contactcenter_chat.queries.signing_keys import signer_for
from contactcenter_chat.signature import Transmission, new_keys, new_secret
from contactcenter_chat.wire.base import encode
from contactcenter_chat.workers import process

pytestmark = pytest.mark.django_db

BODY = {
    "eventType": "QUEUED",
    "messageType": "SYSTEM",
    "conversationId": "C-1",
    "timestamp": 1700000000000,
    "queueId": "q",
    "queueName": "Help",
}


@pytest.fixture
def receiver(here):
    """The row that stands for the centre is there, as after the first conversation."""
    return Receiver.objects.create(
        tenant=here.tenant, kind="remote_center", provider="vendor", uri="http://there.test", format="to v2.0"
    )


@pytest.fixture
def signer(there):
    return signer_for(there.tenant.pk)


def transmission(body=BODY, **changes):
    content = body if isinstance(body, bytes) else encode(body).encode()
    sent = Transmission("there", "event-1", int(time.time() * 1000), 0, content)
    return replace(sent, **changes)


def post(sent, headers):
    return Client().post("/callbacks/vendor/", sent.body, content_type="application/json", headers=dict(headers))


def signed(signer, sent, secret=None):
    headers = signer.headers(sent, secret or new_secret())
    headers.pop("Content-Type")
    return headers


def send(signer, sent):
    return post(sent, signed(signer, sent))


def counted():
    return dict(CallbackRejection.objects.values_list("reason", "count"))


def assert_refused(response, status, reason):
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    assert set(response.json()) == {"message", "errors"}
    assert InboundCallback.objects.count() == 0
    assert counted() == {reason: 1}
    assert response.headers.get("WWW-Authenticate") == ("Signature" if status == 401 else None)


def test_it_is_stored_as_it_came(receiver, signer, here):
    sent = transmission()
    headers = signed(signer, sent)
    assert post(sent, headers).status_code == 200
    (callback,) = InboundCallback.objects.all()
    assert bytes(callback.body) == sent.body
    assert callback.sha256 == hashlib.sha256(sent.body).hexdigest()
    assert (callback.tenant, callback.provider, callback.event_id) == (here.tenant, "vendor", "event-1")
    assert (callback.event_type, callback.remote_conversation, callback.state) == ("QUEUED", "C-1", "received")
    assert callback.said_at.timestamp() == 1700000000
    assert callback.headers["X-8x8-Signature"] == headers["X-8x8-Signature"]
    assert counted() == {}


def test_the_key_is_looked_up_once(receiver, signer, network):
    for number in range(3):
        assert send(signer, transmission(event_id=f"event-{number}")).status_code == 200
    assert network.asked == [("GET", f"/vcc/us/chat/v2/jwk/{signer.kid}/public")]


def test_a_verification_is_answered(receiver, signer):
    body = {"notificationVersion": "v2.0", "eventType": "WEB_HOOK_VERIFY"}
    response = send(signer, transmission(body))
    assert response.status_code == 200
    assert InboundCallback.objects.get().state == "processed"
    assert inbox.process_due() == 0


def test_an_unknown_event_is_kept(receiver, signer):
    assert send(signer, transmission({"eventType": "SOMETHING_NEW", "data": {"x": [1]}})).status_code == 200
    assert inbox.process_due() == 1
    callback = InboundCallback.objects.get()
    assert (callback.state, callback.event_type, callback.conversation) == ("processed", "SOMETHING_NEW", None)
    assert b"SOMETHING_NEW" in bytes(callback.body)


@pytest.mark.parametrize(
    "change",
    [
        lambda headers: headers.pop("X-8x8-Signature"),
        lambda headers: headers.pop("X-8x8-Event-Id"),
        lambda headers: headers.update({"X-8x8-Event-Id": "event-2"}),
        lambda headers: headers.update({"X-8x8-Retry": "1"}),
        lambda headers: headers.update({"X-8x8-Transmission-Time": str(int(time.time() * 1000) + 1)}),
        lambda headers: headers.update({"X-8x8-Tenant-Id": "here", "X-8x8-Customer-Id": "here"}),
        lambda headers: headers.update({"X-8x8-Signature": headers["X-8x8-Signature"].replace("..", ".e30.")}),
        lambda headers: headers.update({"X-8x8-Signature": headers["X-8x8-Signature"][:-8] + "AAAAAAAA"}),
    ],
)
def test_headers_that_were_changed(change, receiver, signer):
    sent = transmission()
    headers = signed(signer, sent)
    change(headers)
    assert_refused(post(sent, headers), 401, "bad_signature")


def test_a_body_that_was_changed(receiver, signer):
    sent = transmission()
    headers = signed(signer, sent)
    assert_refused(post(transmission({**BODY, "queueName": "Other"}), headers), 401, "bad_signature")


def test_a_forged_signature(receiver, signer):
    """Signed with a key of the forger's own, under the name of the centre's."""
    forged = signature.Signer(signer.kid, *new_keys("x")[:2])
    assert_refused(send(forged, transmission()), 401, "bad_signature")


@pytest.mark.parametrize("algorithm", ["HS256", "none", "PS256", "RS512"])
def test_another_algorithm(algorithm, receiver, signer):
    """The public key taken for a shared secret, no signature, and signatures that are nearly the right one."""
    sent = transmission()
    protected = {"b64": False, "crit": ["b64"], "kid": signer.kid, "alg": algorithm}
    head = base64.urlsafe_b64encode(json.dumps(protected).encode()).rstrip(b"=")
    signing_input = head + b"." + sent.payload()
    if algorithm == "HS256":
        mac = hmac.new(b"public", signing_input, hashlib.sha256).digest()
    elif algorithm == "none":
        mac = b"x"
    else:
        key = rsa.generate_private_key(65537, 2048)
        mac = jwt.get_algorithm_by_name(algorithm).sign(signing_input, key)
    token = (head + b".." + base64.urlsafe_b64encode(mac).rstrip(b"=")).decode()
    headers = {**signed(signer, sent), "X-8x8-Signature": token}
    assert_refused(post(sent, headers), 401, "bad_signature")
    assert RemoteKey.objects.count() == 0


def test_a_key_that_nobody_knows(receiver, signer, network):
    stranger = signature.Signer("unknown-kid", *new_keys("x")[:2])
    assert_refused(send(stranger, transmission()), 401, "bad_signature")
    asked = [("GET", "/vcc/us/chat/v2/jwk/unknown-kid/public"), ("GET", "/chat-gateway/v1/jwk/unknown-kid/public")]
    assert network.asked == asked
    assert send(stranger, transmission()).status_code == 401
    assert network.asked == asked


def test_unknown_keys_are_looked_up_at_a_limited_rate(receiver, signer, network, monkeypatch):
    monkeypatch.setattr(keys, "LOOK_SECONDS", 1e9)
    unknown = new_keys("x")[:2]
    answers = [send(signature.Signer(f"kid-{n}", *unknown), transmission()) for n in range(keys.LOOKS + 2)]
    assert [answer.status_code for answer in answers] == [401] * keys.LOOKS + [503, 503]
    assert answers[-1]["Retry-After"] == "5"
    assert len(network.asked) == 2 * keys.LOOKS


def test_the_key_server_is_down(receiver, signer, network, monkeypatch):
    network.down = {"there.test"}
    assert send(signer, transmission()).status_code == 503
    network.down = set()
    assert send(signer, transmission()).status_code == 200
    # From now on the key is kept, also by a process that is new, and when it is time to look again.
    network.down = {"there.test"}
    process.forget_all()  # as another process
    assert send(signer, transmission(event_id="event-2")).status_code == 200
    RemoteKey.objects.update(fetched_at=timezone.now() - timezone.timedelta(days=2))
    process.forget_all()  # as another process
    assert send(signer, transmission(event_id="event-3")).status_code == 200


def test_a_key_that_was_withdrawn(receiver, signer, there, monkeypatch):
    assert send(signer, transmission()).status_code == 200
    there.tenant.signing_keys.update(published_until=timezone.now())
    RemoteKey.objects.update(fetched_at=timezone.now() - timezone.timedelta(days=2))
    process.forget_all()  # as another process
    assert send(signer, transmission(event_id="event-2")).status_code == 401
    assert RemoteKey.objects.count() == 0


@pytest.mark.parametrize("seconds", [-301, 301])
def test_outside_the_window(seconds, receiver, signer):
    sent = transmission(sent_at=int((time.time() + seconds) * 1000))
    assert_refused(send(signer, sent), 401, "outside_window")


def test_another_tenant(receiver, signer):
    assert_refused(send(signer, transmission(tenant="here")), 401, "wrong_tenant")


def test_too_large(receiver, signer, configure, network):
    configure(BODY_MAX_BYTES=1000)
    assert_refused(send(signer, transmission({**BODY, "queueName": "x" * 1000})), 413, "too_large")
    assert network.asked == []


@pytest.mark.parametrize("body", [b"[" * 5000, b'{"a":' * 30 + b"1" + b"}" * 30, b"{", b"", b'"\\ud800"'])
def test_what_is_no_usable_json(body, receiver, signer):
    assert_refused(send(signer, transmission(body)), 400, "invalid_value")


def test_a_replay(receiver, signer):
    sent = transmission()
    headers = signed(signer, sent)
    assert [post(sent, headers).status_code for _ in range(3)] == [200, 200, 200]
    assert InboundCallback.objects.count() == 1


def test_the_same_event_with_another_body(receiver, signer, caplog):
    assert send(signer, transmission()).status_code == 200
    forged = transmission({**BODY, "queueName": "Other"})
    response = send(signer, forged)
    assert response.status_code == 409
    assert counted() == {"another_body": 1}
    assert b"Other" not in bytes(InboundCallback.objects.get().body)
    (record,) = [record for record in caplog.records if record.levelname == "CRITICAL"]
    assert "event-1" in record.getMessage()


def same_crc(body, target):
    """Another JSON body with the CRC32 of ``target``, found by linear algebra over 32 free bits."""
    free = "".join("A" for _ in range(32))
    base = encode({**body, "x": free}).encode()
    at = base.index(free.encode())
    wanted = zlib.crc32(target) ^ zlib.crc32(base)
    rows = []
    for bit in range(32):
        changed = bytearray(base)
        changed[at + bit] ^= 2  # A becomes C
        rows.append((zlib.crc32(bytes(changed)) ^ zlib.crc32(base), 1 << bit))
    chosen, basis = 0, []
    for value, mask in rows:
        for pivot, pivot_mask in basis:
            if value ^ pivot < value:
                value, mask = value ^ pivot, mask ^ pivot_mask
        if value:
            basis.append((value, mask))
            basis.sort(reverse=True)
    for pivot, pivot_mask in basis:
        if wanted ^ pivot < wanted:
            wanted, chosen = wanted ^ pivot, chosen ^ pivot_mask
    assert wanted == 0
    found = bytearray(base)
    for bit in range(32):
        if chosen >> bit & 1:
            found[at + bit] ^= 2
    assert zlib.crc32(bytes(found)) == zlib.crc32(target)
    return bytes(found)


def test_a_body_with_the_same_checksum(receiver, signer, here):
    """What the older signature does not notice: with the webhook's secret, the newer one does."""
    here.options["webhook_secret"] = secret = new_secret()
    sent = transmission()
    headers = signed(signer, sent, secret)
    forged = replace(sent, body=same_crc({**BODY, "queueName": "Other"}, sent.body))
    assert_refused(post(forged, headers), 401, "bad_standard_signature")
    bare = {name: value for name, value in headers.items() if not name.startswith("webhook-")}
    assert post(sent, bare).status_code == 401
    assert post(sent, {**headers, "webhook-id": "event-2"}).status_code == 401
    assert post(sent, headers).status_code == 200


def test_a_failed_one_is_done_again(receiver, signer):
    sent = transmission()
    assert send(signer, sent).status_code == 200
    InboundCallback.objects.update(state="failed", error="Oh", due_at=None)
    assert send(signer, sent).status_code == 200
    callback = InboundCallback.objects.get()
    assert (callback.state, callback.error) == ("received", "")


@pytest.mark.parametrize("path", ["/callbacks/default/", "/callbacks/nobody/"])
def test_a_provider_that_is_none(path, receiver, signer):
    response = Client().post(path, b"{}", content_type="application/json")
    assert response.status_code == 404
    assert counted() == {}


def test_before_there_is_anything_to_hear(here, signer):
    assert send(signer, transmission()).status_code == 404


def test_other_methods(receiver):
    assert Client().get("/callbacks/vendor/").status_code == 405


def test_one_query_when_all_is_known(receiver, signer, django_assert_num_queries):
    send(signer, transmission())
    with django_assert_num_queries(1):
        assert send(signer, transmission(event_id="event-2")).status_code == 200


def test_an_unknown_conversation_is_waited_for_then_given_up(receiver, signer, django_capture_on_commit_callbacks):
    send(signer, transmission())
    for _ in range(len(inbox.WAITS) + 1):
        InboundCallback.objects.update(due_at=timezone.now())
        assert inbox.process_due() == 1
    callback = InboundCallback.objects.get()
    assert (callback.state, callback.due_at) == ("failed", None)
    assert callback.error == "UnknownConversation: There is no conversation that is C-1 there."
    assert inbox.run_again(InboundCallback.objects.all()) == 1
    callback.refresh_from_db()
    assert (callback.state, callback.attempts) == ("received", 0)
