"""What is a user called, and how is one found? A project may have a model of users of its own.

Nothing else says what a field of users is called.
"""

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Q

NAMES = ("first_name", "last_name")
ACTIVE = "is_active"


def name_of(user: AbstractBaseUser) -> str:
    """What colleagues call a user: the full name, else what this user logs in with."""
    return _full_name(user) or " ".join(filter(None, names_of(user))) or str(user.get_username())


def names_of(user: AbstractBaseUser) -> tuple[str, str]:
    """First and last name, as customers are told them. What one logs in with is none of their business."""
    first, last = (str(getattr(user, name, None) or "") for name in NAMES)
    return (first, last) if first or last else (_full_name(user), "")


def sort_fields(path: str) -> list[str]:
    """What to sort the users by who are at the end of this path."""
    return [f"{path}__{name}" for name in name_fields() or [log_in_field()]]


def search_fields(path: str) -> list[str]:
    """What the admin searches for the users who are at the end of this path."""
    exactly = "=" if name_fields() else ""
    return [f"{exactly}{path}__{log_in_field()}", *(f"{path}__{name}" for name in name_fields())]


def active(path: str) -> Q:
    """The condition that the users at the end of this path may log in; some models cannot switch users off."""
    return Q((f"{path}__{ACTIVE}", True)) if can_be_inactive() else Q()


def can_be_inactive() -> bool:
    """Whether users can be switched off."""
    return _has(ACTIVE)


def log_in_field() -> str:
    """The field that users log in with."""
    return str(get_user_model().USERNAME_FIELD)


def name_fields() -> list[str]:
    """The fields of names that the model has."""
    return [name for name in NAMES if _has(name)]


def _has(name: str) -> bool:
    try:
        get_user_model()._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True


def _full_name(user: AbstractBaseUser) -> str:
    """What the model calls a full name; it need not have such a thing."""
    told = getattr(user, "get_full_name", None)
    return str(told() or "") if told else ""
