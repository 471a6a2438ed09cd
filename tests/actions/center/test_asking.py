"""Which skills are asked of whoever answers?"""

import pytest

from contactcenter_chat.actions.center import asking
from contactcenter_chat.exceptions import Invalid
from contactcenter_chat.models import Conversation, Interaction
from tests import factories


def test_the_most_that_is_asked_of_a_skill_counts(center):
    fees, visas = (factories.make_skill(center.tenant, name) for name in ("Fees", "Visas"))
    asked = asking.asked_skills(center.tenant.pk, [("Fees", 2), ("Visas", 1), ("Fees", 4)])
    assert asked == {fees.pk: 4, visas.pk: 1}


@pytest.mark.parametrize("skills", [[("Magic", 1)], [("Fees", 0)], [("Fees", 6)], [("Fees\x00", 1)]])
def test_what_there_is_not_is_refused(center, skills):
    factories.make_skill(center.tenant, "Fees")
    with pytest.raises(Invalid) as refused:
        asking.asked_skills(center.tenant.pk, skills)
    assert refused.value.field == "skills"


def test_another_centres_skill_is_none(center):
    factories.make_skill(factories.make_center().tenant, "Fees")
    with pytest.raises(Invalid):
        asking.asked_skills(center.tenant.pk, [("Fees", 1)])


def test_what_waits_is_brought_to_it(center, conversation):
    skill = factories.make_skill(center.tenant, "Fees")
    locked = Conversation.objects.lock(conversation.pk)
    asking.ask_for(locked, {skill.pk: 3})
    assert Interaction.objects.get().required["skills"] == {skill.pk: 3}
    asking.ask_for(locked, {})  # nothing named: it stays
    assert Conversation.objects.get().asked_skills == {skill.pk: 3}
