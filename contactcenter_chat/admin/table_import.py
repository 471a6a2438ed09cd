"""How does a table come in? Upload, look at the changes, apply."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from ..exceptions import Conflict
from ..exports.table_reading import MAX_BYTES, text_of
from .names import said_by

ERRORS_SHOWN = 100


class UploadForm(forms.Form):
    file = forms.FileField(label=_("CSV file"), max_length=255, allow_empty_file=True)


class ApplyForm(forms.Form):
    """What was looked at comes back with the click on "apply": nothing is kept on the server in between."""

    content = forms.CharField(widget=forms.HiddenInput, strip=False, max_length=MAX_BYTES)
    fingerprint = forms.CharField(widget=forms.HiddenInput, max_length=64)


@dataclass(frozen=True)
class TableImport:
    """The page of one kind of table. ``plan(row, content)`` and ``apply(row, content, fingerprint)`` are the verbs,
    where ``row`` is what the table is of; ``told(count)`` says how many lines were written."""

    template: str
    line_template: str  # of a line of the plan
    title: Any
    plan: Callable[..., Any]
    apply: Callable[..., Any]
    told: Callable[[int], str]

    def view(self, model_admin, request, row, *, back, **context):
        """Show the form, then the changes that a file would make, then make them and answer with ``back()``."""
        context = {"row": row, **context}
        apply_form = ApplyForm(request.POST) if "fingerprint" in request.POST else None
        if apply_form and apply_form.is_valid():
            content = apply_form.cleaned_data["content"].encode()
            if self._apply(model_admin, request, row, content, apply_form.cleaned_data["fingerprint"]):
                return back()
            return self._preview(model_admin, request, content, context)
        upload = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
        if upload.is_valid():
            content = upload.cleaned_data["file"].read(MAX_BYTES + 1)
            return self._preview(model_admin, request, content, context)
        return self._page(model_admin, request, {**context, "form": upload})

    def _apply(self, model_admin, request, row, content, fingerprint):
        try:
            plan = self.apply(row, content, fingerprint)
        except Conflict as refusal:
            model_admin.message_user(request, said_by(refusal), messages.ERROR)
            return False
        told = self.told(len(plan.changed))
        model_admin.log_change(request, row, told)
        model_admin.message_user(request, told, messages.SUCCESS)
        return True

    def _preview(self, model_admin, request, content, context):
        plan, form = self.plan(context["row"], content), None
        if not plan.errors:
            # A form's text comes back with its line ends as CRLF: plan what will come back.
            text = _with_crlf(text_of(content))
            plan = self.plan(context["row"], text.encode())
            form = ApplyForm(initial={"content": text, "fingerprint": plan.fingerprint})
        errors, more = plan.errors[:ERRORS_SHOWN], max(len(plan.errors) - ERRORS_SHOWN, 0)
        shown = {"plan": plan, "errors": errors, "more": more, "apply_form": form, "form": UploadForm()}
        return self._page(model_admin, request, {**context, **shown})

    def _page(self, model_admin, request, context):
        site = model_admin.admin_site.each_context(request)
        own = {"title": self.title, "line_template": self.line_template}
        context = {**site, "opts": model_admin.opts, **own, **context}
        return TemplateResponse(request, self.template, context)


def _with_crlf(text):
    return "\r\n".join(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
