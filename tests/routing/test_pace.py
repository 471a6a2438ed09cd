"""What a pace means, and how slots are counted."""

import pytest

from contactcenter_chat.routing import pace
from contactcenter_chat.routing.pace import LIVE, MAIL, MESSAGING, pace_of, paces

MINUTE, HOUR, DAY = 60, 3600, 86_400


@pytest.mark.parametrize(
    ("name", "share", "first_reply", "idle_warn", "idle_end", "target", "in_open_hours"),
    [
        (LIVE, 3, 180, 5 * MINUTE, 10 * MINUTE, 60, False),
        (MESSAGING, 1, 4 * HOUR, 20 * HOUR, 24 * HOUR, 4 * HOUR, True),
        (MAIL, 0, 0, 0, 7 * DAY, 8 * HOUR, True),
    ],
)
def test_the_table(name, share, first_reply, idle_warn, idle_end, target, in_open_hours):
    found = pace_of(name)
    assert (found.name, found.share, found.first_reply) == (name, share, first_reply)
    assert (found.idle_warn, found.idle_end) == (idle_warn, idle_end)
    assert (found.target, found.in_open_hours) == (target, in_open_hours)


def test_all_of_them():
    assert [each.name for each in paces()] == [LIVE, MESSAGING, MAIL]


def test_the_desk_warns_before_a_first_reply_is_too_late():
    assert [each.first_reply_warn for each in paces()] == [60, 3 * HOUR, 0]


def test_live_is_what_the_settings_say(settings):
    names = ("FIRST_REPLY_SECONDS", "FIRST_REPLY_WARN_SECONDS", "CUSTOMER_IDLE_WARN_SECONDS", "TARGET_SECONDS")
    settings.CONTACTCENTER_CHAT = {name: number for number, name in enumerate(names, start=1)}
    live = pace_of(LIVE)
    assert (live.first_reply, live.first_reply_warn, live.idle_warn, live.target) == (1, 2, 3, 4)
    assert pace_of(MESSAGING).target == 4 * HOUR


def test_a_project_says_of_the_others_only_what_it_changes(settings):
    settings.CONTACTCENTER_CHAT = {"PACES": {"mail": {"TARGET_SECONDS": HOUR}}}
    assert (pace_of(MAIL).target, pace_of(MAIL).idle_end) == (HOUR, 7 * DAY)
    assert (pace_of(MESSAGING).target, pace_of(LIVE).target) == (4 * HOUR, 60)


@pytest.mark.parametrize(
    ("changed", "frees"),
    [
        ({}, [0, 600, 0]),  # live chats end then
        ({"CUSTOMER_IDLE_END_SECONDS": 601}, [600, 600, 0]),
        ({"CUSTOMER_IDLE_END_SECONDS": 0}, [600, 600, 0]),
        ({"SLOT_FREED_SECONDS": 60}, [60, 60, 0]),
        ({"SLOT_FREED_SECONDS": 0}, [0, 0, 0]),
    ],
)
def test_when_a_silent_customers_chat_takes_no_slot(settings, changed, frees):
    settings.CONTACTCENTER_CHAT = changed
    assert [each.frees_after for each in paces()] == frees


@pytest.mark.parametrize(
    ("load", "share", "fits", "fits_again"),
    [
        (0, 3, True, True),
        (3, 3, True, True),
        (4, 3, False, True),
        (6, 3, False, True),
        (7, 3, False, False),
        (5, 1, True, True),
        (6, 1, False, True),
        (8, 1, False, True),
        (9, 1, False, False),
        (5, 0, True, True),
        (6, 0, False, True),
    ],
)
def test_what_fits_into_two_slots(load, share, fits, fits_again):
    assert pace.has_room(load, 2, share) is fits
    assert pace.has_room_again(load, 2, share) is fits_again


@pytest.mark.parametrize(
    ("thirds", "slots", "told"), [(0, 0, "0"), (1, 1 / 3, "⅓"), (2, 2 / 3, "⅔"), (3, 1, "1"), (7, 2 + 1 / 3, "2⅓")]
)
def test_a_load_in_chats(thirds, slots, told):
    assert (pace.in_slots(thirds), pace.in_thirds(slots), pace.slots_told(thirds)) == (slots, thirds, told)
    assert isinstance(pace.in_slots(thirds), int) is (thirds % 3 == 0)
