"""Is what the documentation names as public checked by mypy as strictly as can be?"""

import tomllib
from fnmatch import fnmatchcase

from .docs.pages import ROOT, code, page, rows, section

NAME = "contactcenter_chat"
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]
# What mypy's --strict stands for, of what can be asked of some modules alone.
STRICT = {
    "disallow_any_generics",
    "disallow_incomplete_defs",
    "disallow_subclassing_any",
    "disallow_untyped_calls",
    "disallow_untyped_decorators",
    "disallow_untyped_defs",
    "extra_checks",
    "no_implicit_reexport",
    "warn_return_any",
}


def public():
    """The dotted names of the modules that docs/extending.md names."""
    extending = page("extending.md")
    verbs = rows(section(extending, "## Verbs\n", "## The rest of what is public\n"))
    others = rows(section(extending, "## The rest of what is public\n", "Models are public for reading."))
    return {f"{NAME}.actions.{code(row[0])[0]}" for row in verbs} | {f"{NAME}.{code(row[0])[0]}" for row in others}


def strict():
    """The modules, or patterns of them, that are checked so."""
    (chosen,) = (each for each in CONFIG["overrides"] if each.get("disallow_untyped_defs"))
    assert {name for name, value in chosen.items() if value is True} == STRICT
    return chosen["module"]


def covers(pattern, module):
    """As mypy reads it: what ends in ``.*`` names the package as well."""
    return fnmatchcase(module, pattern) or pattern == f"{module}.*"


def test_what_is_public_is_strict():
    wanted = {*public(), f"{NAME}.wire.base"}
    assert {module for module in wanted if not any(covers(pattern, module) for pattern in strict())} == set()


def test_what_is_strict_is_there():
    found = {path.relative_to(ROOT).with_suffix("") for path in (ROOT / NAME).rglob("*.py")}
    modules = {".".join(path.parts).removesuffix(".__init__") for path in found}
    assert [pattern for pattern in strict() if not any(covers(pattern, module) for module in modules)] == []


def test_all_else_is_checked():
    assert CONFIG["check_untyped_defs"] is True
    assert (CONFIG["packages"], CONFIG["modules"]) == ([NAME], ["tests.types_seen"])
    assert [each["module"] for each in CONFIG["overrides"] if each.get("ignore_errors")] == []


def test_projects_see_the_types():
    assert (ROOT / NAME / "py.typed").read_text() == ""
