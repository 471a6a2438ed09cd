"""Which skills a client asks for, in both formats."""

import pytest

from contactcenter_chat.api.base import limits
from contactcenter_chat.wire.chat_api_v2 import requests as v2
from contactcenter_chat.wire.chat_gateway_v1 import requests as v1

FEES = [{"name": " Fees ", "level": 3}, {"name": "Visas"}]
ASKED = (("Fees", 3), ("Visas", 1))
OTHERS = [
    None,
    "fees",
    ["fees"],
    {"fees": 3},
    [{"name": "Fees", "level": 0}],
    [{"name": "Fees", "level": 6}],
    [{"name": "Fees", "level": 2.5}],
    [{"name": "Fees", "level": True}],
    [{"name": "Fees", "level": "3"}],
    [{"name": " "}],
    [{"name": 7}],
    [{"level": 3}],
    [{"name": "Fees"}, 7],
    [{"name": "Fees"}] * 21,
]


def v2_skills(skills):
    return v2.read_conversation({"channelId": "c", "customer": {}, "skills": skills}, limits()).skills


def v1_assignment(**assignment):
    body = {"channelId": "c", "user": {"name": "Grace"}, "assignment": assignment}
    return v1.read_conversation(body, limits()).assignment


def test_as_both_formats_write_them():
    assert v2_skills(FEES) == ASKED
    assert v2_skills([{"name": "Fees", "level": 3.0}]) == (("Fees", 3),)
    assert v1_assignment(type="queue", id="q", skills=FEES) == v1.Assignment("queue", "q", ASKED)


def test_of_the_channels_own_queue():
    assert v1_assignment(skills=FEES) == v1.Assignment("queue", "", ASKED)
    assert v1_assignment(type="queue", skills=[]) is None


@pytest.mark.parametrize("skills", OTHERS)
def test_what_else_clients_call_so_is_passed_over(skills):
    assert v2_skills(skills) == ()
    assert v1_assignment(id="q", skills=skills).skills == ()
