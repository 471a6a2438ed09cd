"""Is this callback from the contact centre, and unchanged? Needs PyJWT with cryptography."""

import base64
import hashlib
import hmac
import json
import time
import zlib

import jwt

TOLERANCE = 300  # seconds that the clocks may differ


def verify_standard(headers, body, secret):
    """Check the Standard Webhooks signature, which covers the whole body. Raises ValueError.

    ``headers`` have lower-case names, ``body`` is the bytes as they came, ``secret`` is the webhook's: ``whsec_…``.
    """
    timestamp = headers["webhook-timestamp"]
    if abs(time.time() - int(timestamp)) > TOLERANCE:
        raise ValueError("too old")
    signed = f"{headers['webhook-id']}.{timestamp}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    if not any(hmac.compare_digest(expected, given) for given in headers["webhook-signature"].split()):
        raise ValueError("wrong signature")


def verify_jws(headers, body, find_key):
    """Check ``X-8x8-Signature``, which covers a checksum of the body. Raises ValueError or jwt.PyJWTError.

    ``find_key`` returns the public key (a JWK) of a key id, from ``/vcc/us/chat/v2/jwk/{kid}/public``.
    """
    payload = {
        "checksum": zlib.crc32(body),
        "cid": headers["x-8x8-customer-id"],
        "eid": headers["x-8x8-event-id"],
        "retry": int(headers["x-8x8-retry"]),
        "tid": headers["x-8x8-tenant-id"],
        "tt": int(headers["x-8x8-transmission-time"]),
    }
    if abs(time.time() * 1000 - payload["tt"]) > TOLERANCE * 1000:
        raise ValueError("too old")
    token = headers["x-8x8-signature"]
    protected, middle, _signature = token.split(".")
    if middle:
        raise ValueError("the signature must be detached")
    kid = json.loads(base64.urlsafe_b64decode(protected + "=="))["kid"]
    jwt.PyJWS(["RS256"]).decode(
        token,
        jwt.PyJWK({**find_key(kid), "alg": "RS256"}),
        algorithms=["RS256"],
        detached_payload=json.dumps(payload, separators=(",", ":")).encode(),
    )
