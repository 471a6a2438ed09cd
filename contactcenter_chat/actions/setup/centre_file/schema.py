"""The format as a JSON Schema, by which editors complete and check a centre's file."""

from typing import Any

from .keys import CENTRE, CODE_LIST
from .special import Codes

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """Return the schema. It says nothing of names that have to be there, of doubles, or of an order of times."""
    codes = CODE_LIST.keys["codes"]
    assert isinstance(codes, Codes)  # noqa: S101  (for the checker of types)
    return {"$schema": DIALECT, "title": "A contact centre", **CENTRE.schema(), "$defs": {"codes": codes.definition()}}
