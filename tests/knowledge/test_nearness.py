"""The nearest of what may be seen, of the words as they are now; a process keeps what it was asked for last."""

import numpy
import pytest

from contactcenter_chat.knowledge import nearness
from contactcenter_chat.knowledge.base import EmbedderAway
from contactcenter_chat.knowledge.nearness import Near, Shelves, packed

RIGHT, UP, BETWEEN = (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)


class Table:
    """Vectors as the database has them, and what was read of them."""

    def __init__(self, **rows):
        self.rows = {pk: ("1", *packed(vectors)) for pk, vectors in rows.items()}
        self.asked = []

    def load(self, ids):
        self.asked.append(sorted(ids))
        return [(pk, *self.rows[pk]) for pk in ids if pk in self.rows]

    @property
    def digests(self):
        return {pk: row[0] for pk, row in self.rows.items()}


def nearest(shelves, table, question, wanted=None, most=5, tenant="t"):
    return shelves.nearest(tenant, "m", question, table.digests if wanted is None else wanted, table.load, most)


def test_each_version_by_its_nearest_passage():
    table = Table(a=[UP, RIGHT], b=[BETWEEN], c=[UP])
    assert nearest(Shelves(), table, (2.0, 0.0)) == [Near("a", 1, 1.0), Near("b", 0, 0.7071), Near("c", 0, 0.0)]
    assert nearest(Shelves(), table, (2.0, 0.0), most=1) == [Near("a", 1, 1.0)]


def test_only_what_may_be_seen():
    table = Table(a=[RIGHT], b=[BETWEEN])
    shelves = Shelves()
    assert nearest(shelves, table, RIGHT, most=1) == [Near("a", 0, 1.0)]
    assert nearest(shelves, table, RIGHT, {"b": "1"}, most=1) == [Near("b", 0, 0.7071)]
    assert nearest(shelves, table, RIGHT, {}) == []


def test_what_is_known_is_not_read_again():
    table = Table(a=[RIGHT], b=[UP])
    shelves = Shelves()
    nearest(shelves, table, RIGHT)
    nearest(shelves, table, UP)
    assert table.asked == [["a", "b"]]


def test_other_words_are_read_anew_and_the_old_ones_are_gone():
    table = Table(a=[RIGHT], b=[UP])
    shelves = Shelves()
    nearest(shelves, table, RIGHT)
    table.rows["a"] = ("2", *packed([UP]))
    assert nearest(shelves, table, RIGHT, {"a": "2"}) == [Near("a", 0, 0.0)]
    assert table.asked == [["a", "b"], ["a"]]


def test_vectors_of_words_that_are_no_more_are_not_taken():
    table = Table(a=[RIGHT])
    assert nearest(Shelves(), table, RIGHT, {"a": "2"}) == []


def test_vectors_of_another_length_are_left_out():
    table = Table(a=[RIGHT])
    shelves = Shelves()
    nearest(shelves, table, RIGHT)
    table.rows["b"] = ("1", *packed([(0.0, 0.0, 1.0)]))
    assert nearest(shelves, table, (0.0, 0.0, 1.0)) == [Near("b", 0, 1.0)]


@pytest.mark.parametrize(
    "vectors",
    [[(1.0,), (1.0, 2.0)], [float("nan")], [(float("nan"), 1.0)], [(float("inf"), 1.0)], [None], ["ab"], [[]]],
)
def test_what_are_no_vectors_is_refused(vectors):
    with pytest.raises(EmbedderAway):
        packed(vectors)


def test_a_question_of_another_length_is_refused():
    table = Table(a=[RIGHT])
    with pytest.raises(EmbedderAway):
        nearest(Shelves(), table, (1.0, 0.0, 0.0))


def test_tenants_are_kept_apart():
    one, other = Table(a=[RIGHT]), Table(b=[RIGHT])
    shelves = Shelves()
    assert [each.version for each in nearest(shelves, one, RIGHT, tenant="one")] == ["a"]
    assert [each.version for each in nearest(shelves, other, RIGHT, tenant="other")] == ["b"]


def test_what_was_asked_longest_ago_makes_room(monkeypatch):
    monkeypatch.setattr(nearness, "BYTES_MOST", 16)  # two vectors of two numbers
    one, other = Table(a=[RIGHT, UP]), Table(b=[RIGHT])
    shelves = Shelves()
    nearest(shelves, one, RIGHT, tenant="one")
    nearest(shelves, other, RIGHT, tenant="other")
    nearest(shelves, one, RIGHT, tenant="one")
    assert (len(one.asked), len(other.asked)) == (2, 1)


def test_what_is_packed_is_of_length_one():
    width, vectors = packed([(3.0, 4.0), (0.0, 0.0)])
    assert (width, len(vectors)) == (2, 16)
    assert numpy.frombuffer(vectors, "<f4").tolist() == pytest.approx([0.6, 0.8, 0.0, 0.0])
