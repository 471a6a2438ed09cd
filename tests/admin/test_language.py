"""Are the admin's pages and refusals in the language of whoever looks?"""

import re

import pytest
from bs4 import BeautifulSoup, NavigableString
from django.utils.translation import override

from contactcenter_chat.models import TransactionCodeList
from tests.factories import accepted, make_agent, start_conversation

from .conftest import address, one_of_each
from .test_codes import upload

PROSE = re.compile(r"[a-z]{2,} [a-z]{2,}|^[A-Z][a-z]+:?$")
# What people have typed in, or named so in the tests.
DATA = {
    *("Where is the college?", "Yes, in three.", "Articles"),
    *("Ada", "College", "Default", "Fees", "Good morning!", "Grace", "Hello", "It is on its way.", "Portal", "Reason"),
    *(
        "TEXT event of college",
        "Website",
        "Where is my invoice?",
        "Book a study room",
        "Fees",
        "Timetable",
        "college",
        "customer of college",
        "event of college",
        "vendor of college",
        "› vendor of college",
    ),
    *(
        "Course",
        "fees of college",
        "› fees of college",
        "office of college",
        "finance of college",
        "› office of college",
    ),
    *("default", "fees", "name", "root", "vendor", "› TEXT event of college"),
}
# What the admin of a newer Django says and its own Spanish does not have yet.
DJANGOS = {"- Select an option -", "Pagination webhooks", "Run", "Search webhooks"}
# In both languages.
ALIKE = ["Bot", "Bot:", "Bots", "Error", "Error:", "Id", "Id:", "No", "Personal", "Webhook", "Webhook:", "Webhooks"]


@pytest.fixture(autouse=True)
def _no_language_is_left():
    """A request leaves its language behind in the thread."""
    with override(None):
        yield


def texts(client, page, language):
    """The texts of a page; none of one that there is not for this model."""
    answer = client.get(page, headers={"Accept-Language": language})
    assert answer.status_code in (200, 403)
    soup = BeautifulSoup(answer.content if answer.status_code == 200 else "", "html.parser")
    for code in soup.select("script, style, pre, code"):
        code.decompose()
    said = {" ".join(each.split()) for each in soup.find_all(string=True) if type(each) is NavigableString}
    titles = {each[name] for name in ("title", "placeholder", "aria-label") for each in soup.select(f"[{name}]")}
    return {text for text in said | titles if PROSE.search(text)}


def test_nothing_is_english_on_a_spanish_page(root, center):
    found = set()
    for model, row in one_of_each(center).items():
        name = model._meta.model_name
        for page in (
            address(f"{name}_changelist"),
            address(f"{name}_add"),
            *(address(f"{name}_{kind}", row.pk) for kind in ("change", "delete", "history")),
        ):
            found |= texts(root, page, "es") & texts(root, page, "en")
    assert sorted(found - DATA - DJANGOS) == ALIKE


def test_a_refusal_of_a_verb_is_an_error_in_spanish(staff, center):
    agent = make_agent(center.tenant, center.queue)
    for _ in range(2):
        accepted(start_conversation(center.channel))
    page = address("agent_change", agent.pk)
    answer = staff.post(page, {"capacity": 1}, headers={"Accept-Language": "es"})
    assert answer.context["adminform"].errors == {"capacity": ["El agente tiene ahora 2 chats, ofertas y cierres."]}


def test_columns_and_filters_are_nouns_in_their_own_gender(staff, center):
    rows = one_of_each(center)
    staff.defaults["HTTP_ACCEPT_LANGUAGE"] = "es"

    def told(answer, selector):
        return [
            " ".join(each.get_text().split()) for each in BeautifulSoup(answer.content, "html.parser").select(selector)
        ]

    preview = upload(staff, rows[TransactionCodeList], "short_code,label\nenrol,Enrolment\n")
    assert told(preview, "#content-main .cc-scroll th") == ["Línea", "Código corto", "Cambio"]
    assert "Retirado" in told(staff.get(address("transactioncode_changelist")), "th .text")
    summaries = told(staff.get(address("interaction_changelist")), ".cc-filter summary")
    assert "Por códigos que faltan" in summaries
    log = staff.get(address("delivery_changelist"))
    assert "Sentido: salida | entrada" in told(log, ".cc-note")
    assert "Sentido" in told(log, "th .text")
