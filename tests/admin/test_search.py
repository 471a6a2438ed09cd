"""What do the searches of the admin's lists find, and do they say how much?"""

import pytest
from bs4 import BeautifulSoup

from contactcenter_chat.models import Customer
from tests.factories import start_conversation

from .conftest import address, chat


@pytest.fixture
def people(center):
    for number, name in enumerate(("Noor Aziz", "Ben Noorani", "Eleanor Shaw"), 1):
        start_conversation(center.channel, name=name, customerId=f"c{number}", email=f"p{number}@example.org")
    return Customer.objects.filter(tenant=center.tenant)


def search(client, name, text, **query):
    answer = client.get(address(f"{name}_changelist"), {"q": text, **query})
    assert answer.status_code == 200
    status = BeautifulSoup(answer.content, "html.parser").select_one("#changelist-search [role=status]")
    return [str(row) for row in answer.context["cl"].result_list], status and status.get_text()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("noor", ["Ben Noorani", "Noor Aziz"]),
        ("AZ", ["Noor Aziz"]),
        ("noor az", ["Noor Aziz"]),
        ("eanor", []),
        ("c3", ["Eleanor Shaw"]),
        ("%", []),
        ('"', []),
        ("-", []),
        ("p3@ex", ["Eleanor Shaw"]),
        ("z " * 2_000, []),
    ],
)
def test_customers_are_found_by_how_words_of_their_names_begin(root, people, text, names):
    found, told = search(root, "customer", text)
    assert found == names
    assert told == f"{len(names)} found"


def found_conversations(client, text, **query):
    """Return [(customer, what was found)] of the list of conversations."""
    answer = client.get(address("conversation_changelist"), {"q": text, **query})
    assert answer.status_code == 200
    return [(str(each.customer), each.snippet) for each in answer.context["cl"].result_list]


def test_conversations_are_found_by_customers_names_and_by_words(root, center):
    chat(center, said="Is Noor there, or who is Ben Noorani?", name="Eleanor Shaw")
    start_conversation(center.channel, name="Noor Aziz", customerId="c1", email="p1@example.org")
    start_conversation(center.channel, name="Ben Noorani", customerId="c2", email="p2@example.org")
    assert found_conversations(root, "noor") == [
        ("Ben Noorani", "Ben <mark>Noor</mark>ani p2@example.org"),
        ("Noor Aziz", "<mark>Noor</mark> Aziz p1@example.org"),
        ("Eleanor Shaw", "Is <mark>Noor</mark> there, or who is Ben <mark>Noorani</mark>?"),
    ]
    assert found_conversations(root, "p1@ex") == [("Noor Aziz", "Noor Aziz <mark>p1@ex</mark>ample.org")]


def test_what_was_found_is_escaped(root, center):
    chat(center, said="<b>late</b> invoice", name="<i>Invoice Ltd", customerId="c1")
    content = root.get(address("conversation_changelist"), {"q": "invoi"}).content.decode()
    assert "<i>Inv" not in content
    assert "<b>late" not in content
    assert "&lt;b&gt;late&lt;/b&gt; <mark>invoice</mark>" in content


def test_conversations_of_other_tenants_customers_are_not_found(staff, people, other):
    start_conversation(other.channel, name="Noor Elsewhere", customerId="far away", email="noor@far.example")
    assert [who for who, _snippet in found_conversations(staff, "noor")] == ["Ben Noorani", "Noor Aziz"]
    assert found_conversations(staff, "elsewhere") == []
    assert found_conversations(staff, "noor@far") == []
    assert found_conversations(staff, "noor", centre=other.tenant.pk) == []


def test_other_tenants_customers_are_not_found(staff, people, other):
    start_conversation(other.channel, name="Noor Elsewhere", customerId="far away")
    assert search(staff, "customer", "noor")[0] == ["Ben Noorani", "Noor Aziz"]
    assert search(staff, "customer", "far away") == ([], "0 found")


def test_of_much_it_is_said_that_there_is_more(root, people, monkeypatch):
    monkeypatch.setattr("contactcenter_chat.admin.lists.NewestFirstAdmin.list_per_page", 1)
    assert search(root, "customer", "noor") == (["Ben Noorani"], "more than 1 found")
    monkeypatch.setattr("contactcenter_chat.queries.keyset_pages.LOOK_AT_MOST", 1)
    assert search(root, "customer", "shaw") == (["Eleanor Shaw"], "1 found so far")


def test_a_list_of_conversations_says_how_many_a_search_found(root, center):
    chat(center, said="Where is my invoice?")
    assert search(root, "conversation", "invoice")[1] == "1 found"
    assert search(root, "conversation", "hippopotamus")[1] == "0 found"
    assert search(root, "conversation", "")[1] is None
