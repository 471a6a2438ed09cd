"""FIQL to a tree: right for what is right, quick and clear for what is not."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contactcenter_chat.exceptions import Invalid
from contactcenter_chat.queries.fiql_tree import MAX_DEPTH, MAX_LENGTH, MAX_TERMS, Group, Term, parse

A, B, C, D = (Term(name, "==", value) for name, value in ("a1", "b2", "c3", "d4"))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a==1", A),
        ("a==1;b==2;c==3", Group("AND", [A, B, C])),
        ("a==1,b==2,c==3", Group("OR", [A, B, C])),
        ("a==1,b==2;c==3", Group("OR", [A, Group("AND", [B, C])])),
        ("a==1;b==2,c==3", Group("OR", [Group("AND", [A, B]), C])),
        # A parser that puts the "and" where the "or" stood goes round in circles here.
        ("a==1,b==2;c==3,d==4", Group("OR", [A, Group("AND", [B, C]), D])),
        ("(a==1,b==2);c==3", Group("AND", [Group("OR", [A, B]), C])),
        ("a==1;(b==2;c==3)", Group("AND", [A, Group("AND", [B, C])])),
        ("(((((a==1)))))", A),
    ],
)
def test_and_binds_tighter_than_or_and_parentheses_tightest(text, tree):
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("a", Term("a")),
        ("a!=1", Term("a", "!=", "1")),
        ("a=gt=1", Term("a", "=gt=", "1")),
        ("a*=1", Term("a", "*=", "1")),
        ("a===1", Term("a", "==", "=1")),
        ("a=b=c=d", Term("a", "=b=", "c=d")),
        ("a==*'$!:=~+ é", Term("a", "==", "*'$!:=~+ é")),
        ("a%2Cb==%28c%29%3b", Term("a,b", "==", "(c);")),
        ("%c3%a9==%C3%A9", Term("é", "==", "é")),
        ("a==%C3", Term("a", "==", "\N{REPLACEMENT CHARACTER}")),
        ("a+b==%2B", Term("a+b", "==", "+")),
    ],
)
def test_a_term(text, term):
    assert parse(text) == term


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 1),
        ("==1", 1),
        ("a==", 2),
        ("a=1", 2),
        ("a=!=1", 2),
        ("a==1;", 6),
        ("a==1;,b==2", 6),
        ("a==1,;b==2", 6),
        (",a==1", 1),
        ("(a==1,)", 7),
        ("(a==1", 6),
        ("a==1)", 5),
        (")a==1;b==2", 1),
        ("()", 2),
        ("(())", 3),
        ("();a==1", 2),
        ("a==1;()", 7),
        ("a==1,(;)", 7),
        ("(a==1)(b==2)", 7),
        ("(a==1)b==2", 7),
        ("a==1(b==2)", 5),
        ("a==%2", 2),
        ("a==1%zz", 5),
    ],
)
def test_what_is_not_fiql_is_refused_with_the_place(text, position):
    with pytest.raises(Invalid) as refused:
        parse(text)
    assert refused.value.message == f"This is not a valid FIQL expression (see character {position})."
    assert refused.value.field == "filter"


@pytest.mark.parametrize(
    ("within", "beyond", "message"),
    [
        ("a==" + "1" * (MAX_LENGTH - 3), "a==" + "1" * (MAX_LENGTH - 2), "May not be longer than 1024 characters."),
        ("a==1," * (MAX_TERMS - 1) + "a==1", "a==1," * MAX_TERMS + "a==1", "May not have more than 20 terms."),
        (
            "(" * MAX_DEPTH + "a==1" + ")" * MAX_DEPTH,
            "(" * (MAX_DEPTH + 1) + "a==1" + ")" * (MAX_DEPTH + 1),
            "May not be nested deeper than 5.",
        ),
    ],
)
def test_limits(within, beyond, message):
    parse(within)
    with pytest.raises(Invalid) as refused:
        parse(beyond)
    assert refused.value.message == message


@pytest.mark.parametrize("character", ["=", "!", "'"])
def test_a_long_value_is_read(character):
    assert parse("name==" + character * 1000) == Term("name", "==", character * 1000)


@settings(max_examples=1000, deadline=timedelta(seconds=1))
@example("a, ;a==b,a==b !")
@example("a==b!,a==b =;a, ")
# A reading that tries every way would not come to an end.
@example("n" * 1024)
@example("name=" * 204)
@example("!" * 1024)
@example("=" * 1024)
@example("(" * 1024)
@example("%41" * 341)
@given(st.one_of(st.text(alphabet="ab.=!;,()*'%20 \0é", max_size=80), st.text(max_size=MAX_LENGTH)))
def test_anything_is_either_a_tree_or_refused(text):
    try:
        found = parse(text)
    except Invalid as error:
        found = error
    assert isinstance(found, Term | Group) or found.field == "filter"


def groups(parts):
    return st.builds(Group, st.sampled_from(["AND", "OR"]), st.lists(parts, min_size=2, max_size=3))


def depth(tree):
    return 0 if isinstance(tree, Term) else 1 + max(map(depth, tree.parts))


def terms(tree):
    return 1 if isinstance(tree, Term) else sum(map(terms, tree.parts))


WORDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=5)
TREES = st.recursive(
    st.builds(Term, WORDS, st.sampled_from(["==", "!=", "=gt="]), WORDS), groups, max_leaves=10
).filter(lambda tree: depth(tree) <= MAX_DEPTH)


def written(tree):
    """The expression that says this, with parentheses around every group but the outermost."""
    if isinstance(tree, Term):
        return quote(tree.name, safe="") + tree.comparison + quote(tree.value, safe="")
    parts = [f"({written(part)})" if isinstance(part, Group) else written(part) for part in tree.parts]
    return {"AND": ";", "OR": ","}[tree.operator].join(parts)


@given(TREES)
def test_what_is_written_is_read(tree):
    text = written(tree)
    if len(text) <= MAX_LENGTH and terms(tree) <= MAX_TERMS:
        assert parse(text) == tree
