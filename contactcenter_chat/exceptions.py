"""What can be refused, and which HTTP answer is it?

One root; the docstring's first line is the default message; ``status`` is the HTTP status and ``code`` the
machine-readable name that a wire may show.

A message is English with named places such as ``%(most)s``, and marked by ``gettext_noop`` where people may meet it:
``raise Invalid(_("May not have more than %(most)s items."), most=10)``. ``message`` is what wires and logs say, in
English whatever language is active; people are shown ``translated``.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from .isolates import filled


class ContactCenterError(Exception):
    """The contact centre refused this."""

    status = 400
    code = "bad_request"

    def __init__(self, message: str | None = None, **places: Any) -> None:
        self.template = message or (self.__doc__ or type(self).__name__).strip().splitlines()[0]
        self.places = places
        self.message = self.template % places if places else self.template
        super().__init__(self.message)

    @property
    def translated(self) -> str:
        """The message in the language that is active now; words of others are isolated."""
        words = gettext(self.template)
        return filled(words, **self.places) if self.places else words


class Invalid(ContactCenterError):
    """A value is not acceptable."""

    code = "invalid_value"

    def __init__(
        self, message: str | None = None, *, field: str = "", value: Any = None, code: str | None = None, **places: Any
    ) -> None:
        super().__init__(message, **places)
        self.field = field
        self.value = value
        self.code = code or type(self).code


class InvalidFields(Invalid):
    """Some values are not acceptable."""

    def __init__(self, problems: Sequence[Invalid]) -> None:
        first = problems[0]
        super().__init__(first.template, field=first.field, value=first.value, code=first.code, **first.places)
        self.problems = problems  # one Invalid per complaint


class Unauthorized(ContactCenterError):
    """The caller is not known."""

    status = 401
    code = "unauthorized"


class BadSignature(Unauthorized):
    """The signature is not valid."""

    code = "bad_signature"


class Forbidden(ContactCenterError):
    """The caller may not do this."""

    status = 403
    code = "forbidden"


class NotFound(ContactCenterError):
    """There is no such thing, or it belongs to another tenant."""

    status = 404
    code = "resource_not_found"

    def __init__(self, resource_type: str, resource_id: str) -> None:
        super().__init__(f"Resource of type {resource_type} with id {resource_id} was not found.")
        self.resource_type = resource_type
        self.resource_id = resource_id

    @property
    def translated(self) -> str:
        """Types and ids say nothing to people."""
        return gettext("This is not there, or it is not yours to see.")


class Conflict(ContactCenterError):
    """This does not go together with what has happened meanwhile."""

    status = 409
    code = "conflict"


class AlreadyTaken(Conflict):
    """Another agent has this chat."""

    code = "already_taken"

    def __init__(self, agent: object = None) -> None:
        if agent:
            super().__init__(_("%(agent)s has this chat."), agent=agent)
        else:
            super().__init__(_("Another agent has this chat."))
        self.agent = agent


class ControlMoved(Conflict):
    """Somebody else speaks for the business by now."""

    code = "control_moved"

    def __init__(self) -> None:
        super().__init__(_("Somebody else speaks for the business by now."))


class OptedOut(Conflict):
    """The customer wants no conversations that we begin."""

    code = "opted_out"

    def __init__(self) -> None:
        super().__init__(_("The customer wants no conversations that we begin."))


class Closed(Conflict):
    """It is closed now."""

    code = "closed"

    def __init__(self, opens_at: datetime | None) -> None:
        self.opens_at = opens_at  # None where nobody knows
        if opens_at:
            super().__init__(
                _("It is closed now, and opens at %(time)s."), time=opens_at.isoformat(timespec="minutes")
            )
        else:
            super().__init__(_("It is closed now."))


class CodesRequired(Conflict):
    """A transaction code is required before this can be finished."""

    code = "codes_required"


class StaleRevision(ContactCenterError):
    """It was changed by somebody else since it was read."""

    status = 412
    code = "precondition_failed"


class TooLarge(ContactCenterError):
    """The request's body is too large."""

    status = 413
    code = "too_large"


class Unavailable(ContactCenterError):
    """Something that is needed for this does not answer."""

    status = 503
    code = "unavailable"


class IdempotencyMismatch(ContactCenterError):
    """This Idempotency-Key was used for another request."""

    status = 422
    code = "idempotency_mismatch"


class RateLimited(ContactCenterError):
    """Too many requests."""

    status = 429
    code = "rate_limited"

    def __init__(self, message: str | None = None, *, retry_after: int, **places: Any) -> None:
        super().__init__(message, **places)
        self.retry_after = retry_after  # whole seconds


class Unreachable(ContactCenterError):
    """The remote contact centre does not answer as it should."""

    status = 503
    code = "unreachable"


INVALID_IDS = {
    "channel": _("Channel ID %(id)s is invalid."),
    "queue": _("Queue ID %(id)s is invalid."),
    "script": _("Bot ID %(id)s is invalid."),
    "webhook": _("Webhook ID %(id)s is invalid."),
}


def invalid_id(field: str, value: str) -> Invalid:
    """The exception for an id that leads to nothing, or to what is another tenant's."""
    return Invalid(INVALID_IDS[field], id=value, field=field, value=value, code=f"invalid_{field}")
