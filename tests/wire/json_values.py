"""Strategies for JSON: what a schema of a request allows, and what is nearly that."""

from hypothesis import strategies as st

from contactcenter_chat.storable import is_blank

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=30),
    st.sampled_from(["", " ", "TRUE", "false", "user", "bot", "queue", "script", "X", "40", "0", "ftp://x", "v2.0"]),
)
MANY = 6  # where a schema says no limit
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)


def allowed(schema):
    """What a schema allows; of a number as text, what it allows as a number: a pattern knows no bounds."""
    values = _not_null(schema)
    return st.none() | values if schema.get("nullable") else values


def around(schema):
    """What looks like it: the same members, some missing, some with anything as their value."""
    if "properties" in schema:
        near = st.fixed_dictionaries({}, optional={name: around(each) for name, each in schema["properties"].items()})
    elif schema.get("type") == "array":
        near = st.lists(around(schema["items"]), max_size=schema.get("maxItems", MANY) + 1)
    else:
        near = SCALARS
    return st.one_of(allowed(schema), near, ANYTHING) if schema else ANYTHING


def _not_null(schema):
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "oneOf" in schema:
        return _one_of(schema["oneOf"])
    return KINDS[schema.get("type")](schema)


def _one_of(schemas):
    number = next((each for each in schemas if "minimum" in each), None)
    if number:
        return _integers(number) | _integers(number).map(str)
    return st.one_of([allowed(each) for each in schemas])


def _objects(schema):
    properties, required = schema.get("properties", {}), schema.get("required", ())
    members = {name: allowed(each) for name, each in properties.items()}
    some = {name: each for name, each in members.items() if name not in required}
    known = st.fixed_dictionaries({name: members[name] for name in required}, optional=some)
    others = schema.get("additionalProperties", True)
    values = ANYTHING if isinstance(others, bool) else allowed(others)
    most = schema.get("maxProperties", 3) if others is not False else 0
    unknown = st.dictionaries(TEXTS.filter(lambda name: name not in members), values, max_size=most)
    if "maxProperties" in schema:  # of a customer's data nothing is required
        return st.builds(lambda more, those: dict([*those.items(), *more.items()][:most]), unknown, known)
    return st.builds(lambda more, those: more | those, unknown, known)


def _arrays(schema):
    return st.lists(allowed(schema["items"]), max_size=schema.get("maxItems", MANY))


def _texts(schema):
    begins = "http://" if "http" in schema.get("pattern", "") else ""
    texts = TEXTS.map(lambda text: (begins + text)[: schema.get("maxLength")])
    return texts.filter(lambda text: not is_blank(text)) if r"\s" in schema.get("pattern", "") else texts


def _integers(schema):
    return st.integers(schema.get("minimum", -(10**20)), schema.get("maximum", 10**20))


KINDS = {
    None: lambda schema: ANYTHING,
    "object": _objects,
    "array": _arrays,
    "string": _texts,
    "integer": _integers,
    "number": lambda schema: st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    "boolean": lambda schema: st.booleans(),
}


# What may be told in a callback: see ``storable.check_json``.
NAMES = st.integers(0, 2**33).map(str) | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
TOLD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES.filter("__proto__".__ne__), inner, max_size=6),
)
