"""What is logged: each record that code makes with `logging`, whatever handlers there are.

with Logged() as logged:
    ...
logged.about("kestrel", "out of oats")  # the records that name the one and hold the other
"""

from __future__ import annotations

import logging
from types import TracebackType
from typing import Any

_formatter = logging.Formatter()


class Logged:
    """Keeps every record made while the block runs, those of loggers that are not handed on included.

    >>> with Logged() as logged:
    ...     logging.getLogger("app").warning("it failed")
    >>> [record.getMessage() for record in logged.about("fail")]
    ['it failed']
    """

    def __init__(self) -> None:
        self.records: list[logging.LogRecord] = []

    def __enter__(self) -> Logged:
        self._factory = logging.getLogRecordFactory()
        logging.setLogRecordFactory(self._keep)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        logging.setLogRecordFactory(self._factory)

    def about(self, name: str, text: str = "") -> list[logging.LogRecord]:
        """The records that name `name`, in their message or as their logger, and hold `text` when formatted whole."""
        return [
            record
            for record in self.records
            if name in f"{record.name} {record.getMessage()}" and text in _formatter.format(record)
        ]

    def _keep(self, *arguments: Any, **named: Any) -> logging.LogRecord:
        record = self._factory(*arguments, **named)
        self.records.append(record)
        return record
