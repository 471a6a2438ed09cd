import pytest

from contactcenter_chat.templatetags.contactcenter_avatars import HUES, hue, initials


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Grace Okafor", "GO"),
        ("grace", "G"),
        ("Luis de la Herrera", "LH"),
        ("  ‘Ada’  (Lovelace) ", "AL"),
        ("李 明", "李明"),
        ("grace@example.org", "G"),
        ("…", "?"),
        ("", "?"),
    ],
)
def test_initials(name, shown):
    assert initials(name) == shown


def test_a_conversations_colour_stays_and_all_colours_are_used():
    ids = [f"conversation{number}" for number in range(200)]
    assert [hue(each) for each in ids] == [hue(each) for each in ids]
    assert {hue(each) for each in ids} == set(range(HUES))
