"""The event log's other direction: what remote centres told, what came of it, and what was refused."""

from django.contrib import admin, messages
from django.contrib.admin.utils import display_for_value
from django.db.models import Q
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ..actions.remote.inbox import run_again
from ..models import CallbackRejection, Conversation, Delivery, InboundCallback
from ..queries.keyset_pages import Table, within
from . import words
from .base import ReadOnly, TenantAdmin
from .deliveries import other_direction, pretty
from .links import linked, page_of
from .lists import (
    NewestFirstAdmin,
    PeriodFilter,
    SelectFilter,
    TenantFilter,
    asked,
    chosen_period,
    chosen_tenant,
)

REJECTIONS_SHOWN = 20


class StateFilter(SelectFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return InboundCallback.State.choices

    def narrow(self, queryset, value):
        return queryset.filter(state=value)


@admin.register(InboundCallback)
class InboundCallbackAdmin(ReadOnly, NewestFirstAdmin, TenantAdmin):
    time = "received_at"
    list_display = ("received_at", "direction", "event_type", "state_shown", "attempts", "provider", "said")
    list_filter = (TenantFilter, PeriodFilter, StateFilter)
    search_fields = ("event_id",)  # shows the box; what it finds is said in ``source``
    search_help_text = _("The id of an event or of a conversation, here or there.")
    change_list_template = "admin/contactcenter_chat/inboundcallback/list.html"
    fields = (
        "direction",
        "provider",
        "event_type",
        "event_id",
        "said",
        "remote_conversation",
        "state_shown",
        "error",
        "attempts",
        "received_at",
        "told_at",
        "done_at",
        "payload",
        "sha256",
    )
    readonly_fields = ("direction", "said", "state_shown", "told_at", "payload")
    actions = ("run_again",)

    def get_queryset(self, request):
        return super().get_queryset(request).defer("body")

    def source(self, request, tenant):
        text = asked(request, "q")
        if not text:
            return super().source(request, tenant)
        since, until = chosen_period(request)
        ids = Q(event_id=text) | Q(remote_conversation=text) | Q(conversation=text)
        return Table(within(InboundCallback.objects.filter(ids, tenant=tenant), self.time, since, until), self.time)

    def get_search_results(self, request, queryset, search_term):
        return queryset, False  # the source has searched

    def changelist_view(self, request, extra_context=None):
        tenant = chosen_tenant(request)
        refused = CallbackRejection.objects.filter(tenant=tenant).order_by("-hour", "-last_at")[:REJECTIONS_SHOWN]
        context = {
            "outgoing": other_direction(request, Delivery, tenant),
            "refused": [(row, words.refused(row.reason)) for row in refused],
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    @admin.display(description=_("direction"))
    def direction(self, callback):
        return _("in")

    @admin.display(description=_("state"))
    def state_shown(self, callback):
        shown = '<span class="cc-state cc-{}" title="{}">{}</span>'
        return format_html(shown, callback.state, callback.error, callback.get_state_display())

    @admin.display(description=_("conversation"))
    def said(self, callback):
        if not callback.conversation_id:
            return "–"
        pk = callback.conversation_id
        return linked(callback.read_by, Conversation, page_of(Conversation, pk), _("read"), otherwise=pk)

    @admin.display(description=_("time told"))
    def told_at(self, callback):
        return display_for_value(callback.said_at, "–")

    @admin.display(description=_("payload"))
    def payload(self, callback):
        text = bytes(callback.body).decode(errors="replace")
        return format_html('<pre class="cc-json">{}</pre>', pretty(text)) if text else _("erased")

    def has_run_again_permission(self, request):
        return request.user.has_perm("contactcenter_chat.change_inboundcallback")

    @admin.action(description=_("Run again"), permissions=["run_again"])
    def run_again(self, request, queryset):
        count = run_again(InboundCallback.objects.filter(pk__in=queryset.values("pk")))
        told = ngettext("%(count)d callback is processed again.", "%(count)d callbacks are processed again.", count)
        self.message_user(request, told % {"count": count}, messages.SUCCESS if count else messages.WARNING)
