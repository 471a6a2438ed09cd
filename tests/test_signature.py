import base64
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks import Webhook as StandardWebhook

from contactcenter_chat import signature
from contactcenter_chat.exceptions import BadSignature
from contactcenter_chat.signature import Signer, Transmission, new_keys, new_secret, verify

SPEC_DIR = Path(os.environ.get("CONTACTCENTER_SPEC_DIR", ""))
KID = "AaIDjM6bNvFRpd0boHAxYg"
KEYS = new_keys(KID)
SIGNER = Signer(KID, KEYS.rsa_pem, KEYS.ed25519_pem)
SECRET = new_secret()
SENT = Transmission("college", "g4nqGuj8TpCa6tiZ3DeeNw", 1629804577296, 2, '{"message":"héllo 👋"}'.encode())

# A delivery that was published with its checksum; its key was not, so only what is signed can be compared.
PUBLISHED = Transmission(
    tenant="vccC8ProdChecksUS",
    event_id="g4nqGuj8TpCa6tiZ3DeeNw",
    sent_at=1629804577296,
    retry=0,
    body=b'{"eventType":"AGENT_JOINED","messageType":"SYSTEM","conversationId":"Aka5NMHU8MtIG7lUQOxI0DTOvM4",'
    b'"agentId":"cmalutan","agentName":"Cosmin,Malutan","timestamp":1629804577002}',
)


def find(kid):
    return {KID: KEYS.public_jwk}.get(kid)


def headers_of(sent=SENT, signer=SIGNER):
    return signer.headers(sent, SECRET)


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token_with(header, payload=None, key=None):
    """A token that is signed rightly, whatever its header says."""
    key = key or serialization.load_pem_private_key(KEYS.rsa_pem.encode(), None)
    protected = encode(header if isinstance(header, bytes) else json.dumps(header).encode())
    signed = key.sign(f"{protected}.".encode() + (payload or SENT.payload()), padding.PKCS1v15(), hashes.SHA256())
    return f"{protected}..{encode(signed)}"


def with_token(token):
    return {**headers_of(), signature.SIGNATURE_HEADER: token}


GOOD = {"b64": False, "crit": ["b64"], "kid": KID, "alg": "RS256"}


def test_payload_is_what_a_published_delivery_signed():
    assert PUBLISHED.payload() == (
        b'{"checksum":1564621066,"cid":"vccC8ProdChecksUS","eid":"g4nqGuj8TpCa6tiZ3DeeNw",'
        b'"retry":0,"tid":"vccC8ProdChecksUS","tt":1629804577296}'
    )


def test_checksum_is_unsigned():
    sent = Transmission("t", "e", 0, 0, b'{"timestamp":8}')
    assert json.loads(sent.payload())["checksum"] == 3689478825


def test_protected_header_has_the_members_in_the_published_order():
    protected, middle, _ = headers_of()["X-8x8-Signature"].split(".")
    assert base64.urlsafe_b64decode(protected + "==") == (
        b'{"b64":false,"crit":["b64"],"kid":"' + KID.encode() + b'","alg":"RS256"}'
    )
    assert middle == ""


def test_all_headers_of_an_attempt():
    headers = headers_of()
    assert {name: headers[name] for name in headers if not name.lower().endswith("signature")} == {
        "Content-Type": "application/json",
        "Cache-Control": "no-cache",
        "X-8x8-Tenant-Id": "college",
        "X-8x8-Customer-Id": "college",
        "X-8x8-Event-Id": "g4nqGuj8TpCa6tiZ3DeeNw",
        "X-8x8-Transmission-Time": "1629804577296",
        "X-8x8-Retry": "2",
        "webhook-id": "g4nqGuj8TpCa6tiZ3DeeNw",
        "webhook-timestamp": "1629804577",
    }


def test_a_receiver_verifies_the_token_with_pyjwt_alone():
    decoded = jwt.PyJWS().decode_complete(
        headers_of()["X-8x8-Signature"],
        jwt.PyJWK({**KEYS.public_jwk, "alg": "RS256"}),
        algorithms=["RS256"],
        detached_payload=SENT.payload(),
    )
    assert decoded["payload"] == SENT.payload()


