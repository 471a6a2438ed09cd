"""Has every file of verbs its tests where one looks for them?"""

from pathlib import Path

import pytest

from contactcenter_chat import actions

VERBS = Path(actions.__file__).parent
HERE = Path(__file__).parent
FILES = sorted(path.relative_to(VERBS) for path in VERBS.rglob("*.py") if path.name != "__init__.py")


@pytest.mark.parametrize("file", FILES, ids=str)
def test_a_file_of_verbs_has_its_tests(file):
    assert (HERE / file.parent / f"test_{file.name}").is_file()
