"""The allow list in ``pyproject.toml``."""

import pytest

from course.leaks import Leak, allow_list


@pytest.fixture
def read(tmp_path):
    def read(text: str):
        path = tmp_path / "pyproject.toml"
        path.write_text(text)
        return allow_list.read(path)

    return read


def test_an_entry_ignores_what_meets_all_its_conditions(read):
    (rule,) = read(
        '[[tool.leaks.allow]]\nkind = "thread"\nname = "vendor-*"\nreason = "vendor keeps one thread for ever"\n'
    )
    assert rule.matches(Leak("thread", "vendor-1"))
    assert not rule.matches(Leak("task", "vendor-1"))
    assert not rule.matches(Leak("thread", "other"))


def test_there_need_be_no_list_and_no_file(read, tmp_path):
    assert read("[project]\nname = 'p'\n") == []
    assert allow_list.read(tmp_path / "nowhere.toml") == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[tool.leaks.allow]]\nname = "vendor"\n', r"entry 1 of .*name = 'vendor'.* has no reason"),
        ('[[tool.leaks.allow]]\nname = "vendor"\nreason = "  "\n', "has no reason"),
        ('[[tool.leaks.allow]]\nreason = "just so"\n', "too wide"),
        ('[[tool.leaks.allow]]\nname = "*"\nreason = "just so"\n', "too wide"),
        ('[[tool.leaks.allow]]\nkind = "thread"\nreason = "just so"\n', "too wide"),
        ('[[tool.leaks.allow]]\nnmae = "vendor"\nreason = "a typo"\n', "unknown key 'nmae'"),
        ('[[tool.leaks.allow]]\nname = 1\nreason = "a number"\n', "must be a string"),
        ('[tool.leaks]\nallow = ["vendor"]\n', "must be a table"),
        ("[tool.leaks]\nallowed = []\n", "holds nothing but"),
        ("[tool.leaks\n", r"pyproject\.toml: Expected"),
    ],
)
def test_an_entry_that_cannot_be_used_is_refused_with_file_and_cause(read, text, message):
    with pytest.raises(allow_list.AllowListError, match=message):
        read(text)
