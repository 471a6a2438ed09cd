"""How do transaction codes come in from CSV and leave as CSV? Upload, look at the changes, apply."""

from django import forms
from django.contrib import messages
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ..actions.setup.codes_import import apply_import, plan_import
from ..attachments.streaming import download
from ..exceptions import Conflict
from ..exports.codes import as_csv
from ..exports.table_reading import MAX_BYTES, text_of
from .names import said_by

ERRORS_SHOWN = 100


class UploadForm(forms.Form):
    file = forms.FileField(label=_("CSV file"), max_length=255, allow_empty_file=True)


class ApplyForm(forms.Form):
    """What was looked at comes back with the click on "apply": nothing is kept on the server in between."""

    content = forms.CharField(widget=forms.HiddenInput, strip=False, max_length=MAX_BYTES)
    fingerprint = forms.CharField(widget=forms.HiddenInput, max_length=64)


def import_view(model_admin, request, object_id):
    """Show the form, then the changes that a file would make, then make them."""
    code_list = model_admin.list_or_404(request, object_id, to_change=True)
    apply_form = ApplyForm(request.POST) if "fingerprint" in request.POST else None
    if apply_form and apply_form.is_valid():
        content = apply_form.cleaned_data["content"].encode()
        if _apply(model_admin, request, code_list, content, apply_form.cleaned_data["fingerprint"]):
            return model_admin.list_page(code_list.pk)
        return _preview(model_admin, request, code_list, content)
    upload = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if upload.is_valid():
        return _preview(model_admin, request, code_list, upload.cleaned_data["file"].read(MAX_BYTES + 1))
    return _page(model_admin, request, code_list, form=upload)


def export_view(model_admin, request, object_id):
    """The codes of a list as a file that an import reads."""
    code_list = model_admin.list_or_404(request, object_id)
    return download(request, as_csv(code_list), f"{code_list.name}.csv", "text/csv; charset=utf-8")


def _apply(model_admin, request, code_list, content, fingerprint):
    try:
        plan = apply_import(code_list, content, fingerprint)
    except Conflict as refusal:
        model_admin.message_user(request, said_by(refusal), messages.ERROR)
        return False
    count = len(plan.changed)
    told = ngettext("%(count)d code was changed.", "%(count)d codes were changed.", count) % {"count": count}
    model_admin.log_change(request, code_list, told)
    model_admin.message_user(request, told, messages.SUCCESS)
    return True


def _preview(model_admin, request, code_list, content):
    plan, form = plan_import(code_list, content), None
    if not plan.errors:
        # A form's text comes back with its line ends as CRLF: plan what will come back.
        text = _with_crlf(text_of(content))
        plan = plan_import(code_list, text.encode())
        form = ApplyForm(initial={"content": text, "fingerprint": plan.fingerprint})
    errors, more = plan.errors[:ERRORS_SHOWN], max(len(plan.errors) - ERRORS_SHOWN, 0)
    context = {"plan": plan, "errors": errors, "more": more, "apply_form": form, "form": UploadForm()}
    return _page(model_admin, request, code_list, **context)


def _with_crlf(text):
    return "\r\n".join(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))


def _page(model_admin, request, code_list, **context):
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": _("Import codes"),
        "code_list": code_list,
        **context,
    }
    return TemplateResponse(request, "admin/contactcenter_chat/transactioncodelist/import.html", context)
