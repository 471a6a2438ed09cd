"""How do articles come in from a table or a packed folder, and leave as one? Look at the changes, then apply them."""

import base64
import binascii
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ..actions.setup.articles_import import (
    UPLOAD_BYTES_MOST,
    ArticlesRefused,
    import_articles,
    read_articles,
)
from ..actions.setup.articles_preview import preview
from ..actions.setup.centre_file.applying import PlanChanged
from ..actions.setup.centre_file.faults import TOLD_MOST
from ..actions.setup.centre_file.standing import articles_in
from ..attachments.streaming import download
from ..database import atomic
from ..exceptions import ContactCenterError
from ..exports.articles import as_csv, as_zip
from ..models import Article
from .articles_history import log_import
from .centre_file import CHANGES_SHOWN, MARKS
from .links import may
from .lists import chosen_tenant
from .skills_pages import query_of


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("Table or folder"),
        allow_empty_file=True,
        help_text=_("A table saved as CSV, or a folder of Markdown packed as a zip."),
    )


class ApplyForm(forms.Form):
    """What was looked at comes back with the click on "apply": nothing is kept on the server in between."""

    content = forms.CharField(widget=forms.HiddenInput, max_length=2 * UPLOAD_BYTES_MOST)  # in base64
    fingerprint = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def clean_content(self):
        try:
            return base64.b64decode(self.cleaned_data["content"], validate=True)
        except binascii.Error as error:
            raise forms.ValidationError(_("This cannot be read.")) from error


def import_view(model_admin, request):
    """Show the form, then what would change, then have it change."""
    tenant = _tenant_or_404(request, "add", "change")
    apply_form = ApplyForm(request.POST) if "fingerprint" in request.POST else None
    if apply_form and apply_form.is_valid():
        given = apply_form.cleaned_data
        return _applied(model_admin, request, tenant, given["content"], given["fingerprint"])
    upload = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if upload.is_valid():
        return _preview(model_admin, request, tenant, upload.cleaned_data["file"].read(UPLOAD_BYTES_MOST + 1))
    return _page(model_admin, request, tenant, form=upload)


def csv_view(model_admin, request):
    """The articles as a table that an import reads."""
    tenant = _tenant_or_404(request, "view")
    return download(request, as_csv(articles_in(tenant)), _file_of(tenant, "csv"), "text/csv; charset=utf-8")


def zip_view(model_admin, request):
    """The articles as a packed folder that an import reads."""
    tenant = _tenant_or_404(request, "view")
    response = HttpResponse(as_zip(articles_in(tenant)), content_type="application/zip")
    response["Content-Disposition"] = content_disposition_header(True, _file_of(tenant, "zip"))
    response["Cache-Control"] = "no-store"
    return response


def _file_of(tenant, ending):
    return f"{tenant.label}-articles.{ending}"


def _tenant_or_404(request, *kinds):
    if not all(may(request, Article, kind) for kind in kinds):
        raise PermissionDenied
    tenant = chosen_tenant(request)
    if tenant is None:
        raise Http404
    return tenant


def _applied(model_admin, request, tenant, content, fingerprint):
    try:
        found = read_articles(content)
        with atomic():
            plan = import_articles(found, tenant=tenant, expected=fingerprint, by=request.user)
            log_import(request.user, tenant, plan)
    except PlanChanged as refusal:
        model_admin.message_user(request, refusal.translated, messages.WARNING)
        return _preview(model_admin, request, tenant, content)
    except ContactCenterError:
        return _preview(model_admin, request, tenant, content)
    count = len({change.path[:2] for _mark, change in plan.marked})
    told = ngettext("%(count)d article was imported.", "%(count)d articles were imported.", count)
    model_admin.message_user(request, told % {"count": count}, messages.SUCCESS)
    return HttpResponseRedirect(reverse("admin:contactcenter_chat_article_changelist") + query_of(request))


def _preview(model_admin, request, tenant, content):
    """Show what would change, or all that is wrong."""
    context: dict[str, Any] = {"is_answer": True}
    try:
        plan = import_articles(read_articles(content), tenant=tenant, dry_run=True, by=request.user)
    except ArticlesRefused as refusal:
        context |= {"errors": refusal.problems[:TOLD_MOST], "more": max(len(refusal.problems) - TOLD_MOST, 0)}
    except ContactCenterError as refusal:
        model_admin.message_user(request, refusal.translated, messages.ERROR)
        context["is_answer"] = False
    else:
        given = {"content": base64.b64encode(content).decode(), "fingerprint": plan.fingerprint}
        rows = [(line.mark, MARKS[line.mark], line.place, line.old, line.new) for line in preview(plan)]
        context |= {"rows": rows[:CHANGES_SHOWN], "more": max(len(rows) - CHANGES_SHOWN, 0)}
        context["apply_form"] = None if plan.is_empty else ApplyForm(initial=given)
    return _page(model_admin, request, tenant, form=UploadForm(), **context)


def _page(model_admin, request, tenant, **context):
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": _("Import articles"),
        "tenant": tenant,
        **context,
    }
    return TemplateResponse(request, "admin/contactcenter_chat/article/import.html", context)
