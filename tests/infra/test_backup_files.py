"""The file of a backup: every byte of it counts, and any tar opens it."""

import errno
import gzip
import io
import subprocess
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from forum.infra import disks
from forum.infra.backups import archive, reading, room, sqlite
from forum.infra.backups.problems import PREFIX, Damaged, Problem, told
from forum.infra.disks import Room
from tests.sweeps import few_of

pytestmark = pytest.mark.any_database
MADE = datetime(2026, 11, 27, 1, 30, tzinfo=UTC)
PARTS = {"database.sqlite.gz": b"\x00rows" * 150, "media/a/" + "long" * 40: b"picture", "media/empty": b""}


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "a.backup"
    with path.open("w+b") as opened:
        writer = archive.Writer(opened)
        for name, content in PARTS.items():
            with writer.part(name) as sink:
                sink.write(content[:3])
                sink.write(content[3:])
        writer.finish(archive.Manifest(MADE, "sqlite", "0014", {"member": 3}, parts=list(writer.parts)))
    return path


def test_what_was_written_is_read(file):
    manifest = reading.check(file)
    assert (manifest.made_at, manifest.counts, manifest.revision) == (MADE, {"member": 3}, "0014")
    assert [part.name for part in manifest.parts] == list(PARTS)
    with reading.opened(file, "database.sqlite.gz") as part:
        assert part.read() == PARTS["database.sqlite.gz"]
    found = {f"media/{name}": content.read() for name, content in reading.media(file)}
    assert found == {name: content for name, content in PARTS.items() if name.startswith("media/")}
    with pytest.raises(Problem, match="holds no other"), reading.opened(file, "other"):
        pass


@pytest.mark.parametrize("step", few_of([1, 7], 7))
def test_each_damaged_byte_and_each_lost_end_is_found(file, chance, step):
    content = file.read_bytes()
    assert len(content) > 4000
    with file.open("r+b", buffering=0) as changed:
        for place in range(chance.randrange(step), len(content), step):
            byte = content[place]
            changed.seek(place)
            changed.write(bytes([byte ^ (1 << chance.randrange(8))]))
            with pytest.raises(Damaged):
                reading.check(file)
            changed.seek(place)
            changed.write(bytes([byte]))
        reading.check(file)
        for length in range(len(content) - 1, -1, -97):
            changed.truncate(length)
            with pytest.raises(Damaged):
                reading.check(file)


def test_a_part_whose_name_leads_elsewhere_is_refused(tmp_path):
    for name in ("../../etc/cron.d/x", "/etc/x", "other/x", "media/../../x"):
        path = tmp_path / "a.backup"
        with path.open("w+b") as opened:
            writer = archive.Writer(opened)
            with writer.part(name) as sink:
                sink.write(b"x")
            writer.finish(archive.Manifest(MADE, "sqlite", "0014", {}, parts=list(writer.parts)))
        with pytest.raises(Damaged):
            reading.check(path)


def test_what_was_never_a_backup_is_called_so(file, tmp_path):
    whole = file.read_bytes()
    for content, said in (
        (b"", "is no backup of Leerkring"),
        (b"root:x:0:0:root" * 200, "is no backup of Leerkring"),
        (whole[:1024], "is damaged"),
        (b"x" + whole[1:], "is damaged"),
    ):
        file.write_bytes(content)
        with pytest.raises(Damaged, match=said):
            reading.check(file)


def test_a_full_disk_is_named_by_the_folder_that_was_written_in(tmp_path):
    full = OSError(errno.ENOSPC, "No space left on device")
    (tmp_path / "out").mkdir()
    for place, named in (
        (tmp_path / "out", tmp_path / "out"),
        (tmp_path / "out" / "a.backup", tmp_path / "out"),
        (tmp_path / "out" / f"{PREFIX}1" / "copy.db", tmp_path / "out"),
    ):
        with pytest.raises(Problem, match=f"no room on the disk of {named} "), told(place):
            raise full
    with pytest.raises(Problem, match=r"^/media/one: Permission denied"), told(tmp_path / "out" / "a.backup"):
        raise PermissionError(errno.EACCES, "Permission denied", "/media/one")


def test_a_restore_onto_a_full_disk_blames_not_that_of_the_backup(file, tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    content = gzip.compress(b"rows")
    with file.open("w+b") as opened:
        writer = archive.Writer(opened)
        with writer.part(sqlite.PART) as sink:
            sink.write(content)
        writer.finish(archive.Manifest(MADE, "sqlite", "0014", {}, parts=list(writer.parts)))
    monkeypatch.setattr(sqlite.room, "copy", full)
    with pytest.raises(Problem, match=f"no room on the disk of {tmp_path / 'elsewhere'} "):
        sqlite.unpack(file, tmp_path / "elsewhere")


def test_copying_stops_before_a_disk_is_full(tmp_path, monkeypatch):
    free = iter([room.MARGIN + 2, room.MARGIN, room.MARGIN - 1])
    monkeypatch.setattr(room.disks, "room", lambda _folder: Room(next(free), 10**9, is_read_only=False))
    monkeypatch.setattr(room, "CHUNK", 1)
    copied = io.BytesIO()
    with pytest.raises(Problem, match=f"no room on the disk of {tmp_path} "):
        room.copy(io.BytesIO(b"rows"), copied, tmp_path / f"{PREFIX}1")
    assert copied.getvalue() == b"ro"


def test_a_disk_that_says_of_everything_that_it_is_0_is_not_full(tmp_path, monkeypatch):
    """As some over a network do."""
    found = dict.fromkeys(("f_bavail", "f_blocks", "f_files", "f_favail", "f_flag"), 0)
    monkeypatch.setattr(disks.os, "statvfs", lambda _folder: SimpleNamespace(f_frsize=4096, **found))
    room.require(tmp_path, 10**9)
    assert not disks.room(tmp_path).is_full
    found["f_blocks"] = 1
    assert disks.room(tmp_path).is_full
    with pytest.raises(Problem, match="no room on the disk"):
        room.require(tmp_path)


def test_sizes_are_said_as_people_read_them():
    sizes = (0, 27_400, 999_000, 3_440_000, 41_000_000, 41_000_000_000)
    assert [disks.in_words(size) for size in sizes] == [
        "0 kB",
        "27 kB",
        "999 kB",
        "3.4 MB",
        "41 MB",
        "41.0 GB",
    ]


def test_the_tools_of_the_system_open_it(file, tmp_path):
    (tmp_path / "by hand").mkdir()
    subprocess.run(["tar", "-xf", file, "-C", tmp_path / "by hand"], check=True)
    for name, content in PARTS.items():
        assert (tmp_path / "by hand" / name).read_bytes() == content
    last = file.read_bytes()[-archive.TRAILER_SIZE :].decode().strip()
    before = ["head", "-c", f"-{archive.TRAILER_SIZE}", file]
    told = subprocess.run(before, capture_output=True, check=True).stdout
    assert last == archive.trailer(archive.hashlib.sha256(told).hexdigest()).decode().strip()
    assert archive.TRAILER_SIZE == 90, "as docs/deployment/backups.md says"
