"""Is a file applied all or not at all, once, by one after the other, and only here?"""

import json

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from contactcenter_chat.actions.center.queues import save_queue
from contactcenter_chat.actions.setup.centre_file import entries
from contactcenter_chat.actions.setup.centre_file.applying import Options, PlanChanged, Users, apply_to_new
from contactcenter_chat.actions.setup.centre_file.faults import FileRefused
from contactcenter_chat.actions.setup.centre_file.writing import write_file
from contactcenter_chat.exceptions import Conflict, Invalid
from contactcenter_chat.models import Agent, ApiKey, Queue, Skill, Tenant
from tests import factories
from tests.actions.test_races import at_once

from .conftest import COLLEGE, applied, empty_tenant, faults, lines

USERS = get_user_model()


def test_the_plan_of_the_college(college):
    assert college.plan.lines == [
        "+ skills / fees",
        "+ skills / visas",
        "+ skills / housing",
        "+ agents / maria",
        "+ agents / tom",
        "+ agents / petra",
        "+ hours / office",
        "+ queues / Student finance",
        "+ queues / Refunds",
        "+ queues / General",
        "+ departments / Finance",
        "+ codes / Topic",
        "+ prepared_responses / Greeting (en)",
        "+ articles / Can I pay in parts? (en)",
        "+ channels / Website",
        "~ centre / name: – → Riverside College",
    ]


@pytest.mark.parametrize("prune", [False, True])
def test_a_second_time_there_is_nothing_to_do(college, prune, django_assert_max_num_queries):
    with django_assert_max_num_queries(33):
        plan = applied(college.tenant, COLLEGE, prune=prune)
    assert (plan.is_empty, plan.lines, plan.kept) == (True, [], [])


def test_many_articles_take_no_more_queries(college, django_assert_max_num_queries):
    few = 35
    article = "  - {questions: [Question %d?], answer: Yes., versions: {es: {questions: [¿%d?], answer: Sí.}}}\n"
    applied(college.tenant, "articles:\n" + "".join(article % (n, n) for n in range(60)))
    with django_assert_max_num_queries(few):
        text = write_file(college.tenant)
    with django_assert_max_num_queries(few):
        assert lines(college.tenant, text, prune=True) == []
    with django_assert_max_num_queries(few + 25):  # and those of one that is changed
        changed = text.replace("Question 7?", "Question seven?")
        assert lines(college.tenant, changed) == ["+ articles / Question seven? (en)"]


def test_a_dry_run_leaves_all_as_it_is(tenant):
    before = write_file(tenant)
    assert len(lines(tenant, COLLEGE, dry_run=True)) == 16
    assert write_file(tenant) == before
    assert not USERS.objects.exists()


def test_what_a_verb_refuses_is_told_with_all_else_that_is_refused_and_nothing_is_applied(college, monkeypatch):
    refused = []

    def refuse(queue):
        if queue.name in ("General", "Refunds"):
            refused.append(queue.name)
            raise Invalid(f"Not {queue.name}.")
        save_queue(queue)

    monkeypatch.setattr(entries.queues, "save_queue", refuse)
    names = ("General", "Student finance", "Refunds")
    file = "skills: [new]\nqueues:\n" + "".join(f"  {name}: {{priority: 1}}\n" for name in names)
    assert faults(college.tenant, file) == [
        "line 3: queues / General: Not General. Change it, or leave it out.",
        "line 5: queues / Refunds: Not Refunds. Change it, or leave it out.",
    ]
    assert refused == ["General", "Refunds"]


# Users


def test_users_are_made_only_when_that_is_asked_for(tenant):
    factories.make_user("tom")
    file = "agents:\n  tom: {}\n  maria: {}\n"
    assert faults(tenant, file, users=Users.KNOWN) == [
        "line 3: agents / maria: There is no such user. Make the user first, or let users be made (--create-users)."
    ]
    assert faults(tenant, file, users=Users.AGENTS) == [
        "line 2: agents / tom: This user is no agent here yet. Make the agent first; here nobody becomes one.",
        "line 3: agents / maria: This user is no agent here yet. Make the agent first; here nobody becomes one.",
    ]
    assert not Agent.objects.exists()
    assert lines(tenant, "agents: {tom: }", users=Users.KNOWN) == ["+ agents / tom"]
    assert lines(tenant, file) == ["+ agents / maria"]
    assert not USERS.objects.get(username="maria").has_usable_password()
    assert USERS.objects.count() == 2


