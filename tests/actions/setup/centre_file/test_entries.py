"""Does each entry become what the file says, by the verbs?"""

import pytest

from contactcenter_chat.actions.setup.centre_file.special import DAYS
from contactcenter_chat.models import LevelChange, OpeningHours, Queue, TransactionCode
from contactcenter_chat.models.clock import database_now
from tests import factories

from .conftest import applied, empty_tenant, faults, lines

TARGETS = ("target", "closed_target", "messaging_target", "mail_target")


def test_hours_are_turned_into_what_is_kept(college):
    hours = OpeningHours.objects.get()
    assert hours.weekly["0"] == [["09:00", "12:30"], ["13:30", "17:00"]]
    assert hours.weekly["4"] == [["09:00", "15:00"]]
    assert hours.exceptions == {"2026-12-24": [["09:00", "12:00"]], "2026-12-31": []}
    assert (hours.time_zone, hours.holidays) == ("Europe/London", "GB-ENG")


def test_a_queue_that_gets_hours_is_closed_by_them_at_once(tenant):
    closed = {day: [] for day in DAYS}
    never = ", ".join(f"{day}: {periods}" for day, periods in closed.items())
    applied(tenant, f"hours: {{never: {{weekly: {{{never}}}}}}}\nqueues: {{General: {{hours: never}}}}")
    assert Queue.objects.get().is_closed
    applied(tenant, "queues: {General: {hours: null}}")
    assert not Queue.objects.get().is_closed


def test_skills_stand_in_queues_by_their_ids(college):
    queue = Queue.objects.get(name="Student finance")
    fees = college.tenant.skills.get(name="fees")
    assert queue.requires == {fees.pk: 3}
    assert queue.steps == [
        {"after": 40, "requires": {fees.pk: 1}},
        {"after": 90, "requires": {}, "language": "translate", "asked": False},
    ]
    assert (queue.target_seconds, queue.closed_target_seconds, queue.max_wait_seconds) == (60, 14_400, 900)
    assert (queue.messaging_target_seconds, queue.mail_target_seconds) == (None, 9000)
    assert [getattr(queue, f"{name}_percent") for name in TARGETS] == [80, None, None, 95]


def test_a_target_has_a_time_and_a_percent_each_of_which_is_left_alone(college):
    targets = "target: {percent: 90}, closed_target: {percent: 70}, targets: {messaging: {percent: 1}, mail: null}"
    applied(college.tenant, f"queues: {{Student finance: {{{targets}}}}}")
    queue = Queue.objects.get(name="Student finance")
    assert [getattr(queue, f"{name}_percent") for name in TARGETS] == [90, 70, 1, None]
    assert [getattr(queue, f"{name}_seconds") for name in TARGETS] == [60, 14_400, None, None]
    same = "target: {}, closed_target: {open_hours: 4}, targets: {messaging: {open_hours: null}, mail: {}}"
    assert lines(college.tenant, f"queues: {{Student finance: {{{same}}}}}") == []
    targets = "target: {percent: null}, closed_target: {open_hours: null}"
    assert lines(college.tenant, f"queues: {{Student finance: {{{targets}}}}}") == [
        "~ queues / Student finance / target / percent: 90 → –",
        "~ queues / Student finance / closed_target / open_hours: 4 → –",
    ]


@pytest.mark.parametrize("percent", ["0", "101", "80.5", "'80'", "most"])
def test_a_percent_is_a_whole_number(tenant, percent):
    (told,) = faults(tenant, f"queues: {{General: {{target: {{percent: {percent}}}}}}}")
    assert told.startswith("line 1: queues / General / target / percent: ")
    assert told.endswith("Write a whole number from 1 to 100.")


def test_each_level_that_a_file_gives_is_kept_as_a_change(college):
    applied(college.tenant, "agents: {maria: {skills: {fees: 5}, languages: {en: 5}}}")
    change = LevelChange.objects.latest("pk")
    assert (change.skill_name, change.before, change.after, change.reason) == ("fees", 4, 5, "centre_file")
    assert LevelChange.objects.count() == 3 + 4 + 1


def test_what_waits_is_brought_to_a_plan_that_a_file_changes(college):
    channel = college.tenant.channels.get()
    interaction = factories.start_conversation(channel).interactions.get()
    applied(college.tenant, "queues: {Student finance: {priority: 10}}")
    queue = Queue.objects.get(pk=interaction.queue_id)
    assert queue.replan_after == ""
    assert queue.replan_again_at > database_now()


def test_members_get_their_levels(college):
    applied(college.tenant, "queues: {General: {members: {tom: 1, maria: }}}".replace("maria: ", "maria: 2"))
    levels = Queue.objects.get(name="General").members.values_list("agent__user__username", "level")
    assert dict(levels) == {"tom": 1, "petra": 3, "maria": 2}


