"""How does a customer's data travel? Some names of their own, everything else as key and value.

Everywhere else they are one flat object of strings, which is also what Chat API v2 shows.
"""

from ..chat_api_v2.names import OWN_NAMES

NUMBERS = ("timezoneOffset",)


def user(data):
    """Return flat data as this format writes them."""
    own = {name: _written(name, data[name]) for name in OWN_NAMES if name in data}
    others = [{"key": key, "value": value} for key, value in data.items() if key not in OWN_NAMES]
    return own | {"additionalProperties": others}


def read_user(reader, max_others):
    """Read them as flat data; of what is not named here ``max_others`` at most. An own name's value wins."""
    own = reader.only(OWN_NAMES).strings(len(OWN_NAMES))
    return _read_others(reader, max_others) | own


def emptied_names(reader):
    """The own names that are null: a change takes these away."""
    return tuple(name for name in OWN_NAMES if name in reader.members and reader.members[name] is None)


def _read_others(reader, max_others):
    pairs: dict[str, str] = {}
    for item in reader.objects("additionalProperties", max_others):
        key = item.text("key", max_length=255)
        pairs |= item.strings_of("value", key)
    return pairs


def _written(name, value):
    if name in NUMBERS and value.removeprefix("-").isdecimal() and value.isascii():
        return int(value)
    return value
