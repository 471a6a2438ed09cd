"""How does a receiver know that a callback is ours and unchanged?

Every callback carries two signatures. ``X-8x8-Signature`` is a compact JWS (RFC 7515) with a detached, unencoded
payload (RFC 7797); it is what existing receivers check, and it binds the body by a CRC32 only. The Standard Webhooks
headers sign the whole body: ``v1`` with the webhook's own secret, ``v1a`` with the tenant's Ed25519 key.

This module knows bytes and keys; which key signs is decided by its caller.
"""

import base64
import binascii
import json
import re
import secrets
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import jwt
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from standardwebhooks import Webhook as StandardWebhook

from .exceptions import BadSignature

ALGORITHM = "RS256"
RSA_BITS = 2048
RSA_EXPONENT = 65537

TENANT_HEADER = "X-8x8-Tenant-Id"
CUSTOMER_HEADER = "X-8x8-Customer-Id"
EVENT_HEADER = "X-8x8-Event-Id"
TIME_HEADER = "X-8x8-Transmission-Time"
RETRY_HEADER = "X-8x8-Retry"
SIGNATURE_HEADER = "X-8x8-Signature"

NAME = re.compile(r"[A-Za-z0-9_-]{1,128}")  # ids, labels and kids, as they stand in headers
NUMBER = re.compile(r"0|[1-9][0-9]{0,15}")  # one spelling per number, and never beyond what JSON readers keep exact
SEGMENT = re.compile(r"[A-Za-z0-9_-]+")
HEADER_MEMBERS = {"b64", "crit", "kid", "alg"}

JwkFinder = Callable[[str], Mapping[str, Any] | None]  # the public key of a kid, None when there is none


class NewKeys(NamedTuple):
    """The private keys are PEM and go nowhere unencrypted."""

    rsa_pem: str
    ed25519_pem: str
    public_jwk: dict[str, str]

    def __repr__(self) -> str:
        """Private keys are hidden."""
        return f"NewKeys({self.public_jwk['kid']!r})"


def new_keys(kid: str) -> NewKeys:
    """Make the keys a tenant signs with; ``kid`` is the name under which the public one is published."""
    rsa_key = rsa.generate_private_key(RSA_EXPONENT, RSA_BITS)
    return NewKeys(_pem(rsa_key), _pem(Ed25519PrivateKey.generate()), _public_jwk(rsa_key, kid))


def new_secret() -> str:
    """Make the secret of a webhook, in the form the Standard Webhooks libraries take: ``whsec_…``."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


@dataclass(frozen=True, slots=True)
class Transmission:
    """One attempt to hand over one body; ``sent_at`` is in milliseconds since 1970, ``retry`` counts from 0."""

    tenant: str  # the tenant's label
    event_id: str
    sent_at: int
    retry: int
    body: bytes = field(repr=False)  # may hold links that open files

    def payload(self) -> bytes:
        """Return what the JWS signs; receivers rebuild it byte by byte, so the order of the keys is part of it."""
        members = {
            "checksum": zlib.crc32(self.body),
            "cid": self.tenant,
            "eid": self.event_id,
            "retry": self.retry,
            "tid": self.tenant,
            "tt": self.sent_at,
        }
        return json.dumps(members, separators=(",", ":")).encode()


class Signer:
    """A tenant's private keys, parsed once: parsing takes longer than signing."""

    def __init__(self, kid: str, rsa_pem: str, ed25519_pem: str):
        self.kid = kid
        self._rsa: Any = serialization.load_pem_private_key(rsa_pem.encode(), None)
        self._ed25519: Any = serialization.load_pem_private_key(ed25519_pem.encode(), None)
        # The members' order is the one that published deliveries show; PyJWT has no way to ask for it.
        header = {"b64": False, "crit": ["b64"], "kid": kid, "alg": ALGORITHM}
        self._protected = _encode(json.dumps(header, separators=(",", ":")).encode())

    def headers(self, transmission: Transmission, secret: str) -> dict[str, str]:
        """Return all headers of one attempt; ``secret`` is the webhook's."""
        return {
            "Content-Type": "application/json",
            "Cache-Control": "no-cache",
            TENANT_HEADER: transmission.tenant,
            CUSTOMER_HEADER: transmission.tenant,
            EVENT_HEADER: transmission.event_id,
            TIME_HEADER: str(transmission.sent_at),
            RETRY_HEADER: str(transmission.retry),
            SIGNATURE_HEADER: self.detached_jws(transmission.payload()),
            **self._standard_headers(transmission, secret),
        }

    def detached_jws(self, payload: bytes) -> str:
        """Return the payload's signature as ``<protected header>..<signature>``."""
        signed = self._rsa.sign(self._protected.encode() + b"." + payload, padding.PKCS1v15(), hashes.SHA256())
        return f"{self._protected}..{_encode(signed)}"

    def public_key(self) -> str:
        """Return the public key of the ``v1a`` signatures in the libraries' form: ``whpk_…``."""
        raw = self._ed25519.public_key().public_bytes_raw()
        return "whpk_" + base64.b64encode(raw).decode()

    def _standard_headers(self, transmission: Transmission, secret: str) -> dict[str, str]:
        seconds = transmission.sent_at // 1000
        text = transmission.body.decode()
        symmetric = StandardWebhook(secret).sign(transmission.event_id, datetime.fromtimestamp(seconds, UTC), text)
        # The library signs with shared secrets only; this is the specification's asymmetric form.
        signed = self._ed25519.sign(f"{transmission.event_id}.{seconds}.{text}".encode())
        return {
            "webhook-id": transmission.event_id,
            "webhook-timestamp": str(seconds),
            "webhook-signature": f"{symmetric} v1a,{base64.b64encode(signed).decode()}",
        }


