"""What did agents have a model write, how long did that take, and what became of it?"""

from django.contrib import admin
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from ..models import AssistantRequest
from ..models.assistant import AssistantFailure, AssistantKind, AssistantState
from ..queries.access import may_read
from ..queries.assistant import options
from .base import ReadOnly, TenantAdmin
from .interactions import AgentFilter
from .lists import PeriodFilter, SelectFilter, TenantFilter
from .of_conversations import OfConversations

COLUMNS = ("asked_at", "kind", "agent", "customer", "said", "state", "failure", "seconds", "tokens", "used_at")
ALL = "asked_at kind agent customer conversation state failure seconds tokens model used_at is_edited refused_at"
SAID = "text sources_told"  # for those who may read what was said


class KindFilter(SelectFilter):
    title = _("what for")
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        return AssistantKind.choices

    def narrow(self, queryset, value):
        return queryset.filter(kind=value)


class StateFilter(SelectFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return AssistantState.choices

    def narrow(self, queryset, value):
        return queryset.filter(state=value)


class FailureFilter(SelectFilter):
    title = _("why not")
    parameter_name = "failure"

    def lookups(self, request, model_admin):
        return AssistantFailure.choices

    def narrow(self, queryset, value):
        return queryset.filter(failure=value)


@admin.register(AssistantRequest)
class AssistantRequestAdmin(ReadOnly, OfConversations, TenantAdmin):
    time = "asked_at"
    list_display = COLUMNS
    list_filter = (TenantFilter, PeriodFilter, AgentFilter, KindFilter, StateFilter, FailureFilter)
    list_select_related = ("agent__user", "conversation__customer")
    readonly_fields = (*ALL.split(), *SAID.split())

    def has_module_permission(self, request):
        return options() is not None and super().has_module_permission(request)  # without a model, nothing is shown

    def get_fields(self, request, obj=None):
        return [*ALL.split(), *(SAID.split() if may_read(request.user) else ())]

    @admin.display(description=_("seconds"))
    def seconds(self, asked):
        return number_format((asked.done_at - asked.asked_at).total_seconds(), 1) if asked.done_at else "–"

    @admin.display(description=_("sources"))
    def sources_told(self, asked):
        return ", ".join(each.get("title", "") for each in asked.sources) or "–"
