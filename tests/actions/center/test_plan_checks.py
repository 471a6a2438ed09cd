"""What is a plan of a queue, and what is none."""

import pytest

from contactcenter_chat.actions.center import queues, skills
from contactcenter_chat.exceptions import Conflict, Invalid
from contactcenter_chat.models import Queue
from tests import factories
from tests.facts import refused

ONE = {"after": 10}


@pytest.fixture
def fees(center):
    return factories.make_skill(center.tenant, "Fees")


def test_a_plan(center, fees):
    steps = [{"after": 10, "requires": {fees.pk: 1}}, {"after": 90, "requires": {}, "language": "any", "asked": False}]
    texts = {"closed": {"en": "We are closed."}}
    factories.plan(center.queue, requires={fees.pk: 5}, steps=steps, texts=texts)
    assert Queue.objects.get().steps == steps


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"requires": {"none": 3}}, "requires"),
        ({"requires": {"none": 0}}, "requires"),
        ({"requires": {"none": "3"}}, "requires"),
        ({"requires": [3]}, "requires"),
        ({"steps": {}}, "steps"),
        ({"steps": [7]}, "steps"),
        ({"steps": [{}]}, "steps"),
        ({"steps": [{"after": 0}]}, "steps"),
        ({"steps": [{"after": True}]}, "steps"),
        ({"steps": [{"after": 20}, {"after": 20}]}, "steps"),
        ({"steps": [{"after": 20, "until": 30}]}, "steps"),
        ({"steps": [{"after": 20, "language": "es"}]}, "steps"),
        ({"steps": [{"after": 20, "asked": "no"}]}, "steps"),
        ({"steps": [{"after": 20, "requires": {"none": 6}}]}, "steps"),
        ({"steps": [{"after": 20, "requires": {"none": 1}}]}, "requires"),
        ({"steps": [{"after": number} for number in range(1, 8)]}, "steps"),
        ({"steps": [{"after": 10**12}]}, "steps"),
        ({"steps": [{"after": 20, "requires": []}]}, "steps"),
        ({"requires": {"\0": 3}}, "requires"),
        ({"language": "es"}, "language"),
        ({"prefer": "x"}, "prefer"),
        ({"when_closed": "x"}, "when_closed"),
        ({"when_empty": ""}, "when_empty"),
        ({"priority": 99_999}, "priority"),
        ({"offer_gap_seconds": 121}, "offer_gap_seconds"),
        ({"max_wait_seconds": None}, "max_wait_seconds"),
        ({"target_seconds": -1}, "target_seconds"),
        ({"target_percent": 0}, "target_percent"),
        ({"closed_target_percent": 101}, "closed_target_percent"),
        ({"mail_target_percent": "most"}, "mail_target_percent"),
        ({"texts": []}, "texts"),
        ({"texts": {"open": {}}}, "texts"),
        ({"texts": {"closed": "We are closed."}}, "texts"),
        ({"texts": {"closed": {"en": 7}}}, "texts"),
        ({"texts": {"closed": {"en": "\0"}}}, "text"),
        ({"texts": {"closed": {"en": " "}}}, "text"),
        ({"texts": {"closed": {"en": "x" * 16_001}}}, "text"),
        ({"texts": {"closed": {"English": "We are closed."}}}, "texts"),
    ],
)
def test_what_is_none(center, changes, field):
    for name, value in changes.items():
        setattr(center.queue, name, value)
    with refused(Invalid, field=field):
        queues.save_queue(center.queue)


def test_a_skill_of_another_centre(center):
    center.queue.requires = {factories.make_skill(factories.make_center().tenant, "Fees").pk: 3}
    with refused(Invalid, field="requires"):
        queues.save_queue(center.queue)


@pytest.mark.parametrize("plan", [{"requires": "fees"}, {"steps": [ONE, {"after": 20, "requires": "fees"}]}])
def test_a_skill_that_a_queue_requires_stays(center, fees, plan):
    filled = {"requires": {fees.pk: 3}}
    plan = filled if "requires" in plan else {"steps": [ONE, {**ONE, "after": 20, **filled}]}
    factories.plan(center.queue, **plan)
    with refused(Conflict, message="The queue Default requires this skill."):
        skills.delete_skill(skill=fees)
    factories.plan(center.queue, requires={}, steps=[])
    skills.delete_skill(skill=fees)
