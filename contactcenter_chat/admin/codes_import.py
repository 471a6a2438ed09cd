"""How do transaction codes come in from CSV and leave as CSV?"""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ..actions.setup.codes_import import apply_import, plan_import
from ..attachments.streaming import download
from ..exports.codes import as_csv
from .table_import import TableImport


def _told(count):
    return ngettext("%(count)d code was changed.", "%(count)d codes were changed.", count) % {"count": count}


CODES = TableImport(
    "admin/contactcenter_chat/transactioncodelist/import.html",
    "admin/contactcenter_chat/transactioncodelist/import_line.html",
    _("Import codes"),
    plan_import,
    apply_import,
    _told,
)


def import_view(model_admin, request, object_id):
    """Show the form, then the changes that a file would make, then make them."""
    code_list = model_admin.list_or_404(request, object_id, to_change=True)
    return CODES.view(
        model_admin, request, code_list, back=lambda: model_admin.list_page(code_list.pk), code_list=code_list
    )


def export_view(model_admin, request, object_id):
    """The codes of a list as a file that an import reads."""
    code_list = model_admin.list_or_404(request, object_id)
    return download(request, as_csv(code_list), f"{code_list.name}.csv", "text/csv; charset=utf-8")
