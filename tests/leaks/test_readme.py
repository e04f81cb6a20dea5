"""The guide's table of features: each row names a test that exists."""

import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
GUIDE = HERE.parent.parent / "course" / "leaks" / "README.md"


def rows():
    for line in GUIDE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("| ").split(" | ")]
        if len(cells) == 6 and "::" in cells[5]:
            yield cells[0], cells[5].strip("`")


def test_the_table_is_there():
    assert len(list(rows())) > 30


@pytest.mark.parametrize(("feature", "test"), list(rows()), ids=[feature for feature, _ in rows()])
def test_each_row_has_a_test(feature, test):
    file, _, name = test.partition("::")
    assert re.search(rf"^def {name}\(", (HERE / file).read_text(encoding="utf-8"), re.MULTILINE), f"{feature}: {test}"
