"""Do the workflows run what tox runs, and publish only what was checked? Are all addresses those of setup.cfg?"""

import re
from configparser import ConfigParser
from itertools import product
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
WORKFLOWS = ROOT / ".github" / "workflows"
FILES = sorted((ROOT / ".github").rglob("*.yml"))


def config(name):
    parser = ConfigParser(interpolation=None)
    parser.read(ROOT / name)
    return parser


def workflow(name):
    return yaml.safe_load((WORKFLOWS / name).read_text())


def expanded(line):
    """The environments of a line of tox's list: ``a-{b,c}`` is ``a-b`` and ``a-c``."""
    pieces = re.split(r"\{([^}]*)\}", line)
    return ["".join(each) for each in product(*(piece.split(",") for piece in pieces))]


def environments():
    return [name for line in config("tox.ini")["tox"]["envlist"].split() for name in expanded(line)]


def python_of(environment):
    """``3.11`` for ``py311-django52``; nothing for what any Python runs."""
    found = re.match(r"py(\d)(\d+)-", environment)
    return f"{found[1]}.{found[2]}" if found else ""


def uses(name):
    """The actions of a workflow."""
    return {step["uses"] for job in workflow(name)["jobs"].values() for step in job.get("steps", ()) if "uses" in step}


def test_each_environment_of_tox_has_a_job():
    jobs = workflow("ci.yml")["jobs"]
    with_python = {each["tox"]: each["python"] for each in jobs["tests"]["strategy"]["matrix"]["include"]}
    checks = dict.fromkeys(jobs["checks"]["strategy"]["matrix"]["tox"], "")
    assert with_python | checks == {name: python_of(name) for name in environments()}


def test_each_supported_version_is_tested():
    told = "\n".join(environments())
    for classifier in config("setup.cfg")["metadata"]["classifiers"].split("\n"):
        kind, _, version = classifier.rpartition(" :: ")
        if kind == "Programming Language :: Python" and "." in version:
            assert f"py{version.replace('.', '')}-" in told
        if kind == "Framework :: Django" and "." in version:
            assert f"-django{version.replace('.', '')}" in told


@pytest.mark.parametrize("name", ["ci.yml", "publish.yml"])
def test_actions_are_pinned_by_their_major_version(name):
    assert uses(name)
    assert {each for each in uses(name) if not re.fullmatch(r"[\w-]+/[\w-]+@(?:release/)?v\d+", each)} == set()


def test_only_a_tag_that_holds_is_published_and_by_trust_alone():
    publish = workflow("publish.yml")
    assert publish[True] == {"push": {"tags": ["v*"]}}  # YAML takes "on" for a truth
    jobs = publish["jobs"]
    assert jobs["ci"]["uses"] == "./.github/workflows/ci.yml"
    assert (jobs["build"]["needs"], jobs["publish"]["needs"]) == ("ci", "build")
    assert publish["permissions"] == workflow("ci.yml")["permissions"] == {"contents": "read"}
    assert jobs["publish"]["permissions"] == {"id-token": "write"}
    assert jobs["publish"]["environment"]["name"] == "pypi"
    assert "secrets." not in (WORKFLOWS / "publish.yml").read_text()


def test_the_parts_that_a_workflow_runs_are_parts():
    runs = [step["run"] for step in workflow("ci.yml")["jobs"]["integration"]["steps"] if "run" in step]
    (asked,) = (run.split()[1:] for run in runs if run.startswith(".ci/run"))
    parts = re.search(r"^PARTS=\((.*)\)$", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)[1].split()
    assert set(asked) <= set(parts)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_is_yaml_with_something_to_say(path):
    assert isinstance(yaml.safe_load(path.read_text()), dict)


def test_every_address_is_that_of_the_project():
    url = config("setup.cfg")["metadata"]["url"]
    name = config("setup.cfg")["metadata"]["name"]
    paths = [*FILES, *ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
    own = re.compile(rf"https://github\.com/[\w-]+/{name}[^\s)`]*")
    told = {address for path in paths for address in own.findall(path.read_text())}
    assert told
    assert {address for address in told if not address.startswith(url)} == set()
