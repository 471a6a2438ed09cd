"""What would a file make, change and remove, exactly?"""

import pytest

from contactcenter_chat.actions.setup import codes
from contactcenter_chat.actions.setup.centre_file.comparing import Change, Plan, groups_of, permuted, told
from contactcenter_chat.actions.setup.centre_file.faults import FileRefused
from contactcenter_chat.models import PreparedResponse, TransactionCode
from tests import factories

from .conftest import COLLEGE, applied, faults, lines

CHANGED = """\
centre: {name: Riverside}
skills: [fees, parking]
agents:
  maria: {capacity: 4, languages: {cy: 2, en: 4}, skills: {parking: 1}}
hours:
  office: {weekly: {mon: ["10:00-12:00"]}, holidays: null}
queues:
  General:
    members: {maria: 1, tom: 5}
    requires: {parking: 2}
    target: {seconds: 30}
    hours: office
    overflow: [Refunds]
    wrap_up: {seconds: 0}
    texts: {closed: {en: Closed}}
codes:
  Topic:
    required: false
    codes: [Other, {code: refund, label: Money back}, Parking]
prepared_responses:
  - {title: Greeting, text: Hi}
channels:
  Website: {queue: General}
"""


def test_a_file_that_changes_much(college):
    assert lines(college.tenant, CHANGED) == [
        "+ skills / parking",
        "+ agents / maria / languages / cy",
        "+ agents / maria / skills / parking",
        "+ queues / General / members / maria",
        "+ codes / Topic / codes / parking",
        "~ centre / name: Riverside College → Riverside",
        "~ agents / maria / capacity: 3 → 4",
        "~ agents / maria / languages / en: 5 → 4",
        "~ hours / office / weekly: {mon: [09:00-12:30, 13:30-17:00], tue: [09:00-12:30, 13:30-17:00], "
        "wed: [09:00-12:30, 13:30-17:00], thu: [09:00-12:30, 1… → {mon: [10:00-12:00]}",
        "~ hours / office / holidays: GB-ENG → –",
        "~ queues / General / members / tom: 3 → 5",
        "~ queues / General / requires: {} → {parking: 2}",
        "~ queues / General / target / seconds: – → 30",
        "~ queues / General / hours: – → office",
        "~ queues / General / overflow: [] → [Refunds]",
        "~ queues / General / wrap_up / seconds: – → 0",
        "~ queues / General / texts / closed: {} → {en: Closed}",
        "~ codes / Topic / required: true → false",
        "~ codes / Topic / codes / refund / label: Refund → Money back",
        "~ codes / Topic / codes / refund / under: fees → –",
        "~ prepared_responses / Greeting (en) / text: Hello {customer.name}, how can we help? → Hi",
        "~ channels / Website / queue: Student finance → General",
    ]
    assert lines(college.tenant, CHANGED) == []


def test_what_a_file_does_not_name_is_left_alone(college):
    before = applied(college.tenant, "version: 1\n")
    assert before.is_empty
    assert applied(college.tenant, "agents: {maria: }\nqueues: {General: }\ncodes: {Topic: }\n").is_empty
    assert applied(college.tenant, COLLEGE).is_empty


def test_only_sections_that_are_named_are_pruned(college):
    assert lines(college.tenant, "skills: [fees, visas]\n", prune=True, dry_run=True) == ["- skills / housing"]
    assert lines(college.tenant, "version: 1\n", prune=True) == []
    assert lines(
        college.tenant, "queues: {General: {members: {tom: 3}}, Refunds: , Student finance: }", prune=True
    ) == ["- queues / General / members / petra"]


@pytest.mark.parametrize(
    ("there", "wanted", "after"),
    [
        ("abc", "abc", "abc"),
        ("abc", "cb", "acb"),
        ("abc", "", "abc"),
        ("ab", "xab", "xab"),
        ("", "dc", "dc"),
        ("abcd", "db", "adcb"),
    ],
)
def test_only_what_a_file_names_changes_places(there, wanted, after):
    assert "".join(permuted(there, wanted)) == after


