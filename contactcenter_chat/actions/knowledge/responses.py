"""How is what agents say often kept? Prepared responses, for everybody or for the agent who owns them."""

import re
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext_noop as _

from ...database import atomic
from ...exceptions import Invalid
from ...knowledge import variables
from ...models import Agent, PreparedResponse
from ...models.base import max_length
from ...models.language_tags import checked_tag
from ...models.responses import SHORT_CODE
from ...storable import check_one_line, check_text, checked_name
from ..messages import check_words
from .acts import checked_acts

OWN_VALUES = ("title", "text", "short_code", "language")


def save_prepared_response(response: PreparedResponse) -> None:
    """Write a new or changed prepared response.

    Raises as ``check_prepared_response``, and Invalid for a short code that another one of the same queue, language
    and owner has.
    """
    check_prepared_response(response)
    try:
        with atomic():
            response.save()
    except IntegrityError as error:
        raise Invalid(
            _("Another prepared response has this short code."), field="short_code", value=response.short_code
        ) from error


def check_prepared_response(response: PreparedResponse) -> None:
    """Put a prepared response, which is not written, as it is kept.

    Raises Invalid for a queue or an owner of another contact centre, for what is no short code or no language, for
    words that no message could say, and for variables or acts that there are none of.
    """
    check_words(response.text)
    _check_variables(response.text)
    _check_tenant(response)
    response.title = checked_name(response.title, max_length(PreparedResponse, "title"))
    response.short_code = checked_short_code(response.short_code)
    response.category = _checked_category(response.category)
    response.language = checked_tag(response.language)
    response.acts = _checked_acts(response)


def save_own_response(*, owner: Agent, response: PreparedResponse | None = None, **values: Any) -> PreparedResponse:
    """Write a prepared response that one agent has for itself, and return it.

    ``values`` are those of OWN_VALUES that change. Raises as
    ``save_prepared_response``, and Invalid for a response of somebody else.
    """
    response = response or PreparedResponse(tenant_id=owner.tenant_id, owner=owner)
    if response.owner_id != owner.pk:
        raise Invalid(_("This is not yours."), field="response", value=response.pk)
    for name in OWN_VALUES:
        setattr(response, name, values.get(name, getattr(response, name)))
    save_prepared_response(response)
    return response


def delete_prepared_response(response: PreparedResponse) -> None:
    """Take a prepared response away."""
    response.delete()


def checked_short_code(short_code: str) -> str:
    """Return a short code as it is kept: without its slash. Raises Invalid; empty is none."""
    short_code = short_code.strip().removeprefix("/")
    most = max_length(PreparedResponse, "short_code")
    if short_code and not (len(short_code) <= most and re.fullmatch(SHORT_CODE, short_code)):
        raise Invalid(
            _("A short code has letters, digits, - and _, %(most)s at most."),
            most=most,
            field="short_code",
            value=short_code,
        )
    return short_code


def _checked_acts(response: PreparedResponse) -> dict[str, Any]:
    """The acts, as they are kept. Those that are kept already stay, though what they name is deleted meanwhile."""
    try:
        return checked_acts(response.tenant_id, response.acts)
    except Invalid:
        kept = PreparedResponse.objects.filter(pk=response.pk).values_list("acts", flat=True).first()
        if not kept or kept != response.acts:
            raise
        return dict(kept)


def _checked_category(category: str) -> str:
    category, most = category.strip(), max_length(PreparedResponse, "category")
    check_text(category, "category")
    check_one_line(category, "category")
    if len(category) > most:
        raise Invalid(_("May not be longer than %(most)s characters."), most=most, field="category")
    return category


def _check_variables(text: str) -> None:
    for name in variables.unknown_in(text):
        written, meant = f"{{{name}}}", variables.nearest(name)
        if meant:
            raise Invalid(
                _("There is no variable %(variable)s. Did you mean %(name)s?"),
                variable=written,
                name=f"{{{meant}}}",
                field="text",
                value=name,
            )
        known = ", ".join(f"{{{each}}}" for each in (*variables.KNOWN, f"{variables.DATA}KEY"))
        raise Invalid(
            _("There is no variable %(variable)s. There are: %(names)s."),
            variable=written,
            names=known,
            field="text",
            value=name,
        )


def _check_tenant(response: PreparedResponse) -> None:
    queue, owner = response.queue, response.owner
    if queue and queue.tenant_id != response.tenant_id:
        raise Invalid(_("The queue belongs to another contact centre."), field="queue", value=queue.pk)
    if owner and owner.tenant_id != response.tenant_id:
        raise Invalid(_("The agent belongs to another contact centre."), field="owner", value=owner.pk)
