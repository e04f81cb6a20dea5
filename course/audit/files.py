"""The Python files of a folder or of a zip archive, read without unpacking anything."""

from __future__ import annotations

import io
import os
import stat
import tokenize
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

LARGEST_FILE = 5_000_000
"""Bytes. A larger Python file is named and skipped."""

LARGEST_ARCHIVE = 200_000_000
"""Bytes that the Python files of an archive may have together, unpacked."""

MOST_MEMBERS = 100_000
"""Files that an archive may have."""

_NOT_THE_PROJECTS = ("__pycache__", "node_modules", "site-packages")


class AuditError(Exception):
    """There is nothing that can be audited. The text names what was given, what is wrong with it and what to do."""


@dataclass(frozen=True)
class Skipped:
    """A file that was not read: its name, relative to what was audited, and why."""

    file: str
    why: str

    def __str__(self) -> str:
        return f"{self.file}: {self.why}"


def name_of(path: Path) -> str:
    """Return the name of what is audited: that of the folder, or of the archive without its ending."""
    return path.resolve().stem if path.suffix == ".zip" else path.resolve().name


def texts(path: Path, skipped: list[Skipped]) -> Iterator[tuple[str, str]]:
    """Yield each Python file's name, relative to `path` and with `/`, and its text.

    What it skips it appends to `skipped`. `path` is a folder, a zip archive or one Python file. Raises `AuditError`.
    """
    if not path.exists():
        raise AuditError(f"{path}: there is no such file or folder")
    if path.is_dir():
        found = _in_folder(path, skipped)
    elif path.suffix == ".py":
        found = iter([(path.name, path)])
    elif zipfile.is_zipfile(path):
        yield from _in_archive(path, skipped)
        return
    else:
        raise AuditError(f"{path}: neither a folder, a Python file nor a zip archive that can be read")
    for name, file in found:
        try:
            if file.stat().st_size > LARGEST_FILE:
                skipped.append(Skipped(name, f"larger than {LARGEST_FILE // 1_000_000} MB"))
            elif (text := decoded(file.read_bytes(), name, skipped)) is not None:
                yield name, text
        except OSError as error:
            skipped.append(Skipped(name, f"cannot be read: {error.strerror}"))


def decoded(data: bytes, name: str, skipped: list[Skipped]) -> str | None:
    """Return a Python file's text, by the encoding it declares; None, and a line in `skipped`, if it has another."""
    declared = "the encoding it declares"
    try:
        declared, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return io.TextIOWrapper(io.BytesIO(data), declared).read()
    except UnicodeDecodeError as error:
        byte = f"{error.encoding} (byte {error.start})"
    except (SyntaxError, LookupError):
        byte = declared
        try:
            data.decode()
        except UnicodeDecodeError as error:
            byte = f"utf-8 (byte {error.start})"
    skipped.append(Skipped(name, f"not a text in {byte}. Save it as UTF-8, or declare its encoding in the first line"))
    return None


def _in_folder(folder: Path, skipped: list[Skipped]) -> Iterator[tuple[str, Path]]:
    for place, folders, files in os.walk(folder):
        here = Path(place)
        if here != folder and "pyvenv.cfg" in files:
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if not _is_left_out(name))
        for name in sorted(files):
            file = here / name
            if file.suffix != ".py":
                continue
            relative = file.relative_to(folder).as_posix()
            if file.is_symlink():
                skipped.append(Skipped(relative, "a symbolic link, which may lead anywhere"))
            elif file.is_file():
                yield relative, file


def _is_left_out(folder: str) -> bool:
    return folder.startswith(".") or folder in _NOT_THE_PROJECTS


def _in_archive(path: Path, skipped: list[Skipped]) -> Iterator[tuple[str, str]]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > MOST_MEMBERS:
                raise AuditError(f"{path}: {len(members)} files in it; at most {MOST_MEMBERS} are read")
            members = sorted(filter(_is_wanted, members), key=lambda member: member.filename)
            room = LARGEST_ARCHIVE
            for member in members:
                _refuse(path, member)
                if member.file_size > LARGEST_FILE:
                    skipped.append(Skipped(member.filename, f"larger than {LARGEST_FILE // 1_000_000} MB"))
                    continue
                with archive.open(member) as file:
                    data = file.read(LARGEST_FILE + 1)
                room -= len(data)
                # What an archive says of its sizes need not be true: what counts is what came out.
                if room < 0 or len(data) > LARGEST_FILE:
                    raise AuditError(
                        f"{path}: unpacked, its Python files are larger than {LARGEST_ARCHIVE // 1_000_000} MB "
                        "(a zip bomb?). Pack the project's own files only"
                    )
                if (text := decoded(data, member.filename, skipped)) is not None:
                    yield member.filename, text
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise AuditError(f"{path}: the archive cannot be read: {error}") from None


def _is_wanted(member: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(member.filename).parts
    return (
        bool(parts)
        and parts[-1].endswith(".py")
        and not any(part != ".." and _is_left_out(part) for part in parts[:-1])
    )


def _refuse(path: Path, member: zipfile.ZipInfo) -> None:
    name = PurePosixPath(member.filename)
    if name.is_absolute() or ".." in name.parts or "\\" in member.filename or ":" in name.parts[0]:
        raise AuditError(f"{path}: {member.filename!r} leads out of the archive. Pack the folder anew")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise AuditError(f"{path}: {member.filename!r} is a symbolic link. Pack the file itself")