def test_a_capacity_below_what_the_agent_has_is_refused_with_its_line(college):
    agent = college.tenant.agents.get(user__username="maria")
    type(agent).objects.filter(pk=agent.pk).update(load=6)
    assert faults(college.tenant, "agents:\n  maria: {capacity: 1}\n  tom: {capacity: 5}\n") == [
        "line 2: agents / maria: The agent has 2 chats, offers and wrap-ups now. Change it, or leave it out."
    ]
    assert college.tenant.agents.get(user__username="tom").capacity == 2


def test_codes_move_under_headings_and_keep_their_rows(college):
    pk = TransactionCode.objects.get(short_code="other").pk
    file = "codes: {Topic: {codes: [{code: fees, label: Fees, codes: [{code: other, label: Another}]}]}}"
    assert lines(college.tenant, file) == [
        "~ codes / Topic / codes / other / label: Other → Another",
        "~ codes / Topic / codes / other / under: – → fees",
    ]
    code = TransactionCode.objects.select_related("parent").get(short_code="other")
    assert (code.pk, code.label, code.parent.short_code) == (pk, "Another", "fees")
    assert factories.shape_of(code.list) == ["Fees", "  Refund", "  Another"]


def test_a_heading_and_what_was_above_it_change_places(college):
    file = "codes: {Topic: {codes: [{code: refund, label: Refund, codes: [{code: fees, label: Fees}]}]}}"
    assert lines(college.tenant, file) == [
        "~ codes / Topic / codes / refund / under: fees → –",
        "~ codes / Topic / codes / fees / under: – → refund",
    ]
    assert factories.shape_of(college.tenant.code_lists.get()) == ["Other", "Refund", "  Fees"]
    assert lines(college.tenant, file) == []


def test_new_codes_take_the_places_that_the_file_gives_them(college):
    file = "codes: {Topic: {codes: [New, {code: fees, label: Fees}, Newer, Other]}}"
    lines(college.tenant, file)
    assert factories.shape_of(college.tenant.code_lists.get()) == ["New", "Fees", "  Refund", "Newer", "Other"]
    assert lines(college.tenant, file) == []


def test_a_channel_keeps_its_conversations(college):
    channel = college.tenant.channels.get()
    factories.start_conversation(channel)
    factories.make_webhook(college.tenant, name="Second")
    assert lines(college.tenant, "channels: {Website: {webhook: Second, queue: General}}") == [
        "~ channels / Website / webhook: Portal → Second",
        "~ channels / Website / queue: Student finance → General",
    ]
    channel.refresh_from_db()
    assert (channel.webhook.name, channel.queue.name, channel.conversations.count()) == ("Second", "General", 1)


def test_a_provider_of_the_settings(college, settings):
    own = settings.CONTACTCENTER_CHAT
    backend = "contactcenter_chat.providers.embedded.EmbeddedCenter"
    providers = {"default": {"BACKEND": backend}, "second": {"BACKEND": backend}}
    settings.CONTACTCENTER_CHAT = {**own, "PROVIDERS": providers}
    assert lines(college.tenant, "channels: {Website: {provider: second}}") == [
        "~ channels / Website / provider: default → second"
    ]
    factories.start_conversation(college.tenant.channels.get())
    assert faults(college.tenant, "channels: {Website: {provider: default}}") == [
        "line 1: channels / Website: Its conversations stay with their provider. Make another channel. "
        "Change it, or leave it out."
    ]


@pytest.mark.parametrize("section", ["skills: [fees]", "queues: {General: }", "hours: {office: }", "codes: {Topic: }"])
def test_what_has_the_same_name_elsewhere_is_left_alone(college, section):
    other = empty_tenant()
    before = college.tenant.queues.values_list("pk", flat=True).order_by("pk")
    kept = list(before)
    assert len(lines(other, section)) == 1
    assert lines(other, section) == []
    assert list(before.all()) == kept


def test_the_pace_of_a_channel(college):
    channel = college.tenant.channels.get()
    assert lines(college.tenant, "channels: {Website: {pace: messaging}}") == [
        "~ channels / Website / pace: live → messaging"
    ]
    channel.refresh_from_db()
    assert channel.pace == "messaging"
    assert lines(college.tenant, "channels: {Website: {pace: messaging}}") == []
    assert lines(college.tenant, "channels: {Shop: {webhook: Portal, queue: General, pace: mail}}") != []
    assert college.tenant.channels.get(name="Shop").pace == "mail"


def test_a_pace_that_is_none(college):
    assert faults(college.tenant, "channels: {Website: {pace: fast}}") == [
        "line 1: channels / Website / pace: This cannot be “fast”. Write one of: live, messaging, mail."
    ]


