"""Notebooks of any make: each is read, or refused with a sentence that names it. HYPOTHESIS_NOTEBOOKS says how many."""

from __future__ import annotations

import json
import os
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.classroom.handed_in import _cells
from autograder.classroom.judges import expected_items
from autograder.files import SubmissionError
from autograder.notebook import notebook_cells
from autograder.submission import from_text

HOW_MANY = int(os.environ.get("HYPOTHESIS_NOTEBOOKS", "200"))

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
lines = st.sampled_from(
    [
        *("# solution: 1.1\n", "# solution: 1.1", "## Solution : 1.2 \n", "# starting code: 1.1\n", "# solution: 99\n"),
        *(
            "import asyncio\n",
            "def first(urls, fetch):\n",
            "    return 1\n",
            "%%time\n",
            "!ls\n",
            "'''\n",
            "\f\n",
            "\0",
        ),
        *("\ud800", "x = " + "(" * 300, "\r\n", "\u2028", "raise NotImplementedError\n"),
    ]
)
source = st.lists(lines | st.text(max_size=10), max_size=6).map("".join) | st.lists(lines, max_size=5) | anything
ids = st.sampled_from(["1_1-solution", "1_1-leaky", "1_1a", "1_2-solution", "9_9z", "", "x" * 100]) | anything
metadata = (
    st.fixed_dictionaries({}, optional={"nbgrader": st.fixed_dictionaries({"grade_id": ids}) | anything}) | anything
)
cell = (
    st.fixed_dictionaries(
        {"cell_type": st.sampled_from(["code", "markdown", "raw", "heading", ""]) | anything},
        optional={"source": source, "id": ids, "metadata": metadata, "outputs": anything, "attachments": anything},
    )
    | anything
)
notebook = st.fixed_dictionaries(
    {"cells": st.lists(cell, max_size=6) | anything},
    optional={"nbformat": st.sampled_from([2, 3, 4, 5]) | anything, "worksheets": anything, "metadata": anything},
)


@settings(max_examples=HOW_MANY, deadline=None, suppress_health_check=list(HealthCheck))
@given(notebook.map(json.dumps) | anything.map(json.dumps) | st.text(max_size=50))
def test_a_notebook_of_any_make_is_read_or_refused_by_name(text):
    path = Path("submitted/ada/01-warm-up/warm-up.ipynb")
    said = str(path)
    try:
        submission = from_text(path, text)
        _cells(notebook_cells(path, text))
        assert expected_items(submission)
    except SubmissionError as error:
        said = str(error)
    assert str(path) in said
