"""The file of a backup: every byte of it counts, and any tar opens it."""

import subprocess
from datetime import UTC, datetime

import pytest

from forum.infra.backups import archive, reading
from forum.infra.backups.problems import Damaged, Problem
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
        writer.finish(archive.Manifest(MADE, "sqlite", "0014", {"member": 3}, "", list(writer.parts)))
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
            writer.finish(archive.Manifest(MADE, "sqlite", "0014", {}, "", list(writer.parts)))
        with pytest.raises(Damaged):
            reading.check(path)


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
