"""How long did bots have conversations, what came of it, and which are in trouble?"""

from functools import partial

from django.contrib import admin
from django.urls import path
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from ..actions.bots.pauses import ask_again
from ..bots import base as bots
from ..models import BotPause, BotSpell, clock
from ..models.conversations import Reason
from ..models.spells import Miss, SpellEnd
from ..models.wrapup import label_of
from . import trying, trying_pages, trying_sets, words
from .actions import for_each
from .base import ReadOnly, TenantAdmin
from .lists import AnyTenantFilter, PeriodFilter, SelectFilter, TenantFilter
from .of_conversations import OfConversations

ALL = (
    *("began_at", "customer", "conversation", "bot_shown", "ended_at", "end", "reason", "code_shown", "taken_back_at"),
    *("turns", "answers", "misses_shown", "disclosed_at"),
)


class BotFilter(SelectFilter):
    title = _("bot")
    parameter_name = "bot"

    def lookups(self, request, model_admin):
        return [(name, bots.title_of(name)) for name in bots.names()]

    def narrow(self, queryset, value):
        return queryset.filter(bot=value)


class EndFilter(SelectFilter):
    title = _("how it ended")
    parameter_name = "end"

    def lookups(self, request, model_admin):
        return SpellEnd.choices

    def narrow(self, queryset, value):
        return queryset.filter(end=value)


class ReasonFilter(SelectFilter):
    title = _("handed over because")
    parameter_name = "reason"

    def lookups(self, request, model_admin):
        return Reason.choices

    def narrow(self, queryset, value):
        return queryset.filter(reason=value)


@admin.register(BotSpell)
class BotSpellAdmin(ReadOnly, OfConversations, TenantAdmin):
    time = "began_at"
    list_display = (
        "began_at",
        "customer",
        "said",
        "bot_shown",
        "end_shown",
        "reason",
        "turns",
        "misses_shown",
        "taken_back_at",
    )
    list_select_related = ("conversation__customer",)
    list_filter = (TenantFilter, PeriodFilter, BotFilter, EndFilter, ReasonFilter)
    fields = readonly_fields = ALL
    change_list_template = "admin/contactcenter_chat/botspell/list.html"
    waits = True  # for bots that are tried

    def changelist_view(self, request, extra_context=None):
        context = {"may_try": trying_pages.may_try(request), "query": trying_pages.query_of(request)}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def get_urls(self):
        view = self.admin_site.admin_view
        pages = (("try", trying.chat_view), ("questions", trying_sets.set_view))
        own = [
            path(f"{page}/", view(partial(answer, self)), name=f"contactcenter_chat_botspell_{page}")
            for page, answer in pages
        ]
        return [*own, *super().get_urls()]

    bot_shown = words.bot_shown

    @admin.display(description=_("code"))
    def code_shown(self, spell):
        return label_of(spell.code, spell.code) or "–"

    @admin.display(description=_("how it ended"))
    def end_shown(self, spell):
        return spell.get_end_display() or _("It has it still.")

    @admin.display(description=_("misses"))
    def misses_shown(self, spell):
        return ", ".join(str(dict(Miss.choices).get(each, each)) for each in spell.misses) or "–"


@admin.register(BotPause)
class BotPauseAdmin(ReadOnly, TenantAdmin):
    list_display = ("bot_shown", "tenant", "failures", "paused_shown")
    list_select_related = ("tenant",)
    list_filter = (AnyTenantFilter, BotFilter)
    ordering = ("-failures", "tenant", "bot")
    fields = readonly_fields = ("bot_shown", "tenant", "failures", "paused_shown")
    actions = ("ask_again",)

    bot_shown = words.bot_shown

    @admin.display(description=_("paused until"))
    def paused_shown(self, pause):
        is_over = pause.paused_until is None or pause.paused_until <= clock.now()
        return "–" if is_over else date_format(localtime(pause.paused_until), "DATETIME_FORMAT")

    def has_ask_again_permission(self, request):
        return request.user.has_perm("contactcenter_chat.change_botpause")

    @admin.action(description=_("Ask them again now"), permissions=["ask_again"])
    def ask_again(self, request, queryset):
        for_each(self, request, queryset, _ask_again, _("%(row)s is asked again."))


def _ask_again(pause):
    return ask_again(tenant_id=pause.tenant_id, bot=pause.bot)
