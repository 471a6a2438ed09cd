"""Does JavaScript write a body as we wrote it? The pairs were recorded from V8; the browser tests ask it anew."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcenter_chat.wire.base import encode
from tests.wire.json_values import TOLD

# What we read, and what JSON.stringify makes of it.
PAIRS = [
    ("1.0", "1"),
    ("1e3", "1000"),
    ("-0.0", "0"),
    ("0.5", "0.5"),
    ("-1.25", "-1.25"),
    ("123.456", "123.456"),
    ("0.000001", "0.000001"),
    ("1.5e-6", "0.0000015"),
    ("1e-7", "1e-7"),
    ("1.5e-7", "1.5e-7"),
    ("1e16", "10000000000000000"),
    ("1e20", "100000000000000000000"),
    ("123456789012345678901.0", "123456789012345680000"),
    ("12345678901234567890", "12345678901234567000"),
    ("1e21", "1e+21"),
    ("1.7976931348623157e308", "1.7976931348623157e+308"),
    ("5e-324", "5e-324"),
    ("9007199254740992", "9007199254740992"),
    ("[true,false,null,1.0]", "[true,false,null,1]"),
    ('{"10":1,"2":2,"a":3}', '{"2":2,"10":1,"a":3}'),
    ('{"b":1,"01":2,"0":3,"-1":4}', '{"0":3,"b":1,"01":2,"-1":4}'),
    ('{"4294967295":1,"4294967294":2}', '{"4294967294":2,"4294967295":1}'),
    ('{"z":{"9":[{"1":"","0":1.0}]}}', '{"z":{"9":[{"0":1,"1":""}]}}'),
    ('{"a":"é\u2028\\u0001\\u007f\\"\\\\/\\n"}', '{"a":"é\u2028\\u0001\x7f\\"\\\\/\\n"}'),
    ('{"1":"é\u2028\\u0001\\u007f\\"\\\\/\\n"}', '{"1":"é\u2028\\u0001\x7f\\"\\\\/\\n"}'),
    ('{"٣":1,"²":2,"1":3}', '{"1":3,"٣":1,"²":2}'),
    ('{"text":"at [1.0, 2e3], \\"7\\":"}', '{"text":"at [1.0, 2e3], \\"7\\":"}'),
]


@pytest.mark.parametrize(("read", "written"), PAIRS)
def test_it_is_written_as_javascript_writes_it(read, written):
    assert encode(json.loads(read)) == written


@given(TOLD)
def test_it_says_the_same_and_is_written_alike_again(body):
    text = encode(body)
    assert json.loads(text, parse_int=float) == body
    assert encode(json.loads(text)) == text


@given(st.dictionaries(st.text("ab-", max_size=3), st.integers(-(2**40), 2**40) | st.text('1.e,[{":', max_size=9)))
def test_what_needs_no_change_keeps_its_order(body):
    assert encode(body) == json.dumps(body, separators=(",", ":"), ensure_ascii=False)
