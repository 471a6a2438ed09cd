"""Who may see what?

A superuser sees every contact centre; staff who are among a tenant's administrators see that tenant. Django's
permissions say which pages they may open; what stands on those pages is narrowed here.
"""

from ..models import Agent, Tenant

VIEW_TRANSCRIPT = "contactcenter_chat.view_transcript"
EXPORT_TRANSCRIPT = "contactcenter_chat.export_transcript"


def tenants_of(user):
    """The contact centres that this user administers, as a queryset."""
    if user.is_active and user.is_superuser:
        return Tenant.objects.all()
    if user.is_active and user.is_staff:
        return Tenant.objects.filter(administrators=user)
    return Tenant.objects.none()


def seen_by(user, queryset, path="tenant"):
    """Narrow a queryset to the rows of the tenants that this user administers.

    ``path`` leads from the queryset's model to the tenant; empty when the model is the tenant itself.
    """
    if user.is_active and user.is_superuser:
        return queryset
    return queryset.filter(**{f"{path}__in" if path else "pk__in": tenants_of(user).values("pk")})


def agent_of(user):
    """The agent that this user is, with tenant and user, or None."""
    if not user.is_active:
        return None
    return Agent.objects.select_related("tenant", "user").filter(user_id=user.pk).first()
