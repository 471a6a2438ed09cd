"""Where do interactions wait, and who answers them?"""

from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import F
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from ..actions.center import queues
from ..actions.center.agents import create_agent
from ..actions.center.plan_checks import warnings_of
from ..conf import settings
from ..models import Agent, Queue, QueueMember, people
from ..queries.access import may_make_agent
from ..queries.assistant import options
from ..queries.list_addresses import FULL, RELEASED
from ..routing.pace import SLOT
from . import words
from .base import ScopedChoices, TenantAdmin, VerbForm
from .levels import LevelsShown
from .lists import AnyTenantFilter, SelectFilter
from .names import all_isolated
from .queue_form import ASSISTANT, FIELDSETS, FIRST, PlanShown, QueueForm, shown_names
from .releasing import Releasing
from .row_conflicts import KeepsOthersRows


class MemberFormSet(KeepsOthersRows):
    """Only agents of the queue's own contact centre are offered, and none other is taken."""

    told_by = "agent"

    def add_fields(self, form, index):
        super().add_fields(form, index)
        agents = form.fields["agent"].queryset.serving()
        tenant_id = self.instance.tenant_id
        form.fields["agent"].queryset = agents.filter(tenant=tenant_id) if tenant_id else agents
        for shown in form.visible_fields():  # the head of the column is no label
            shown.field.widget.attrs.setdefault("aria-label", capfirst(shown.label))


class MemberForm(forms.ModelForm):
    class Meta:
        labels = {"agent": _("agent")}


class MemberInline(ScopedChoices, admin.TabularInline):
    model = QueueMember
    form = MemberForm
    formset = MemberFormSet
    autocomplete_fields = ("agent",)
    fields = ("agent", "level")
    extra = 0
    verbose_name_plural = _("members")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("agent__user")


@admin.register(Queue)
class QueueAdmin(PlanShown, TenantAdmin):
    list_display = ("name", "tenant", "hours", "wrap_up_mode", "wrap_up_seconds", "ring_seconds")
    list_select_related = ("tenant", "hours")
    list_filter = (AnyTenantFilter,)
    search_fields = ("name",)
    ordering = ("name", "pk")
    inlines = (MemberInline,)

    def get_inlines(self, request, obj):
        return self.inlines if obj else ()  # first the queue, so that its contact centre is known

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return FIRST
        warned = [(None, {"fields": ("warnings",)})] if warnings_of(obj) else []
        may_change = self.has_change_permission(request, obj)
        known = (*FIELDSETS, ASSISTANT) if options() else FIELDSETS
        return [*warned, *(known if may_change else shown_names(known))]

    def get_form(self, request, obj=None, change=False, **kwargs):
        is_whole = obj is not None and self.has_change_permission(request, obj)
        return super().get_form(request, obj, change, **kwargs, form=QueueForm if is_whole else VerbForm)

    def has_delete_permission(self, request, obj=None):
        return False  # history names it

    def save_model(self, request, obj, form, change):
        overflow = None
        if "overflow" in form.changed_data:
            others = Queue.objects.in_bulk(form.cleaned_data["overflow"])
            overflow = [others[pk] for pk in form.cleaned_data["overflow"] if pk in others]
        queues.save_queue(obj, overflow=overflow)

    def save_formset(self, request, form, formset, change):
        # In one order, since each one's agent is locked until the end.
        for member in sorted(formset.save(commit=False), key=lambda member: member.agent_id):
            queues.save_member(member)
        for member in formset.deleted_objects:
            queues.remove_member(member)


class AgentForm(VerbForm):
    asks = None  # the user who fills it in
    username = forms.CharField(label=_("User"), help_text=_("How somebody logs in who is not an agent yet."))

    class Meta:
        model = Agent
        fields = ("tenant", "capacity")

    def clean_username(self):
        users = get_user_model()._default_manager
        user = users.filter(**{people.log_in_field(): self.cleaned_data["username"]}).first()
        if user is None or user.contactcenter_agents.serving().exists() or not may_make_agent(self.asks, user):
            raise forms.ValidationError(_("There is no such user, or the user is an agent already."))
        return user


class AgentChangeForm(VerbForm):
    class Meta:
        model = Agent
        fields = ("capacity",)


class FullFilter(SelectFilter):
    """Whether agents have as many chats as they can."""

    title = _("all places taken")
    parameter_name = FULL

    def lookups(self, request, model_admin):
        return [("1", _("Yes")), ("0", _("No"))]

    def narrow(self, queryset, value):
        all_slots = F("capacity") * SLOT
        return queryset.filter(load__gte=all_slots) if value == "1" else queryset.filter(load__lt=all_slots)


class ReleasedFilter(SelectFilter):
    """Who is an agent, and who is none any more."""

    title = _("released")
    parameter_name = RELEASED

    def lookups(self, request, model_admin):
        return [("0", _("No")), ("1", _("Yes"))]

    def narrow(self, queryset, value):
        return queryset.exclude(released_at=None) if value == "1" else queryset.serving()


@admin.register(Agent)
class AgentAdmin(Releasing, LevelsShown, TenantAdmin):
    waits = True  # releasing gives one chat after the other back, each by itself
    form = AgentForm
    list_display = (
        "__str__",
        "tenant",
        "presence",
        "reason_shown",
        "load_shown",
        "capacity",
        "last_seen_at",
        "released_at",
    )
    list_select_related = ("tenant", "user")
    list_filter = (AnyTenantFilter, "presence", FullFilter, ReleasedFilter)
    ordering = (*reversed(people.sort_fields("user")), "pk")
    search_fields = people.search_fields("user")

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs, form=AgentChangeForm if obj else AgentForm)
        form.asks = request.user
        return form

    def get_fields(self, request, obj=None):
        if obj is None:
            return ("tenant", "username", "capacity")
        shown = (
            "tenant",
            "user",
            "capacity",
            "presence",
            "reason_shown",
            "load_shown",
            "queues",
            "levels",
            "last_seen_at",
        )
        return (*shown, *(("released_at",) if obj.released_at else ()), "level_changes")

    def has_change_permission(self, request, obj=None):
        # Who was released is history.
        return super().has_change_permission(request, obj) and not (obj and obj.released_at)

    def get_search_results(self, request, queryset, search_term):
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        is_choice = "model_name" in request.GET  # of a field, as a queue's members
        return found.serving() if is_choice else found, may_repeat

    def get_readonly_fields(self, request, obj=None):
        shown = ("user", "presence", "reason_shown", "load_shown", "queues", "last_seen_at", "released_at")
        levels = ("levels", "level_changes")
        return [*super().get_readonly_fields(request, obj), *((*shown, *levels) if obj else ())]

    def get_changeform_initial_data(self, request):
        return {"capacity": settings.CAPACITY, **super().get_changeform_initial_data(request)}

    @admin.display(description=_("reason"), ordering="presence_reason")
    def reason_shown(self, agent):
        return words.presence_reason(agent.presence_reason) or "–"

    @admin.display(description=_("load"), ordering="load")
    def load_shown(self, agent):
        return agent.load_told

    @admin.display(description=_("queues"))
    def queues(self, agent):
        return all_isolated(member.queue for member in agent.memberships.select_related("queue")) or "–"

    def has_delete_permission(self, request, obj=None):
        return False  # history names them; they are released

    def save_model(self, request, obj, form, change):
        capacity = form.cleaned_data["capacity"]
        if change:
            agent = queues.set_capacity(agent_id=obj.pk, capacity=capacity)
        else:
            agent = create_agent(tenant=obj.tenant, user=form.cleaned_data["username"], capacity=capacity)
        obj.__dict__.update(agent.__dict__)
