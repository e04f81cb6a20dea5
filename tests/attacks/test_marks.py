"""What honest code does is not marked."""

from __future__ import annotations

import pytest

from autograder.catalogue import select
from autograder.run.judge import judge_task
from autograder.source import Source
from autograder.submission import Submission

HONEST = {
    "a module that nobody has imported yet": "import sqlite3, unittest, xml.dom.minidom",
    "the collector": "import gc\ngc.collect()",
    "a named tuple and a data class": "from collections import namedtuple\nA = namedtuple('A', 'a b')(1, 2)",
    "a log with a traceback": "import logging\ntry:\n    1 / 0\nexcept ZeroDivisionError:\n    logging.exception('x')",
    "a signature": "import inspect\ninspect.signature(lambda a, b=1: a)",
    "a class of a library": "import threading\nclass Mine(threading.Thread):\n    pass\nMine().daemon",
    "a self-check": "from course import check\ncheck('91.1')",
}


@pytest.mark.usefixtures("toy_course")
@pytest.mark.parametrize("name", HONEST)
def test_what_honest_code_does_is_not_marked(name):
    code = f"{HONEST[name]}\nasync def first(urls, fetch):\n    return await fetch(urls[0])\n"
    submission = Submission("x", {"91.1": Source("cell 1.1", {"cell 1.1": code})})
    (verdict,) = judge_task(submission, "91.1", select("91.1a"), sandboxed=True)
    assert (verdict.marked, verdict.status) == ("", "passed")
