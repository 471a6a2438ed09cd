"""Who may see what?

A superuser sees every contact centre; staff who are among a tenant's administrators see that tenant. Django's
permissions say which pages they may open; what stands on those pages is narrowed here.
"""

from django.contrib.auth import get_permission_codename

from ..models import (
    Agent,
    Article,
    BotSpell,
    Channel,
    Department,
    OpeningHours,
    PreparedResponse,
    Queue,
    Skill,
    Tenant,
    TransactionCode,
    TransactionCodeList,
)

# What stands in a centre's file.
IN_FILE = (
    Skill,
    Agent,
    OpeningHours,
    Queue,
    Department,
    TransactionCodeList,
    TransactionCode,
    PreparedResponse,
    Article,
    Channel,
)
VIEW_TRANSCRIPT = "contactcenter_chat.view_transcript"
EXPORT_TRANSCRIPT = "contactcenter_chat.export_transcript"


def is_superuser(user):
    """Whether this user may do all; the project's users need not have such a thing."""
    return user.is_active and getattr(user, "is_superuser", False)


def tenants_of(user):
    """The contact centres that this user administers, as a queryset."""
    if is_superuser(user):
        return Tenant.objects.all()
    if user.is_active and user.is_staff:
        return Tenant.objects.filter(administrators=user)
    return Tenant.objects.none()


def seen_by(user, queryset, path="tenant"):
    """Narrow a queryset to the rows of the tenants that this user administers.

    ``path`` leads from the queryset's model to the tenant; empty when the model is the tenant itself.
    """
    if is_superuser(user):
        return queryset
    return queryset.filter(**{f"{path}__in" if path else "pk__in": tenants_of(user).values("pk")})


def may_make_agent(user, other):
    """Whether this user may make an agent of another user: of their own centres' people, and of those whom the project
    lets them see, but of nobody who has more to say than they have."""
    if is_superuser(user):
        return True
    centers = {*other.contactcenter_tenants.values_list("pk", flat=True)}
    if getattr(other, "is_superuser", False) or not centers <= {*tenants_of(user).values_list("pk", flat=True)}:
        return False
    return bool(centers) or user.has_perm(f"{other._meta.app_label}.{get_permission_codename('view', other._meta)}")


def may_write_file(user):
    """Whether this user may have a contact centre, if it is theirs, as a file: may see all that stands in it."""
    return all(map(user.has_perm, _permissions(IN_FILE, "view")))


def may_apply_file(user):
    """Whether this user may have a contact centre, if it is theirs, changed by a file: may do all of it by hand."""
    needed = [*_permissions([Tenant], "change"), *_permissions(IN_FILE, "view", "add", "change", "delete")]
    return all(map(user.has_perm, needed))


def _permissions(models, *kinds):
    labels = [(model._meta, kind) for model in models for kind in kinds]
    return [f"{meta.app_label}.{get_permission_codename(kind, meta)}" for meta, kind in labels]


def may_try_bots(user):
    """Whether this user may try bots of their contact centres: that shows articles, also what needs a level."""
    return all(map(user.has_perm, _permissions([BotSpell, Article], "view")))


def may_read(user):
    """Whether this user may read what was said in the chats that are theirs to see."""
    return user.has_perm(VIEW_TRANSCRIPT)


def agent_of(user):
    """The agent that this user is, with tenant and user, or None."""
    if not user.is_active:
        return None
    return Agent.objects.serving().select_related("tenant", "user").filter(user_id=user.pk).first()