def test_who_is_an_agent_elsewhere_is_not_taken(college):
    other = empty_tenant()
    assert faults(other, "agents:\n  new: {}\n  maria: {}\n") == [
        "line 3: agents / maria: This user is an agent of another contact centre. "
        "Release the agent there first, or leave it out."
    ]
    assert Agent.objects.get(user__username="maria").tenant == college.tenant
    assert not USERS.objects.filter(username="new").exists()


def test_a_name_that_no_user_can_have_is_told(tenant):
    (told,) = faults(tenant, "agents: {two words: }")
    assert told.startswith("line 1: agents / two words: A user cannot be called so: Enter a valid username.")


# New contact centres


def test_a_new_contact_centre_has_what_the_file_says_and_no_more(db):
    plan = apply_to_new(b"centre: {name: College}\nqueues: {General: }\n", label="college")
    assert plan.lines == ["+ centre / college", "+ queues / General"]
    tenant = Tenant.objects.get()
    assert (tenant.label, tenant.name) == ("college", "College")
    assert [queue.name for queue in Queue.objects.all()] == ["General"]
    assert tenant.signing_keys.count() == 1
    assert not ApiKey.objects.exists()
    assert apply_to_new(b"queues: {General: }\n", label="college").is_empty


@pytest.mark.parametrize("content", [b"queues: [", b"queues: {General: {hours: office}}"])
def test_nothing_is_made_for_a_file_that_is_wrong(db, content):
    with pytest.raises(FileRefused):
        apply_to_new(content, label="college")
    assert not Tenant.objects.exists()


def test_a_label_that_cannot_be_one_is_refused(db):
    with pytest.raises(Invalid):
        apply_to_new(b"version: 1", label="two words")
    assert apply_to_new(b"version: 1", label="ok", options=Options(dry_run=True)).lines == ["+ centre / ok"]
    assert not Tenant.objects.exists()


# What somebody has looked at


def test_only_the_plan_that_was_looked_at_is_applied(college):
    file = "queues: {General: {priority: 5}}"
    seen = applied(college.tenant, file, dry_run=True).fingerprint
    queue = Queue.objects.get(name="General")
    queue.priority = 3
    save_queue(queue)
    with pytest.raises(PlanChanged):
        applied(college.tenant, file, expected=seen)
    assert Queue.objects.get(name="General").priority == 3
    seen = applied(college.tenant, file, dry_run=True).fingerprint
    applied(college.tenant, file, expected=seen)
    assert Queue.objects.get(name="General").priority == 5


def test_other_files_have_other_plans(college):
    plans = [
        applied(college.tenant, f"queues: {{General: {{priority: {number}}}}}", dry_run=True).fingerprint
        for number in (0, 1, 2)
    ]
    assert len(set(plans)) == 3


# Two at once


