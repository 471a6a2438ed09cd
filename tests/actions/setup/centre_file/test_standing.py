"""Is what is there told as a file would say it?"""

import pytest

from contactcenter_chat.actions.center import releasing
from contactcenter_chat.actions.setup import codes
from contactcenter_chat.actions.setup.centre_file.special import Response
from contactcenter_chat.actions.setup.centre_file.standing import standing_of
from contactcenter_chat.models import PreparedResponse
from tests import factories

from .conftest import applied, empty_tenant


def test_an_empty_contact_centre(tenant):
    assert standing_of(tenant).values == {
        "centre": {"name": ""},
        "skills": {},
        "agents": {},
        "hours": {},
        "queues": {},
        "departments": {},
        "codes": {},
        "prepared_responses": {},
        "articles": {},
        "channels": {},
    }


def test_the_college(college):
    values = standing_of(college.tenant).values
    assert values["centre"] == {"name": "Riverside College"}
    assert list(values["skills"]) == ["fees", "housing", "visas"]
    assert values["agents"]["maria"] == {
        "capacity": 3,
        "languages": {"en": 5, "es": 3},
        "skills": {"fees": 4, "visas": 2},
    }
    assert values["hours"]["office"]["exceptions"] == {"2026-12-24": ["09:00-12:00"], "2026-12-31": []}
    assert values["queues"]["Student finance"] == {
        "members": {"maria": 4, "tom": 2},
        "requires": {"fees": 3},
        "language": "required",
        "steps": [
            {"after": 40, "requires": {"fees": 1}},
            {"after": 90, "requires": {}, "language": "translate", "asked": False},
        ],
        "priority": 0,
        "target": {"percent": 80, "seconds": 60},
        "closed_target": {"percent": None, "open_hours": 4},
        "targets": {"messaging": None, "mail": {"percent": 95, "open_hours": 2.5}},
        "prefer": "enough",
        "distribution": None,
        "ring_seconds": 20,
        "offer_gap_seconds": 15,
        "closing_seconds": 600,
        "grace_seconds": 900,
        "hours": "office",
        "when_closed": "wait",
        "when_empty": "overflow",
        "max_wait": 900,
        "waiting_text_every": 0,
        "assistant": False,
        "overflow": ["General"],
        "wrap_up": {"mode": "required_timed", "seconds": 60},
        "texts": {
            "closed": {"en": "We are closed."},
            "empty": {},
            "overflow": {"en": "Just a moment.", "es": "Hemos cerrado."},
            "waiting": {},
        },
    }
    assert values["codes"]["Topic"]["codes"]["refund"] == {
        "label": "Refund",
        "labels": {},
        "report_text": "A refund",
        "external_id": "00Q-7",
        "from": "2026-09-01",
        "to": None,
        "under": "fees",
        "retired": False,
    }
    assert values["prepared_responses"] == {
        Response(None, "en", "Greeting"): {
            "title": "Greeting",
            "queue": None,
            "language": "en",
            "short_code": "",
            "category": "",
            "text": "Hello {customer.name}, how can we help?",
            "acts": {"codes": {}, "transfer": None, "skills": {}, "priority": None},
        }
    }
    assert values["departments"] == {
        "Finance": {
            "queues": ["Refunds", "Student finance"],
            "entry": "Student finance",
            "hours": "office",
            "supervisors": ["petra"],
        }
    }
    policy = {"reopen_hours": None, "sticky_seconds": None, "reopen_to": None, "keeps_thanks": False}
    policy |= {"tells_own_words": False, "has_presence": False, "bot": None, "bot_fencing": "off", "bot_seconds": None}
    policy |= {"identity": "claimed"}
    channel = {"webhook": "Portal", "queue": "Student finance", "provider": "default", "pace": "live", **policy}
    assert values["channels"] == {"Website": channel}


def test_who_was_released_is_no_agent(tenant):
    agent = factories.make_agent(tenant, factories.make_queue(tenant, "General"), username="maria")
    releasing.release_agent(agent_id=agent.pk)
    values = standing_of(tenant).values
    assert (values["agents"], values["queues"]["General"]["members"]) == ({}, {})


def test_other_contact_centres_are_not_told(college):
    assert standing_of(empty_tenant()).values["queues"] == {}


def test_what_is_there_twice_is_noted(tenant):
    queue = factories.make_queue(tenant, "General")
    for _number in range(2):
        PreparedResponse.objects.create(tenant=tenant, title="Hello", text="Hi")
        factories.make_channel(tenant, queue, name="Website")
    factories.delete_channel(factories.make_channel(tenant, queue, name="Shop"))
    factories.make_channel(tenant, queue, name="Shop")
    assert standing_of(tenant).doubles == {
        ("channels", "Website"),
        ("prepared_responses", Response(None, "en", "Hello")),
    }


def test_codes_retired_and_merged(tenant):
    first, second, _third = factories.make_codes(tenant, "A", "B", "C")
    codes.merge_code(code=first, into=second)
    standing = standing_of(tenant)
    assert standing.merged == {("Reason", "a")}
    assert [code["retired"] for code in standing.values["codes"]["Reason"]["codes"].values()] == [True, False, False]


@pytest.mark.parametrize(("seconds", "hours"), [(14_400, 4), (600, 600 / 3600), (1, 1 / 3600), (0, 0)])
def test_seconds_of_opening_time_are_hours(tenant, seconds, hours):
    factories.make_queue(tenant, "General", closed_target_seconds=seconds)
    told = standing_of(tenant).values["queues"]["General"]["closed_target"]["open_hours"]
    assert told == hours
    assert round(float(repr(told)) * 3600) == seconds


def test_it_takes_as_many_queries_whatever_is_there(college, django_assert_num_queries):
    with django_assert_num_queries(24):
        standing_of(college.tenant)
    more = "".join(f"  Queue {number}: {{members: {{maria: 1}}, overflow: [General]}}\n" for number in range(9))
    applied(college.tenant, f"queues:\n{more}")
    with django_assert_num_queries(24):
        standing_of(college.tenant)
