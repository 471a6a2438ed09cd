"""Which skills does a client, or a bot, ask of whoever answers a conversation?"""

from collections.abc import Iterable

from django.utils.translation import gettext_noop as _

from ...exceptions import Invalid
from ...models import Conversation, Skill
from ...models.skills import LEVEL
from ...storable import check_text
from . import steps


def asked_skills(tenant_id: str, skills: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Return the ids of these skills, each with its least level. Raises Invalid for a name that no skill has."""
    levels: dict[str, int] = {}
    least, most = LEVEL
    for name, level in skills:
        check_text(name, "skills")
        if not least <= level <= most:
            raise Invalid(_("A level is %(least)s to %(most)s."), least=least, most=most, field="skills")
        levels[name] = max(level, levels.get(name, 0))
    known = dict(Skill.objects.filter(tenant=tenant_id, name__in=levels).values_list("name", "pk")) if levels else {}
    for name in levels:
        if name not in known:
            raise Invalid(_("There is no skill %(name)s."), name=name, field="skills", value=name)
    return {known[name]: level for name, level in levels.items()}


def ask_for(conversation: Conversation, skills: dict[str, int]) -> None:
    """Have other skills be asked for, where any are named. Expects the conversation locked."""
    if skills and skills != conversation.asked_skills:
        conversation.asked_skills = skills
        conversation.save(update_fields=["asked_skills"])
        steps.ask_anew(conversation)