@pytest.fixture
def tenant_at_once(transactional_db):
    return empty_tenant("college")


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_one_file_twice_at_once_is_applied_once(tenant_at_once):
    plans = at_once(*[lambda: applied(tenant_at_once, COLLEGE)] * 4)
    assert sorted(len(plan.lines) for plan in plans) == [0, 0, 0, 16]
    assert lines(tenant_at_once, COLLEGE, prune=True) == []
    assert (Agent.objects.count(), Skill.objects.count(), Queue.objects.count()) == (3, 3, 3)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_files_at_once_are_applied_one_after_the_other(tenant_at_once):
    applied(tenant_at_once, COLLEGE)
    numbers = range(1, 5)
    files = [f"queues: {{General: {{priority: {n}, overflow: [Refunds]}}}}\nskills: [skill{n}]" for n in numbers]
    done = at_once(*[lambda file=file: applied(tenant_at_once, file) for file in files])
    follows = {change.old: change.new for plan in done for change in plan.changed if change.path[-1] == "priority"}
    walked = [0]
    while walked[-1] in follows:
        walked.append(follows[walked[-1]])
    assert sorted(walked) == [0, *numbers]
    assert walked[-1] == Queue.objects.get(name="General").priority
    assert Skill.objects.count() == 3 + len(numbers)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_contact_centre_made_twice_at_once_is_one(transactional_db):
    content = b"queues: {General: }\nskills: [fees]"
    plans = at_once(*[lambda: apply_to_new(content, label="college")] * 3)
    assert sorted(len(plan.lines) for plan in plans) == [0, 0, 3]
    assert (Tenant.objects.count(), Queue.objects.count()) == (1, 1)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_an_administrator_at_the_same_time_loses_nothing(tenant_at_once):
    applied(tenant_at_once, COLLEGE)

    def by_hand():
        with transaction.atomic():
            queue = Queue.objects.locked().get(tenant=tenant_at_once, name="General")
            queue.ring_seconds = 33
            save_queue(queue)

    done = at_once(by_hand, lambda: applied(tenant_at_once, "queues: {General: {priority: 9}}"))
    assert not [each for each in done if isinstance(each, Conflict)]
    queue = Queue.objects.get(name="General")
    assert (queue.ring_seconds, queue.priority) == (33, 9)


# Written and applied again

NASTY = [
    "?",
    "?a",
    "a?",
    "-",
    "a, b",
    "a #b",
    "|",
    ">",
    "null",
    "yes",
    "12",
    "1_0",
    "- a",
    "a: b",
    "#x",
    "&a",
    "*a",
    "!x",
    "%a",
    "@",
    "`",
    "{",
    "]",
    "'",
    '"',
    "<b>",
    "é学",
]
SIGNS = st.characters(exclude_categories=["C", "Z"])
WORDS = st.sampled_from(NASTY) | st.text(SIGNS | st.just(" "), min_size=1, max_size=12).map(str.strip).filter(bool)
SAID = WORDS | st.lists(WORDS, min_size=1, max_size=40).map(" ".join) | st.lists(WORDS, min_size=1).map("\n  ".join)
NAMES = st.lists(WORDS, unique=True, max_size=3)
LEVELS = st.integers(1, 5)
TAGS = st.sampled_from(["en", "es", "pt-BR", "zh-Hant-TW"])
BY_DAY = [], ["09:00-12:30"], ["08:00-12:00", "13:30-17:00"]
NIGHTS, WHOLE_DAYS = ["22:00-06:00"], ["00:00-24:00"]  # not both: a night would last into the next day's hours
PERIODS = st.sampled_from([*BY_DAY, NIGHTS, WHOLE_DAYS])
TEXTS = st.dictionaries(TAGS, SAID, max_size=2)


def week(periods):
    return st.dictionaries(st.sampled_from(["mon", "tue-fri", "sat", "sun"]), st.sampled_from(periods))


def target(unit, values):
    """A target, or none; with a time, a percent, both or neither."""
    parts = {unit: st.none() | values, "percent": st.none() | st.integers(1, 100)}
    return st.none() | st.fixed_dictionaries({}, optional=parts)


OPEN_HOURS = target("open_hours", st.sampled_from([0, 1, 0.25, 7.1]))


def part(names, values=LEVELS):
    """Some of these names, with values."""
    return st.dictionaries(st.sampled_from(names), values, max_size=3) if names else st.just({})


def some(names):
    return st.lists(st.sampled_from(names), unique=True, max_size=2) if names else st.just([])


LEAF = {"code": "leaf", "label": "Leaf"}


