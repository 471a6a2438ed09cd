"""Each question is a passage, and each piece of the answer; what belongs together stays so."""

from contactcenter_chat.knowledge.passages import PIECE_MOST, Passage, digest_of, passages_of, pieces_of

ANSWER = "Yes. Open My fees and click Pay in instalments.\n- 1 October\n- 15 January"


def test_questions_come_first_and_show_how_the_answer_begins():
    shown = "Yes. Open My fees and click Pay in instalments. - 1 October - 15 January"
    assert passages_of(["Can I pay in parts?", "Do you offer instalments?"], ANSWER) == [
        Passage("Can I pay in parts?", shown),
        Passage("Do you offer instalments?", shown),
        Passage(f"Can I pay in parts?\n{shown}", shown),
    ]


def test_a_long_answer_is_cut_between_sentences():
    sentences = [f"This is sentence number {number} of a long answer." for number in range(40)]
    pieces = list(pieces_of(" ".join(sentences)))
    assert len(pieces) == 3
    assert all(len(piece) <= PIECE_MOST for piece in pieces)
    assert " ".join(pieces) == " ".join(sentences)


def test_what_has_no_sentences_is_cut_all_the_same():
    assert list(pieces_of("x" * (2 * PIECE_MOST + 1))) == ["x" * PIECE_MOST, "x" * PIECE_MOST, "x"]
    assert list(pieces_of("")) == []


def test_the_digest_tells_words_apart_and_where_they_stand():
    digests = {digest_of(["a", "b"], "c"), digest_of(["a"], "b\0c"), digest_of(["a"], "c"), digest_of(["a", "b"], "d")}
    assert len(digests) == 4
    assert digest_of(["a", "b"], "c") == digest_of(["a", "b"], "c")
    assert {len(digest) for digest in digests} == {32}
