"""Bots are tried in the admin: by whom, of which contact centre, and nothing is written."""

import json
import re

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile

from contactcenter_chat.admin import trying, trying_pages, trying_sets
from contactcenter_chat.bots.base import Brief, Call, End, HandOver, Say
from contactcenter_chat.models import Channel
from contactcenter_chat.simulation.trying.runs import read_run
from tests.bots.scripted import SETTING, Scripted, echo
from tests.factories import make_article, make_center, make_user
from tests.simulation.trying.test_asking import rows

from .conftest import logged_in
from .test_language import texts

pytestmark = pytest.mark.django_db(transaction=True)

SECONDS = re.compile(r"\d\.\d\d\Z")
TRY, QUESTIONS = "/admin/contactcenter_chat/botspell/try/", "/admin/contactcenter_chat/botspell/questions/"
ABOUT = {"begin": "1", "bot": "helper", "language": "en", "identity": "claimed", "customer": "name: Noor\nplan: gold"}
SET = "question,expected\npay my tuition,Can I pay my tuition in parts?\na human please,handover\ngym,handover\n"


@pytest.fixture
def center(transactional_db):
    return make_center("college")


@pytest.fixture
def other(transactional_db):
    return make_center("elsewhere")


@pytest.fixture(autouse=True)
def bot(settings, monkeypatch):
    settings.CONTACTCENTER_CHAT = {"BOTS": {"helper": SETTING, "own": {}}, "LIVE_HINTS": False}
    monkeypatch.setattr(Scripted, "answers", staticmethod(echo))
    monkeypatch.setattr(Scripted, "turns", [])
    return Scripted


@pytest.fixture
def article(center):
    return make_article(center.tenant, "Can I pay my tuition in parts?")


