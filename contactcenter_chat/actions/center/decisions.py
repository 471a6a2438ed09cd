"""What is kept of a choice, so that it can be explained, and made once more?"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from ...models import RoutingDecision, RoutingLook
from ...models.prepared import PreparedInsert
from ...routing.base import Candidate, Router
from ...routing.dispatch import Choice, name_of
from ...routing.records import differing, told_candidate, told_request

RULED_OUT_MOST = 50  # more would make the record longer than anybody reads; all are counted
TOGETHER = 25  # each choice changes an agent, and with many of them all have changed

INSERT = PreparedInsert(RoutingDecision)


def keep(choices: Sequence[Choice], router: Router) -> None:
    """Write down why these agents were chosen, all in one look at the queues."""
    told, by = Told(), name_of(router)
    kept: list[RoutingDecision] = []
    for together in _together(choices):
        base = told.keys_of(together[0]) if len(together) > 1 else {}
        look = _look(together[0], [told[key] for key in base.values()]) if base else None
        kept += [_decision(each, by, look, told.beside(base, each)) for each in together]
    INSERT(*kept)


def _look(first: Choice, candidates: list[dict[str, Any]]) -> RoutingLook:
    return RoutingLook.objects.create(tenant_id=first.waiting.row.tenant_id, candidates=candidates)


def _together(choices: Sequence[Choice]) -> Iterator[list[Choice]]:
    """Choices of one group, for which nearly the same agents were looked at, TOGETHER at a time."""
    alike: dict[tuple[str, str], list[Choice]] = defaultdict(list)
    for choice in choices:
        alike[choice.waiting.row.queue_id, choice.waiting.row.group_key].append(choice)
    for each in alike.values():
        yield from (each[start : start + TOGETHER] for start in range(0, len(each), TOGETHER))


Keys = dict[str, tuple[Any, str]]  # by agent's id: what it is told by


class Told(dict[tuple[Any, str], dict[str, Any]]):
    """What is told of the agents who were looked at, once for all choices in which it is the same.

    The key is the candidate's identity, or the agent's id for one who was ruled out before, with the reason. Of one
    look, a candidate is the same object as long as nothing about the agent changes: with hundreds of agents and
    choices, to compare what is told of them would take longer than all else.
    """

    def __init__(self) -> None:
        super().__init__()
        self._candidates: dict[int, Candidate] = {}

    def keys_of(self, choice: Choice) -> Keys:
        """By what those who were looked at for this one are told."""
        reasons, others = choice.decision.ruled_out, choice.ruled_out
        self._candidates |= {id(each): each for each in choice.candidates}
        able = {each.agent_id: (id(each), reasons.get(each.agent_id, "")) for each in choice.candidates}
        return able | {agent_id: (agent_id, reason) for agent_id, reason in islice(others.items(), RULED_OUT_MOST)}

    def beside(self, base: Keys, choice: Choice) -> list[dict[str, Any]]:
        """What is kept of this one beside what ``base`` tells."""
        keys = self.keys_of(choice)
        others = {agent_id: key for agent_id, key in keys.items() if base.get(agent_id) != key}
        before = {agent_id: self[base[agent_id]] for agent_id in others if agent_id in base}
        return differing([self[key] for key in others.values()], before, base.keys() - keys.keys())

    def __missing__(self, key: tuple[Any, str]) -> dict[str, Any]:
        who, reason = key
        candidate = self._candidates.get(who)
        self[key] = told_candidate(candidate, reason) if candidate else {"agent": who, "ruled_out": reason}
        return self[key]


def _decision(choice: Choice, router: str, look: RoutingLook | None, kept: Sequence[Any]) -> RoutingDecision:
    ruled_out = {**choice.ruled_out, **choice.decision.ruled_out}
    return RoutingDecision(
        interaction=choice.waiting.row,
        router=router,
        agent_id=choice.decision.agent_id,
        request=told_request(choice.request),
        step=len(choice.waiting.requirements) - 1,
        look=look,
        candidates=kept,
        ruled_out=Counter(ruled_out.values()),
    )
