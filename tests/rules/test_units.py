"""The unit files for systemd: what they start is there, with options that exist, as its own user, closed off."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import click
import pytest
from flask import Flask
from granian.cli import cli as granian

from tests.rules.source import ROOT, plant

pytestmark = pytest.mark.any_database
FOLDER = "docs/deployment"
FAILED = "leerkring-failed@.service"
PLACE = "/srv/leerkring"
REQUIRED = {
    "User": "leerkring",
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "WorkingDirectory": PLACE,
    "CapabilityBoundingSet": "",
}
STOP = 10  # seconds that a worker may take to end


def values(path: Path) -> dict[str, str]:
    """What a unit sets; of a name that stands there twice the last."""
    lines = path.read_text().replace("\\\n", " ").splitlines()
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return {name: " ".join(value.split()) for name, _sign, value in pairs}


def wrong(root: Path, app: Flask) -> list[str]:
    """What is wrong in the units of a checkout, one line for each."""
    found = []
    for path in sorted((root / FOLDER).glob("*.service")):
        if path.name == FAILED:
            continue  # the machine's own programs, as root
        unit = values(path)
        found += [f"{path.name}: {name}" for name, value in REQUIRED.items() if unit.get(name) != value]
        found += [f"{path.name}: {fault}" for fault in wrong_command(unit.get("ExecStart", ""), app)]
        if "/var/lib/leerkring" not in unit.get("ReadWritePaths", ""):
            found.append(f"{path.name}: ReadWritePaths")
        if unit.get("Type") != "oneshot":
            if unit.get("Restart") != "always":
                found.append(f"{path.name}: Restart")
            if int(unit.get("TimeoutStopSec", "0")) <= STOP:
                found.append(f"{path.name}: TimeoutStopSec")
    for path in sorted((root / FOLDER).glob("*.timer")):
        started = values(path.with_suffix(".service")) if path.with_suffix(".service").exists() else {}
        told = started.get("OnFailure") == FAILED.replace("@", "@%N")  # nobody looks at a timer
        if not told or values(path).get("Persistent") != "true":
            found.append(path.name)
    return found


def wrong_command(command: str, app: Flask) -> list[str]:
    """What a command line has that the program does not know."""
    program, *words = shlex.split(command) or [""]
    name = program.removeprefix(f"{PLACE}/.venv/bin/")
    if not (ROOT / ".venv/bin" / name).is_file():
        return [f"no program {program}"]
    known = granian if name == "granian" else app.cli
    try:
        with known.make_context(name, words) as context:
            if isinstance(known, click.Group):
                inner, command_found, rest = known.resolve_command(context, words)
                command_found.make_context(inner, rest).close()
    except click.UsageError as error:
        return [error.format_message()]
    return []


def test_units_start_what_is_there_and_are_closed_off(app):
    assert wrong(ROOT, app) == []
    assert {path.name for path in (ROOT / FOLDER).glob("leerkring-*")} >= {
        "leerkring-web.service", "leerkring-worker.service", "leerkring-backup.service", "leerkring-backup.timer",
        FAILED,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("flask worker", "flask worker --forever", "--forever"),
        ("flask worker", "flask work", "work"),
        (".venv/bin/flask", ".venv/bin/flaks", "flaks"),
        ("TimeoutStopSec=20", "TimeoutStopSec=9", "TimeoutStopSec"),
        ("ProtectSystem=strict\n", "", "ProtectSystem"),
        ("User=leerkring", "User=root", "User"),
    ],
)
def test_a_wrong_unit_is_seen(app, tmp_path, before, after, said):
    name = f"{FOLDER}/leerkring-worker.service"
    text = (ROOT / name).read_text()
    assert before in text
    found = wrong(plant(tmp_path, {name: text.replace(before, after)}), app)
    assert len(found) == 1
    assert said in found[0]


def test_the_server_command_of_the_documents_is_that_of_the_unit(app):
    """But for what systemd needs: where it listens, what it logs, how it is ended."""
    unit = set(values(ROOT / FOLDER / "leerkring-web.service")["ExecStart"].split()[1:])
    for name in ("README.md", "docs/deployment.md"):
        told = re.search(r"granian (--.*?app:app)", (ROOT / name).read_text().replace("\\\n", " "), re.S)
        assert told
        assert wrong_command(f"{PLACE}/.venv/bin/granian {told[1]}", app) == []
        assert set(told[1].split()) <= unit, name


def test_systemd_reads_them(tmp_path):
    program = shutil.which("systemd-analyze")
    if program is None:  # what it would say of a name, `wrong` says of the names that matter
        return
    for path in (ROOT / FOLDER).glob("leerkring-*"):
        (tmp_path / path.name).write_text(path.read_text().replace(PLACE, str(ROOT)))
    units = sorted(tmp_path.iterdir())
    done = subprocess.run([program, "verify", *units], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
