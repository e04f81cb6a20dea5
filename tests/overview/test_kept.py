"""What is kept of a learner's work: one file that is never lost, never half-written, and forgives whatever is in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from course import notebook
from course.kept import file, points, runs
from course.live.history import Sample
from course.live.run import Run


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "kept" / "progress.json"))
    return tmp_path / "kept" / "progress.json"


def verdict(id, status):
    return SimpleNamespace(id=id, status=status)


def test_what_has_passed_once_stays_passed_in_every_later_process():
    assert points.passed() == {}
    points.keep_verdicts([verdict("1.1a", "failed"), verdict("1.1b", "passed")])
    points.keep_verdicts([verdict("1.1a", "passed"), verdict("1.1b", "timeout")])
    code = "from course.kept import points; print(*points.passed())"
    other = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert other.stdout.split() == ["1.1a", "1.1b"]


def test_what_was_not_judged_leaves_no_trace(place):
    points.keep_verdicts([verdict("10c", "manual"), verdict("1.1a", "not_attempted")])
    assert file.read()["items"] == {}


def test_notebooks_that_write_at_once_lose_nothing():
    code = """if True:
        import sys
        from types import SimpleNamespace
        from course.kept import points
        for number in range(20):
            said = points.keep_verdicts([SimpleNamespace(id=f"{sys.argv[1]}.{number}a", status="passed")])
            assert not said, said
    """
    writers = [subprocess.Popen([sys.executable, "-c", code, str(number)]) for number in range(4)]
    assert [writer.wait() for writer in writers] == [0] * 4
    assert len(points.passed()) == 80


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[]", b"null", b'{"items": []}', b'{"runs": 7}', b"\xff\xfe", b"[" * 100_000]
)
def test_a_file_that_cannot_be_read_is_set_aside_and_named(place, text):
    place.parent.mkdir()
    place.write_bytes(text)
    assert points.passed() == {}
    assert file.set_aside() == [place]
    assert points.keep_verdicts([verdict("1.1a", "passed")]) == ""
    assert set(points.passed()) == {"1.1a"}
    [aside] = file.set_aside()
    assert aside.name.startswith("progress-broken-")
    assert aside.read_bytes() == text


@pytest.mark.parametrize("entry", [None, 7, "passed", [], {"passed": None}, {}])
def test_an_entry_that_is_odd_spoils_no_other(place, entry):
    place.parent.mkdir()
    place.write_text(json.dumps({"items": {"1.1a": entry, "1.1b": {"passed": "2026-05-03"}}, "runs": {"1.1": entry}}))
    assert points.passed()["1.1b"] == "2026-05-03"
    assert runs.kept_runs() == {}
    assert file.set_aside() == []
    points.keep_verdicts([verdict("1.1a", "passed")])
    assert set(points.passed()) == {"1.1a", "1.1b"}


def test_what_a_newer_version_has_put_in_it_stays(place):
    place.parent.mkdir()
    place.write_text('{"version": 9, "medals": ["gold"], "items": {"1.1a": {"passed": "2031-01-01", "by": "heart"}}}')
    points.keep_verdicts([verdict("1.1a", "passed"), verdict("1.1b", "passed")])
    kept = json.loads(place.read_text())
    assert (kept["version"], kept["medals"]) == (9, ["gold"])
    assert kept["items"]["1.1a"] == {"passed": "2031-01-01", "by": "heart"}


def test_a_write_that_fails_leaves_the_file_as_it_was(place, monkeypatch):
    points.keep_verdicts([verdict("1.1a", "passed")])
    before = place.read_bytes()

    def disk_is_full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", disk_is_full)
    said = points.keep_verdicts([verdict("1.1b", "passed")])
    assert said == f"Your progress could not be kept in {place}: No space left on device."
    assert place.read_bytes() == before
    assert {path.name for path in place.parent.iterdir()} == {"progress.json", "progress.lock"}


def test_a_place_where_nothing_can_be_written_is_named(monkeypatch, tmp_path):
    (tmp_path / "a file").write_text("")
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "a file" / "progress.json"))
    assert points.keep_verdicts([verdict("1.1a", "passed")]).startswith("Your progress could not be kept in ")
    assert points.passed() == {}
    assert file.set_aside() == []


def run_of(*alive):
    return Run(samples=[Sample(number / 20, tasks, 0, 0.0) for number, tasks in enumerate(alive)])


@pytest.fixture
def in_cell(monkeypatch):
    """Puts what follows into the notebook cell of this id."""

    def enter(id):
        shell = SimpleNamespace(get_parent=lambda: {"metadata": {"cellId": id}})
        monkeypatch.setattr(notebook, "shell", lambda: shell)

    return enter


def test_a_tasks_runs_are_kept_first_and_mended(in_cell):
    for cell, run in (("1_1-watch", run_of(0, 5, 3, 3)), ("1_1-playground", run_of(0, 5, 0)), ("nap", run_of(9))):
        in_cell(cell)
        runs.keep_run(run)
    [(task, pair)] = runs.kept_runs().items()
    assert task == "1.1"
    assert (pair["leaky"].left, pair["yours"].left) == (3, 0)
    assert pair["leaky"].points == [(0.0, 0), (0.05, 5), (0.1, 3), (0.15, 3)]


def test_of_a_long_run_the_peak_and_both_ends_are_kept(in_cell):
    in_cell("2-watch")
    runs.keep_run(run_of(1, *(number % 2 for number in range(5000)), 77, *(number % 3 for number in range(5000)), 4))
    kept = runs.kept_runs()["2"]["leaky"]
    assert len(kept.points) <= runs.MOST_POINTS
    assert kept.points[0] == (0.0, 1)
    assert kept.points[-1][1] == kept.left == 4
    assert max(alive for _, alive in kept.points) == 77
    assert [time for time, _ in kept.points] == sorted(time for time, _ in kept.points)


def test_a_run_that_cannot_be_kept_disturbs_no_cell(in_cell, tmp_path, monkeypatch):
    (tmp_path / "a file").write_text("")
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "a file" / "progress.json"))
    in_cell("1_1-watch")
    runs.keep_run(run_of(0, 1))
    runs.keep_run(Run())