def limited(center, *codenames):
    user = make_user(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    center.tenant.administrators.add(user)
    return logged_in(user)


def soup_of(answer):
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def state_of(answer, name="state"):
    return soup_of(answer).select_one(f"[name={name}]")["value"]


def says(client, answer, text="", **more):
    return client.post(TRY, {"state": state_of(answer), "text": text, **more})


def words(answer, selector):
    return [" ".join(each.get_text(" ").split()) for each in soup_of(answer).select(selector)]


def asks(client, content=SET, **more):
    file = SimpleUploadedFile("set.csv", content if isinstance(content, bytes) else content.encode())
    return client.post(QUESTIONS, {"begin": "1", "bot": "faq", "file": file, **more})


class TestWho:
    @pytest.mark.parametrize("page", [TRY, QUESTIONS])
    @pytest.mark.parametrize(
        ("codenames", "status"),
        [((), 403), (("view_botspell",), 403), (("view_article",), 403), (("view_botspell", "view_article"), 200)],
    )
    def test_whoever_may_see_bots_and_articles(self, center, page, codenames, status):
        client = limited(center, *codenames)
        assert client.get(page).status_code == status
        assert client.post(page, {"begin": "1"}).status_code == status
        links = re.findall(r'href="(/admin/contactcenter_chat/botspell/(?:try|questions)/)', _list(client))
        assert bool(links) == (status == 200)

    @pytest.mark.parametrize("page", [TRY, QUESTIONS])
    def test_another_contact_centre_is_not_there(self, staff, center, other, page):
        assert staff.get(f"{page}?centre={other.tenant.pk}").status_code == 404
        assert staff.post(f"{page}?centre={other.tenant.pk}", ABOUT).status_code == 404
        assert staff.get(f"{page}?centre={center.tenant.pk}").status_code == 200

    def test_what_a_page_holds_is_for_its_reader_and_contact_centre_alone(self, root, staff, center, other):
        own = root.post(f"{TRY}?centre={center.tenant.pk}", ABOUT)
        state = {"state": state_of(own), "text": "Hello"}
        for client, tenant in ((staff, center), (root, other)):
            answer = client.post(f"{TRY}?centre={tenant.tenant.pk}", state)
            assert words(answer, ".errornote") == ["This page is too old: begin anew."]
        assert words(root.post(f"{TRY}?centre={center.tenant.pk}", state), ".errornote") == []

    @pytest.mark.parametrize("state", ["", "x", "a:b:c", "{}"])
    @pytest.mark.parametrize("page", [TRY, QUESTIONS])
    def test_what_somebody_has_made_up_is_not_taken(self, staff, center, bot, page, state):
        for more in ({}, {"again": "1"}, {"download": "csv"}):
            answer = staff.post(page, {"state": state, "text": "Hello", **more})
            assert words(answer, ".errornote") == ["This page is too old: begin anew."]
        assert bot.turns == []

    def test_a_chat_is_no_set(self, staff, center):
        state = state_of(staff.post(TRY, ABOUT))
        assert words(staff.post(QUESTIONS, {"state": state}), ".errornote") == ["This page is too old: begin anew."]


def _list(client):
    answer = client.get("/admin/contactcenter_chat/botspell/")
    return answer.content.decode() if answer.status_code == 200 else ""


class TestChat:
    def test_the_bot_of_the_channels_is_chosen(self, staff, center):
        Channel.objects.update(bot="faq")
        assert soup_of(staff.get(TRY)).select_one("[name=bot] [selected]")["value"] == "faq"
        assert [each["value"] for each in soup_of(staff.get(TRY)).select("[name=bot] option")] == ["helper", "faq"]

    def test_what_was_said_and_what_came(self, staff, center, bot, article):
        def answer(turn):
            found = turn.articles(turn.text)
            yield Say(found[0].answer, articles=[found[0].article_id]) if found else Say("?", miss="no_article")

        bot.answers = staticmethod(answer)
        begun = staff.post(TRY, ABOUT)
        assert words(begun, ".cc-turn") == []
        first = says(staff, begun, "pay my tuition")
        assert words(first, ".cc-in .cc-text") == ["pay my tuition"]
        assert words(first, ".cc-out .cc-text") == [
            "You are chatting with the automated assistant of College.",
            "Yes, in three.",
        ]
        assert words(first, ".cc-found tbody tr") == ["Can I pay my tuition in parts? answer –"]
        second = says(staff, first, "gym")
        assert words(second, ".cc-came dt")[-1] == "Misses"
        assert words(second, ".cc-options button") == ["Talk to a person"]
        [turn, _next] = bot.turns
        assert (dict(turn.customer), turn.identity, turn.language) == (
            {"name": "Noor", "plan": "gold"},
            "claimed",
            "en",
        )
        about = soup_of(second)
        assert about.select_one("[name=customer]").get_text().strip() == "name: Noor\nplan: gold"

    def test_what_it_wants_called(self, staff, center, bot, own_tools):
        def answer(turn):
            yield Say("I look.")
            yield Call("add_up", {"first": 3})
            yield Call("open_queue", {"name": "grace@example.org", "size": "l"})
            yield End("contactcenter:no_reply" if turn.text == "end" else "")

        bot.answers = staticmethod(answer)
        page = says(staff, staff.post(TRY, ABOUT), "Do it")
        order = [each.get("class")[-1] for each in soup_of(page).select(".cc-turn > .cc-line")]
        assert order == ["cc-user", "cc-bot", "cc-bot", "cc-call", "cc-call"]
        assert words(page, ".cc-call") == [
            "Helper wants to call “ Add up ”: First 3 Second 2"
            " It would be called now. Here nothing is called, as it might write something.",
            "Helper wants to call “ Open queue ”: Name [email 1] Size Large Price 1"
            " The customer would be asked for a code first.",
        ]
        assert own_tools.CALLED == []

    def test_quick_replies_are_pressed(self, staff, center, bot):
        first = says(staff, staff.post(TRY, ABOUT), "Hm")
        bot.answers = staticmethod(lambda turn: iter([Say("Pardon?", miss="not_understood")]))
        second = says(staff, first, "what")
        handed = says(staff, second, option="0")
        assert words(handed, ".cc-in .cc-text")[-1] == "Talk to a person"
        assert words(handed, ".cc-came dd")[-1] == "the customer wants a person"
        assert words(handed, ".cc-brief p") == ["test", "Talk to a person"]
        assert words(handed, ".cc-say .cc-note") == ["An agent has the conversation. Begin anew to go on."]
        assert soup_of(handed).select("[name=text], [name=option]") == []
        assert words(says(staff, handed, "more"), ".errornote") == ["An agent has the conversation."]

    def test_no_row_of_any_table_is_changed(self, staff, center, bot, article):
        staff.get(TRY)  # whatever a first request brings about
        before = rows()
        bot.answers = staticmethod(lambda turn: iter([HandOver(Brief(intent="x"), skills=[("y", 1)])]))
        answer = says(staff, says(staff, staff.post(TRY, ABOUT), "tuition"), "more")
        says(staff, staff.post(TRY, {**ABOUT, "bot": "faq"}), "tuition")
        bot.answers = staticmethod(lambda turn: 1 / 0)
        answer = says(staff, staff.post(TRY, ABOUT), "fails")
        assert "ZeroDivisionError: division by zero" in answer.content.decode()
        assert rows() == before

    def test_words_of_others_are_shown_as_words(self, staff, center, bot):
        answer = says(staff, staff.post(TRY, ABOUT), "<script>alert(1)</script>")
        assert "<script>alert(1)" not in answer.content.decode()

    @pytest.mark.parametrize(
        ("change", "told"),
        [
            ({"bot": "own"}, "Select a valid choice. own is not one of the available choices."),
            ({"identity": "boss"}, "Select a valid choice. boss is not one of the available choices."),
            ({"language": "x-"}, "Write a language as “es” or “pt-BR”."),
            ({"customer": "Noor"}, "Write “name: value”, a line for each, at most 30."),
            ({"customer": "a: b\n" * 31}, "Write “name: value”, a line for each, at most 30."),
            ({"customer": "__proto__: b"}, "May not contain the name __proto__."),
        ],
    )
    def test_what_cannot_be_begun(self, staff, center, change, told):
        assert words(staff.post(TRY, {**ABOUT, **change}), ".errorlist li") == [told]

    def test_what_cannot_be_said_stays_in_the_field(self, staff, center):
        answer = says(staff, staff.post(TRY, ABOUT), "x" * 20_000)
        assert words(answer, ".errornote") == ["May not be longer than 16000 characters."]
        assert len(soup_of(answer).select_one("[name=text]").get_text().strip()) == 20_000

    def test_what_has_become_too_long_is_told(self, staff, center, monkeypatch):
        begun = staff.post(TRY, ABOUT)
        monkeypatch.setattr(trying_pages, "STATE_MOST", 100)
        assert words(says(staff, begun, "Hello"), ".errornote") == ["This has become too long: begin anew."]

    def test_the_oldest_is_left_out(self, staff, center, monkeypatch):
        monkeypatch.setattr(trying, "TURNS_SHOWN", 2)
        answer = staff.post(TRY, ABOUT)
        for text in ("one", "two", "three"):
            answer = says(staff, answer, text)
        assert words(answer, ".cc-in .cc-text") == ["two", "three"]
        assert [each["data-cc-turn"] for each in soup_of(answer).select(".cc-turn")] == ["2", "3"]


class TestSet:
    def test_what_came(self, staff, center, article):
        staff.get(QUESTIONS)
        before = rows()
        answer = asks(staff)
        assert words(answer, "[data-cc-done]") == ["66.7 % as expected: 2 of 3"]
        assert [SECONDS.sub("0.00", row) for row in words(answer, ".cc-answers tbody tr")] == [
            "2 yes pay my tuition Can I pay my tuition in parts? Can I pay my tuition in parts? – 0.00",
            "3 yes a human please handover handover – 0.00",
            "4 no gym handover none of these – 0.00",
        ]
        assert words(answer, ".cc-small tbody tr") == ["article 1 0 0", "handover 0 1 1"]
        assert words(answer, ".cc-hits li") == ["all 2 / 3", "article 1 / 1", "handover 1 / 2"]
        assert rows() == before

    def test_what_was_left_out_has_a_column_of_its_own_and_is_no_failure(self, staff, center, bot):
        bot.answers = staticmethod(lambda turn: iter([HandOver(queue="Rooms" if turn.text == "a" else "")]))
        answer = asks(staff, "question,expected\na,handover\nb,handover\n", bot="helper")
        assert words(answer, ".cc-answers th[scope=col]")[4:6] == ["What came", "Left out"]
        assert [SECONDS.sub("0.00", row) for row in words(answer, ".cc-answers tbody tr")] == [
            "2 yes a handover handover queue: 'Rooms' – 0.00",
            "3 yes b handover handover – 0.00",
        ]
        answer = asks(staff, "question,expected\nb,handover\n", bot="helper")
        assert "Left out" not in words(answer, ".cc-answers th[scope=col]")

    def test_a_long_one_goes_on_step_by_step(self, staff, center, article, monkeypatch):
        monkeypatch.setattr(trying_sets, "STEP_SECONDS", 0)
        answer = asks(staff)
        assert words(answer, "[role=status]") == ["1 of 3 questions are answered."]
        answer = staff.post(QUESTIONS, {"state": state_of(answer)})
        assert words(answer, "[role=status]") == ["2 of 3 questions are answered."]
        answer = staff.post(QUESTIONS, {"state": state_of(answer)})
        assert words(answer, "[data-cc-done]") == ["66.7 % as expected: 2 of 3"]

    def test_dialogues_go_on_from_step_to_step(self, staff, center, bot, monkeypatch):
        monkeypatch.setattr(trying_sets, "STEP_SECONDS", 0)
        bot.answers = staticmethod(lambda turn: iter([Say("?", miss="no_article")]))
        answer = asks(staff, "question,expected,conversation\na,none,c\nb,handover,c\n", bot="helper")
        answer = staff.post(QUESTIONS, {"state": state_of(answer)})
        assert words(answer, "[data-cc-done]") == ["100 % as expected: 2 of 2"]

    def test_once_more_and_what_is_different(self, staff, center, article):
        answer = asks(staff)
        again = staff.post(QUESTIONS, {"state": state_of(answer), "again": "1"})
        assert "Nothing is different." in again.content.decode()
        changed = asks(staff, SET.replace("gym", "another human"), earlier=state_of(again, "earlier"))
        assert words(changed, "h3")[0].endswith(": +33.3 points")
        table = soup_of(changed).select_one(".cc-answers")
        assert [" ".join(each.get_text(" ").split()) for each in table.select("tbody tr")] == [
            "new another human – handover",
            "gone gym none of these –",
        ]

    def test_an_earlier_run_from_a_file(self, staff, center, article):
        kept = staff.post(QUESTIONS, {"state": state_of(asks(staff)), "download": "json"})
        assert kept["Content-Disposition"] == 'attachment; filename="college-faq-run.json"'
        assert read_run(kept.content).percent == 66.7
        before = SimpleUploadedFile("run.json", kept.content.replace(b'"hit": true', b'"hit": false'))
        answer = asks(staff, before=before)
        assert [row.split()[0] for row in words(answer, ".cc-answers tbody tr")[:2]] == ["better", "better"]

    def test_a_file_that_is_no_run(self, staff, center):
        answer = asks(staff, before=SimpleUploadedFile("run.json", b"{}"))
        assert words(answer, ".errorlist li") == ["This is no file of a run."]

    def test_as_a_table(self, staff, center):
        done = asks(staff, "question,expected\n@SUM(1),none\n")
        table = staff.post(QUESTIONS, {"state": state_of(done), "download": "csv"})
        lines = b"".join(table.streaming_content).decode().splitlines()
        assert table["Content-Disposition"] == 'attachment; filename="college-faq-answers.csv"'
        assert lines[1].startswith("2,,'@SUM(1),,none,none,none,yes,,")

    def test_all_that_is_wrong_is_told(self, staff, center):
        answer = asks(staff, "question,expected\n=1,none\nFees,Nothing\n")
        assert words(answer, ".cc-scroll tbody tr") == [
            "2 question This is a formula: write what it says.",
            "3 expected There is no article “Nothing”.",
        ]

    @pytest.mark.parametrize(
        ("content", "told"),
        [
            (b"x" * 200_001, "1 – The file is larger than 200000 bytes."),
            (b"question,expected\n" + b"a,none\n" * 301, "302 – There are more than 300 lines."),
            (b"", "1 expected The column expected is missing."),
        ],
    )
    def test_what_is_no_set(self, staff, center, content, told):
        assert told in words(asks(staff, content), ".cc-scroll tbody tr")

    def test_bots_that_are_all_at_work_are_waited_for(self, staff, center, article, monkeypatch):
        monkeypatch.setattr("contactcenter_chat.workers.threads.Threads.free", lambda self: 0)
        answer = asks(staff)
        assert words(answer, ".errornote") == ["Too many bots are still at work: try again in a minute."]
        assert words(answer, "[role=status]") == ["0 of 3 questions are answered."]

    def test_what_has_become_too_long_is_told(self, staff, center, article, monkeypatch):
        monkeypatch.setattr(trying_pages, "STATE_MOST", 100)
        assert words(asks(staff), ".errornote") == [
            "This has become too long for a page: use the command, or fewer questions."
        ]


def test_nothing_is_english_on_a_spanish_page(staff, center, article):
    pages = (TRY, QUESTIONS)
    found = {text for page in pages for text in texts(staff, page, "es") & texts(staff, page, "en")}
    assert found == {"Ada", "Bot:", "Chat", "Helper", "Webhooks"}


def test_a_run_is_a_file_of_json(staff, center, article):
    kept = staff.post(QUESTIONS, {"state": state_of(asks(staff)), "download": "json"})
    assert json.loads(kept.content)["tenant"] == "college"
