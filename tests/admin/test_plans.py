"""A queue's plan, hours and overflow in the admin: what is typed there, what is refused, and whose it may be."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import override

from contactcenter_chat.actions.center.picking import pick
from contactcenter_chat.admin.plan_fields import skills_read, texts_told
from contactcenter_chat.isolates import unturned
from contactcenter_chat.models import OpeningHours, Queue, Segment
from tests.factories import give, make_agent, make_queue, make_skill, make_user, overflows, plan, start_conversation

from .conftest import address, logged_in
from .test_conflicts import SAVED, opened, said


@pytest.fixture
def fees(center):
    return make_skill(center.tenant, "Fees")


@pytest.fixture
def visas(center):
    return make_skill(center.tenant, "Visas, short")


@pytest.fixture
def page(center):
    return address("queue_change", center.queue.pk)


@pytest.fixture(autouse=True)
def _no_language_is_left():
    with override(None):
        yield


def errors(answer):
    assert answer.status_code == 200
    form = answer.context["adminform"].form
    return {field: [unturned(str(each)) for each in found] for field, found in form.errors.items()}


def saved(client, page, queue, **changes):
    assert client.post(page, {**opened(client, page), **changes}).status_code == SAVED
    queue.refresh_from_db()
    return queue


def test_a_plan_is_typed_in_and_shown_as_it_was_typed(staff, center, page, fees, visas):
    typed = {
        "requires": "visas, short 1, Fees 3",
        "language": "translate",
        "prefer": "best",
        "priority": "5",
        "target_seconds": "30",
        "target_percent": "95",
        "closed_target_percent": "",
        "mail_target_percent": "100",
        "steps-0-after": "40",
        "steps-0-skills": "Fees 1",
        "steps-2-after": "90",
        "steps-2-no_skills": "on",
        "steps-2-language": "any",
        "steps-2-asked": "no",
    }
    queue = saved(staff, page, center.queue, **typed)
    assert queue.requires == {fees.pk: 3, visas.pk: 1}
    assert queue.steps == [
        {"after": 40, "requires": {fees.pk: 1}},
        {"after": 90, "requires": {}, "language": "any", "asked": False},
    ]
    assert (queue.language, queue.prefer, queue.priority, queue.target_seconds) == ("translate", "best", 5, 30)
    assert (queue.target_percent, queue.closed_target_percent, queue.mail_target_percent) == (95, None, 100)
    shown = opened(staff, page)
    assert shown["requires"] == "Fees 3, Visas, short 1"
    assert [shown[f"steps-0-{cell}"] for cell in ("after", "skills", "language", "asked")] == ["40", "Fees 1", [], []]
    assert [shown[f"steps-1-{cell}"] for cell in ("after", "skills", "no_skills")] == ["90", "", "on"]
    assert (shown["steps-1-language"], shown["steps-1-asked"]) == (["any"], ["no"])
    assert saved(staff, page, queue).steps == queue.steps


def test_a_percent_stands_beside_its_target_and_says_what_it_is_without_one(staff, page):
    soup = BeautifulSoup(staff.get(page).content, "html.parser")
    for name, default in {"target": 80, "closed_target": 80, "messaging_target": 80, "mail_target": 90}.items():
        field = soup.select_one(f"#id_{name}_percent")
        assert field.find_parent(class_="form-row").select_one(f"#id_{name}_seconds")
        assert f"empty: {default}." in soup.select_one(f"#{field['aria-describedby']}").get_text()


def test_what_is_not_changed_is_not_said_to_be(staff, center, page, fees):
    steps = [{"after": 5, "requires": {fees.pk: 2}, "language": None, "asked": True}]
    plan(center.queue, requires={fees.pk: 1}, steps=steps, texts={"closed": {"es": "Cerrado."}})
    overflows(center.queue, make_queue(center.tenant, "Other"))
    form = staff.post(page, {**opened(staff, page), "name": ""}).context["adminform"].form
    assert form.changed_data == ["name"]


@pytest.mark.parametrize(
    ("typed", "field", "told"),
    [
        ({"requires": "Fess 3"}, "requires", "There is no skill “Fess” here."),
        ({"requires": "lockpicking 3"}, "requires", "There is no skill “lockpicking” here."),
        ({"requires": "Fees"}, "requires", "Write each skill with its least level: “Fees 3, Visas 1”."),
        ({"requires": "Fees 6"}, "requires", "A level is a whole number from 1 to 5."),
        ({"requires": "Fees 2, fees 3"}, "requires", "fees is named twice."),
        ({"steps-0-skills": "Fees 1"}, "steps", "Step 1: Write after how many seconds it holds."),
        ({"steps-1-after": "soon"}, "steps", "Step 2: Write after how many seconds it holds."),
        ({"steps-0-after": "5", "steps-0-skills": "Fess 1"}, "steps", "Step 1: There is no skill “Fess” here."),
        (
            {"steps-0-after": "5", "steps-0-skills": "Fees 1", "steps-0-no_skills": "on"},
            "steps",
            "Step 1: Write skills, or tick that there are none.",
        ),
        ({"steps-0-after": "50", "steps-1-after": "40"}, "steps", "Each step comes later than the one before."),
        ({"when_closed": "message"}, "closed_text", "Write what the customer is told."),
        ({"when_closed": "overflow"}, "when_closed", "Choose a queue to pass it on to."),
        ({"when_empty": "overflow"}, "when_empty", "Choose a queue to pass it on to."),
        ({"when_empty": "message"}, "empty_text", "Write what the customer is told."),
        ({"closed_text": "We are closed."}, "closed_text", "One per line, such as “es: Hemos cerrado.”"),
        ({"closed_text": "Spanish: Hola"}, "closed_text", "Write a language as “es” or “pt-BR”."),
        ({"overflow_text": "es: Hola\nES: Adiós"}, "overflow_text", "es is there twice."),
        ({"target_percent": "0"}, "target_percent", "Ensure this value is greater than or equal to 1."),
        ({"mail_target_percent": "101"}, "mail_target_percent", "Ensure this value is less than or equal to 100."),
        ({"priority": "99"}, "priority", "Ensure this value is less than or equal to 30."),
    ],
)
def test_what_is_wrong_is_told_at_its_field(staff, center, other, page, fees, typed, field, told):
    make_skill(other.tenant, "lockpicking")
    answer = staff.post(page, {**opened(staff, page), **typed})
    assert errors(answer) == {field: [told]}
    queue = Queue.objects.get(pk=center.queue.pk)
    assert (queue.requires, queue.steps, queue.texts) == ({}, [], {})
    shown = BeautifulSoup(answer.content, "html.parser")
    for name, text in typed.items():  # what was typed is not lost
        element = shown.select_one(f"[name={name}]")
        chosen = element.select_one("[selected]")
        if element.get("type") == "checkbox":
            assert element.has_attr("checked")
            continue
        assert text in (element.get("value"), chosen and chosen["value"], element.get_text().strip("\r\n"))


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        (
            {"steps-0-skills": "Fess 1", "steps-0-after": "5", "steps-1-after": "soon", "steps-2-after": "9"},
            {"steps-0-skills": "There is no skill “Fess” here.", "steps-1-after": "Write after how many seconds"},
        ),
        (
            {"steps-0-after": "50", "steps-1-after": "40"},
            {"steps-1-after": "Each step comes later than the one before"},
        ),
        ({"name": ""}, {}),
    ],
)
def test_what_is_wrong_with_a_step_is_told_beside_its_cell(staff, page, fees, typed, wrong):
    shown = BeautifulSoup(staff.post(page, {**opened(staff, page), **typed}).content, "html.parser")
    painted = {each["name"]: each["aria-describedby"] for each in shown.select(".cc-row [aria-invalid=true]")}
    assert list(painted) == list(wrong)
    for name, told in wrong.items():
        assert unturned(shown.select_one(f"#{painted[name]}").get_text()).startswith(told)
    assert len(shown.select(".cc-cell-error")) == len(wrong)


def test_refusals_are_in_spanish_too(staff, page, fees):
    spanish = {"Accept-Language": "es"}
    data = opened(staff, page)
    for typed, told in (
        ({"steps-0-after": "50", "steps-1-after": "40"}, "Cada paso llega después del anterior."),
        ({"steps-0-after": "x"}, "Paso 1: Escriba a partir de cuántos segundos vale."),
        ({"requires": "Fess 1"}, "Aquí no hay ninguna habilidad “Fess”."),
    ):
        assert [*errors(staff.post(page, {**data, **typed}, headers=spanish)).values()] == [[told]]


def test_texts_are_by_language_and_may_have_lines(staff, center, page):
    plan(center.queue, texts={"empty": {"en": "Soon."}})
    text = "en: We are closed.\n Come tomorrow.\nes-mx: Hemos cerrado: vuelva."
    queue = saved(staff, page, center.queue, when_closed="message", closed_text=text)
    expected = {"en": "We are closed.\nCome tomorrow.", "es-MX": "Hemos cerrado: vuelva."}
    assert queue.texts == {"empty": {"en": "Soon."}, "closed": expected}
    assert opened(staff, page)["closed_text"] == texts_told(expected) == text.replace("mx", "MX")


def test_it_passes_on_to_queues_of_the_same_centre_in_an_order(staff, center, other, page):
    ada, ben = make_queue(center.tenant, "Ada"), make_queue(center.tenant, "Ben")
    offered = BeautifulSoup(staff.get(page).content, "html.parser").select("[name=overflow-0] option")
    assert [each.get_text() for each in offered] == ["–", "Ada", "Ben"]
    saved(staff, page, center.queue, **{"overflow-0": ben.pk, "overflow-1": "", "overflow-2": ada.pk})
    assert list(center.queue.overflows.values_list("to__name", flat=True)) == ["Ben", "Ada"]
    assert [opened(staff, page)[f"overflow-{number}"] for number in range(4)] == [[ben.pk], [ada.pk], [], []]
    for pk in (other.queue.pk, center.queue.pk, "x"):
        answer = staff.post(page, {**opened(staff, page), "overflow-0": pk})
        assert errors(answer) == {"overflow": ["There is no such queue."]}
    answer = staff.post(page, {**opened(staff, page), "overflow-0": ada.pk})
    assert errors(answer) == {"overflow": ["A queue passes on to others, to each once."]}
    assert center.queue.overflows.count() == 2


def test_hours_are_of_the_same_centre(root, center, other, page):
    office, theirs = (OpeningHours.objects.create(tenant=each.tenant, name="Office") for each in (center, other))
    offered = root.get(page).context["adminform"].form.fields["hours"].queryset
    assert list(offered) == [office]
    answer = root.post(page, {**opened(root, page), "hours": theirs.pk})
    assert list(errors(answer)) == ["hours"]
    assert saved(root, page, center.queue, hours=office.pk).is_closed


def test_what_somebody_else_changed_of_a_plan_is_told(root, center, page, fees):
    ada, ben = make_queue(center.tenant, "Ada"), make_queue(center.tenant, "Ben")
    overflows(center.queue, ada, ben)
    mine = opened(root, page)
    plan(center.queue, requires={fees.pk: 2}, steps=[{"after": 5, "requires": {}, "asked": False}])
    overflows(center.queue, ben, ada)
    assert said(root.post(page, {**mine, "requires": "Fees 4"}))[1:-1] == [
        "Skills required: now “Fees 2”, yours “Fees 4”.",
        "Steps: now “after 5 seconds, no skills, what the client asked for: No”, yours “–”.",
        "Passes on to: now “Ben, Ada”, yours “Ada, Ben”.",
    ]


def test_who_may_only_look_reads_all_of_it(center, page, fees):
    steps = [{"after": 5, "requires": {fees.pk: 1}, "language": "any"}]
    plan(center.queue, requires={fees.pk: 2}, steps=steps, texts={"closed": {"en": "Closed."}})
    user = make_user(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_queue"))
    center.tenant.administrators.add(user)
    shown = BeautifulSoup(logged_in(user).get(page).content, "html.parser")
    told = {name: shown.select_one(f".field-{name}_shown .readonly") for name in ("requires", "steps", "closed_text")}
    assert {name: unturned(each.get_text()) for name, each in told.items()} == {
        "requires": "Fees 2",
        "steps": "after 5 seconds, Fees 1, language: any",
        "closed_text": "en: Closed.",
    }
    step = "Step 1 comes after 5 seconds: too soon for two offers before it, which ring for 20 seconds each."
    assert warned(logged_in(user), page) == [step]
    assert not shown.select("[name^=steps], [name=requires]")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", {}),
        (" , ", {}),
        ("Fees: 3", {"a": 3}),
        ("fees 3 1", {"b": 1}),
        ("Fees 3", {"a": 3}),
        ("A, B 2,Fees 3 5,", {"c": 2, "b": 5}),
        ("straße 1", {"d": 1}),
    ],
)
def test_names_with_digits_and_commas_are_told_apart(text, read):
    assert skills_read(text, {"a": "Fees", "b": "Fees 3", "c": "A, B", "d": "Straße"}) == read


def test_names_that_differ_in_capitals_stay_what_they_are():
    names = {"a": "IT", "b": "It"}
    assert skills_read("It 2, IT 1", names) == {"a": 1, "b": 2}


def test_without_skills_none_is_known():
    with pytest.raises(ValidationError):
        skills_read("Fees 3", {})


def test_who_picked_past_what_was_due_before_is_shown(staff, center, page):
    def shown():
        rows = BeautifulSoup(staff.get(page).content, "html.parser").select_one(".field-picks .readonly")
        return unturned(rows.get_text(strip=True))

    plan(center.queue, distribution="pick")
    agent = make_agent(center.tenant, center.queue)
    assert shown() == "–"
    waiting = [start_conversation(center.channel).open_interaction_id for _ in range(2)]
    for interaction_id in reversed(waiting):
        pick(interaction_id=interaction_id, agent=agent)
    assert shown() == "Ada Lovelace: 1 of 2 in the last seven days"


def test_how_many_estimates_came_true_is_shown(staff, center, page):
    def shown():
        rows = BeautifulSoup(staff.get(page).content, "html.parser").select_one(".field-estimates .readonly")
        return rows.get_text(strip=True)

    assert shown() == "–"
    start = timezone.now()
    for minutes in (1, 3, 9):
        Segment.objects.create(
            tenant=center.tenant,
            queue=center.queue,
            entered_at=start,
            due_at=start,
            accepted_at=start + timedelta(minutes=minutes),
            came_true=minutes < 5,
        )
    assert shown() == "2 of 3 in the last seven days"


def warned(client, page):
    return [
        each.get_text() for each in BeautifulSoup(client.get(page).content, "html.parser").select(".cc-warnings li")
    ]


def test_what_is_hardly_meant_is_said_on_the_queues_page(staff, center, page, fees):
    assert warned(staff, page) == []  # nobody speaks a language that would be asked for
    plan(center.queue, requires={fees.pk: 3})
    assert warned(staff, page) == ["What it requires never relaxes: there are no steps."]
    plan(center.queue, requires={})
    give(make_agent(center.tenant, center.queue), languages={"es": 5})
    assert warned(staff, page) == ["The customer’s language is never given up: there are no steps."]
    plan(center.queue, steps=[{"after": 30, "language": "translate"}])
    assert warned(staff, page) == [
        "Nothing translates here: “any, with translation” counts as “any”.",
        "Step 1 comes after 30 seconds: too soon for two offers before it, which ring for 20 seconds each.",
    ]
    plan(center.queue, steps=[{"after": 40, "language": "any"}])
    assert warned(staff, page) == []
