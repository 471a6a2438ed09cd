"""Where do interactions wait, and who answers them, with which prepared words?"""

from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from ..actions.center import queues
from ..actions.center.agents import create_agent
from ..conf import settings
from ..models import Agent, PreparedResponse, Queue, QueueMember
from .base import ScopedChoices, TenantAdmin, VerbForm
from .lists import AnyTenantFilter


class MemberFormSet(forms.BaseInlineFormSet):
    """Only agents of the queue's own contact centre are offered, and none other is taken."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        agents = form.fields["agent"].queryset
        tenant_id = self.instance.tenant_id
        form.fields["agent"].queryset = agents.filter(tenant=tenant_id) if tenant_id else agents


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
class QueueAdmin(TenantAdmin):
    list_display = ("name", "tenant", "wrap_up_mode", "wrap_up_seconds", "ring_seconds")
    list_select_related = ("tenant",)
    list_filter = (AnyTenantFilter,)
    search_fields = ("name",)
    ordering = ("name", "pk")
    fields = ("tenant", "name", "ring_seconds", "wrap_up_mode", "wrap_up_seconds")
    inlines = (MemberInline,)

    def get_inlines(self, request, obj):
        return self.inlines if obj else ()  # first the queue, so that its contact centre is known

    def has_delete_permission(self, request, obj=None):
        return False  # history names it

    def save_model(self, request, obj, form, change):
        queues.save_queue(obj)

    def save_formset(self, request, form, formset, change):
        for member in formset.save(commit=False):
            queues.save_member(member)
        for member in formset.deleted_objects:
            queues.remove_member(member)


class AgentForm(VerbForm):
    username = forms.CharField(label=_("User"), help_text=_("The user name of somebody who is no agent yet."))

    class Meta:
        model = Agent
        fields = ("tenant", "capacity")

    def clean_username(self):
        User = get_user_model()
        user = User.objects.filter(**{User.USERNAME_FIELD: self.cleaned_data["username"]}).first()
        if user is None or hasattr(user, "contactcenter_agent"):
            raise forms.ValidationError(_("There is no such user, or the user is an agent already."))
        return user


class AgentChangeForm(VerbForm):
    class Meta:
        model = Agent
        fields = ("capacity",)


@admin.register(Agent)
class AgentAdmin(TenantAdmin):
    form = AgentForm
    list_display = ("__str__", "tenant", "presence", "presence_reason", "load", "capacity", "last_seen_at")
    list_select_related = ("tenant", "user")
    list_filter = (AnyTenantFilter, "presence")
    ordering = ("user__last_name", "user__first_name", "pk")
    search_fields = ("=user__username", "user__first_name", "user__last_name")

    def get_form(self, request, obj=None, change=False, **kwargs):
        return super().get_form(request, obj, change, **kwargs, form=AgentChangeForm if obj else AgentForm)

    def get_fields(self, request, obj=None):
        if obj is None:
            return ("tenant", "username", "capacity")
        return ("tenant", "user", "capacity", "presence", "presence_reason", "load", "queues", "last_seen_at")

    def get_readonly_fields(self, request, obj=None):
        shown = ("user", "presence", "presence_reason", "load", "queues", "last_seen_at") if obj else ()
        return [*super().get_readonly_fields(request, obj), *shown]

    def get_changeform_initial_data(self, request):
        return {"capacity": settings.CAPACITY, **super().get_changeform_initial_data(request)}

    @admin.display(description=_("queues"))
    def queues(self, agent):
        return ", ".join(str(member.queue) for member in agent.memberships.select_related("queue")) or "–"

    def has_delete_permission(self, request, obj=None):
        return False  # history names them; an agent whose user is inactive cannot log in

    def save_model(self, request, obj, form, change):
        capacity = form.cleaned_data["capacity"]
        if change:
            agent = queues.set_capacity(agent_id=obj.pk, capacity=capacity)
        else:
            agent = create_agent(tenant=obj.tenant, user=form.cleaned_data["username"], capacity=capacity)
        obj.__dict__.update(agent.__dict__)


@admin.register(PreparedResponse)
class PreparedResponseAdmin(TenantAdmin):
    list_display = ("title", "tenant", "queue", "language")
    list_select_related = ("tenant", "queue")
    list_filter = (AnyTenantFilter,)
    search_fields = ("title", "text")
    fields = ("tenant", "queue", "language", "title", "text")

    def save_model(self, request, obj, form, change):
        queues.save_prepared_response(obj)

    def delete_model(self, request, obj):
        queues.delete_prepared_response(obj)
