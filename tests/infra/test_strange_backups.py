"""Backups that somebody else made: nothing is written outside, nothing hangs, and each refusal is a sentence."""

import gzip
import hashlib
import io
import json
import os
import sqlite3
import tarfile
import tracemalloc
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from forum.infra.backups import archive, reading, sqlite
from forum.infra.backups.problems import Damaged, Problem
from forum.infra.backups.workspace import PREFIX, workspace

pytestmark = pytest.mark.any_database
MANIFEST = {
    "made_at": "2026-11-27T01:30:00+00:00",
    "database": "sqlite",
    "revision": "0014",
    "counts": {"member": 3},
    "made_with": "",
    "format": archive.FORMAT,
}
SIGNS = st.sampled_from(["/", "/", ".", "..", "media", "a", "~", "\\", " ", "\n", "é"])
NAMES = st.lists(SIGNS, min_size=1, max_size=6).map("".join)


def written(
    file: Path, names=("media/a",), kind=tarfile.REGTYPE, headers=None, content=None, of_part=b"x", **fields
) -> Path:
    """A backup whose checksums fit, with whatever parts and manifest."""
    body, parts = io.BytesIO(), []
    form = tarfile.PAX_FORMAT if headers else tarfile.GNU_FORMAT
    with tarfile.open(fileobj=body, mode="w", format=form) as tar:
        for name in names:
            part = tarfile.TarInfo(name)
            part.size, part.type, part.pax_headers = len(of_part), kind, headers or {}
            tar.addfile(part, io.BytesIO(of_part))
            sha256 = hashlib.sha256(of_part).hexdigest()
            parts.append({"name": name, "size": len(of_part), "sha256": sha256})
        whole = content or json.dumps({**MANIFEST, "parts": parts, **fields}).encode()
        manifest = tarfile.TarInfo(archive.MANIFEST)
        manifest.size = len(whole)
        tar.addfile(manifest, io.BytesIO(whole))
    file.write_bytes(body.getvalue() + archive.trailer(hashlib.sha256(body.getvalue()).hexdigest()))
    return file


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("strange") / "backup"


@given(st.lists(NAMES.map("media/{}".format) | NAMES, min_size=1, max_size=2))
@example(["media//etc/cron.d/x"])
@example(["media/a/../../x"])
@example(["media/."])
@example(["media"])
@example(["media/a", "media/a"])
@settings(max_examples=60)
def test_every_name_is_refused_or_lies_in_the_folder_of_media(place, names):
    try:
        manifest = reading.check(written(place, names))
    except Damaged:
        return
    found = [part.name for part in manifest.parts]
    assert len(set(found)) == len(found)
    for name, _content in reading.media(place):
        target = os.path.normpath(f"/instance/media/{name}")
        assert target == str(Path("/instance/media") / name) == f"/instance/media/{name}"
        assert target.startswith("/instance/media/")


def test_only_whole_regular_files_are_taken(place):
    assert reading.check(written(place)).parts
    sparse = {"GNU.sparse.map": "0,1", "GNU.sparse.size": "9999999999", "GNU.sparse.numblocks": "1"}
    for changed in (
        {"kind": tarfile.SYMTYPE},
        {"kind": tarfile.CONTTYPE},
        {"kind": tarfile.FIFOTYPE},
        {"headers": sparse},
        {"headers": {"comment": "x"}},
    ):
        with pytest.raises(Damaged):
            reading.check(written(place, **changed))


def test_no_file_takes_memory_or_disk_without_bound(place, tmp_path, monkeypatch):
    for kind in (tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_SPARSE):
        header = tarfile.TarInfo("media/a")
        header.size, header.type = 2**26, kind
        with place.open("wb") as file:
            file.write(header.tobuf(tarfile.GNU_FORMAT))
            file.truncate(2**26)
        tracemalloc.start()
        with pytest.raises(Damaged):
            reading.check(place)
        assert reading.told_by(place) is None
        assert tracemalloc.get_traced_memory()[1] < 2**24
        tracemalloc.stop()
    assert reading.told_by(written(place, ["media/a", "media/b"])) is not None
    monkeypatch.setattr(reading, "PARTS_MAX", 2)
    with pytest.raises(Damaged):
        reading.check(place)
    assert reading.told_by(place) is None


def test_a_database_is_unpacked_as_far_as_it_says_of_itself(tmp_path):
    with closing(sqlite3.connect(tmp_path / "database")) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
    for number, (more, fits) in enumerate(((b"", True), (b"x", False), (bytes(10**7), False))):
        packed = gzip.compress((tmp_path / "database").read_bytes() + more)
        file = written(tmp_path / f"{number}", [sqlite.PART], of_part=packed)
        (tmp_path / f"copy {number}").mkdir()
        if fits:
            sqlite.unpack(file, tmp_path / f"copy {number}")
            continue
        with pytest.raises(Problem, match="longer than it says of itself"):
            sqlite.unpack(file, tmp_path / f"copy {number}")
        assert (tmp_path / f"copy {number}" / "restored.db").stat().st_size < 10**6


def test_a_newer_format_is_called_newer_whatever_else_it_holds(place):
    for fields in ({}, {"counts": "?"}, {"parts": [5]}, {"another": 1}):
        with pytest.raises(Problem, match="newer release"):
            reading.check(written(place, ["media/a", "other/part"], format=archive.FORMAT + 1, **fields))


@pytest.mark.parametrize(
    "fields",
    [
        *({"format": value} for value in ("x", None, 0, True, [])),
        *({"counts": value} for value in ("abc", None, [], {"member": "x"}, {"member": -1}, {"\x1b[2J": 1})),
        *({"revision": []}, {"revision": None}, {"database": []}, {"made_with": 5}, {"revision": "9\x1b[2J"}),
        *({"made_at": 5}, {"made_at": "2026"}, {"made_at": "0001-01-01T00:00:00+14:00"}, {"parts": [5]}),
        *({"content": b"[" * 200_000}, {"content": b"5"}, {"content": b"\xff"}),
    ],
    ids=lambda fields: ascii(fields)[:40],
)
def test_a_manifest_of_wrong_types_is_damage(place, fields):
    with pytest.raises(Damaged):
        reading.check(written(place, **fields))


def test_what_is_no_file_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, Path("/dev/zero")):
        with pytest.raises(Problem, match="is no file with a backup"):
            reading.check(path)
    os.mkfifo(tmp_path / f"{PREFIX}x")
    (tmp_path / "kept").mkdir()
    (tmp_path / f"{PREFIX}link").symlink_to(tmp_path / "kept")
    with workspace(tmp_path) as folder:
        assert folder.is_dir()
    assert (tmp_path / "kept").is_dir()
