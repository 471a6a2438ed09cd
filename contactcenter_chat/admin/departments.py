"""Which queues belong together, and who looks after them?"""

from typing import cast

from django import forms
from django.contrib import admin
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from ..actions.center import departments
from ..models import Agent, Department, Queue, people
from ..queries import access
from .base import TenantAdmin, VerbForm
from .lists import AnyTenantFilter
from .names import all_isolated

SHOWN = ("tenant", "name", "queues_shown", "entry_shown", "hours", "supervisors_shown")

ORDERS = {Queue: ("name", "pk"), Agent: (*people.sort_fields("user"), "pk")}


class RowsField(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple


class DepartmentForm(VerbForm):
    asks = None  # the user who fills it in
    queues = RowsField(Queue.objects.none(), label=capfirst(_("queues")))
    entry = forms.ModelChoiceField(
        Queue.objects.none(),
        label=capfirst(_("entry queue")),
        help_text=_("Where what is handed on to the department waits: one of its queues."),
    )
    supervisors = RowsField(Agent.objects.none(), label=capfirst(_("supervisors")), required=False)

    class Meta:
        model = Department
        fields = ("tenant", "name", "hours")

    def __init__(self, *args, instance=None, initial=None, **kwargs):
        given = _given(instance) if instance is not None and not instance._state.adding else {}
        super().__init__(*args, instance=instance, initial={**given, **(initial or {})}, **kwargs)
        for name, rows in (
            ("queues", Queue.objects.all()),
            ("entry", Queue.objects.all()),
            ("supervisors", _agents()),
        ):
            field = cast(forms.ModelChoiceField, self.fields[name])
            field.queryset = access.seen_by(self.asks, rows, "tenant").order_by(*ORDERS[rows.model])
            self._narrow(field)


def _agents():
    return Agent.objects.serving().select_related("user")


def _given(department):
    rows = list(department.rows.select_related("queue").order_by("queue__name"))
    return {
        "queues": [row.queue for row in rows],
        "entry": next((row.queue_id for row in rows if row.is_entry), None),
        "supervisors": list(department.supervisors.order_by("pk")),
    }


@admin.register(Department)
class DepartmentAdmin(TenantAdmin):
    form = DepartmentForm
    list_display = ("name", "tenant", "queues_shown", "entry_shown", "hours")
    list_select_related = ("tenant", "hours")
    list_filter = (AnyTenantFilter,)
    search_fields = ("name",)
    ordering = ("name", "pk")
    readonly_fields = ("queues_shown", "entry_shown", "supervisors_shown")

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("rows__queue")

    def get_fields(self, request, obj=None):
        is_written = obj is None or self.has_change_permission(request, obj)
        return ("tenant", "name", "queues", "entry", "hours", "supervisors") if is_written else SHOWN

    def get_form(self, request, obj=None, change=False, **kwargs):
        is_written = obj is None or self.has_change_permission(request, obj)
        form = super().get_form(request, obj, change, **kwargs, form=DepartmentForm if is_written else VerbForm)
        return type(form.__name__, (form,), {"asks": request.user})

    @admin.display(description=_("queues"))
    def queues_shown(self, department):
        return all_isolated(sorted(row.queue.name for row in department.rows.all())) or "–"

    @admin.display(description=_("entry queue"))
    def entry_shown(self, department):
        return all_isolated(row.queue.name for row in department.rows.all() if row.is_entry) or "–"

    @admin.display(description=_("supervisors"))
    def supervisors_shown(self, department):
        return all_isolated(department.supervisors.select_related("user").order_by("pk")) or "–"

    def save_model(self, request, obj, form, change):
        chosen = {name: form.cleaned_data[name] for name in ("queues", "entry", "supervisors")}
        departments.save_department(obj, **chosen)

    def save_related(self, request, form, formsets, change):
        pass  # the verb has written them

    def delete_model(self, request, obj):
        departments.delete_department(obj)
