"""Which articles is an agent shown in a chat? Those found for what its customer asked, but for refused ones."""

from collections.abc import Sequence
from typing import Any

from ..models import Agent, ArticleUse, ArticleVersion, Interaction, clock
from .articles import Shown, for_chat, in_languages
from .identity import level_of

SHOWN = 3


def suggested(agent: Agent, interaction: Interaction, found: Sequence[dict[str, Any]]) -> list[Shown]:
    """Return the best of what was found that the agent may see, in the customer's language if there is one."""
    refused = set(
        ArticleUse.objects.filter(interaction=interaction, refused_at__isnull=False).values_list("article", flat=True)
    )
    left = [each for each in found if each["article"] not in refused]
    level = level_of(interaction.conversation, clock.now())
    versions = for_chat(interaction.tenant_id, interaction.queue_id, level)
    passages = {each["article"]: (each["version"], each["passage"]) for each in left}
    found_in = {each["article"]: each["version"] for each in left}
    return in_languages(versions, found_in, languages_for(agent, interaction.conversation.language), passages)[:SHOWN]


def languages_for(agent: Agent, customer: str) -> list[str]:
    """Return the languages to show something in: the customer's, then the agent's, what they speak best first."""
    own = agent.languages.order_by("-level", "tag").values_list("tag", flat=True)
    return [tag for tag in [customer, *own] if tag]


def words_of(version: ArticleVersion) -> str:
    """Return what an agent takes over of an article: the answer, and where more is to be read."""
    return f"{version.answer}\n{version.link}".strip()
