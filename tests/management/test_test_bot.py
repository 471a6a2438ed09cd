"""contactcenter_test_bot: what it prints, its exit code, its files."""

import json

import pytest
from django.core.management import CommandError, call_command

from tests.simulation.trying.conftest import articles, bot, center
from tests.simulation.trying.test_asking import rows

__all__ = ["articles", "bot", "center"]

SET = """question,expected,language
pay my tuition in parts,Can I pay my tuition in parts?,en
a human please,handover,en
my grades,Where are my grades?,en
"""


@pytest.fixture
def path(tmp_path, articles):
    path = tmp_path / "set.csv"
    path.write_text(SET, encoding="utf-8")
    return path


def called(capsys, path, *options, bot="faq"):
    """What it prints, as lines, and its exit code."""
    try:
        call_command("contactcenter_test_bot", str(path), "--tenant", "college", "--bot", bot, *map(str, options))
        code = 0
    except SystemExit as ended:
        code = ended.code
    printed = capsys.readouterr()
    return printed.out, printed.err, code


def test_what_came(capsys, path):
    before = rows()
    out, err, code = called(capsys, path, "--min", "60")
    assert out.splitlines()[:3] == [
        "ok         2  pay my tuition in parts  ->  Can I pay my tuition in parts?",
        "ok         3  a human please  ->  handover",
        "MISSED     4  my grades  ->  none  (expected: Where are my grades?)",
    ]
    assert "2 of 3 as expected: 66.7 %" in out
    assert "article                1              0         0     0     1       0" in out
    assert (err, code) == ("", 0)
    assert rows() == before


def test_less_than_the_least(capsys, path):
    _out, err, code = called(capsys, path)
    assert (err, code) == ("66.7 % is less than 90 %.\n", 1)


def test_json(capsys, path):
    out, _err, code = called(capsys, path, "--json")
    told = json.loads(out)
    assert (told["hits"], told["count"], told["percent"], code) == (2, 3, 66.7, 1)
    assert [each["hit"] for each in told["results"]] == [True, True, False]
    assert set(told["seconds"]) == {"p50", "p95"}


def test_against_an_earlier_run(capsys, path, tmp_path):
    kept = tmp_path / "run.json"
    called(capsys, path, "--save", kept)
    assert json.loads(kept.read_text())["bot"] == "faq"
    out, _err, _code = called(capsys, path, "--against", kept)
    assert "+0 points\nnothing is different\n" in out
    path.write_text(SET.replace("\nmy grades", "\nwhere are my grades"))
    told = json.loads(called(capsys, path, "--against", kept, "--json")[0])["difference"]
    assert [each["change"] for each in told["changes"]] == ["new", "gone"]
    out, _err, _code = called(capsys, path, "--against", kept)
    assert "\nnew       where are my grades:  none\ngone      my grades:  none\n" in out


def test_all_that_is_wrong_with_a_set(capsys, path):
    path.write_text("question,expected\n=1,Nothing\n,none\n")
    with pytest.raises(CommandError, match=r"Nothing was asked: 3 errors in .*set\.csv\."):
        called(capsys, path)
    assert capsys.readouterr().err.splitlines() == [
        "line 2, expected: There is no article “Nothing”.",
        "line 2, question: This is a formula: write what it says.",
        "line 3, question: May not be empty.",
    ]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"bot": "nobody"}, "There is no bot nobody that the app asks."),
        ({"bot": "own"}, "There is no bot own that the app asks."),
        ({"path": "missing.csv"}, r"missing\.csv cannot be read: No such file or directory\."),
        ({"options": ("--tenant", "elsewhere")}, "There is no tenant elsewhere."),
        ({"options": ("--against", "missing.json")}, r"missing\.json cannot be read: No such file or directory\."),
        ({"options": ("--against", __file__)}, "This is no file of a run."),
        ({"options": ("--save", "/dev/null/run.json")}, "cannot be written: Not a directory"),
        ({"options": ("--min", "101")}, "argument --min: invalid percent value: '101'"),
    ],
)
def test_what_cannot_be(capsys, path, bot, change, told):
    with pytest.raises(CommandError, match=told):
        called(capsys, change.get("path", path), *change.get("options", ()), bot=change.get("bot", "faq"))
