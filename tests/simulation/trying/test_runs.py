"""What comes of a set: hits, figures, a file, and what is different from an earlier one."""

import json
from dataclasses import replace

import pytest

from contactcenter_chat.bots.base import Call, End, HandOver, Say
from contactcenter_chat.exceptions import Invalid
from contactcenter_chat.simulation.trying import asking, report
from contactcenter_chat.simulation.trying.comparing import difference
from contactcenter_chat.simulation.trying.running import Dialogues, run
from contactcenter_chat.simulation.trying.runs import Result, Run, read_run
from contactcenter_chat.simulation.trying.sets import read_set
from tests.actions.bots.conftest import DISCLOSED

HIT = Result(2, "", "Fees?", "en", "none", ["Fees"], ["Fees"], True, "article", "article", 0.91, 0.2, [], "")
MISS = replace(HIT, line=3, question="Gym?", expected=["none"], hit=False, wanted="none")


def run_with(*results):
    return Run("college", "faq", "2026-06-01T09:00:00+00:00", results)


def came(center, bot, *lines):
    rows = read_set("\n".join(["question,expected,conversation,identity", *lines]).encode(), center.tenant)
    return list(run(asking.place_of(center.tenant, bot, looks=False), rows, Dialogues(bot)))


def test_what_came_and_whether_it_was_expected(center, articles):
    results = came(
        center,
        "faq",
        "pay my tuition in parts,Can I pay my tuition in parts?,",
        "pay my tuition in parts,Where are my grades?,",
        "my grades,none,",
        "my grades,Where are my grades?,,signed",
        "a human please,handover|none,",
        "a human please,Where are my grades?,",
    )
    assert [(each.line, each.came, each.hit, each.wanted, each.got) for each in results] == [
        (2, ["Can I pay my tuition in parts?"], True, "article", "article"),
        (3, ["Can I pay my tuition in parts?"], False, "article", "other article"),
        (4, ["none"], True, "none", "none"),
        (5, ["Where are my grades?"], True, "article", "article"),
        (6, ["handover"], True, "handover", "handover"),
        (7, ["handover"], False, "article", "handover"),
    ]
    assert results[2].misses == ["no_article"]


def test_a_conversation_is_one_dialogue(center, bot):
    def answer(turn):
        turn.memory["seen"] = [*turn.memory.get("seen", []), turn.text]
        yield Say(str(turn.memory["seen"]), miss="no_article" if "miss" in turn.text else "")

    bot.answers = staticmethod(answer)
    results = came(
        center, "helper", "miss a,none,c", "alone,none,", "miss b,handover,c", "after,handover,c", "x,none,d"
    )
    assert [each.came for each in results] == [["none"], ["none"], ["handover"], ["handover"], ["none"]]
    assert [dict(turn.memory)["seen"] for turn in bot.turns] == [["miss a"], ["alone"], ["miss a", "miss b"], ["x"]]
    assert bot.turns[2].before == (("user", "miss a"), ("bot", DISCLOSED), ("bot", "['miss a']"))


def test_what_was_ended_begins_anew(center, bot):
    bot.answers = staticmethod(lambda turn: iter([Say("Bye", miss="said_no"), End()]))
    assert [each.came for each in came(center, "helper", "a,none,c", "b,none,c", "c,none,c")] == [["none"]] * 3


def test_tools(center, bot, own_tools):
    bot.answers = staticmethod(lambda turn: iter([Call("add_up"), Call("add_up")]))
    [hit, missed] = came(center, "helper", "Book it,tool:add_up,", "Book it,tool:open_queue,")
    assert (hit.came, hit.hit, hit.got) == (["tool:add_up"], True, "tool")
    assert (missed.hit, missed.wanted, missed.got) == (False, "tool", "tool")


def test_a_bot_that_fails_hits_nothing(center, bot):
    bot.answers = staticmethod(lambda turn: 1 / 0)
    [result] = came(center, "helper", "Fees,handover|none,")
    assert (result.came, result.hit, result.got) == (["failed"], False, "failed")
    assert result.failure == "ZeroDivisionError: division by zero"


