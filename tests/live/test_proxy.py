"""The proxy that is shipped takes forms whole, before the forum sees them. nginx itself where the machine has it."""

import re
import shutil
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


def configuration(folder: Path, port: int, forum: int) -> Path:
    """The shipped file, as it is but for names, certificate and ports."""
    shipped = re.sub(r"ssl_certificate\S* \S+;", "", SHIPPED)
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
def proxy(folder: Path, port: int, forum: int) -> Iterator[None]:
    """nginx with the shipped configuration, in front of the forum on that port."""
    program = nginx()
    if program is None:
        pytest.skip("nginx is not installed (apt-get install nginx-light)")
    path = configuration(folder, port, forum)
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
        assert answer.headers["Retry-After"] == "10"
        assert "We zijn zo terug" in answer.read().decode()
