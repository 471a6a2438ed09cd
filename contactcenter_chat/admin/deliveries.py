"""The event log: what was owed to receivers, what came of each attempt, and what should go out once more?"""

import json

from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ..actions.upkeep.redelivery import redeliver
from ..models import Conversation, Delivery, DeliveryAttempt, InboundCallback, Receiver
from ..queries.keyset_pages import Table, within
from ..queries.list_addresses import TENANT
from ..wire.base import COMMANDS, formats
from .base import ReadOnly, TenantAdmin
from .links import linked, may, page_of
from .lists import (
    NewestFirstAdmin,
    PeriodFilter,
    SelectFilter,
    TenantFilter,
    asked,
    chosen_period,
    chosen_tenant,
)
from .receivers import link_to

ENTRIES_BEFORE = 200  # that a transcript shows before the one that is linked to


class StateFilter(SelectFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return Delivery.State.choices

    def narrow(self, queryset, value):
        return queryset.filter(state=value)


class ReceiverFilter(SelectFilter):
    title = _("receiver")
    parameter_name = "receiver"

    def lookups(self, request, model_admin):
        named = Receiver.objects.annotate(name=Coalesce("webhook__name", "provider"))
        return named.filter(tenant=chosen_tenant(request)).order_by("name").values_list("pk", "name")

    def narrow(self, queryset, value):
        return queryset.filter(receiver=value)


class EventTypeFilter(SelectFilter):
    title = _("event")
    parameter_name = "event_type"

    def lookups(self, request, model_admin):
        told = [name for spoken in formats() for name in spoken.event_types]
        return [(name, name) for name in dict.fromkeys((*told, *COMMANDS))]

    def narrow(self, queryset, value):
        return queryset.filter(event_type=value)


class AnswerFilter(SelectFilter):
    """What was answered to any of its attempts."""

    title = _("answer")
    parameter_name = "answer"

    def lookups(self, request, model_admin):
        return [("none", _("none")), ("2", "2xx"), ("3", "3xx"), ("4", "4xx"), ("5", "5xx")]

    def narrow(self, queryset, value):
        attempts = DeliveryAttempt.objects.filter(delivery=OuterRef("pk"))
        if value == "none":
            return queryset.filter(Exists(attempts.filter(status=None)))
        return queryset.filter(Exists(attempts.filter(status__range=(int(value) * 100, int(value) * 100 + 99))))


class AttemptsFilter(SelectFilter):
    title = _("attempts")
    parameter_name = "attempts"

    def lookups(self, request, model_admin):
        return [("0", _("none yet")), ("1", _("one")), ("2", _("two or more"))]

    def narrow(self, queryset, value):
        return queryset.filter(attempts_made__gte=2) if value == "2" else queryset.filter(attempts_made=value)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly, NewestFirstAdmin, TenantAdmin):
    list_display = (
        "created_at",
        "direction",
        "event_type",
        "state_shown",
        "status",
        "duration",
        "attempts_made",
        "receiver",
        "said",
    )
    list_filter = (
        TenantFilter,
        PeriodFilter,
        StateFilter,
        EventTypeFilter,
        ReceiverFilter,
        AnswerFilter,
        AttemptsFilter,
    )
    list_select_related = ("receiver__webhook",)
    renamed = {"webhook": "receiver"}
    search_fields = ("conversation",)  # shows the box; what it finds is said in ``source``
    search_help_text = _("The id of a conversation or of an event.")
    change_form_template = "admin/contactcenter_chat/delivery/change_form.html"
    change_list_template = "admin/contactcenter_chat/delivery/list.html"
    fields = (
        "direction",
        "event_type",
        "event_id",
        "transcript",
        "told",
        "state_shown",
        "attempts_made",
        "created_at",
        "done_at",
        "payload",
        "attempts",
    )
    readonly_fields = ("direction", "event_id", "transcript", "told", "state_shown", "payload", "attempts")
    actions = ("redeliver",)

    def get_queryset(self, request):
        return super().get_queryset(request).defer("body")

    def source(self, request, tenant):
        text = asked(request, "q")
        if not text:
            return super().source(request, tenant)
        since, until = chosen_period(request)
        found = Delivery.objects.filter(Q(conversation=text) | Q(entry=text), tenant=tenant)
        return Table(within(found, self.time, since, until), self.time)

    def indexed(self, request, tenant):
        deliveries = super().indexed(request, tenant)
        if (state := asked(request, "state")) in (Delivery.State.DEAD, Delivery.State.PENDING):
            return deliveries.filter(state=state)
        if receiver := asked(request, "receiver"):
            return deliveries.filter(receiver=receiver)
        return deliveries

    def get_search_results(self, request, queryset, search_term):
        return queryset, False  # the source has searched

    def with_more(self, request, changelist, rows):
        attempts = DeliveryAttempt.objects.filter(delivery__in=rows).defer("answer").order_by("started_at", "pk")
        last = {attempt.delivery_id: attempt for attempt in attempts}
        for delivery in rows:
            delivery.last_attempt = last.get(delivery.pk)
        return rows

    def changelist_view(self, request, extra_context=None):
        tenant = chosen_tenant(request)
        dead = Delivery.objects.filter(tenant=tenant, state=Delivery.State.DEAD)
        link = urlencode({TENANT: tenant.pk, "state": "dead"}) if dead.exists() else ""
        incoming = other_direction(request, InboundCallback, tenant)
        context = {"dead": link, "incoming": incoming, **(extra_context or {})}
        return super().changelist_view(request, context)

    @admin.display(description=_("direction"))
    def direction(self, delivery):
        return _("out")

    @admin.display(description=_("event id"))
    def event_id(self, delivery):
        return delivery.entry_id

    @admin.display(description=_("state"))
    def state_shown(self, delivery):
        return format_html('<span class="cc-state cc-{}">{}</span>', delivery.state, delivery.get_state_display())

    @admin.display(description=_("status"))
    def status(self, delivery):
        last = delivery.last_attempt
        if last is None:
            return "–"
        return last.status or format_html('<span class="cc-nowrap" title="{}">{}</span>', last.error, _("none"))

    @admin.display(description=_("duration"))
    def duration(self, delivery):
        return f"{delivery.last_attempt.duration_ms} ms" if delivery.last_attempt else "–"

    @admin.display(description=_("conversation"))
    def transcript(self, delivery):
        return linked(delivery.read_by, Conversation, _place(delivery), delivery.conversation_id)

    @admin.display(description=_("conversation"))
    def said(self, delivery):
        pk = delivery.conversation_id
        shown = format_html('<span title="{}">{}</span>', pk, _("read"))
        return linked(delivery.read_by, Conversation, _place(delivery), shown, otherwise=pk)

    @admin.display(description=_("receiver"))
    def told(self, delivery):
        return link_to(delivery.receiver, delivery.read_by)

    @admin.display(description=_("payload"))
    def payload(self, delivery):
        return format_html('<pre class="cc-json">{}</pre>', pretty(delivery.body)) if delivery.body else _("erased")

    @admin.display(description=_("attempts"))
    def attempts(self, delivery):
        attempts = [(attempt, pretty(attempt.answer)) for attempt in delivery.attempts.order_by("started_at", "pk")]
        return render_to_string("admin/contactcenter_chat/delivery/attempts.html", {"attempts": attempts})

    def has_redeliver_permission(self, request):
        return request.user.has_perm("contactcenter_chat.change_delivery")

    def change_view(self, request, object_id, form_url="", extra_context=None):
        context = {"can_redeliver": self.has_redeliver_permission(request), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    @admin.action(description=_("Redeliver"), permissions=["redeliver"])
    def redeliver(self, request, queryset):
        count = redeliver(queryset)
        told = ngettext("%(count)d event goes out once more.", "%(count)d events go out once more.", count)
        self.message_user(request, told % {"count": count}, messages.SUCCESS if count else messages.WARNING)


def other_direction(request, model, tenant):
    """The address of the event log's other list, which shows rows of ``model``; empty for who may not see it."""
    if not may(request, model):
        return ""
    address = reverse(f"admin:contactcenter_chat_{model._meta.model_name}_changelist")
    return f"{address}?{urlencode({TENANT: tenant.pk})}" if tenant else address


def _place(delivery):
    """Where the fact that a delivery tells of stands in its transcript."""
    page = page_of(Conversation, delivery.conversation_id)
    return f"{page}?after={max(delivery.number - ENTRIES_BEFORE, 0)}#n{delivery.number}"


def pretty(text):
    """Return JSON indented, and anything else as it is."""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text