def test_what_becomes_of_what_is_written_after_the_end(college, settings):
    file = "channels: {Website: {reopen_hours: 24, sticky_seconds: 0, reopen_to: bot}}"
    assert faults(college.tenant, file) == [
        "line 1: channels / Website: There is no bot: the setting BOTS names none. Change it, or leave it out."
    ]
    settings.CONTACTCENTER_CHAT = {"BOTS": ("guide",)}
    assert lines(college.tenant, file) == [
        "~ channels / Website / reopen_hours: – → 24",
        "~ channels / Website / sticky_seconds: – → 0",
        "~ channels / Website / reopen_to: – → bot",
    ]
    assert applied(college.tenant, file).is_empty
    channel = college.tenant.channels.get()
    assert (channel.reopen_hours, channel.sticky_seconds, channel.reopen_to) == (24, 0, "bot")
    applied(college.tenant, "channels: {Website: {reopen_to: null}}")
    assert college.tenant.channels.get().reopen_to == ""


def test_departments_change_and_go(college):
    assert lines(college.tenant, "departments: {Finance: {entry: Refunds, hours: null, supervisors: []}}") == [
        "~ departments / Finance / entry: Student finance → Refunds",
        "~ departments / Finance / hours: office → –",
        "~ departments / Finance / supervisors: [petra] → []",
    ]
    finance = college.tenant.departments.get()
    assert sorted(finance.rows.values_list("queue__name", "is_entry")) == [
        ("Refunds", True),
        ("Student finance", False),
    ]
    assert (finance.hours, finance.supervisors.count()) == (None, 0)
    applied(college.tenant, "departments: {}", prune=True)
    assert not college.tenant.departments.exists()
    assert college.tenant.queues.filter(name="Refunds").exists()


def test_a_department_gets_what_another_had(college):
    swapped = """departments:
  Money: {queues: [Student finance], entry: Student finance}
  Finance: {queues: [Refunds, General], entry: General}
"""
    assert lines(college.tenant, swapped) == [
        "+ departments / Money",
        "~ departments / Finance / queues: [Refunds, Student finance] → [General, Refunds]",
        "~ departments / Finance / entry: Student finance → General",
    ]
    assert applied(college.tenant, swapped).is_empty
    pruned = "departments: {Money: {queues: [Student finance, Refunds], entry: Refunds}}"
    assert lines(college.tenant, pruned, prune=True) == [
        "~ departments / Money / queues: [Student finance] → [Refunds, Student finance]",
        "~ departments / Money / entry: Student finance → Refunds",
        "- departments / Finance",
    ]


def test_what_is_no_department(college):
    file = """departments:
  A: {queues: [General]}
  B: {queues: [General], entry: Refunds}
  C: {queues: [Refunds], entry: Refunds, hours: night, supervisors: [eve]}
"""
    assert faults(college.tenant, file) == [
        "line 2: departments / A: “entry” is missing. Name a queue.",
        "line 3: departments / B: The queue General is in the department A. Leave one of them.",
        "line 3: departments / B / entry: The entry queue must be one of its queues. Name one of these: General.",
        "line 4: departments / C: The queue Refunds is in the department Finance. Change it, or leave it out.",
        "line 4: departments / C / hours: There are no hours “night”. There are: office.",
        "line 4: departments / C / supervisors / 1: There is no agent “eve” here. There are: maria, petra, tom.",
    ]
    second = "departments: {Second: {queues: [Refunds], entry: Refunds}}"
    assert faults(college.tenant, f"skils: []\n{second}") == [
        "line 1: Unknown key “skils”. Did you mean “skills”?",
        "line 2: departments / Second: The queue Refunds is in the department Finance. Change it, or leave it out.",
    ]
    assert faults(college.tenant, second) == [
        "line 1: departments / Second: The queue Refunds is in the department Finance. Change it, or leave it out."
    ]


def test_a_list_without_a_queue_says_what_is_expected(college):
    assert faults(college.tenant, "departments: {Finance: {queues: []}, Other: {queues: [], entry: General}}") == [
        "line 1: departments / Finance / queues: This names no queue. Write a list of its queues: [General].",
        "line 1: departments / Other / queues: This names no queue. Write a list of its queues: [General].",
    ]
    said = "queues: []\ndepartments: {Other: {queues: [Parking], entry: Parking}}"
    assert faults(college.tenant, said) == [
        "line 1: queues: This cannot be a list. Write at most 1000 as {General: {members: {tom: 3}}}."
    ]


def test_a_department_may_have_the_queues_of_one_that_goes(college):
    applied(college.tenant, "departments: {Second: {queues: [Refunds], entry: Refunds}}", prune=True)
    assert [each.name for each in college.tenant.departments.all()] == ["Second"]