def test_groups_are_by_heading():
    assert groups_of({"a": {"under": None}, "b": {"under": "a"}, "c": {"under": None}}) == {
        None: ["a", "c"],
        "a": ["b"],
    }


def test_another_order_of_codes_and_lists(college):
    applied(college.tenant, "codes: {Result: {codes: [Done, Later, Never]}}")
    file = "codes: {Result: {codes: [Never, Done]}, Topic: {codes: [Other, {code: fees, label: Fees}]}}"
    assert lines(college.tenant, file) == [
        "~ codes / (order): [Topic, Result] → [Result, Topic]",
        "~ codes / Result / codes / (order): [done, later, never] → [never, later, done]",
        "~ codes / Topic / codes / (order): [fees, other] → [other, fees]",
    ]
    assert lines(college.tenant, file) == []
    assert list(college.tenant.code_lists.values_list("name", flat=True)) == ["Result", "Topic"]


def test_a_retired_code_and_an_inactive_list_that_a_file_names_are_used_again(college):
    code = TransactionCode.objects.get(short_code="other")
    codes.retire_code(code)
    college.tenant.code_lists.update(active=False)
    file = "codes: {Topic: {codes: [Other]}}"
    assert lines(college.tenant, file) == [
        "~ codes / Topic / codes / other / retired: true → false",
        "~ codes / Topic / active: false → true",
    ]
    assert lines(college.tenant, file) == []


def test_unknown_names_are_told_with_the_nearest(college):
    assert faults(
        college.tenant,
        "queues:\n"
        "  General:\n"
        "    members: {mario: 3}\n"
        "    requires: {fee: 1}\n"
        "    steps: [{after: 9, requires: {housin: 1}}]\n"
        "    hours: offise\n"
        "    overflow: [Refund]\n"
        "agents: {tom: {skills: {visa: 2}}}\n"
        "codes: {Topic: {queues: [Genera]}}\n"
        "prepared_responses: [{title: A, text: B, queue: Nowhere}]\n"
        "channels: {Website: {webhook: Portl, provider: vendor}}\n",
    ) == [
        "line 3: queues / General / members / mario: There is no agent “mario” here. Did you mean “maria”?",
        "line 4: queues / General / requires / fee: There is no skill “fee”. Did you mean “fees”?",
        "line 5: queues / General / steps / 1 / requires / housin: "
        "There is no skill “housin”. Did you mean “housing”?",
        "line 6: queues / General / hours: There are no hours “offise”. Did you mean “office”?",
        "line 7: queues / General / overflow / 1: There is no queue “Refund”. Did you mean “Refunds”?",
        "line 8: agents / tom / skills / visa: There is no skill “visa”. Did you mean “visas”?",
        "line 9: codes / Topic / queues / 1: There is no queue “Genera”. Did you mean “General”?",
        "line 10: prepared_responses / A (en, Nowhere) / queue: There is no queue “Nowhere”. "
        "There are: General, Refunds, Student finance.",
        "line 11: channels / Website / provider: The settings have no provider “vendor”. There are: default.",
        "line 11: channels / Website / webhook: There is no webhook “Portl”. Did you mean “Portal”?",
    ]


def test_what_is_pruned_is_not_there_for_what_stays(college):
    file = "skills: [visas]\nagents: {maria: }\nqueues:\n  General: {members: {tom: 3}, requires: {fees: 1}}\n"
    assert faults(college.tenant, file, prune=True) == [
        "line 4: queues / General / members / tom: There is no agent “tom” here. There are: maria.",
        "line 4: queues / General / requires / fees: There is no skill “fees”. There are: visas.",
    ]


