"""The proxy that is shipped takes forms whole, before the forum sees them. nginx itself where the machine has it."""

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.cli.test_start import free_port

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = (ROOT / "deploy" / "nginx.conf").read_text()
FRAME = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ worker_connections 1024; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    {shipped}
}}
"""


def nginx() -> str | None:
    return shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin")


def configuration(folder: Path, port: int, forum: int, **changes: str) -> Path:
    """The shipped file, as it is but for names, certificate, ports and what a test cannot wait for."""
    shipped = re.sub(r"ssl_certificate\S* \S+;", "", SHIPPED)
    for name, said in changes.items():
        shipped, found = re.subn(rf"{name} \S+;", f"{name} {said};", shipped)
        assert found
    for shipped_so, here in (
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{port};"),
        ("127.0.0.1:8000", f"127.0.0.1:{forum}"),
        ("/var/log/nginx", str(folder)),
        ("/srv/leerkring", str(ROOT)),
    ):
        assert shipped_so in shipped
        shipped = shipped.replace(shipped_so, here)
    path = folder / "nginx.conf"
    path.write_text(FRAME.format(folder=folder, shipped=shipped))
    return path


@contextmanager
def proxy(folder: Path, port: int, forum: int, **changes: str) -> Iterator[None]:
    """nginx with the shipped configuration, in front of the forum on that port."""
    program = nginx()
    if program is None:
        pytest.skip("nginx is not installed (apt-get install nginx-light)")
    path = configuration(folder, port, forum, **changes)
    process = subprocess.Popen([program, "-c", str(path)], stderr=subprocess.DEVNULL)
    try:
        time.sleep(0.5)
        assert process.poll() is None
        yield
    finally:
        process.terminate()
        process.wait(20)


def value(directive: str) -> list[str]:
    """What the shipped file sets a directive to."""
    return re.findall(rf"^\s*{directive} (.+?);", SHIPPED, re.M)


@pytest.mark.any_database
def test_the_shipped_proxy_takes_forms_whole_and_logs_no_addresses():
    assert value("proxy_request_buffering") == ["on"]
    assert value("proxy_buffering") == ["on"]
    assert value("access_log") == ["off"]
    assert [each.split()[-1] for each in value("error_log")] == ["crit"]
    assert value("limit_conn")
    assert value("proxy_next_upstream") == ["off"]
    for header in ("X-Forwarded-For $remote_addr", "X-Forwarded-Host $host", "X-Forwarded-Proto $scheme"):
        assert value("proxy_set_header").count(header) == SHIPPED.count("proxy_pass ")
    assert "$proxy_add_x_forwarded_for" not in SHIPPED  # what a client says of itself


@pytest.mark.any_database
def test_nginx_takes_the_shipped_file(tmp_path):
    program = nginx()
    if program is None:
        return  # `make proof` needs it
    done = subprocess.run(
        [program, "-t", "-c", str(configuration(tmp_path, 9, 8))], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.proof
@pytest.mark.any_database
def test_while_the_forum_is_down_there_is_a_page(tmp_path):
    port = free_port()
    with proxy(tmp_path, port, free_port()):
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/lessons")
        answer = connection.getresponse()
        assert answer.status == 502
        assert answer.headers["Retry-After"] == "30"
        assert "We zijn zo terug" in answer.read().decode()


@pytest.mark.any_database
def test_each_page_of_the_proxy_says_in_two_languages_what_its_header_says():
    named = {page for each in value("error_page") for page in [each.split()[-1].strip("/")]}
    pages = {path.name: path.read_text() for path in (ROOT / "deploy").glob("*.html")}
    assert named == set(pages), "every page is used, and every one that is used is there"
    for name, page in pages.items():
        block = next(
            each for each in re.findall(r"location ~ \^/\(.*?\n    }", SHIPPED, re.S) if name[:-5] in each
        )
        waits = "halve minuut" in page
        assert ("half a minute" in " ".join(page.split())) == waits, name
        assert re.findall(r"Retry-After (\d+) always", block) == (["30"] if waits else []), name
        assert ' lang="nl-BE"' in page, name
        assert ' lang="en"' in page, name
        assert len(re.findall("<p", page)) == 2, name


@pytest.mark.any_database
def test_what_nginx_refuses_by_itself_comes_in_words(tmp_path):
    """Where no forum is asked: a head that cannot be read, a form that is too large, and one that falls silent."""
    if nginx() is None:
        return  # `make proof` needs it
    port = free_port()
    with proxy(tmp_path, port, free_port(), client_body_timeout="1s"):
        for head, status, words in (
            ("GET /lessons HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "Dat konden we niet lezen."),
            (f"GET /{'x' * 40_000} HTTP/1.1\r\nHost: a\r\n\r\n", 414, "Dat konden we niet lezen."),
            (
                "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000\r\n\r\n",
                413,
                "Dat is te veel in één keer.",
            ),
            ("GET /lessons HTTP/1.1\r\nHost: a\r\n\r\n", 502, "We zijn zo terug."),
        ):
            said = answer_to(port, head)
            assert said.startswith(f"HTTP/1.1 {status} "), said[:200]
            assert words in said, said[:600]
        began = time.monotonic()
        assert answer_to(port, "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx") == ""
        assert time.monotonic() - began < 2.5, "it is ended, without a word"


def answer_to(port: int, head: str) -> str:
    """All that comes back, until the connection ends or says nothing more."""
    with socket.create_connection(("127.0.0.1", port), timeout=3) as opened:
        opened.sendall(head.encode())
        said = b""
        try:
            while piece := opened.recv(65536):
                said += piece
                if b"</html>" in said:
                    break
        except TimeoutError:
            pass
    return said.decode(errors="replace")
