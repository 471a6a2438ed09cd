"""With which rows does something go wrong again and again, and why?"""

from django.contrib import admin
from django.template.defaultfilters import truncatechars
from django.utils.translation import gettext_lazy as _

from ..models import Failure
from . import words
from .base import ReadOnly, TenantAdmin
from .lists import AnyTenantFilter, SelectFilter

SHOWN = 120  # characters of an error, in the list


class StepFilter(SelectFilter):
    title = _("step")
    parameter_name = "step"

    def lookups(self, request, model_admin):
        steps = model_admin.get_queryset(request).order_by("step").values_list("step", flat=True).distinct()
        return [(step, words.step(step)) for step in steps]

    def narrow(self, queryset, value):
        return queryset.filter(step=value)


@admin.register(Failure)
class FailureAdmin(ReadOnly, TenantAdmin):
    list_display = ("last_at", "step_shown", "row", "tenant", "times", "first_at", "again_at", "error_shown")
    list_select_related = ("tenant",)
    list_filter = (AnyTenantFilter, StepFilter)
    search_fields = ("row",)
    ordering = ("-last_at", "-pk")
    readonly_fields = ("step_shown",)
    fields = ("step_shown", "row", "tenant", "times", "first_at", "last_at", "again_at", "error")

    @admin.display(description=_("step"), ordering="step")
    def step_shown(self, failure):
        return words.step(failure.step)

    @admin.display(description=_("error"))
    def error_shown(self, failure):
        return truncatechars(failure.error, SHOWN)
