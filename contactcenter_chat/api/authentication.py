"""Who calls?

Either a key and its secret give an access token, with which every other operation is called; or operations are called
with the key alone.
"""

import base64
import binascii
import hmac
import time
from functools import lru_cache
from urllib.parse import unquote

import jwt
from jwt.types import Options

from ..actions.setup.tenants import hash_secret
from ..conf import secret_keys, settings
from ..encryption import derived_keys
from ..exceptions import Unauthorized
from ..http.problems import TokenExpired
from ..queries import api as queries

ALGORITHM = "HS256"
PURPOSE = b"contactcenter_chat.access_token"
# The time is looked at with each request; when a token was given does not matter, machines' clocks differ a little.
UNTIMED: Options = {"require": ["sub", "exp"], "verify_exp": False, "verify_iat": False}
NO_SECRET = hash_secret("")


def authenticate_client(header):
    """Return the API key and the key itself as text, for an ``Authorization: Basic`` header. Raises Unauthorized."""
    key, secret = _basic(header)
    api_key = queries.active_key_by_hash(hash_secret(key))
    # As long for a key that there is as for one that there is not.
    if not hmac.compare_digest(api_key.secret_hash if api_key else NO_SECRET, hash_secret(secret)) or not api_key:
        raise Unauthorized("Client credentials are invalid.")
    return api_key, key


def issue_token(api_key, issued_at):
    """Return an access token for this key, good for TOKEN_SECONDS from ``issued_at`` (a datetime)."""
    seconds = int(issued_at.timestamp())
    claims = {"sub": api_key.pk, "iat": seconds, "exp": seconds + settings.TOKEN_SECONDS}
    return jwt.encode(claims, derived_keys(PURPOSE, secret_keys())[0], ALGORITHM)


def authenticate_token(token):
    """Return the API key with its tenant for an access token.

    The key is read each time, so that revoking it stops its tokens at once. Raises Unauthorized.
    """
    api_key = queries.active_key(_subject(token))
    if api_key is None:
        raise Unauthorized("The access token's key is gone.")
    return api_key


def authenticate_api_key(key):
    """Return the API key with its tenant for the key itself, sent with each request. Raises Unauthorized."""
    # Looked up by its hash: how long that takes tells nothing of the keys that there are.
    api_key = queries.active_key_by_hash(hash_secret(key)) if key else None
    if api_key is None:
        raise Unauthorized("The API key is missing or wrong.")
    return api_key


def _basic(header):
    scheme, _, encoded = header.partition(" ")
    pair = _decoded(encoded.strip()) if scheme.lower() == "basic" else None
    if pair is None:
        # Not from the error of the decoding, which shows what it was given.
        raise Unauthorized("Client credentials are missing.")
    key, _, secret = pair.partition(":")
    # OAuth 2 has them percent-encoded, which few clients do; none of ours has a percent sign.
    return unquote(key), unquote(secret)


def _decoded(text):
    try:
        return base64.b64decode(text, validate=True).decode()
    except (ValueError, binascii.Error):
        return None


def _subject(token):
    claims = _claims(token, derived_keys(PURPOSE, secret_keys()))
    if claims["exp"] <= time.time():
        raise TokenExpired()
    return claims["sub"]


@lru_cache(maxsize=1000)
def _claims(token, keys):
    """What a token says, signed by one of the keys. A client sends the same token with each request of an hour."""
    for key in keys:
        try:
            return jwt.decode(token, key, [ALGORITHM], options=UNTIMED)
        except jwt.InvalidSignatureError:
            continue
        except jwt.InvalidTokenError as error:
            raise Unauthorized() from error
    raise Unauthorized()
