"""Which articles are found, and what is a draft made of? Of those that any customer may read: a draft is for one."""

from collections.abc import Sequence
from typing import Any

from ...actions.knowledge.finding import found_for
from ...bots.base import Found
from ...masking.base import Pseudonyms
from ...models import ApiKey, Tenant
from ...models.language_tags import checked_tag
from ...queries import api as queries
from ...queries.articles import for_customers
from ...queries.masking import rules_of
from ...queries.questions import asked_in

ANSWER_MOST = 8_000  # characters of one article
CUT = " […]"

Answer = dict[str, Any]


def searched(api_key: ApiKey, given: Answer) -> Answer:
    """Return the articles nearest to a question. Raises Invalid for a language that is none."""
    tenant = api_key.tenant
    language = checked_tag(given["language"]) if given["language"] else ""
    return {"articles": [_told(each) for each in _found(tenant, given["question"], language)[: given["size"]]]}


def drafted(api_key: ApiKey, given: Answer) -> Answer:
    """Return a reply to what a customer asked last, and the articles it is from. Raises NotFound."""
    tenant = api_key.tenant
    conversation = queries.check_conversation(tenant, given["conversationId"])
    asked = asked_in(conversation)
    found = _found(tenant, asked.text, conversation.language)[: given["size"]] if asked else []
    return {
        "conversationId": conversation.pk,
        "question": Pseudonyms(rules_of(tenant)).hide(asked.text) if asked else None,
        "language": conversation.language or None,
        "draft": f"{_cut(found[0].answer)}\n{found[0].link}".strip() if found else None,
        "articles": [_told(each) for each in found],
    }


def _found(tenant: Tenant, question: str, language: str) -> Sequence[Found]:
    found = found_for(for_customers(tenant.pk), tenant, language, question)
    return [each for each in found if each.is_near_enough]


def _told(found: Found) -> Answer:
    return {
        "articleId": found.article_id,
        "title": found.title,
        "answer": _cut(found.answer),
        "link": found.link or None,
    }


def _cut(text: str) -> str:
    return text if len(text) <= ANSWER_MOST else text[:ANSWER_MOST] + CUT
