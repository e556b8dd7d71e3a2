"""The tests of the browser themselves: what they look at after a click is a whole page."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

pytestmark = pytest.mark.browser
CLICKS = ("page", "locator", "key")


class Halting(BaseHTTPRequestHandler):
    """The page `/next` comes in two halves, the second after half a second."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>x</title><a href='/next'>next</a>" + b" " * 4096)
        self.wfile.flush()
        if self.path == "/next":
            time.sleep(0.5)
        self.wfile.write(b"<p>whole</p>")

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def halting() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Halting)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("way", CLICKS)
def test_what_a_click_leads_to_is_whole_when_it_is_looked_at(open_page, halting, way):
    page = open_page(java_script_enabled=False)
    page.goto(halting)
    if way == "page":
        page.click("a")
    elif way == "locator":
        page.locator("a").click()
    else:
        page.press("a", "Enter")
    assert page.url.endswith("/next")
    assert page.locator("p").count() == 1
