"""How is a contact centre had as a file, and changed by one? Upload, look at the plan, apply.

Nobody becomes an agent here: users are neither made nor taken. A plan that was looked at is applied only as it was
shown: when another one has come of it since, that one is shown.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ..actions.setup.centre_file.applying import Options, PlanChanged, Users, apply_file
from ..actions.setup.centre_file.comparing import NOTHING
from ..actions.setup.centre_file.faults import FileRefused
from ..actions.setup.centre_file.tree import MAX_BYTES
from ..actions.setup.centre_file.writing import write_file
from ..exceptions import ContactCenterError
from ..queries import access

CHANGES_SHOWN = 500
MARKS = {"+": _("is made"), "~": _("is changed"), "-": _("is removed")}


class UploadForm(forms.Form):
    file = forms.FileField(label=_("YAML file"), allow_empty_file=True)
    prune = forms.BooleanField(
        label=_("Remove what is missing"),
        label_suffix="",
        required=False,
        help_text=_("From the sections that the file has. Without it nothing is removed."),
    )


class ApplyForm(forms.Form):
    """What was looked at comes back with the click on "apply": nothing is kept on the server in between."""

    content = forms.CharField(
        widget=forms.HiddenInput, strip=False, max_length=2 * MAX_BYTES
    )  # browsers send CR before each LF
    prune = forms.BooleanField(widget=forms.HiddenInput, required=False)
    fingerprint = forms.CharField(widget=forms.HiddenInput, max_length=64)


def file_view(model_admin, request, object_id):
    """Show the form, then what a file would do, then do it."""
    tenant = _tenant_or_404(model_admin, request, object_id, access.may_apply_file)
    apply_form = ApplyForm(request.POST) if "fingerprint" in request.POST else None
    if apply_form and apply_form.is_valid():
        given = apply_form.cleaned_data
        return _applied(
            model_admin, request, tenant, _as_uploaded(given["content"]), given["prune"], given["fingerprint"]
        )
    upload = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if upload.is_valid():
        content = upload.cleaned_data["file"].read(MAX_BYTES + 1)
        return _preview(model_admin, request, tenant, content, upload.cleaned_data["prune"])
    return _page(model_admin, request, tenant, form=upload)


def _as_uploaded(text):
    """The bytes of a text that a browser has given lines of its own."""
    return text.replace("\r\n", "\n").encode()


def export_view(model_admin, request, object_id):
    """The contact centre as a file."""
    tenant = _tenant_or_404(model_admin, request, object_id, access.may_write_file)
    try:
        text = write_file(tenant)
    except ContactCenterError as refusal:
        model_admin.message_user(request, refusal.translated, messages.ERROR)
        return HttpResponseRedirect(_address(tenant))
    response = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, f"{tenant.label}.yaml")
    response["Cache-Control"] = "no-store"
    return response


def _tenant_or_404(model_admin, request, object_id, may):
    tenant = model_admin.get_object(request, unquote(object_id))
    if tenant is None:
        raise Http404
    if not may(request.user):
        raise PermissionDenied
    return tenant


def _address(tenant):
    return reverse("admin:contactcenter_chat_tenant_change", args=[quote(tenant.pk)])


def _options(request, prune, **more):
    return Options(users=Users.AGENTS, prune=prune, by=request.user, **more)


def _applied(model_admin, request, tenant, content, prune, fingerprint):
    try:
        plan = apply_file(content, tenant=tenant, options=_options(request, prune), expected=fingerprint)
    except PlanChanged as refusal:
        model_admin.message_user(request, refusal.translated, messages.WARNING)
        return _preview(model_admin, request, tenant, content, prune)
    except ContactCenterError:
        return _preview(model_admin, request, tenant, content, prune)
    count = len(plan.lines)
    said = ngettext("%(count)d thing was changed by a file.", "%(count)d things were changed by a file.", count)
    model_admin.log_change(request, tenant, said % {"count": count})
    model_admin.message_user(request, said % {"count": count}, messages.SUCCESS)
    return HttpResponseRedirect(_address(tenant))


def _preview(model_admin, request, tenant, content, prune):
    """Show what a file would do, or all that is wrong with it."""
    context: dict[str, Any] = {"is_answer": True}
    try:
        plan = apply_file(content, tenant=tenant, options=_options(request, prune, dry_run=True))
    except FileRefused as refusal:
        context |= {"errors": refusal.told, "more_told": refusal.more_told}
    except ContactCenterError as refusal:
        model_admin.message_user(request, refusal.translated, messages.ERROR)
        context["is_answer"] = False
    else:
        given = {"content": content.decode("utf-8-sig"), "prune": prune, "fingerprint": plan.fingerprint}
        form = None if plan.is_empty else ApplyForm(initial=given)
        context |= {"rows": rows_of(plan)[:CHANGES_SHOWN], "kept": plan.kept, "apply_form": form}
        context["more"] = max(len(plan.lines) - CHANGES_SHOWN, 0)
    return _page(model_admin, request, tenant, form=UploadForm(initial={"prune": prune}), **context)


def rows_of(plan):
    """The plan as the table shows it: what happens, with what, and its value before and after."""
    return [(mark, MARKS[mark], change.place, *_values(change)) for mark, change in plan.marked]


def _values(change):
    return ("", "") if change.old is NOTHING else change.values


def _page(model_admin, request, tenant, **context):
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": _("Apply a file"),
        "tenant": tenant,
        **context,
    }
    return TemplateResponse(request, "admin/contactcenter_chat/tenant/file.html", context)
