"""What is kept of a choice, so that it can be explained, and made once more?"""

from collections import Counter
from collections.abc import Sequence

from ...models import RoutingDecision
from ...routing.base import Router
from ...routing.dispatch import Choice, name_of
from ...routing.records import told_candidate, told_request

RULED_OUT_MOST = 50  # more would make the record longer than anybody reads; all are counted


def keep(choices: Sequence[Choice], router: Router) -> None:
    """Write down why these agents were chosen."""
    RoutingDecision.objects.bulk_create(_decision(choice, name_of(router)) for choice in choices)


def _decision(choice: Choice, router: str) -> RoutingDecision:
    others = choice.ruled_out
    ruled_out = {**others, **choice.decision.ruled_out}
    considered = [told_candidate(each, choice.decision.ruled_out.get(each.agent_id, "")) for each in choice.candidates]
    considered += [{"agent": agent_id, "ruled_out": others[agent_id]} for agent_id in list(others)[:RULED_OUT_MOST]]
    return RoutingDecision(
        interaction=choice.waiting.row,
        router=router,
        agent_id=choice.decision.agent_id,
        request=told_request(choice.request),
        step=len(choice.waiting.requirements) - 1,
        candidates=considered,
        ruled_out=Counter(ruled_out.values()),
    )
