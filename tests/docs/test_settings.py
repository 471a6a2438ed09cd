"""Does the settings' page say what ``conf`` and ``checks`` say?"""

import ast
import re
from dataclasses import fields
from pathlib import Path

from contactcenter_chat import checks, conf

from .pages import blocks, code, page, rows, section

PAGE = page("settings.md")
TABLES = rows(PAGE.partition("## Django's own")[0])


def annotations():
    """Each setting's type as it is written in the source."""
    (defaults,) = (
        node
        for node in ast.parse(Path(conf.__file__).read_text()).body
        if isinstance(node, ast.ClassDef) and node.name == "Defaults"
    )
    return {node.target.id: ast.unparse(node.annotation) for node in defaults.body if isinstance(node, ast.AnnAssign)}


def test_every_setting_is_there_with_its_type():
    types = {code(row[0])[0]: code(row[1])[0].replace("\\|", "|") for row in TABLES}
    assert types == annotations()


def test_every_default_is_the_right_one():
    told = {code(row[0])[0]: ast.literal_eval(code(row[2])[0]) for row in TABLES if row[2] != "see below"}
    (providers,) = (block.text for block in blocks(PAGE, "python") if "BACKEND" in block.text)
    told["PROVIDERS"] = ast.literal_eval(providers)
    (paces,) = (block.text for block in blocks(PAGE, "python") if block.text.startswith("PACES = "))
    told["PACES"] = ast.literal_eval(paces.removeprefix("PACES = "))
    assert told == {field.name: getattr(conf.DEFAULTS, field.name) for field in fields(conf.Defaults)}


def test_every_setting_says_what_it_means():
    assert all(len(row) == 4 and row[3] for row in TABLES)


def test_the_example_is_accepted(settings):
    example = {}
    exec(blocks(PAGE, "python")[0].text, example)  # noqa: S102
    settings.CONTACTCENTER_CHAT = example["CONTACTCENTER_CHAT"]
    assert checks.check_settings(None) == []


def test_every_check_is_there():
    sources = [path.read_text() for path in Path(checks.__file__).parent.glob("*.py")]
    found = [each for source in sources for each in re.findall(r"an?_(error|warning)\(\s*(\d+),", source)]
    numbers = {f"{kind[0].upper()}{int(number):03}" for kind, number in found}
    told = [code(row[0])[0] for row in rows(section(PAGE + "\0", "## Checks", "\0"))]
    assert sorted(told) == sorted(f"contactcenter_chat.{number}" for number in numbers)
