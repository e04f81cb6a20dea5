"""What can be audited, and what is said of what cannot."""

from __future__ import annotations

import stat
import zipfile

import pytest

from course import audit
from course.audit import files

CODE = "import asyncio\nasyncio.create_task(f())\n"


@pytest.fixture
def archive(tmp_path):
    """Writes an archive of these names and texts, and returns its path."""

    def write(members):
        path = tmp_path / "project.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, text in members.items():
                packed.writestr(name, text)
        return path

    return write


def test_a_zip_archive_is_read_as_a_folder_is(archive):
    result = audit.find(archive({"app/__init__.py": "", "app/main.py": CODE}))
    assert [(spawn.file, spawn.line) for spawn in result.spawns] == [("app/main.py", 2)]


def test_a_single_file_is_read(tmp_path):
    (tmp_path / "main.py").write_text(CODE)
    assert [spawn.file for spawn in audit.find(tmp_path / "main.py").spawns] == ["main.py"]


def test_broken_files_are_named_with_the_reason_and_skipped(tmp_path):
    (tmp_path / "good.py").write_text(CODE)
    (tmp_path / "syntax.py").write_text("x = 1\ndef (:\n")
    (tmp_path / "latin.py").write_bytes("x = 'é'\n".encode("latin-1"))
    (tmp_path / "zero.py").write_bytes(b"x = 1\0\n")
    (tmp_path / "strange.py").write_bytes(b"# -*- coding: no-such -*-\n")
    (tmp_path / "link.py").symlink_to(tmp_path / "good.py")
    result = audit.find(tmp_path)
    assert len(result.spawns) == 1
    said = {skipped.file: skipped.why for skipped in result.skipped}
    assert set(said) == {"syntax.py", "latin.py", "zero.py", "strange.py", "link.py"}
    assert "line 2" in said["syntax.py"]
    assert "utf-8 (byte 5)" in said["latin.py"]
    assert "Save it as UTF-8" in said["strange.py"]
    assert "symbolic link" in said["link.py"]


def test_a_file_in_an_encoding_that_it_declares_is_read(tmp_path):
    (tmp_path / "a.py").write_bytes(("# coding: latin-1\n# é\n" + CODE).encode("latin-1"))
    assert [spawn.line for spawn in audit.find(tmp_path).spawns] == [4]


def test_a_file_with_windows_line_ends_and_a_byte_order_mark_is_read(tmp_path):
    (tmp_path / "a.py").write_bytes(b"\xef\xbb\xbf" + CODE.replace("\n", "\r\n").encode())
    assert [spawn.line for spawn in audit.find(tmp_path).spawns] == [2]


def test_what_is_not_the_projects_own_is_left_out(tmp_path):
    for folder in (".git", "__pycache__", "node_modules", "env"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.py").write_text(CODE)
    (tmp_path / "env" / "pyvenv.cfg").touch()
    assert audit.find(tmp_path).files == 0


def test_a_zip_bomb_is_refused(archive, monkeypatch):
    monkeypatch.setattr(files, "LARGEST_ARCHIVE", 1_000_000)
    path = archive({f"a{number}.py": "#" * 400_000 for number in range(3)})
    with pytest.raises(audit.AuditError, match="zip bomb"):
        audit.find(path)


def test_an_archive_that_lies_about_its_sizes_is_refused(archive):
    path = archive({"a.py": "#" * 6_000_000})
    data = path.read_bytes().replace((6_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    path.write_bytes(data)
    with pytest.raises(audit.AuditError, match=r"cannot be read|zip bomb"):
        audit.find(path)


def test_an_archive_of_too_many_files_is_refused(archive, monkeypatch):
    monkeypatch.setattr(files, "MOST_MEMBERS", 3)
    with pytest.raises(audit.AuditError, match="at most 3"):
        audit.find(archive({f"{number}.txt": "" for number in range(4)}))


@pytest.mark.parametrize("name", ["../out.py", "/etc/out.py", "a/../../out.py", "C:/out.py"])
def test_a_path_out_of_the_archive_is_refused(archive, name):
    with pytest.raises(audit.AuditError, match="leads out of the archive"):
        audit.find(archive({name: CODE}))


def test_a_link_in_the_archive_is_refused(tmp_path):
    path = tmp_path / "project.zip"
    member = zipfile.ZipInfo("a.py")
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(member, "/etc/passwd")
    with pytest.raises(audit.AuditError, match="symbolic link"):
        audit.find(path)


def test_a_broken_archive_and_one_with_a_password_are_refused(archive, tmp_path):
    path = archive({"a.py": CODE * 100})
    data = bytearray(path.read_bytes())
    data[40:60] = bytes(20)
    path.write_bytes(data)
    with pytest.raises(audit.AuditError, match="cannot be read"):
        audit.find(path)


@pytest.mark.parametrize("name", ["missing", "notes.txt", "fake.zip"])
def test_what_is_neither_folder_nor_archive_is_refused_by_name(tmp_path, name):
    if name != "missing":
        (tmp_path / name).write_text("words")
    with pytest.raises(audit.AuditError, match=name):
        audit.find(tmp_path / name)
