"""Records of what is logged."""

import logging

from autograder.probes.logs import Logged


def fail(logger: logging.Logger) -> None:
    try:
        raise KeyError("oats")
    except KeyError:
        logger.exception("child %s failed", "kestrel")


def test_a_record_is_found_by_its_message_and_by_what_stands_in_its_traceback():
    with Logged() as logged:
        fail(logging.getLogger("app"))
    assert [record.levelname for record in logged.about("kestrel")] == ["ERROR"]
    assert len(logged.about("kestrel", "Traceback")) == len(logged.about("kestrel", "oats")) == 1
    assert logged.about("osprey") == logged.about("kestrel", "hay") == []


def test_a_loggers_name_counts_and_a_logger_that_hands_nothing_on_is_heard_too():
    logger = logging.getLogger("app.osprey")
    logger.propagate = False
    with Logged() as logged:
        logger.warning("it failed")
    assert len(logged.about("osprey")) == 1


def test_what_is_logged_before_and_after_does_not_count():
    logging.getLogger("app").warning("kestrel")
    with Logged() as logged:
        pass
    logging.getLogger("app").warning("kestrel")
    assert logged.records == []
