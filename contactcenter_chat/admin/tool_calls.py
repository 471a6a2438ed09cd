"""Which functions of the project were called, for whom, and what came of it?"""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from ..models import ToolCall
from ..models.identity import IdentityLevel
from ..models.tool_calls import ToolState
from ..tools.registry import title_of, tools
from . import words
from .base import ReadOnly, TenantAdmin
from .interactions import AgentFilter
from .lists import PeriodFilter, SelectFilter, TenantFilter
from .of_conversations import OfConversations
from .spells import BotFilter

ALL = "called_at customer conversation tool_shown agent bot_shown identity_shown state arguments result"


class ToolFilter(SelectFilter):
    title = _("tool")
    parameter_name = "tool"

    def lookups(self, request, model_admin):
        return [(each.name, each.title) for each in tools()]

    def narrow(self, queryset, value):
        return queryset.filter(tool=value)


class StateFilter(SelectFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return ToolState.choices

    def narrow(self, queryset, value):
        return queryset.filter(state=value)


@admin.register(ToolCall)
class ToolCallAdmin(ReadOnly, OfConversations, TenantAdmin):
    time = "called_at"
    list_display = ("called_at", "customer", "said", "tool_shown", "agent", "bot_shown", "identity_shown", "state")
    list_filter = (TenantFilter, PeriodFilter, ToolFilter, AgentFilter, BotFilter, StateFilter)
    list_select_related = ("agent__user", "conversation__customer")
    fields = readonly_fields = tuple(ALL.split())

    bot_shown = words.bot_shown

    @admin.display(description=_("tool"))
    def tool_shown(self, call):
        return title_of(call.tool)

    @admin.display(description=_("identity"))
    def identity_shown(self, call):
        return dict(IdentityLevel.choices).get(call.identity, call.identity)