def test_public_jwk_has_the_four_members_receivers_read_and_nothing_private():
    assert list(KEYS.public_jwk) == ["kty", "e", "kid", "n"]
    assert KEYS.public_jwk["kty"] == "RSA"
    assert KEYS.public_jwk["e"] == "AQAB"
    assert KEYS.public_jwk["kid"] == KID
    assert len(base64.urlsafe_b64decode(KEYS.public_jwk["n"] + "==")) == 256


def test_verify_returns_what_was_sent():
    assert verify(headers_of(), SENT.body, find) == SENT


def test_verify_takes_headers_in_any_case():
    assert verify({name.lower(): value for name, value in headers_of().items()}, SENT.body, find) == SENT


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-8x8-Tenant-Id", "other"),
        ("X-8x8-Customer-Id", "other"),
        ("X-8x8-Event-Id", "g4nqGuj8TpCa6tiZ3DeeNx"),
        ("X-8x8-Event-Id", "not a name"),
        ("X-8x8-Transmission-Time", "1629804577297"),
        ("X-8x8-Transmission-Time", "01629804577296"),
        ("X-8x8-Transmission-Time", "٣"),
        ("X-8x8-Retry", "3"),
        ("X-8x8-Retry", "-1"),
        ("X-8x8-Retry", " 2"),
    ],
)
def test_a_changed_header_is_refused(header, value):
    with pytest.raises(BadSignature):
        verify({**headers_of(), header: value}, SENT.body, find)


@pytest.mark.parametrize("header", ["X-8x8-Tenant-Id", "X-8x8-Event-Id", "X-8x8-Retry", "X-8x8-Signature"])
def test_a_missing_header_is_refused(header):
    headers = headers_of()
    del headers[header]
    with pytest.raises(BadSignature, match=f"{header} is missing"):
        verify(headers, SENT.body, find)


def test_a_header_that_is_there_twice_is_refused():
    with pytest.raises(BadSignature):
        verify({**headers_of(), "x-8x8-retry": "2"}, SENT.body, find)


def test_another_body_is_refused():
    with pytest.raises(BadSignature):
        verify(headers_of(), SENT.body + b" ", find)


def test_an_unknown_key_is_refused():
    with pytest.raises(BadSignature, match="not known"):
        verify(headers_of(), SENT.body, lambda kid: None)


def test_another_tenants_key_is_refused():
    with pytest.raises(BadSignature):
        verify(headers_of(), SENT.body, lambda kid: new_keys(kid).public_jwk)


def test_the_good_header_of_these_tests_is_accepted():
    assert verify(with_token(token_with(GOOD)), SENT.body, find) == SENT


@pytest.mark.parametrize(
    "header",
    [
        {**GOOD, "alg": "none"},
        {**GOOD, "alg": "HS256"},
        {**GOOD, "alg": "PS256"},
        {**GOOD, "b64": True},
        {**GOOD, "b64": 0},
        {**GOOD, "crit": []},
        {**GOOD, "crit": ["b64", "exp"]},
        {**GOOD, "kid": "../jwk"},
        {**GOOD, "kid": ["a"]},
        {**GOOD, "kid": f"{KID}\n"},
        {**GOOD, "typ": "JWT"},
        {**GOOD, "jku": "https://example.org"},
        {**GOOD, "jwk": KEYS.public_jwk},
        {name: GOOD[name] for name in ("b64", "crit", "alg")},
        [],
        b'{"b64":false,"crit":["b64"],"kid":"other","kid":"%s","alg":"RS256"}' % KID.encode(),
        b"not json",
        b'"text"',
        b"\xff",
        b"[" * 100_000,
    ],
)
def test_any_other_header_is_refused_before_a_key_is_looked_for(header):
    with pytest.raises(BadSignature):
        verify(with_token(token_with(header)), SENT.body, lambda kid: pytest.fail("looked for a key"))


