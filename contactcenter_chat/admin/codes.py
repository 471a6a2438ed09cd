"""With which words is an interaction wrapped up? Lists, and their codes edited as a tree.

Everything works by forms and buttons; a script adds dragging.
"""

from functools import partial
from typing import cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from ..actions.setup import codes
from ..exceptions import ContactCenterError, Invalid
from ..isolates import filled
from ..models import TransactionCode, TransactionCodeList
from ..queries.codes import DOWN, IN, OUT, UP, codes_in_use, place_after, tree_of
from . import codes_import, codes_use
from .actions import AS_WRITTEN, for_each
from .base import TenantAdmin, VerbForm
from .links import may, page_of
from .lists import AnyTenantFilter, asked
from .names import all_isolated, said_by, said_of

PLACE = "place"


def list_page(code_list_id, anchor=""):
    """Answer with the page of a list."""
    url = page_of(TransactionCodeList, code_list_id)
    return HttpResponseRedirect(f"{url}#{anchor}" if anchor else url)


@admin.register(TransactionCodeList)
class CodeListAdmin(TenantAdmin):
    list_display = ("name", "tenant", "required", "selection", "queue_names", "order", "active")
    list_select_related = ("tenant",)
    list_filter = (AnyTenantFilter, "active")
    search_fields = ("name",)
    fields = ("tenant", "name", "required", "selection", "queues", "order", "active")
    formfield_overrides = {models.ManyToManyField: {"widget": forms.CheckboxSelectMultiple}}
    change_form_template = "admin/contactcenter_chat/transactioncodelist/change_form.html"
    actions = ("delete_unused",)

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("queues")

    @admin.display(description=_("queues"))
    def queue_names(self, code_list):
        return all_isolated(code_list.queues.all()) or _("all")

    def has_delete_permission(self, request, obj=None):
        return obj is None and super().has_delete_permission(request)  # by the action, which calls the verb

    def save_model(self, request, obj, form, change):
        codes.save_list(obj, queues=form.cleaned_data.get("queues"))

    def save_related(self, request, form, formsets, change):
        pass  # the verb has written the queues

    @admin.action(description=_("Delete lists that were never used"), permissions=["delete"])
    def delete_unused(self, request, queryset):
        for_each(self, request, queryset, codes.delete_list, _("%(row)s was deleted."))

    # The tree

    list_page = staticmethod(list_page)

    def get_urls(self):
        view = self.admin_site.admin_view
        name = "contactcenter_chat_transactioncodelist"
        pages = (
            ("tree", self.tree_view),
            ("import", partial(codes_import.import_view, self)),
            ("export", partial(codes_import.export_view, self)),
            ("use", partial(codes_use.use_view, self)),
        )
        own = [path(f"<str:object_id>/{page}/", view(answer), name=f"{name}_{page}") for page, answer in pages]
        return [*own, *super().get_urls()]

    def list_or_404(self, request, object_id, *, to_change=False):
        """The list that a page of ours is about. Refuses those who may not see it, or not change it."""
        code_list = self.get_object(request, unquote(object_id))
        if code_list is None:
            raise Http404
        allowed = self.has_change_permission if to_change else self.has_view_or_change_permission
        if not allowed(request, code_list):
            raise PermissionDenied
        return code_list

    def change_view(self, request, object_id, form_url="", extra_context=None):
        code_list = self.get_object(request, unquote(object_id))
        allowed = {f"can_{kind}_codes": may(request, TransactionCode, kind) for kind in ("add", "change")}
        context = {"tree": _rows(code_list), "steps": STEPS, **allowed} if code_list else {}
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def tree_view(self, request, object_id):
        """Take a step of one code: ``do`` is "up:ID", "down:ID", "in:ID", "out:ID", or "place:ID" with a place."""
        code_list = self.list_or_404(request, object_id, to_change=True)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        step, _colon, pk = request.POST.get("do", "").partition(":")
        tree = tree_of(code_list)
        by_id = {code.pk: code for _depth, code in tree}
        if pk in by_id:
            self._move(request, tree, by_id, by_id[pk], step)
        return list_page(code_list.pk, f"code-{pk}" if pk in by_id else "")

    def _move(self, request, tree, by_id, code, step):
        if step == PLACE:
            place = (by_id.get(request.POST.get("parent")), by_id.get(request.POST.get("before")))
        else:
            place = place_after(tree, code, step)
        if place is None:
            return
        try:
            codes.move_code(code=code, parent=place[0], before=place[1])
        except ContactCenterError as refusal:
            self.message_user(request, said_of(code, said_by(refusal)), messages.ERROR, AS_WRITTEN)


