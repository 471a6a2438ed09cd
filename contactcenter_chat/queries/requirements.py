"""What is required of an agent, in words?"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from ..models import Skill

Required = Mapping[str, Any]  # as an interaction's ``required`` and ``wish``: "skills", ids with levels; "language"


def skill_names(all_required: Iterable[Required | None]) -> dict[str, str]:
    """Return the names of all skills that are required, by their ids, in one statement at most."""
    ids = {pk for required in all_required for pk in (required or {}).get("skills", {})}
    return dict(Skill.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}


def in_words(required: Required | None, names: Mapping[str, str]) -> list[str]:
    """Return what is required: each skill with its level, in the order of names, then the language."""
    levels = (required or {}).get("skills", {})
    parts = sorted(f"{skill_name(pk, names)} {level}" for pk, level in levels.items())
    language = (required or {}).get("language")
    return [*parts, language_name(language)] if language else parts


def skill_name(skill_id: str, names: Mapping[str, str]) -> str:
    """Return what a skill is called."""
    return names.get(skill_id) or _("a skill that was deleted")


def language_name(tag: str) -> str:
    """Return a language by its name and tag; by its tag alone when Django does not know it."""
    try:
        name = get_language_info(tag.lower())["name_translated"]
    except KeyError:
        return tag
    return f"{name} ({tag})"