@st.composite
def documents(draw):
    """A contact centre as the values of a file; JSON is YAML, too."""
    skills, hours = draw(NAMES), draw(NAMES)
    queues = draw(NAMES)
    agents = draw(st.lists(st.sampled_from(["maria", "tom", "007", "null", "a.b@c"]), unique=True))
    step = st.fixed_dictionaries(
        {}, optional={"requires": part(skills), "language": st.just("any"), "asked": st.booleans()}
    )

    def queue(name):
        maybe = st.none() | st.integers(5, 120)
        values = st.fixed_dictionaries(
            {},
            optional={
                "members": part(agents),
                "requires": part(skills),
                "language": st.sampled_from(["required", "translate", "any"]),
                "steps": st.lists(step, max_size=3).map(
                    lambda steps: [{"after": n + 1, **s} for n, s in enumerate(steps)]
                ),
                "priority": st.integers(-10, 30),
                "target": target("seconds", st.integers(0, 999)),
                "closed_target": OPEN_HOURS,
                "targets": st.fixed_dictionaries({}, optional={"messaging": OPEN_HOURS, "mail": OPEN_HOURS}),
                "prefer": st.sampled_from(["enough", "best"]),
                "ring_seconds": maybe,
                "offer_gap_seconds": maybe,
                "grace_seconds": maybe,
                "closing_seconds": maybe,
                "hours": st.none() | st.sampled_from(hours) if hours else st.none(),
                "when_closed": st.sampled_from(["wait", "overflow"]),
                "max_wait": st.integers(0, 9999),
                "assistant": st.booleans(),
                "overflow": some([each for each in queues if each != name]),
                "wrap_up": st.fixed_dictionaries({}, optional={"mode": st.just("required"), "seconds": maybe}),
                "texts": st.fixed_dictionaries({}, optional={"closed": TEXTS, "empty": TEXTS}),
            },
        )
        queue = draw(values)
        if not queue.get("overflow"):
            queue.pop("when_closed", None)
        return queue

    def code(short_code, depth=2):
        below = draw(st.integers(0, depth))
        codes = [code(f"{short_code}.{number}", depth - 1) for number in range(below)]
        label = {"code": short_code, "label": draw(WORDS), "labels": draw(st.dictionaries(TAGS, WORDS, max_size=1))}
        return {
            **label,
            "report_text": draw(WORDS),
            "external_id": draw(WORDS),
            "from": draw(st.sampled_from([None, "2026-09-01"])),
            "codes": codes,
        }

    agent = st.fixed_dictionaries(
        {},
        optional={"capacity": st.integers(1, 25), "languages": st.dictionaries(TAGS, LEVELS), "skills": part(skills)},
    )
    opening = st.fixed_dictionaries(
        {"weekly": week([*BY_DAY, NIGHTS]) | week([*BY_DAY, WHOLE_DAYS])},
        optional={
            "time_zone": st.sampled_from(["UTC", "Europe/London"]),
            "holidays": st.sampled_from([None, "GB", "DE-BY"]),
            "exceptions": st.dictionaries(st.sampled_from(["2026-12-24", "2027-01-01"]), PERIODS),
        },
    )
    codes_of = draw(NAMES)
    acts = st.fixed_dictionaries(
        {},
        optional={
            "codes": st.just({name: ["leaf"] for name in codes_of[:1]}),
            "transfer": st.sampled_from(queues) if queues else st.none(),
            "skills": st.dictionaries(st.sampled_from(skills), st.integers(1, 5)) if skills else st.just({}),
        },
    )
    short_codes = st.sampled_from(["", "hello", "Fees_2", "año"])
    queue_or_none = st.none() | st.sampled_from(queues) if queues else st.none()
    response = st.tuples(queue_or_none, TAGS, WORDS, SAID, short_codes, st.just("") | WORDS, acts)
    known_by = (lambda each: each[:3], lambda each: each[4] or each[:3])
    responses = draw(st.lists(response, max_size=3, unique_by=known_by))
    said = st.fixed_dictionaries(
        {"questions": st.lists(WORDS, min_size=1, max_size=3, unique=True), "answer": SAID},
        optional={"link": st.sampled_from(["", "https://college.example/fees?a=b#c"])},
    )
    own = st.fixed_dictionaries(
        {"language": st.sampled_from(["en", "fr"]), "said": said},
        optional={
            "category": WORDS,
            "audience": st.sampled_from(["customers", "agents"]),
            "level": st.sampled_from(["none", "device", "claimed", "code", "signed"]),
            "queues": some(queues),
            "from": st.sampled_from([None, "2026-09-01"]),
            "to": st.sampled_from([None, "2026-09-01"]),
            "owner": st.sampled_from([None, *agents]),
            "review": st.sampled_from([None, "2027-01-01"]),
            "state": st.sampled_from(["draft", "published", "retired"]),
            "versions": st.dictionaries(st.sampled_from(["es", "pt-BR"]), said, max_size=2),
        },
    )
    known = {"max_size": 3, "unique_by": lambda each: (each["language"], each["said"]["questions"][0])}
    articles = [{**each.pop("said"), **each} for each in draw(st.lists(own, **known))]
    return {
        "centre": {"name": draw(WORDS)},
        "skills": skills,
        "agents": {name: draw(agent) for name in agents},
        "hours": {name: draw(opening) for name in hours},
        "queues": {name: queue(name) for name in queues},
        "codes": {
            name: {
                "queues": draw(some(queues)),
                "choice": draw(st.sampled_from(["single", "multiple"])),
                "codes": [*(code(str(number)) for number in range(draw(st.integers(0, 2)))), LEAF],
            }
            for name in codes_of
        },
        "departments": {
            name: {"queues": [name], "entry": name, "supervisors": draw(some(agents))}
            for name in (draw(some(queues)) if queues else [])
        },
        "prepared_responses": [
            dict(zip(("queue", "language", "title", "text", "short_code", "category", "acts"), each, strict=True))
            for each in responses
        ],
        "articles": articles,
        "channels": {
            name: {
                "webhook": "Portal",
                "queue": draw(st.sampled_from(queues)),
                "reopen_hours": draw(st.none() | st.integers(0, 2**31 - 1)),
                "sticky_seconds": draw(st.none() | st.integers(0, 3600)),
                "reopen_to": draw(st.sampled_from([None, "last_queue"])),
                "bot_seconds": draw(st.none() | st.integers(3, 120)),
            }
            for name in draw(NAMES)
            if queues
        },
    }


