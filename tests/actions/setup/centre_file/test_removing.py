"""What is removed, what is retired, and what stays with a reason?"""

import re

from contactcenter_chat.actions.setup.centre_file.writing import write_file
from contactcenter_chat.isolates import unturned
from contactcenter_chat.models import Agent, InteractionCode, LevelChange, Queue, TransactionCode
from tests import factories

from .conftest import COLLEGE, applied, empty_tenant, lines

BARE = """\
skills: [fees]
agents: {maria: {languages: {en: 5}, skills: {}}}
hours: {}
queues: {Student finance: {members: {}, hours: null, when_empty: wait, overflow: []}}
departments: {}
codes: {}
prepared_responses: []
channels: {}
"""


def test_all_that_is_not_named_goes(college):
    plan = applied(college.tenant, BARE, prune=True)
    assert plan.lines == [
        "~ queues / Student finance / hours: office → –",
        "~ queues / Student finance / when_empty: overflow → wait",
        "~ queues / Student finance / overflow: [General] → []",
        "- channels / Website",
        "- prepared_responses / Greeting (en)",
        "- codes / Topic",
        "- departments / Finance",
        "- queues / Student finance / members / maria",
        "- queues / Student finance / members / tom",
        "- queues / General",
        "- queues / Refunds",
        "- hours / office",
        "- agents / maria / languages / es",
        "- agents / maria / skills / fees",
        "- agents / maria / skills / visas",
        "- agents / petra",
        "- agents / tom",
        "- skills / housing",
        "- skills / visas",
    ]
    assert plan.kept == []
    again = applied(college.tenant, BARE, prune=True)
    assert (again.lines, again.kept) == ([], [])
    assert set(Agent.objects.serving().values_list("user__username", flat=True)) == {"maria"}
    change = LevelChange.objects.filter(skill_name="visas").latest("pk")
    assert (change.before, change.after, change.reason) == (2, None, "centre_file")


def test_what_is_in_use_stays_and_says_why(college):
    factories.start_conversation(college.tenant.channels.get())
    bare = "skills: []\nhours: {}\nqueues: {}\ndepartments: {}\nchannels: {}\n"
    for _time in range(2):
        plan = applied(college.tenant, bare, prune=True)
        assert sorted(unturned(kept.told) for kept in plan.kept) == [
            "hours / office: The queue Student finance goes by these hours.",
            "queues / General: Another queue passes on to the queue General.",
            "queues / Student finance: Chats have waited in the queue Student finance: they name it.",
            "skills / fees: The queue Student finance requires this skill.",
        ]
    assert plan.lines == []
    assert set(Queue.objects.values_list("name", flat=True)) == {"General", "Student finance"}


def test_what_a_department_names_stays(college):
    plan = applied(college.tenant, "hours: {}\nqueues: {}\n", prune=True)
    assert sorted(unturned(kept.told) for kept in plan.kept) == [
        "hours / office: The queue Student finance goes by these hours.",
        "queues / General: Another queue passes on to the queue General.",
        "queues / Refunds: The queue Refunds is in the department Finance.",
        "queues / Student finance: A channel leads to the queue Student finance, or has led there.",
    ]


def test_a_plan_says_the_same_and_leaves_all_as_it_is(college):
    factories.start_conversation(college.tenant.channels.get())
    before = write_file(college.tenant)
    planned = applied(college.tenant, "queues: {}\nskills: []\n", prune=True, dry_run=True)
    assert write_file(college.tenant) == before
    done = applied(college.tenant, "queues: {}\nskills: []\n", prune=True)
    assert (planned.lines, planned.kept, planned.fingerprint) == (done.lines, done.kept, done.fingerprint)


def used(college, short_code):
    """A chat that was wrapped up with this code."""
    interaction = factories.start_conversation(college.tenant.channels.get()).interactions.get()
    code = TransactionCode.objects.get(short_code=short_code)
    InteractionCode.objects.create(interaction=interaction, code=code, short_code=short_code, label=code.label)


def test_a_code_in_use_is_retired_and_its_heading_with_it(college):
    used(college, "refund")
    file = "codes: {Topic: {codes: [Other]}}"
    assert lines(college.tenant, file, prune=True) == [
        "- codes / Topic / codes / refund",
        "- codes / Topic / codes / fees",
    ]
    assert lines(college.tenant, file, prune=True) == []
    retired = TransactionCode.objects.exclude(retired_at=None).values_list("short_code", flat=True)
    assert set(retired) == {"fees", "refund"}
    assert "refund" not in write_file(college.tenant)


def test_codes_that_nobody_used_are_deleted_what_is_under_them_first(college):
    assert lines(college.tenant, "codes: {Topic: {codes: []}}", prune=True) == [
        "- codes / Topic / codes / other",
        "- codes / Topic / codes / refund",
        "- codes / Topic / codes / fees",
    ]
    assert not TransactionCode.objects.exists()


def test_a_list_in_use_is_not_chosen_from_any_more(college):
    used(college, "other")
    assert lines(college.tenant, "codes: {}", prune=True) == ["- codes / Topic"]
    assert lines(college.tenant, "codes: {}", prune=True) == []
    assert not college.tenant.code_lists.get().active
    assert "Topic" not in write_file(college.tenant)


def test_an_agent_who_has_a_chat_gives_it_back_after_the_commit(college, django_capture_on_commit_callbacks):
    agent = college.tenant.agents.get(user__username="maria")
    factories.set_presence(agent_id=agent.pk, presence="available")
    Queue.objects.update(hours=None, is_closed=False)  # whatever time it is
    chat = factories.accepted(factories.start_conversation(college.tenant.channels.get()))
    assert chat.agent == agent
    with django_capture_on_commit_callbacks(execute=True):
        plan = applied(college.tenant, "agents: {tom: , petra: }", prune=True)
    assert plan.lines == ["- agents / maria"]
    chat.refresh_from_db()
    agent.refresh_from_db()
    assert (chat.state, chat.agent, agent.load) == ("waiting", None, 0)
    assert agent.released_at is not None


def test_who_was_released_by_a_file_becomes_an_agent_by_another(college):
    applied(college.tenant, "agents: {tom: }", prune=True)
    assert lines(college.tenant, "agents: {maria: {skills: {fees: 1}}}") == ["+ agents / maria"]
    assert Agent.objects.filter(user__username="maria").count() == 2


def test_other_contact_centres_keep_what_they_have(college):
    other = empty_tenant()
    text = COLLEGE.replace("maria", "anna").replace("petra", "lea")
    text = re.sub(r"\btom\b", "jon", text)
    applied(other, text)
    before = write_file(other)
    applied(college.tenant, BARE, prune=True)
    assert write_file(other) == before


def test_what_names_another_one_goes_before_it_whatever_they_are_called(tenant):
    applied(tenant, "queues: {A: {}, B: {overflow: [A]}, C: {overflow: [B]}}")
    plan = applied(tenant, "queues: {}", prune=True)
    assert (sorted(plan.lines), plan.kept) == (["- queues / A", "- queues / B", "- queues / C"], [])
    assert lines(tenant, "queues: {}", prune=True) == []
