"""What is answered when something is refused or goes wrong?

``exceptions`` says which status an error has, ``wire`` which shape. What nobody expected is logged with a reference
that the client is told.
"""

import logging
import uuid

from django.core.exceptions import SuspiciousOperation
from django.http.request import UnreadablePostError

from ..exceptions import ContactCenterError, Forbidden, Invalid, RateLimited, Unauthorized

logger = logging.getLogger(__name__)

PROBLEM_JSON = "application/problem+json"


class MethodNotAllowed(ContactCenterError):
    """This method is not allowed here."""

    status = 405
    code = "method_not_allowed"


class UnsupportedMediaType(ContactCenterError):
    """The body must be JSON."""

    status = 415
    code = "unsupported_media_type"


class UnknownPath(ContactCenterError):
    """There is nothing at this address."""

    status = 404
    code = "resource_not_found"


class TokenExpired(Unauthorized):
    """The access token is too old."""

    code = "token_expired"


class ForeignTenant(Forbidden):
    """The path or a header names a tenant that is not the one of the key."""

    def __init__(self, tenant, owner):
        super().__init__()
        self.tenant = tenant
        self.owner = owner


def plain(message, **more):
    """Return a body that says what is wrong where no wire format says how."""
    return {"message": message, "errors": [message]} | more


def complaints(error):
    """Every ``Invalid`` that an ``Invalid`` stands for."""
    return getattr(error, "problems", [error])


def headers_of(error, challenge):
    """Return the headers that go with this error; ``challenge`` says how one authenticates here."""
    if isinstance(error, RateLimited):
        return {"Retry-After": str(error.retry_after)}
    if isinstance(error, Unauthorized):
        return {"WWW-Authenticate": challenge}
    return {}


def expected(error):
    """Return the refusal that this exception stands for, or None when nobody expected it."""
    if isinstance(error, ContactCenterError):
        return error
    if isinstance(error, (SuspiciousOperation, UnreadablePostError)):
        return Invalid("The request could not be read.")
    return None


def log_unexpected(error):
    """Log what nobody expected, and return the reference that the client is told."""
    reference_id = new_reference()
    logger.error("Unexpected error, reference %s", reference_id, exc_info=error)
    return reference_id


def new_reference():
    """Return a name for one answer."""
    return uuid.uuid4().hex
