"""What do agents say often? Prepared responses, those of single agents marked."""

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.urls import path
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from ..actions.knowledge import responses
from ..exceptions import Invalid
from ..isolates import as_html
from ..models import PreparedResponse, Queue, TransactionCode
from ..models.language_tags import checked_tag
from ..models.queues import PRIORITY
from ..queries import access
from ..queries import acts as queries
from ..queries.list_addresses import TENANT
from . import responses_import
from .base import TenantAdmin, VerbForm
from .lists import AnyTenantFilter, SelectFilter, chosen_tenant
from .names import said_by
from .plan_fields import SkillsField
from .queue_form import skill_names

CHOICES_MOST = 200  # of a filter
FOR_ALL = "all"
ACTS = ("sets_codes", "transfers_to", "requires", "priority")
FIELDS = {"codes": "sets_codes", "queue": "transfers_to", "skills": "requires"}  # by what the acts call it
SAVED_WITHOUT = _("Choose another, or save without it.")
WHEN_SENT = _("A few seconds after an agent has sent it; until then the agent can undo it.")


class CodesField(forms.ModelMultipleChoiceField):
    """Codes, each with the list that it is of."""

    def label_from_instance(self, obj):
        return f"{obj.list.name}: {obj.label}"


class ResponseForm(VerbForm):
    """Checked as the verb does, so that a complaint stands at its field. What it does is chosen by names."""

    sets_codes = CodesField(TransactionCode.objects.none(), label=_("Sets codes"), required=False)
    transfers_to = forms.ModelChoiceField(Queue.objects.none(), label=_("Transfers to"), required=False)
    requires = SkillsField(label=_("Requires skills"), required=False, help_text=_("As “Fees 3, Visas 1”."))
    priority = forms.IntegerField(
        label=_("Priority"),
        required=False,
        min_value=PRIORITY[0],
        max_value=PRIORITY[1],
        help_text=_("Minutes by which what is handed on is due earlier."),
    )

    class Meta:
        model = PreparedResponse
        fields = ("tenant", "queue", "language", "title", "short_code", "category", "text")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance._state.adding or "requires" not in self.fields:
            return
        tenant_id, acts = self.instance.tenant_id, self.instance.acts
        codes: Any = self.fields["sets_codes"]
        codes.queryset = queries.codes_to_set(tenant_id)
        queues: Any = self.fields["transfers_to"]
        queues.queryset = Queue.objects.filter(tenant=tenant_id).order_by("name")
        skills: Any = self.fields["requires"]
        skills.skills = skill_names(tenant_id)
        there = {pk: level for pk, level in acts.get("skills", {}).items() if pk in skills.skills}
        self.initial = {
            **self.initial,
            "sets_codes": acts.get("codes", []),
            "transfers_to": acts.get("queue"),
            "requires": there,
            "priority": acts.get("priority"),
        }
        self._tell_what_is_gone(queries.gone_of(tenant_id, acts))

    def _tell_what_is_gone(self, gone):
        """At the field of each act that is broken; all else can be saved, and what is broken goes with that."""
        for act, sentence in gone.items():
            self.fields[FIELDS[act]].help_text = format_html(
                '<span class="cc-refused">{} {}</span>', as_html(sentence), SAVED_WITHOUT
            )
        if "queue" in gone:
            self.initial["priority"] = None

    def acts(self):
        """What it does, as the verb keeps it."""
        queue = self.cleaned_data.get("transfers_to")
        return {
            "codes": [code.pk for code in self.cleaned_data.get("sets_codes", ())],
            "queue": queue.pk if queue else None,
            "skills": self.cleaned_data.get("requires") or {},
            "priority": self.cleaned_data.get("priority"),
        }

    def clean(self):
        data = super().clean()
        if self.cleaned_data.get("priority") and not self.cleaned_data.get("transfers_to"):
            self.add_error("priority", _("A priority needs a queue to hand on to."))
        return data

    def clean_short_code(self):
        return _checked(responses.checked_short_code, self.cleaned_data["short_code"])

    def clean_language(self):
        return _checked(checked_tag, self.cleaned_data["language"])


class BareForm(VerbForm):
    """The same for a new one, and for one of an agent's own: without what it does."""

    clean_short_code = ResponseForm.clean_short_code
    clean_language = ResponseForm.clean_language

    class Meta(ResponseForm.Meta):
        pass


