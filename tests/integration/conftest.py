import pytest

from .project import Project


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """The name of a migrated database, from which others are made."""
    with Project("memory://", tmp_path_factory.mktemp("template")) as project:
        yield project.name