class Undone(Exception):
    """Takes back what an example has made."""


# Without making a failing example smaller, which takes many minutes: the documents are small.
@settings(
    max_examples=15, deadline=None, phases=[Phase.reuse, Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(document=documents())
def test_what_is_written_makes_the_same_again(db, document):
    written = []
    for text in (json.dumps(document), None):
        try:
            with transaction.atomic():
                tenant = empty_tenant("college")
                applied(tenant, text or written[0])
                written.append(write_file(tenant))
                assert lines(tenant, written[-1], prune=True) == []
                assert lines(tenant, text or written[0], prune=True) == []
                raise Undone
        except Undone:
            pass
    assert written[0] == written[1]


def test_names_of_nobody_are_not_looked_for_for_ever(tenant):
    skills = ", ".join(f"skill {number}" for number in range(1000))
    queues = "".join(f"  Q{number}: {{requires: {{unheard {number}: 1}}}}\n" for number in range(990))
    overflow = ", ".join(f"Nowhere {number}" for number in range(990))
    with pytest.raises(FileRefused) as refused:
        applied(tenant, f"skills: [{skills}]\nqueues:\n{queues}  Z: {{overflow: [{overflow}]}}\n")
    assert (len(refused.value.told), refused.value.more) == (100, 900)
    assert all(fault.hint.startswith("There are: skill 0, ") for fault in refused.value.told)


def test_hours_that_are_refused_are_told_though_a_queue_names_them(tenant):
    text = """
        hours: {office: {weekly: {mon: ["22:00-06:00"], tue: ["00:00-24:00"]}}}
        queues: {General: {hours: office}}
    """
    with pytest.raises(FileRefused) as refused:
        applied(tenant, text)
    assert [fault.path[:2] for fault in refused.value.told] == [("hours", "office")]
