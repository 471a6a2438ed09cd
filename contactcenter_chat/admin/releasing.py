"""How is an agent moved to other queues or to another contact centre, or released? After a page that asks for it."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import Count
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from ..actions.center.releasing import move_agent, release_agent
from ..models import Queue, QueueMember, Tenant
from ..queries import access
from .actions import for_each

HERE = _("%(row)s answers %(queues)s now.")
ELSEWHERE = _("%(row)s is an agent of %(centre)s now and answers %(queues)s.")


class MoveForm(forms.Form):
    """Which queues, and of which contact centre: only who may do all chooses another one."""

    tenant = forms.ModelChoiceField(Tenant.objects.none(), label=_("Tenant"), empty_label=None)
    queues = forms.ModelMultipleChoiceField(
        Queue.objects.none(),
        label=_("Queues"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one queue."),
            "invalid_choice": _("This belongs to another contact centre."),
        },
    )

    def __init__(self, user, agents, own, sent):
        """``own`` is the contact centre of the agents; what was sent is checked once it is confirmed."""
        tenants = access.tenants_of(user) if access.is_superuser(user) else Tenant.objects.filter(pk=own.pk)
        chosen = next((tenant for tenant in tenants if tenant.pk == sent.get("tenant")), own)
        super().__init__(
            sent if "confirmed" in sent else None, initial={"tenant": chosen, "queues": _shared_by(agents)}
        )
        tenant, queues = (cast(Any, self.fields[name]) for name in ("tenant", "queues"))
        tenant.queryset, queues.queryset = tenants, Queue.objects.filter(tenant=chosen).order_by("name", "pk")
        self.may_choose_tenant = len(tenants) > 1


def _shared_by(agents):
    """The queues that all of these agents answer."""
    members = QueueMember.objects.filter(agent__in=agents).values("queue").annotate(count=Count("pk"))
    return list(members.filter(count=len(agents)).values_list("queue", flat=True))


class Releasing(admin.ModelAdmin):
    """The two actions, for the list of agents."""

    actions = ("move", "release")

    @admin.action(description=_("Move to other queues"), permissions=["change"])
    def move(self, request, queryset):
        tenants = Tenant.objects.filter(agents__in=queryset).distinct()
        if len(tenants) != 1:
            self.message_user(request, _("Choose agents of one tenant."), messages.ERROR)
            return None
        form = MoveForm(request.user, queryset, tenants[0], request.POST)
        if form.is_valid():
            where = form.cleaned_data
            done = ELSEWHERE if where["tenant"] != tenants[0] else HERE
            names = {"centre": where["tenant"], "queues": list(where["queues"])}
            for_each(self, request, queryset, lambda agent: move_agent(agent_id=agent.pk, **where), done, **names)
            return None
        explanation = _(
            "They answer the queues that you choose, and no others. Chats stay with them, unless the tenant"
            " is another: then their chats go back to the queues, and what they did so far stays where it is."
        )
        return self._asked(request, queryset, "move", _("Move agents"), explanation, _("Move them"), form)

    @admin.action(description=_("Release: no agent any more"), permissions=["change"])
    def release(self, request, queryset):
        if "confirmed" in request.POST:
            done = _("%(row)s is no agent any more.")
            for_each(self, request, queryset, lambda agent: release_agent(agent_id=agent.pk), done)
            return None
        explanation = _(
            "These users are no agents any more. They are offline at once, and their chats go back to the queues. What"
            " they did stays, and each of them may become an agent again, here or elsewhere."
        )
        return self._asked(request, queryset, "release", _("Release agents"), explanation, _("Yes, release them"))

    def _asked(self, request, queryset, action, title, explanation, button, form=None):
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "rows": queryset,
            "action": action,
            "explanation": explanation,
            "button": button,
            "form": form,
        }
        return TemplateResponse(request, "admin/contactcenter_chat/confirm_action.html", context)
