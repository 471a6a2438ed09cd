"""How do bytes become a body, and a body bytes?"""

import json
import math

from django.http import HttpResponse

from ..conf import settings
from ..exceptions import Invalid, TooLarge
from ..storable import is_deeper
from ..wire.base import encode
from .problems import UnsupportedMediaType
from .requests import Body, drain

JSON = "application/json"
DRAIN = 10  # times the limit


def respond(status, body=None, *, content_type=JSON, headers=None):
    """Return an HTTP answer with this body as JSON, or without any."""
    return respond_bytes(status, b"" if body is None else encode(body).encode(), content_type, headers)


def respond_bytes(status, content, content_type=JSON, headers=None):
    """Return an HTTP answer with these bytes."""
    response = HttpResponse(content, status=status, content_type=content_type, headers=headers)
    if not content:
        del response["Content-Type"]
    return response


def read(request):
    """Return the request's body as bytes. Raises TooLarge, UnsupportedMediaType, and Invalid for a part of a body."""
    coding = request.headers.get("Content-Encoding", "").strip().lower()
    if coding not in ("", "identity"):
        raise UnsupportedMediaType(f"The body may not be encoded as {coding}.")
    limit = settings.BODY_MAX_BYTES
    stream = Body(request)
    content = b""
    while len(content) <= limit and (chunk := stream.read(limit + 1 - len(content))):
        content += chunk
    if len(content) > limit:
        drain(stream, limit * DRAIN)
        raise TooLarge(f"The body may not be larger than {limit} bytes.")
    return content


def parse(content, content_type=JSON):
    """Return what the JSON says. Raises Invalid, and UnsupportedMediaType for what does not even claim to be JSON.

    The content type decides nothing else: some clients send JSON without saying so.
    """
    try:
        text = content.decode("utf-8-sig")
        body = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        if content and content_type and "json" not in content_type.lower():
            raise UnsupportedMediaType(f"The body must be JSON, not {content_type}.") from error
        raise Invalid(f"The body is not valid JSON: {_reason(error)}", field="body") from error
    _check_depth(text, body)
    if "\\u" in text:
        _check_surrogates(body)
    return body


def _refuse_constant(name):
    raise ValueError(f"{name} is no JSON value")


def _finite(digits):
    number = float(digits)
    if math.isinf(number):
        raise ValueError("a number is too large")
    return number


def _reason(error):
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at line {error.lineno}, column {error.colno}"
    if isinstance(error, UnicodeDecodeError):
        return "it is not encoded in UTF-8"
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)


def _check_depth(text, body):
    most = settings.BODY_MAX_DEPTH
    if text.count("[") + text.count("{") > most and is_deeper(body, most):
        raise Invalid(f"The body is nested too deeply, {most} levels at most.", field="body")


def _check_surrogates(body):
    # Half of a character can be escaped in JSON, but encoded neither for the database nor for an answer.
    try:
        json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise Invalid("The body has an incomplete surrogate pair.", field="body") from error