STEPS = (
    (UP, "↑", _("Move %(code)s up")),
    (DOWN, "↓", _("Move %(code)s down")),
    (IN, "→", _("Move %(code)s under the one above")),
    (OUT, "←", _("Move %(code)s out of its heading")),
)


def _rows(code_list):
    """What the template shows of each code of the tree."""
    tree, used = tree_of(code_list), codes_in_use(code_list)
    headings = {code.parent_id for _depth, code in tree}
    return [
        {
            "code": code,
            "indent": range(depth),
            "steps": [
                (step, sign, filled(told, code=code.label), place_after(tree, code, step) is not None)
                for step, sign, told in STEPS
            ],
            "can_delete": code.pk not in used and code.pk not in headings,
        }
        for depth, code in tree
    ]


def lines_of(translations):
    """Labels in other languages, as they are typed in."""
    return "\n".join(f"{language}: {label}" for language, label in translations.items())


class TranslationsField(forms.CharField):
    """Labels in other languages, one per line: ``es: Matrícula``."""

    widget = forms.Textarea(attrs={"rows": 3, "cols": 60})

    def prepare_value(self, value):
        return lines_of(value) if isinstance(value, dict) else value

    def to_python(self, value):
        translations = {}
        for line in filter(str.strip, (value or "").splitlines()):
            language, colon, label = (part.strip() for part in line.partition(":"))
            if not (language and colon and label):
                raise forms.ValidationError(_("One per line, such as “es: Matrícula”."))
            translations[language] = label
        return translations


class CodeForm(VerbForm):
    translations = TranslationsField(
        label=_("Translations"), required=False, help_text=_("One per line, such as “es: Matrícula”.")
    )

    class Meta:
        model = TransactionCode
        fields = (
            *("list", "parent", "short_code", "label", "report_text", "external_id"),
            *("translations", "active_from", "active_to"),
        )

    def clean_short_code(self):
        short_code = self.cleaned_data["short_code"]
        try:
            codes.check_short_code(short_code)  # before the table's constraint, which has no words for people
        except Invalid as refusal:
            raise forms.ValidationError(said_by(refusal)) from refusal
        return short_code


class MergeForm(forms.Form):
    into = forms.ModelChoiceField(TransactionCode.objects.none(), label=_("Merge into"))

    def __init__(self, code, *args, **kwargs):
        super().__init__(*args, **kwargs)
        living = TransactionCode.objects.filter(list=code.list_id, retired_at=None).exclude(pk=code.pk)
        into = cast(forms.ModelChoiceField, self.fields["into"])
        into.queryset = living.exclude(pk__in=living.exclude(parent=None).values("parent"))