def test_tokens_of_another_form_are_refused_before_a_key_is_looked_for():
    protected, _, signed = headers_of()["X-8x8-Signature"].split(".")
    payload = encode(SENT.payload())
    wrong = [
        "",
        ".",
        "..",
        f"{protected}.{payload}.{signed}",
        f"{protected}.{signed}",
        f"{protected}..",
        f"..{signed}",
    ]
    wrong += [f"{protected}..{signed}.", f"{protected}..{signed}=", f"{protected}..{signed} ", f"{protected}..ö"]
    for token in wrong:
        with pytest.raises(BadSignature):
            verify(with_token(token), SENT.body, lambda kid: pytest.fail("looked for a key"))


def test_a_second_spelling_of_the_same_signature_is_refused():
    token = headers_of()["X-8x8-Signature"]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    other = token[:-1] + alphabet[alphabet.index(token[-1]) + 1]
    assert base64.urlsafe_b64decode(other.split(".")[2] + "==") == base64.urlsafe_b64decode(token.split(".")[2] + "==")
    with pytest.raises(BadSignature):
        verify(with_token(other), SENT.body, find)


@pytest.mark.parametrize(
    "jwk",
    [
        {},
        {"kty": "oct", "k": encode(b"x" * 32), "kid": KID},
        {"kty": "RSA", "e": "AQAB", "n": "!", "kid": KID},
        {"kty": "RSA", "kid": KID},
    ],
)
def test_a_key_that_is_none_is_refused(jwk):
    with pytest.raises(BadSignature):
        verify(headers_of(), SENT.body, lambda kid: jwk)


def test_a_short_key_is_refused():
    key = rsa.generate_private_key(65537, 1024)  # noqa: S505  (that is the point)
    jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    with pytest.raises(BadSignature):
        verify(with_token(token_with(GOOD, key=key)), SENT.body, lambda kid: jwk)


def test_standard_webhooks_library_verifies_the_shared_secret():
    sent = Transmission("college", "event", int(datetime.now(UTC).timestamp() * 1000), 0, SENT.body)
    headers = headers_of(sent)
    assert StandardWebhook(SECRET).verify(sent.body, headers) == {"message": "héllo 👋"}
    with pytest.raises(Exception, match="No matching signature"):
        StandardWebhook(new_secret()).verify(sent.body, headers)


def test_the_asymmetric_signature_covers_id_time_and_body():
    symmetric, asymmetric = headers_of()["webhook-signature"].split(" ")
    assert symmetric.startswith("v1,")
    version, signed = asymmetric.split(",")
    assert version == "v1a"
    prefix, raw = SIGNER.public_key()[:5], base64.b64decode(SIGNER.public_key()[5:])
    assert prefix == "whpk_"
    Ed25519PublicKey.from_public_bytes(raw).verify(
        base64.b64decode(signed), b"g4nqGuj8TpCa6tiZ3DeeNw.1629804577." + SENT.body
    )


def test_secrets_have_the_libraries_form_and_differ():
    assert SECRET.startswith("whsec_")
    assert len(base64.b64decode(SECRET.removeprefix("whsec_"))) == 32
    assert new_secret() != SECRET


@pytest.mark.spec
def test_what_is_signed_is_what_the_reference_delivery_shows():
    reference = json.loads((SPEC_DIR / "payloads/signature/real_AGENT_JOINED_delivery.json").read_text())
    headers = reference["headers"]
    sent = Transmission(
        tenant=headers["x-8x8-tenant-id"],
        event_id=headers["x-8x8-event-id"],
        sent_at=int(headers["x-8x8-transmission-time"]),
        retry=int(headers["x-8x8-retry"]),
        body=reference["raw_body"].encode(),
    )
    assert sent.payload() == reference["signed_payload"].encode()
    protected = Signer("key1", KEYS.rsa_pem, KEYS.ed25519_pem).headers(sent, SECRET)["X-8x8-Signature"].split(".")[0]
    assert protected == headers["x-8x8-signature"].split(".")[0]


@pytest.mark.spec
def test_checksums_are_those_of_the_reference_vectors():
    vectors = json.loads((SPEC_DIR / "payloads/signature/crc32_vectors.json").read_text())["vectors"]
    assert vectors
    for vector in vectors:
        payload = Transmission("t", "e", 0, 0, vector["raw_body"].encode()).payload()
        assert json.loads(payload)["checksum"] == vector["crc32_unsigned"]
