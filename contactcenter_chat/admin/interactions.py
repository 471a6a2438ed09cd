"""Which episodes were there, how long did each take, and why was that agent chosen?"""

from typing import Any

from django.contrib import admin
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from ..isolates import as_html, filled
from ..models import Agent, Conversation, Interaction, Queue
from ..models.clock import database_now
from ..models.conversations import QUEUED_STATES, InteractionState, Outcome
from ..queries import requirements
from ..queries.decisions import explained
from ..queries.health import stuck_interactions
from ..queries.keyset_pages import LOOK_AT_MOST
from ..queries.list_addresses import HANDED_ROUND, IN_QUEUE, STUCK
from ..queries.transcripts import Episode
from . import words
from .base import ReadOnly, TenantAdmin
from .links import linked, page_of
from .lists import NewestFirstAdmin, PeriodFilter, SelectFilter, TenantFilter, asked, chosen_tenant
from .names import all_isolated
from .times import clock, moment


def shown_to_the_second(name):
    """A field of a time as a page shows it: what happens within a minute is told apart there."""

    field: Any = Interaction._meta.get_field(name)

    @admin.display(description=field.verbose_name)
    def shown(self, interaction):
        return moment(getattr(interaction, name))

    return shown


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
        named = sorted(agents, key=lambda agent: (str(agent).casefold(), agent.released_at is not None, agent.pk))
        return [(agent.pk, _told_apart(agent)) for agent in named]

    def narrow(self, queryset, value):
        return queryset.filter(agent=value)


def _told_apart(agent):
    """An agent's name; who was released, and may be an agent again in another row, is told with the time of that."""
    if agent.released_at is None:
        return str(agent)
    when = date_format(timezone.localtime(agent.released_at), "SHORT_DATETIME_FORMAT")
    return filled(_("%(agent)s (released %(when)s)"), agent=agent, when=when)


class StateFilter(SelectFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [(IN_QUEUE, _("waiting or being offered")), *InteractionState.choices]

    def narrow(self, queryset, value):
        return queryset.filter(state__in=QUEUED_STATES) if value == IN_QUEUE else queryset.filter(state=value)


class OutcomeFilter(SelectFilter):
    title = _("outcome")
    parameter_name = "outcome"

    def lookups(self, request, model_admin):
        return Outcome.choices

    def narrow(self, queryset, value):
        return queryset.filter(outcome=value)


class CodesMissingFilter(SelectFilter):
    title = _("missing codes")
    parameter_name = "codes_missing"

    def lookups(self, request, model_admin):
        return [("1", _("Yes"))]

    def narrow(self, queryset, value):
        return queryset.filter(codes_missing=True)


class StuckFilter(SelectFilter):
    """Those that the clock should have moved on and has not."""

    title = _("stuck")
    parameter_name = STUCK

    def lookups(self, request, model_admin):
        return [("1", _("Yes"))]

    def narrow(self, queryset, value):
        return queryset  # the source has looked for them


class HandedRoundFilter(SelectFilter):
    """Those that were handed on again and again."""

    title = _("handed on three times or more")
    parameter_name = HANDED_ROUND

    def lookups(self, request, model_admin):
        return [("1", _("Yes"))]

    def narrow(self, queryset, value):
        return queryset.filter(handed_round__gt=0)


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
        StuckFilter,
        HandedRoundFilter,
    )
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "transcript",
                    "queue",
                    "agent",
                    "state",
                    "outcome",
                    "ended_by",
                    "handed_on",
                    "brief_shown",
                    "priority",
                    "codes_chosen",
                )
            },
        ),
        (
            _("Times"),
            {
                "fields": (
                    "entered",
                    "due",
                    "accepted",
                    "first_reply",
                    "ended",
                    "finished",
                    "waiting",
                    "handling",
                    "wrap_up",
                )
            },
        ),
        (_("Routing"), {"fields": ("is_follow_up", "away", "required_now", "step", "offers_made", "decisions_made")}),
    )
    readonly_fields = (
        "transcript",
        "is_follow_up",
        "away",
        "required_now",
        "step",
        "entered",
        "due",
        "accepted",
        "first_reply",
        "ended",
        "finished",
        "waiting",
        "handling",
        "wrap_up",
        "codes_chosen",
        "handed_on",
        "brief_shown",
        "offers_made",
        "decisions_made",
    )

    entered = shown_to_the_second("entered_at")
    away = shown_to_the_second("away_since")
    due = shown_to_the_second("due_at")
    accepted = shown_to_the_second("accepted_at")
    first_reply = shown_to_the_second("first_reply_at")
    ended = shown_to_the_second("ended_at")
    finished = shown_to_the_second("finished_at")

    def indexed(self, request, tenant):
        interactions = super().indexed(request, tenant)
        if asked(request, STUCK):  # few, wherever they stand in the list
            found = stuck_interactions(database_now()).filter(tenant=tenant).values_list("pk", flat=True)
            return interactions.filter(pk__in=list(found[:LOOK_AT_MOST]))
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
        pk = interaction.conversation_id
        return linked(interaction.read_by, Conversation, page_of(Conversation, pk), pk)

    @admin.display(description=_("what the bot said"))
    def brief_shown(self, interaction):
        if not interaction.brief:
            return "–"
        return render_to_string(
            "contactcenter_chat/desk/brief.html", {"brief": interaction.brief, "reason": interaction.brief_reason}
        )

    @admin.display(description=_("handed on"))
    def handed_on(self, interaction):
        times = interaction.handed_round
        return (
            _("for the third time within an hour, or more often: %(times)s times") % {"times": times} if times else "–"
        )

    @admin.display(description=_("codes"))
    def codes_chosen(self, interaction):
        return all_isolated(interaction.codes.order_by("pk"))

    @admin.display(description=_("offers"))
    def offers_made(self, interaction):
        offers = interaction.offers.select_related("agent__user").order_by("made_at")
        told = [(offer, words.offer_reason(offer.reason)) for offer in offers]
        return render_to_string("admin/contactcenter_chat/interaction/offers.html", {"offers": told})

    @admin.display(description=_("decisions"))
    def decisions_made(self, interaction):
        shown = [
            (moment(each.made_at), as_html(each.sentence), each, [(moment(c.idle_since), c) for c in each.considered])
            for each in explained(interaction)
        ]
        return render_to_string("admin/contactcenter_chat/interaction/decisions.html", {"decisions": shown})

    @admin.display(description=_("required now"))
    def required_now(self, interaction):
        skills = requirements.skill_names([interaction.required])
        return all_isolated(requirements.in_words(interaction.required, skills)) or "–"