def test_what_was_left_out_of_a_handover_is_no_failure(center, bot):
    bot.answers = staticmethod(lambda turn: iter([HandOver(queue="Rooms", skills=[("Magic", 3)])]))
    [result] = came(center, "helper", "Fees,handover,")
    assert (result.came, result.hit, result.failure) == (["handover"], True, "")
    assert result.left_out == ["queue: 'Rooms'", "skills: There is no skill Magic."]
    table = "".join(report.as_csv(run_with(result)))
    assert table.splitlines()[0].endswith(",misses,failure,left_out")
    assert table.splitlines()[1].endswith(",,,queue: 'Rooms' | skills: There is no skill Magic.")
    told = next(report.as_text(run_with(result)))
    assert told.endswith("->  handover (left out: queue: 'Rooms' | skills: There is no skill Magic.)")


def test_figures():
    whole = run_with(HIT, MISS, replace(HIT, seconds=3.0))
    assert (whole.hits, whole.percent) == (2, 66.7)
    assert (whole.seconds(50), whole.seconds(95)) == (0.2, 3.0)
    assert whole.confusion == [("article", [2, 0, 0, 0, 0, 0]), ("none", [1, 0, 0, 0, 0, 0])]
    assert (run_with().percent, run_with().seconds(95)) == (0.0, 0.0)


def test_a_file_is_read_as_it_was_written():
    whole = run_with(HIT, replace(MISS, score=None, misses=["no_article"]))
    assert read_run(json.dumps(whole.as_json()).encode()) == replace(whole, results=list(whole.results))


def test_a_file_of_an_earlier_run_says_nothing_of_what_was_left_out():
    kept = run_with(HIT).as_json()
    del kept["results"][0]["left_out"]
    assert read_run(json.dumps(kept).encode()).results == [HIT]


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"at": ""},
        {"at": "2026-13-45T99:00"},
        {"at": "2026-06-01T09:00"},
        {"at": "9999-12-31T23:59:59-23:00"},
        {"at": "0001-01-01T00:00:00+14:00"},
        {"results": [{**vars(HIT), "seconds": "1"}]},
        {"results": 1},
        {"results": [1]},
        {"results": [{}]},
        {"bot": 1},
        {"results": [{**vars(HIT), "came": [1]}]},
        {"results": [{**vars(HIT), "left_out": "queue"}]},
    ],
)
def test_what_is_no_run_is_refused(change):
    with pytest.raises(Invalid, match="This is no file of a run"):
        read_run(json.dumps({**run_with(HIT).as_json(), **change}).encode())


def test_what_no_database_keeps_is_replaced():
    content = json.dumps({**run_with(HIT).as_json(), "bot": "a\ud800"}).encode()
    assert read_run(content).bot == "a\ufffd"


@pytest.mark.parametrize("content", [b"", b"\xff", b"[]", b"[" * 100_000, b"1"])
def test_what_is_no_json_is_refused(content):
    with pytest.raises(Invalid, match="This is no file of a run"):
        read_run(content)


def test_what_is_different():
    before = run_with(HIT, MISS, replace(HIT, question="Same"), replace(HIT, question="Gone"))
    now = run_with(
        replace(HIT, hit=False, came=["none"], got="none"),
        replace(MISS, hit=True, came=["none"], got="none"),
        replace(HIT, question="Same", came=["Fees", "tool:x"]),
        replace(HIT, question="New"),
        HIT,  # for the second time
    )
    compared = difference(before, now)
    kinds = [(each.kind, each.result.question) for each in compared.changes]
    assert kinds == [
        *[("worse", "Fees?"), ("better", "Gym?"), ("changed", "Same")],
        *[("new", "New"), ("new", "Fees?"), ("gone", "Gone")],
    ]
    assert compared.points == 5.0
    assert difference(before, before).changes == []


def test_a_table_that_no_spreadsheet_runs():
    table = "".join(report.as_csv(run_with(replace(HIT, question="=HYPERLINK(1)"))))
    assert "\r\n2,,'=HYPERLINK(1),en,none,Fees,Fees,yes,0.91,0.2,,,\r\n" in table
