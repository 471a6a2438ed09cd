"""Which bots are in trouble, and how one is asked again."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission

from contactcenter_chat.models import BotPause, clock

from .conftest import address, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def pause(center):
    until = clock.now() + timedelta(minutes=1)
    return BotPause.objects.create(tenant=center.tenant, bot="faq", failures=3, paused_until=until)


def ask_again(client, pause):
    data = {"action": "ask_again", "_selected_action": [pause.pk]}
    return client.post(address("botpause_changelist"), data, follow=True)


def test_it_is_asked_again_and_the_history_says_by_whom(staff, pause):
    answer = ask_again(staff, pause)
    assert [each.replace("\u2068", "").replace("\u2069", "") for each in told(answer)] == ["faq is asked again."]
    assert BotPause.objects.values_list("failures", "paused_until").get() == (0, None)
    noted = LogEntry.objects.get()
    assert (noted.object_id, noted.user.username) == (str(pause.pk), "staff")


def test_a_pause_that_is_over_is_shown_as_none(staff, pause):
    assert "–" not in staff.get(address("botpause_change", pause.pk)).content.decode().split("readonly")[-1]
    BotPause.objects.update(paused_until=clock.now())
    assert "–" in staff.get(address("botpause_change", pause.pk)).content.decode().split("readonly")[-1]


def test_whoever_may_only_look_does_not(staff, pause):
    user = LogEntry.user.field.related_model.objects.get(username="staff")
    user.user_permissions.remove(Permission.objects.get(codename="change_botpause"))
    ask_again(staff, pause)
    assert BotPause.objects.get().failures == 3


def test_another_contact_centres_is_not_there(staff, other):
    foreign = BotPause.objects.create(tenant=other.tenant, bot="faq", failures=3)
    ask_again(staff, foreign)
    assert BotPause.objects.get().failures == 3
