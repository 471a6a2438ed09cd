"""How is a bot that is in trouble asked again?"""

from contactcenter_chat.actions.bots import pauses
from contactcenter_chat.actions.bots.pauses import ask_again
from contactcenter_chat.models import BotPause
from contactcenter_chat.queries.assignment import is_paused
from tests import factories


def in_trouble(tenant):
    for _ in range(5):
        pauses.note_failure(tenant.pk, "helper")
    assert is_paused(tenant.pk, "helper")


def test_it_is_asked_again_and_has_all_its_failures_before_it(center):
    in_trouble(center.tenant)
    assert ask_again(tenant_id=center.tenant.pk, bot="helper") is True
    assert not is_paused(center.tenant.pk, "helper")
    assert BotPause.objects.values_list("failures", "paused_until").get() == (0, None)
    assert ask_again(tenant_id=center.tenant.pk, bot="helper") is False


def test_failures_before_a_pause_are_forgotten_as_well(center):
    for _ in range(4):
        pauses.note_failure(center.tenant.pk, "helper")
    assert ask_again(tenant_id=center.tenant.pk, bot="helper") is False
    pauses.note_failure(center.tenant.pk, "helper")
    assert not is_paused(center.tenant.pk, "helper")


def test_others_keep_their_pause(center):
    other = factories.make_tenant().tenant
    in_trouble(other)
    ask_again(tenant_id=center.tenant.pk, bot="helper")
    ask_again(tenant_id=other.pk, bot="another")
    assert is_paused(other.pk, "helper")