@admin.register(TransactionCode)
class CodeAdmin(TenantAdmin):
    form = CodeForm
    list_display = ("label", "short_code", "list", "retired_at")
    list_select_related = ("list",)
    search_fields = ("label", "short_code")
    readonly_fields = ("translations_shown",)
    fixed_fields = ("list", "parent")

    def get_model_perms(self, request):
        return {}  # codes are reached from their list

    def get_fields(self, request, obj=None):
        if obj and not self.has_change_permission(request, obj):
            return [f"{each}_shown" if each == "translations" else each for each in CodeForm.Meta.fields]
        return CodeForm.Meta.fields

    @admin.display(description=_("Translations"))
    def translations_shown(self, code):
        return lines_of(code.translations) or "–"

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        chosen = asked(request, "list")
        if db_field.name == "parent":
            parents = TransactionCode.objects.filter(retired_at=None).select_related("list")
            kwargs["queryset"] = parents.filter(list=chosen) if chosen else parents
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_delete_permission(self, request, obj=None):
        return False  # by the page below, which calls the verb

    def save_model(self, request, obj, form, change):
        data = {name: form.cleaned_data[name] for name in form.changed_data}
        if change:
            row = codes.update_code(code=TransactionCode.objects.get(pk=obj.pk), **data)
        else:
            row = codes.create_code(code_list=data.pop("list"), **data)
        obj.__dict__.update(row.__dict__)

    def response_post_save_add(self, request, obj):
        return self._among_codes(request, obj, f"code-{obj.pk}")

    def response_post_save_change(self, request, obj):
        return self._among_codes(request, obj, f"code-{obj.pk}")

    def _among_codes(self, request, code, anchor=""):
        """Answer with the page of a code's list; for those who may not see it, with all codes."""
        if may(request, TransactionCodeList):
            return list_page(code.list_id, anchor)
        return HttpResponseRedirect(reverse("admin:contactcenter_chat_transactioncode_changelist"))

    # Steps that are confirmed first

    def get_urls(self):
        view = self.admin_site.admin_view(self.step_view)
        name = "contactcenter_chat_transactioncode_step"
        return [path("<str:object_id>/<str:step>/confirm/", view, name=name), *super().get_urls()]

    def step_view(self, request, object_id, step):
        """Ask whether to retire, restore, merge or delete a code, and do it."""
        code = self.get_object(request, unquote(object_id))
        if code is None or step not in CONFIRMED:
            raise Http404
        if not self.has_change_permission(request, code):
            raise PermissionDenied
        form = MergeForm(code, request.POST or None) if step == "merge" else None
        if request.method == "POST" and (form is None or form.is_valid()):
            return self._do(request, code, step, form)
        sees_list = may(request, TransactionCodeList)
        context = {
            **self.admin_site.each_context(request),
            "opts": TransactionCodeList._meta if sees_list else self.opts,
            "title": f"{CONFIRMED[step].title}: {code.label}",
            "code_list": code.list if sees_list else None,
            "back": self._among_codes(request, code).url,
            "step": CONFIRMED[step],
            "form": form,
            "uses": code.uses.count(),
        }
        return TemplateResponse(request, "admin/contactcenter_chat/transactioncode/confirm.html", context)

    def _do(self, request, code, step, form):
        try:
            CONFIRMED[step].verb(code, form)
        except ContactCenterError as refusal:
            self.message_user(request, said_of(code, said_by(refusal)), messages.ERROR, AS_WRITTEN)
        else:
            self.log_change(request, code, str(CONFIRMED[step].title))
            self.message_user(request, said_of(code, CONFIRMED[step].done), messages.SUCCESS, AS_WRITTEN)
        return self._among_codes(request, code)


class Step:
    """What a confirmed step is called, says and does."""

    def __init__(self, title, explanation, done, verb):
        self.title, self.explanation, self.done, self.verb = title, explanation, done, verb


CONFIRMED = {
    "retire": Step(
        _("Retire"),
        _("It, and what is under it, can no longer be chosen. History keeps it with the label it had."),
        _("retired."),
        lambda code, form: codes.retire_code(code),
    ),
    "restore": Step(
        _("Use again"),
        _("It can be chosen again."),
        _("in use again."),
        lambda code, form: codes.restore_code(code),
    ),
    "merge": Step(
        _("Merge"),
        _(
            "It can no longer be chosen, and its uses count as the other's. History keeps its id and the label it had."
            " This cannot be undone."
        ),
        _("merged."),
        lambda code, form: codes.merge_code(code=code, into=form.cleaned_data["into"]),
    ),
    "delete": Step(
        _("Delete"),
        _("It was never used, and is deleted for good."),
        _("deleted."),
        lambda code, form: codes.delete_code(code),
    ),
}
