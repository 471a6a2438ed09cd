"""How do prepared responses come in from CSV and leave as CSV?"""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ..actions.knowledge.responses_import import apply_import, plan_import
from ..attachments.streaming import download
from ..exports.responses import as_csv
from .lists import chosen_tenant
from .names import told
from .table_import import TableImport


def _told(count):
    words = ngettext("%(count)d prepared response was written.", "%(count)d prepared responses were written.", count)
    return words % {"count": count}


RESPONSES = TableImport(
    "admin/contactcenter_chat/preparedresponse/import.html",
    "admin/contactcenter_chat/preparedresponse/import_line.html",
    _("Import prepared responses"),
    plan_import,
    apply_import,
    _told,
)


def import_view(model_admin, request):
    """Show the form, then the changes that a file would make, then make them."""
    if not (model_admin.has_add_permission(request) and model_admin.has_change_permission(request)):
        raise PermissionDenied
    tenant = _tenant_or_404(request)
    title = told(_("Import prepared responses: %(tenant)s"), tenant=tenant)
    return RESPONSES.view(model_admin, request, tenant, back=_list_page, title=title)


def export_view(model_admin, request):
    """The prepared responses of a contact centre as a file that an import reads."""
    if not model_admin.has_view_or_change_permission(request):
        raise PermissionDenied
    tenant = _tenant_or_404(request)
    return download(request, as_csv(tenant), f"{tenant.label}-responses.csv", "text/csv; charset=utf-8")


def _tenant_or_404(request):
    tenant = chosen_tenant(request)
    if tenant is None:
        raise Http404
    return tenant


def _list_page():
    return HttpResponseRedirect(reverse("admin:contactcenter_chat_preparedresponse_changelist"))
