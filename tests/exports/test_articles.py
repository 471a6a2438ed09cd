"""How do articles look as a table, and as files of Markdown?"""

import csv

from contactcenter_chat.exports.articles import as_csv, as_files

FEES = {
    "questions": ["Can I pay in parts?", "Is there a plan?"],
    "answer": "Yes.\n- in three",
    "link": "https://college.example/fees",
    "language": "en",
    "category": "Fees: all",
    "audience": "customers",
    "level": "none",
    "queues": ["Finance", "General"],
    "from": "2026-09-01",
    "to": None,
    "owner": None,
    "review": None,
    "state": "published",
    "versions": {"es": {"questions": ["¿A plazos?"], "answer": "Sí.", "link": ""}},
}
SAME = {**FEES, "answer": "=1+1", "versions": {}, "category": "", "queues": []}


def test_as_a_table():
    text = "".join(as_csv([FEES, SAME]))
    assert text.startswith("\ufeffid,language,questions,answer,link,category,")
    fees, spanish, same = list(csv.DictReader(text[1:].splitlines(keepends=True)))
    assert (
        fees
        == {
            "id": "can-i-pay-in-parts",
            "language": "en",
            "questions": "Can I pay in parts?\nIs there a plan?",
            "answer": "Yes.\n- in three",
            "link": FEES["link"],
            "category": "Fees: all",
            "audience": "customers",
            "level": "none",
            "queues": "Finance\nGeneral",
            "from": "2026-09-01",
            "to": "",
            "owner": "",
            "review": "",
            "state": "published",
        }
        or fees["answer"] == "Yes.\n- in three"
    )
    assert {key: value for key, value in spanish.items() if value} == {
        "id": "can-i-pay-in-parts",
        "language": "es",
        "questions": "¿A plazos?",
        "answer": "Sí.",
    }
    assert (same["id"], same["answer"]) == ("can-i-pay-in-parts-2", "'=1+1")


def test_as_files():
    assert dict(as_files([FEES, SAME])) == {
        "can-i-pay-in-parts.en.md": (
            '---\nquestions: \n  - "Can I pay in parts?"\n  - "Is there a plan?"\n'
            'link: "https://college.example/fees"\nmain: true\ncategory: "Fees: all"\naudience: "customers"\n'
            'level: "none"\nqueues: \n  - "Finance"\n  - "General"\nfrom: "2026-09-01"\nstate: "published"\n---\n\n'
            "Yes.\n- in three\n"
        ),
        "can-i-pay-in-parts.es.md": '---\nquestions: \n  - "¿A plazos?"\n---\n\nSí.\n',
        "can-i-pay-in-parts-2.en.md": (
            '---\nquestions: \n  - "Can I pay in parts?"\n  - "Is there a plan?"\n'
            'link: "https://college.example/fees"\naudience: "customers"\nlevel: "none"\nfrom: "2026-09-01"\n'
            'state: "published"\n---\n\n=1+1\n'
        ),
    }


def test_a_question_of_which_no_name_can_be_made_has_one_all_the_same():
    assert [name for name, _text in as_files([{**SAME, "questions": ["学費?"]}])] == ["article.en.md"]
