"""A FIQL filter to a condition on our fields."""

import pytest
from django.db.models import Q

from contactcenter_chat.queries.fiql import condition

FIELDS = {"name": "name", "routingOptions.id": "queue_id"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name==a", Q(name="a")),
        ("name!=a", ~Q(name="a")),
        ("routingOptions.id==7", Q(queue_id="7")),
        ("name==a*", Q(name__startswith="a")),
        ("name==*a", Q(name__endswith="a")),
        ("name==*a*", Q(name__contains="a")),
        ("name!=*a*", ~Q(name__contains="a")),
        ("name==*", Q(name__contains="")),
        ("name==a*b", Q(name="a*b")),
        ("name==a;name==b", Q(name="a") & Q(name="b")),
        ("name==a,name==b;name==c", Q(name="a") | (Q(name="b") & Q(name="c"))),
        ("(name==a,name==b);name==c", (Q(name="a") | Q(name="b")) & Q(name="c")),
        ("name==a b é + & %25", Q(name="a b é + & %")),
        ("name==2015-08-27T10:30:00Z", Q(name="2015-08-27T10:30:00Z")),
        ("(((((name==a)))))", Q(name="a")),
        ("name==a,name==b;name==c,name==d", Q(name="a") | Q(name="b") & Q(name="c") | Q(name="d")),
        ("name==a;(name==b,name==c;name==d)", Q(name="a") & (Q(name="b") | Q(name="c") & Q(name="d"))),
    ],
)
def test_condition(text, expected):
    assert condition(text, FIELDS) == expected
