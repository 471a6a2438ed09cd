"""Where may a reader go? Links to other models' pages are for those who may see them; others read the same as text."""

from django.contrib import admin
from django.contrib.admin.exceptions import NotRegistered
from django.contrib.admin.helpers import AdminField, AdminReadonlyField
from django.contrib.admin.utils import quote
from django.urls import reverse
from django.utils.html import format_html


def may(request, model, kind="view"):
    """Whether the reader may see the pages of a model, or there "add" or "change" rows."""
    try:
        pages = admin.site.get_model_admin(model)
    except NotRegistered:
        return False
    return getattr(pages, f"has_{kind}_permission")(request)


def linked(request, model, address, shown, otherwise=None):
    """Return a link to a page of ``model``; for those who may not see that ``otherwise``, or just what is shown."""
    if not may(request, model):
        return shown if otherwise is None else otherwise
    return format_html('<a href="{}">{}</a>', address, shown)


def page_of(model, pk):
    """The address of the page of a row; empty where the project has no such pages, of its users for example."""
    if not admin.site.is_registered(model):
        return ""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[quote(pk)])


class Readable:
    """A form of the admin, or an inline's, of which the read-only fields lead where the reader may go.

    Django links to each row that such a field names. What it makes of a form is walked through down to the fields.
    """

    def __init__(self, part, request):
        self._part, self._request = part, request

    def __getattr__(self, name):
        return getattr(self._part, name)

    def __iter__(self):
        for part in self._part:
            if isinstance(part, AdminReadonlyField):
                part.get_admin_url = self._named  # type: ignore[method-assign]
            yield part if isinstance(part, AdminField | AdminReadonlyField) else Readable(part, self._request)

    def _named(self, relation, row):
        return linked(self._request, relation.model, page_of(relation.model, row.pk), str(row))
