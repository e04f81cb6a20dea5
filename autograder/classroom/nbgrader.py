"""nbgrader's part of the course: what its pipelines do to our notebooks, set up in nbgrader_config.py.

Releasing puts the starting code into solution cells. Autograding does not run a submission's cells in a kernel that
sees the gradebook: it asks for verdicts, from the sandbox, and writes them where the graded cells' outputs would be,
so that scores, feedback and manual grading go on from there as they always do.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades
from nbgrader.utils import is_grade, is_solution
from traitlets import Bool, Dict

from autograder.catalogue import all_items, tasks_with_files
from autograder.files import read_tree
from autograder.given_out import solution_cell
from autograder.notebook import dotted
from autograder.run.judge import judge
from autograder.show.changes import changes
from autograder.show.report import Report
from autograder.verdict import Verdict


def files_of_learners(source: Path) -> dict[str, list[str]]:
    """Return the files of each section that learners edit: nbgrader must not put the given ones in their place."""
    found: dict[str, list[str]] = {}
    for item in tasks_with_files().values():
        found.setdefault(item.section, []).extend(read_tree(source / item.section, item.files))
    return found


class StartingCode(NbGraderPreprocessor):
    """Fills each released solution cell with its task's starting code, for the learner to mend."""

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        """Comes after ClearSolutions, which has emptied the cells."""
        leaky = {cell.id.removesuffix("-leaky"): cell.source for cell in nb.cells if cell.id.endswith("-leaky")}
        for cell in nb.cells:
            task = cell.id.removesuffix("-solution")
            if task != cell.id and task in leaky:
                cell.source = solution_cell(dotted(task), leaky[task])
        return nb, resources


class Judge(NbGraderPreprocessor):
    """Gives each autograded cell its item's verdict as output. Stands where nbgrader would execute the notebook."""

    sandboxed = Bool(True, help="Judge in a sandbox (bubblewrap). Off only for code that you trust.").tag(config=True)
    judged = Dict(help="Verdicts that are known already, by notebook: `autograder grade` has them.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        """Raise `sandbox.NoSandbox` and `judge.JudgeError`."""
        cells = {
            dotted(cell.metadata.nbgrader.grade_id): cell
            for cell in nb.cells
            if cell.cell_type == "code" and is_grade(cell)
        }
        graded = {item: cell for item, cell in cells.items() if item in all_items()}
        verdicts = self.judged.get(resources["nbgrader"]["notebook"])
        if verdicts is None:
            submission = replace(self.parent.submission, name="this notebook")
            verdicts = judge(submission, [all_items()[id] for id in graded], sandboxed=self.sandboxed)
        for verdict in verdicts:
            if verdict.id in graded and verdict.status != "manual":
                graded[verdict.id].outputs = [_output(verdict), *_reasons(verdict)]
        self._show_changes(nb, resources["nbgrader"]["assignment"])
        return nb, resources

    def _show_changes(self, nb: NotebookNode, assignment: str) -> None:
        """Give the solution cell of a task with files what was changed in them as its output."""
        coursedir = self.parent.parent.coursedir
        given = Path(coursedir.root, coursedir.source_directory, assignment)
        cells = {cell.metadata.nbgrader.grade_id: cell for cell in nb.cells if is_solution(cell)}
        for task, item in tasks_with_files().items():
            cell = cells.get(f"{task.replace('.', '_')}-solution")
            source = self.parent.submission.tasks.get(task)
            if cell is not None and source is not None:
                text = changes(read_tree(given, item.files), source.beside)
                cell.outputs = [new_output("stream", name="stdout", text=f"{text}\n")] if text else []


class SaveGrades(SaveAutoGrades):
    """Saves verdicts in the gradebook as nbgrader does, and keeps for a person those items that are marked."""

    def _add_score(self, cell: NotebookNode, resources: ResourcesDict) -> None:
        super()._add_score(cell, resources)
        if any(MARKED in output.get("metadata", {}) for output in cell.get("outputs", ())):
            names = (self.notebook_id, self.assignment_id, self.student_id)
            self.gradebook.find_grade(cell.metadata.nbgrader.grade_id, *names).needs_manual_grade = True
            self.gradebook.db.commit()


MARKED = "autograder-marked"
"""The metadata of an output that says why a person should look; the feedback page does not show it."""


def _output(verdict: Verdict) -> NotebookNode:
    text = str(Report([verdict]))
    if verdict.status == "passed":
        return new_output("stream", name="stdout", text=f"{text}\n")
    return new_output("error", ename=verdict.status, evalue=verdict.title, traceback=text.splitlines())


def _reasons(verdict: Verdict) -> list[NotebookNode]:
    if not verdict.marked:
        return []
    text = f"For a person to look at, as the code could have made this verdict itself:\n{verdict.marked}"
    return [new_output("display_data", {"text/plain": text}, metadata={MARKED: True})]