def _checked(check, value):
    try:
        return check(value)
    except Invalid as refusal:
        raise forms.ValidationError(said_by(refusal)) from refusal


class CategoryFilter(SelectFilter):
    """Those of a category."""

    title = _("category")
    parameter_name = "category"

    def lookups(self, request, model_admin):
        return _values(request, "category")

    def narrow(self, queryset, value):
        return queryset.filter(category=value)


class LanguageFilter(SelectFilter):
    """Those in a language."""

    title = _("language")
    parameter_name = "language"

    def lookups(self, request, model_admin):
        return _values(request, "language")

    def narrow(self, queryset, value):
        return queryset.filter(language=value)


def _values(request, column):
    """What stands in a column, as choices."""
    rows = access.seen_by(request.user, PreparedResponse.objects.order_by(column))
    return [(value, value) for value in rows.values_list(column, flat=True).distinct()[:CHOICES_MOST] if value]


class QueueFilter(SelectFilter):
    """Those of a queue, or those for all queues."""

    title = _("queue")
    parameter_name = "queue"

    def lookups(self, request, model_admin):
        rows = access.seen_by(request.user, Queue.objects.exclude(prepared_responses=None))
        queues = rows.distinct().order_by("name", "pk")[:CHOICES_MOST]
        return [(FOR_ALL, _("for all queues")), *((queue.pk, str(queue)) for queue in queues)]

    def narrow(self, queryset, value):
        return queryset.filter(queue=None if value == FOR_ALL else value)


class PersonalFilter(SelectFilter):
    """Those of everybody, or those that agents have for themselves."""

    title = _("personal")
    parameter_name = "personal"

    def lookups(self, request, model_admin):
        return [("0", _("No")), ("1", _("Yes"))]

    def narrow(self, queryset, value):
        return queryset.filter(owner__isnull=value == "0")


@admin.register(PreparedResponse)
class PreparedResponseAdmin(TenantAdmin):
    form = ResponseForm
    change_list_template = "admin/contactcenter_chat/preparedresponse/list.html"
    list_display = ("title", "code_shown", "tenant", "queue", "language", "category", "personal")
    list_select_related = ("tenant", "queue", "owner__user")
    list_filter = (AnyTenantFilter, CategoryFilter, QueueFilter, LanguageFilter, PersonalFilter)
    search_fields = ("title", "short_code", "text")

    def get_fieldsets(self, request, obj=None):
        own = [(None, {"fields": ("personal",)})] if obj and obj.owner_id else []
        shown = [*own, (None, {"fields": ResponseForm.Meta.fields})]
        if obj is None or obj.owner_id:  # first the response, so that its contact centre is known
            return shown
        may_change = self.has_change_permission(request, obj)
        fields = ACTS if may_change else ("acts_shown",)
        return [*shown, (_("When it is sent"), {"fields": fields, "description": WHEN_SENT})]

    def get_form(self, request, obj=None, change=False, **kwargs):
        acts = obj is not None and not obj.owner_id and self.has_change_permission(request, obj)
        return super().get_form(request, obj, change, **kwargs, form=ResponseForm if acts else BareForm)

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), "personal", "acts_shown"]

    def get_urls(self):
        pages = (("import", responses_import.import_view), ("export", responses_import.export_view))
        name = "contactcenter_chat_preparedresponse"
        own = [
            path(f"{page}/", self.admin_site.admin_view(partial(view, self)), name=f"{name}_{page}")
            for page, view in pages
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        tenant = chosen_tenant(request)
        tables_of = urlencode({TENANT: tenant.pk}) if tenant else ""
        return super().changelist_view(request, {"tables_of": tables_of, **(extra_context or {})})

    @admin.display(description=_("short code"), ordering="short_code")
    def code_shown(self, response):
        return f"/{response.short_code}" if response.short_code else "–"

    @admin.display(description=_("personal"), ordering="owner")
    def personal(self, response):
        return str(response.owner) if response.owner_id else "–"

    @admin.display(description=_("acts"))
    def acts_shown(self, response):
        names = queries.names_of(response.tenant_id, [response.acts])
        return as_html("; ".join(queries.told(response.acts, names))) or "–"

    def save_model(self, request, obj, form, change):
        if isinstance(form, ResponseForm):
            obj.acts = form.acts()
        responses.save_prepared_response(obj)

    def delete_model(self, request, obj):
        responses.delete_prepared_response(obj)
