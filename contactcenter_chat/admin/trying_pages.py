"""What do the pages share on which a bot is tried? Who may see them, which bots there are, and what they carry.

Nothing is kept on the server: what a page has come to goes with it, signed, for whom and for which contact centre.
"""

from django import forms
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from ..bots import base as bots
from ..models import Channel
from ..queries import access
from ..queries.list_addresses import TENANT
from .lists import chosen_tenant
from .skills_pages import query_of

SALT = "contactcenter_chat.admin.trying"
STATE = "state"  # the field of a page that carries it
STATE_MOST = 1_000_000  # characters
SECONDS = 24 * 60 * 60  # for which it is good

__all__ = ["BotField", "answer", "center_or_404", "may_try", "query_of", "read", "sealed"]


class TooLong(Exception):
    """There is more than a page may carry."""


class BotField(forms.ChoiceField):
    """One of the bots that the app asks."""

    def __init__(self, **kwargs):
        super().__init__(label=_("Bot"), choices=_names, **kwargs)


def may_try(request):
    """Whether the reader may try bots."""
    return access.may_try_bots(request.user)


def center_or_404(request):
    """The contact centre whose bot is tried."""
    if not may_try(request):
        raise PermissionDenied
    tenant = chosen_tenant(request)
    if tenant is None:
        raise Http404
    return tenant


def usual_bot(tenant):
    """The bot that a contact centre's channels begin with; else the first."""
    own = Channel.objects.filter(tenant=tenant).exclude(bot="").order_by("created_at", "pk")
    names = [name for name, _shown in _names()]
    return next((name for name in own.values_list("bot", flat=True) if name in names), names[0] if names else "")


def sealed(request, tenant, kind, held):
    """Return what a page holds, for this reader and contact centre alone. Raises TooLong."""
    whole = {"by": str(request.user.pk), "tenant": tenant.pk, "kind": kind, "held": held}
    text = signing.dumps(whole, salt=SALT, compress=True)
    if len(text) > STATE_MOST:
        raise TooLong
    return text


def read(request, tenant, kind, field=STATE):
    """Return what the page held that was sent; None where it held nothing of ours, or of somebody else's."""
    try:
        whole = signing.loads(request.POST.get(field, ""), salt=SALT, max_age=SECONDS)
    except signing.BadSignature:
        return None
    own = {"by": str(request.user.pk), "tenant": tenant.pk, "kind": kind}
    return whole["held"] if {name: whole.get(name) for name in own} == own else None


def answer(model_admin, request, template, tenant, **context):
    """Answer with a page of ours."""
    shared = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "tenant": tenant,
        "tenants": list(access.tenants_of(request.user).order_by("name", "label")),
        "tenant_field": TENANT,
        "query": query_of(request),
    }
    page = TemplateResponse(request, f"admin/contactcenter_chat/botspell/{template}.html", {**shared, **context})
    page["Cache-Control"] = "no-store"
    return page


def _names():
    return [(name, bots.title_of(name)) for name in bots.names() if bots.is_asked_here(name)]