def verify(headers: Mapping[str, str], body: bytes, find_jwk: JwkFinder) -> Transmission:
    """Check the JWS of a received callback, and return what it vouches for.

    ``headers`` in any case. Raises BadSignature. It does not say that the event is new, nor recent.
    """
    transmission = _received(headers, body)
    token = _header(headers, SIGNATURE_HEADER)
    jwk = find_jwk(_kid(token))
    if jwk is None:
        raise BadSignature("The signature's key is not known.")
    _verify_jws(token, transmission.payload(), jwk)
    return transmission


def _received(headers: Mapping[str, str], body: bytes) -> Transmission:
    tenant = _header(headers, TENANT_HEADER, NAME)
    if _header(headers, CUSTOMER_HEADER, NAME) != tenant:
        raise BadSignature(f"{CUSTOMER_HEADER} and {TENANT_HEADER} differ.")
    return Transmission(
        tenant=tenant,
        event_id=_header(headers, EVENT_HEADER, NAME),
        sent_at=int(_header(headers, TIME_HEADER, NUMBER)),
        retry=int(_header(headers, RETRY_HEADER, NUMBER)),
        body=body,
    )


def _header(headers: Mapping[str, str], name: str, pattern: re.Pattern[str] | None = None) -> str:
    found = [value for key, value in headers.items() if key.lower() == name.lower()]
    if len(found) != 1:
        raise BadSignature(f"{name} is missing.")
    if pattern and not pattern.fullmatch(found[0]):
        raise BadSignature(f"{name} is not as it should be.")
    return found[0]


def _kid(token: str) -> str:
    """Return the key's name, once everything about the token but its signature is as it must be."""
    protected, _, rest = token.partition(".")
    middle, _, signature = rest.partition(".")
    if middle or not SEGMENT.fullmatch(protected) or not SEGMENT.fullmatch(signature):
        raise BadSignature("The signature is not a detached JWS.")
    header = _strict_json(_decode(protected))
    _decode(signature)
    if not isinstance(header, dict) or header.keys() != HEADER_MEMBERS:
        raise BadSignature("The signature's header has other members than it should.")
    kid = header["kid"]
    if header["b64"] is not False or header["crit"] != ["b64"] or header["alg"] != ALGORITHM:
        raise BadSignature("The signature's header says something else than it should.")
    if not isinstance(kid, str) or not NAME.fullmatch(kid):
        raise BadSignature("The signature's kid is not a name.")
    return kid


def _verify_jws(token: str, payload: bytes, jwk: Mapping[str, Any]) -> None:
    strict = {"enforce_minimum_key_length": True}
    try:
        jwt.PyJWS([ALGORITHM], options=strict).decode(  # type: ignore[arg-type]
            token, _public_key(json.dumps(dict(jwk))), algorithms=[ALGORITHM], detached_payload=payload
        )
    except jwt.PyJWTError as error:
        raise BadSignature from error


@lru_cache(maxsize=100)
def _public_key(jwk: str) -> jwt.PyJWK:
    """A key as it verifies; making it takes longer than verifying with it."""
    return jwt.PyJWK({**json.loads(jwk), "alg": ALGORITHM})


def _strict_json(data: bytes) -> Any:
    """Parse JSON whose objects name no member twice: readers differ in which of the two they take."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) != len(pairs):
            raise BadSignature("The signature's header names a member twice.")
        return members

    try:
        return json.loads(data, object_pairs_hook=unique)
    except (ValueError, RecursionError) as error:
        raise BadSignature("The signature's header is not JSON.") from error


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(segment: str) -> bytes:
    try:
        data = base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    except binascii.Error as error:
        raise BadSignature("The signature is not base64url.") from error
    if _encode(data) != segment:  # spare bits at the end that are not zero: a second spelling of the same bytes
        raise BadSignature("The signature is not base64url.")
    return data


def _pem(key: rsa.RSAPrivateKey | Ed25519PrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def _public_jwk(key: rsa.RSAPrivateKey, kid: str) -> dict[str, str]:
    """Return the four members that a receiver needs, in the order that published answers have them."""
    numbers = key.public_key().public_numbers()
    return {"kty": "RSA", "e": _number(numbers.e), "kid": kid, "n": _number(numbers.n)}


def _number(value: int) -> str:
    return _encode(value.to_bytes((value.bit_length() + 7) // 8, "big"))
