"""How is a body declared, once, for reading it and for describing it?

A declaration maps the names of members to their kinds, in the order in which they are read and complained about. What
stands behind a dot is a member of an object that was declared before::

    LETTER = {
        "sender": Object(required=True),
        "subject": Text(limit="message"),
        "sender.id": Identifier(),
    }

``read`` makes a dictionary with the same names of a body, ``schema_of`` a JSON schema of the declaration. What a
format has for itself is a kind of its own, beside its declarations. A limit that others decide is the name of a field
of ``limits.Limits``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..storable import UNSEEN
from .limits import Limits, Range
from .reading import EMPTY, KEY_MAX, Reader

NO_NUL = "^[^\\u0000]*$"
NOT_BLANK = rf"^[^\u0000]*[^\u0000{UNSEEN}][^\u0000]*$"
SCALAR = {"oneOf": [{"type": "string", "pattern": NO_NUL}, {"type": "number"}, {"type": "boolean"}]}


@dataclass(frozen=True, kw_only=True)
class Member:
    """A member of an object. A kind says how it is ``read`` and, in ``own_shape``, what it looks like.

    Without a ``default`` it must be there, unless its kind is a ``Part``; where it need not be there, null is as good
    as absent. ``described`` is what the schema says besides, of what is checked elsewhere.
    """

    default: Any = None
    description: str = ""
    described: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_required(self) -> bool:
        return self.default is None

    def read(self, reader: Reader, name: str, limits: Limits | None, given: Mapping[str, Any]) -> Any:
        """Return what this member is in a body; ``given`` are the values of those that were read before."""
        raise NotImplementedError

    def own_shape(self, limits: Limits | None) -> dict[str, Any]:
        """Return the schema of what it is where it is there."""
        raise NotImplementedError

    def shape(self, limits: Limits | None) -> dict[str, Any]:
        """The same, with what is said of it besides."""
        words = {"description": self.description} if self.description else {}
        default = {"default": self.default} if self.default not in (None, "") else {}
        return self.own_shape(limits) | default | words | dict(self.described)

    def schema(self, limits: Limits | None) -> dict[str, Any]:
        """Return the schema of the member: what need not be there may also be null."""
        shape = self.shape(limits)
        if self.is_required:
            return shape
        if "enum" in shape:
            shape["enum"] = [*shape["enum"], None]
        return shape | {"nullable": True}


@dataclass(frozen=True, kw_only=True)
class Part(Member):
    """A member that says itself what it is where it is not there, so that it need be there only when ``required``."""

    required: bool = False

    @property
    def is_required(self) -> bool:
        return self.required


Declaration = Mapping[str, Member]


@dataclass(frozen=True, kw_only=True)
class Text(Member):
    """Text of which something shows, or optional text; ``unless`` names members one of which will do instead."""

    limit: str | int = 0  # 0: none
    unless: tuple[str, ...] = ()

    def read(self, reader, name, limits, given):
        required = self.is_required or (bool(self.unless) and not any(given[other] for other in self.unless))
        return reader.text(name, required, max_length=limited(self.limit, limits), default=self.default or "")

    def own_shape(self, limits):
        shape = {"type": "string", "pattern": NOT_BLANK if self.is_required else NO_NUL}
        return shape | {"maxLength": limited(self.limit, limits)} if self.limit else shape


@dataclass(frozen=True, kw_only=True)
class Identifier(Member):
    """An id, which may be a number."""

    def read(self, reader, name, limits, given):
        absent = not self.is_required and reader.members.get(name) is None
        return self.default if absent else reader.identifier(name)

    def own_shape(self, limits):
        return {"oneOf": [Text(limit=KEY_MAX).shape(limits), {"type": "integer"}]}


@dataclass(frozen=True)
class Choice(Member):
    """One of some texts."""

    choices: tuple[str, ...]

    def read(self, reader, name, limits, given):
        return reader.choice(name, self.choices, default=self.default)

    def own_shape(self, limits):
        return {"type": "string", "enum": list(self.choices)}


@dataclass(frozen=True, kw_only=True)
class Flag(Member):
    """True or false, or the same as text."""

    default: bool = False

    def read(self, reader, name, limits, given):
        return reader.boolean(name, self.default)

    def own_shape(self, limits):
        return {"oneOf": [{"type": "boolean"}, {"type": "string", "enum": ["true", "false"]}]}


@dataclass(frozen=True)
class Number(Part):
    """A whole number within bounds, or the same as text; the bounds say which it is where it is not there."""

    bounds: str | Range

    def read(self, reader, name, limits, given):
        bounds = limited(self.bounds, limits)
        if self.is_required and reader.members.get(name) is None:
            reader.refuse(name, EMPTY, code="required")
        return reader.bounded(name, bounds.default, least=bounds.least, most=bounds.most)

    def own_shape(self, limits):
        bounds = limited(self.bounds, limits)
        number = {"type": "integer", "minimum": bounds.least, "maximum": bounds.most}
        shape = {"oneOf": [number, {"type": "string", "pattern": "^[0-9]+$"}]}
        return shape if bounds.default is None else shape | {"default": bounds.default}


@dataclass(frozen=True, kw_only=True)
class Scalar(Part):
    """Text, a number, true or false: kept as text; None when it is not there."""

    def read(self, reader, name, limits, given):
        return reader.scalar(name)

    def own_shape(self, limits):
        return dict(SCALAR)


@dataclass(frozen=True, kw_only=True)
class Scalars(Part):
    """A flat object of scalars with any names: as many as the limit says, and as there are ``known`` ones."""

    limit: str | int
    known: tuple[str, ...] = ()

    def read(self, reader, name, limits, given):
        return reader.object(name).strings(self._most(limits))

    def own_shape(self, limits):
        scalar = Scalar().schema(limits)
        names = dict.fromkeys(self.known, scalar)
        most = self._most(limits)
        return {"type": "object", "maxProperties": most, "properties": names, "additionalProperties": scalar}

    def _most(self, limits):
        return limited(self.limit, limits) + len(self.known)


@dataclass(frozen=True, kw_only=True)
class Anything(Part):
    """What is not looked at here: that it is ``required`` is only described. ``also`` is another name of it."""

    also: str = ""

    def read(self, reader, name, limits, given):
        return reader.members.get(name, reader.members.get(self.also))

    def own_shape(self, limits):
        return {}

    def schema(self, limits):
        return self.shape(limits)


@dataclass(frozen=True, kw_only=True)
class Object(Part):
    """An object whose members are declared after it; its value is a Reader, of nothing when it is not there."""

    def read(self, reader, name, limits, given):
        return reader.object(name)

    def own_shape(self, limits):
        return {"type": "object"}


@dataclass(frozen=True)
class Whole(Part):
    """An object of its own: its ``members`` are read when it is there, its value is theirs or None."""

    members: Declaration

    def read(self, reader, name, limits, given):
        return None if reader.members.get(name) is None else read_members(reader.object(name), self.members, limits)

    def own_shape(self, limits):
        return schema_of(self.members, limits)


@dataclass(frozen=True, kw_only=True)
class Listed(Part):
    """A list of objects with these ``members``; its value is a list of theirs.

    ``most`` is how many are read at all, where how many are allowed is for others to say.
    """

    members: Declaration
    limit: str
    most: int = 0

    def read(self, reader, name, limits, given):
        items = reader.objects(name, self.most or limited(self.limit, limits))
        return [read_members(item, self.members, limits) for item in items]

    def own_shape(self, limits):
        allowed = limited(self.limit, limits)
        most = min(allowed, self.most) if self.most else allowed
        return {"type": "array", "maxItems": most, "items": schema_of(self.members, limits)}


def read(body, declaration: Declaration, limits: Limits | None = None) -> dict[str, Any]:
    """Return the values of a body's members by their declared names. Raises InvalidFields with every complaint."""
    reader = Reader(body)
    given = read_members(reader, declaration, limits)
    reader.done()
    return given


def read_members(reader: Reader, declaration: Declaration, limits: Limits | None = None) -> dict[str, Any]:
    """The same, of what a reader is at; it has the complaints."""
    given: dict[str, Any] = {}
    for path, member in declaration.items():
        place, _, name = path.rpartition(".")
        given[path] = member.read(given[place] if place else reader, name, limits, given)
    return given


def schema_of(declaration: Declaration, limits: Limits | None = None) -> dict[str, Any]:
    """Return the JSON schema, as OpenAPI 3.0 writes it, of an object with these members."""
    schemas: dict[str, dict[str, Any]] = {"": {"type": "object"}}
    for path, member in declaration.items():
        place, _, name = path.rpartition(".")
        schemas[path] = schemas[place].setdefault("properties", {})[name] = member.schema(limits)
        if member.is_required:
            schemas[place].setdefault("required", []).append(name)
    return schemas[""]


def limited(limit: str | int | Range, limits: Limits | None) -> Any:
    """Return a limit of one's own as it is, or the one of this name."""
    return getattr(limits, limit) if isinstance(limit, str) else limit
