"""What do the pages beside the list of skills share? Whose levels they show, and to whom."""

from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.template.response import TemplateResponse

from ..models import Agent, Skill
from ..queries import access
from ..queries.list_addresses import TENANT
from .links import may
from .lists import asked, chosen_tenant


def may_see(request):
    """Whether the reader may see who is good at what."""
    return may(request, Skill) and may(request, Agent)


def may_change(request):
    """Whether the reader may say who is good at what: it is a change of agents."""
    return may_see(request) and may(request, Agent, "change")


def center_or_404(request):
    """The contact centre that a page is about. Refuses those who may see none of its levels."""
    if not may_see(request):
        raise PermissionDenied
    tenant = chosen_tenant(request)
    if tenant is None:
        raise Http404
    return tenant


def query_of(request, **more):
    """The query of an address that stays with the contact centre that was asked for."""
    centre = asked(request, TENANT)
    query = {**({TENANT: centre} if centre else {}), **more}
    return f"?{urlencode(query)}" if query else ""


def page_of(request, rows, size, name, told):
    """The page of rows that the address asks for under a name, what they are, where the pages beside it are."""
    page: Any = Paginator(rows, size).get_page(asked(request, name))
    page.told = told
    page.previous_link = _link(request, name, page.number - 1) if page.has_previous() else None
    page.next_link = _link(request, name, page.number + 1) if page.has_next() else None
    return page


def _link(request, name, number):
    query = request.GET.copy()
    query[name] = str(number)
    return f"?{query.urlencode()}"


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
    return TemplateResponse(request, f"admin/contactcenter_chat/skill/{template}.html", {**shared, **context})
