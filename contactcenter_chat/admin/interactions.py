"""Which episodes were there, how long did each take, and why was that agent chosen?"""

from django.contrib import admin
from django.contrib.admin.utils import quote
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from ..models import Agent, Interaction, Queue
from ..models.conversations import InteractionState, Outcome
from ..queries.transcripts import Episode
from .base import ReadOnly, TenantAdmin
from .lists import NewestFirstAdmin, PeriodFilter, SelectFilter, TenantFilter, asked, chosen_tenant
from .times import clock


class QueueFilter(SelectFilter):
    title = _("queue")
    parameter_name = "queue"

    def lookups(self, request, model_admin):
        return Queue.objects.filter(tenant=chosen_tenant(request)).order_by("name").values_list("pk", "name")

    def narrow(self, queryset, value):
        return queryset.filter(queue=value)


class AgentFilter(SelectFilter):
    title = _("agent")
    parameter_name = "agent"

    def lookups(self, request, model_admin):
        agents = Agent.objects.filter(tenant=chosen_tenant(request)).select_related("user")
        return sorted(((agent.pk, str(agent)) for agent in agents), key=lambda choice: choice[1].casefold())

    def narrow(self, queryset, value):
        return queryset.filter(agent=value)


class StateFilter(SelectFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return InteractionState.choices

    def narrow(self, queryset, value):
        return queryset.filter(state=value)


class OutcomeFilter(SelectFilter):
    title = _("outcome")
    parameter_name = "outcome"

    def lookups(self, request, model_admin):
        return Outcome.choices

    def narrow(self, queryset, value):
        return queryset.filter(outcome=value)


class CodesMissingFilter(SelectFilter):
    title = _("codes missing")
    parameter_name = "codes_missing"

    def lookups(self, request, model_admin):
        return [("1", _("Yes"))]

    def narrow(self, queryset, value):
        return queryset.filter(codes_missing=True)


@admin.register(Interaction)
class InteractionAdmin(ReadOnly, NewestFirstAdmin, TenantAdmin):
    time = "entered_at"
    list_display = ("entered_at", "queue", "agent", "state", "outcome", "waiting", "handling", "wrap_up")
    list_select_related = ("queue", "agent__user")
    list_filter = (
        TenantFilter,
        PeriodFilter,
        QueueFilter,
        AgentFilter,
        StateFilter,
        OutcomeFilter,
        CodesMissingFilter,
    )
    fieldsets = (
        (
            None,
            {"fields": ("transcript", "queue", "agent", "state", "outcome", "ended_by", "priority", "codes_chosen")},
        ),
        (
            _("Times"),
            {
                "fields": (
                    "entered_at",
                    "accepted_at",
                    "first_reply_at",
                    "ended_at",
                    "finished_at",
                    "waiting",
                    "handling",
                    "wrap_up",
                )
            },
        ),
        (_("Routing"), {"fields": ("offers_made", "decisions_made")}),
    )
    readonly_fields = (
        "transcript",
        "waiting",
        "handling",
        "wrap_up",
        "codes_chosen",
        "offers_made",
        "decisions_made",
    )

    def indexed(self, request, tenant):
        interactions = super().indexed(request, tenant)
        for field in ("agent", "queue"):  # each begins an index that goes on with the time; one is enough
            if asked(request, field):
                return interactions.filter(**{field: asked(request, field)})
        return interactions

    @admin.display(description=_("waiting"))
    def waiting(self, interaction):
        return clock(Episode(interaction, []).waiting)

    @admin.display(description=_("handling"))
    def handling(self, interaction):
        return clock(Episode(interaction, []).handling)

    @admin.display(description=_("wrap-up"))
    def wrap_up(self, interaction):
        return clock(Episode(interaction, []).wrap_up)

    @admin.display(description=_("transcript"))
    def transcript(self, interaction):
        url = reverse("admin:contactcenter_chat_conversation_change", args=[quote(interaction.conversation_id)])
        return format_html('<a href="{}">{}</a>', url, interaction.conversation_id)

    @admin.display(description=_("codes"))
    def codes_chosen(self, interaction):
        return ", ".join(code.label for code in interaction.codes.order_by("pk"))

    @admin.display(description=_("offers"))
    def offers_made(self, interaction):
        offers = interaction.offers.select_related("agent__user").order_by("made_at")
        return render_to_string("admin/contactcenter_chat/interaction/offers.html", {"offers": offers})

    @admin.display(description=_("decisions"))
    def decisions_made(self, interaction):
        decisions = list(interaction.decisions.select_related("agent__user").order_by("made_at"))
        wanted = {candidate.get("agent") for decision in decisions for candidate in decision.candidates}
        names = {agent.pk: str(agent) for agent in Agent.objects.filter(pk__in=wanted).select_related("user")}
        for decision in decisions:
            for candidate in decision.candidates:
                candidate["name"] = names.get(candidate.get("agent"), candidate.get("agent"))
                candidate["idle"] = parse_datetime(candidate.get("idle_since") or "")
        return render_to_string("admin/contactcenter_chat/interaction/decisions.html", {"decisions": decisions})