def test_what_is_there_twice_cannot_be_named(college):
    PreparedResponse.objects.create(tenant=college.tenant, title="Greeting", text="Hi")
    with pytest.raises(FileRefused) as refused:
        applied(college.tenant, "prepared_responses: [{title: Greeting, text: Hello}]")
    assert [fault.told for fault in refused.value.faults] == [
        "line 1: prepared_responses / Greeting (en): There are two of this name, so that it does not say which. "
        "Rename one of them in the admin."
    ]
    PreparedResponse.objects.filter(text="Hi").delete()
    factories.make_webhook(college.tenant, name="Portal")
    assert faults(college.tenant, "channels: {Shop: {webhook: Portal, queue: General}}") == [
        "line 1: channels / Shop / webhook: There are two of this name, so that it does not say which. "
        "Rename one of them in the admin."
    ]
    assert applied(college.tenant, "channels: {Website: {webhook: Portal}}").is_empty


def test_a_merged_code_is_not_taken_back(college):
    fees, other = (TransactionCode.objects.get(short_code=each) for each in ("refund", "other"))
    codes.merge_code(code=fees, into=other)
    assert faults(college.tenant, "codes: {Topic: {codes: [Refund]}}") == [
        "line 1: codes / Topic / codes / refund: refund was merged into another code. "
        "Leave it out, or give it another short code."
    ]


def test_a_message_needs_its_text_wherever_that_stands(college):
    assert lines(college.tenant, "queues: {Student finance: {when_closed: message}}") == [
        "~ queues / Student finance / when_closed: wait → message"
    ]
    assert faults(
        college.tenant, "queues:\n  Student finance: {texts: {closed: {}}}\n  General: {when_empty: message}\n"
    ) == [
        "line 2: queues / Student finance / when_closed: There is no text for the customer. "
        "Write texts: {closed: {en: “…”}}.",
        "line 3: queues / General / when_empty: There is no text for the customer. Write texts: {empty: {en: “…”}}.",
    ]


def test_a_new_channel_needs_a_webhook_and_a_queue(college):
    assert faults(college.tenant, "channels:\n  Shop: {}\n") == [
        "line 2: channels / Shop: A channel without a webhook is not yet supported. "
        "Write webhook: and the name of one that is there.",
        "line 2: channels / Shop: “queue” is missing. Name a queue.",
    ]


def test_a_queue_does_not_pass_on_to_itself(college):
    assert faults(college.tenant, "queues: {General: {overflow: [General]}}") == [
        "line 1: queues / General / overflow: A queue does not pass on to itself. Name another queue."
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        ("", "–"),
        (True, "true"),
        (0, "0"),
        ([], "[]"),
        ({"a": [1, None]}, "{a: [1, –]}"),
        ("two\n lines", "two lines"),
        ("a\u202eb", "ab"),
        ("x" * 200, "x" * 120 + "…"),
    ],
)
def test_values_are_told_in_a_line(value, text):
    assert told(value) == text


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("a", "b", ("a", "b")),
        ("x" * 119, "x" * 118 + "y", ("x" * 119, "x" * 118 + "y")),
        ("x" * 200 + "Monday", "x" * 200 + "Tuesday", ("…" + "x" * 30 + "Monday", "…" + "x" * 30 + "Tuesday")),
        ("x" * 200, "y" * 200, ("x" * 120 + "…", "y" * 120 + "…")),
        ("a" * 40, "a" * 40 + "b" * 200, ("…" + "a" * 30, "…" + "a" * 30 + "b" * 90 + "…")),
    ],
)
def test_a_change_shows_where_the_values_differ(old, new, shown):
    assert Change(("queues",), old, new).values == shown


def test_programs_are_told_the_same(college):
    plan = applied(college.tenant, "skills: [fees, housing, parking]\nqueues: {General: {priority: 5}}")
    assert plan.as_json() == {
        "made": [{"path": ["skills", "parking"]}],
        "changed": [{"path": ["queues", "General", "priority"], "old": 0, "new": 5}],
        "removed": [],
    }
    assert Plan().as_json() == {"made": [], "changed": [], "removed": []}
