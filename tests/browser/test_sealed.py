"""The browser of the tests reaches this machine and nothing else, whatever a page names."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

pytestmark = pytest.mark.browser


class _Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Here</title><script>document.title += '!'</script>")

    def log_message(self, format, *args):
        """Keep quiet."""


def test_the_browser_reaches_this_machine_and_nothing_else(chromium):
    served = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    threading.Thread(target=served.serve_forever, daemon=True).start()
    try:
        page = chromium.new_page()
        page.goto(f"http://127.0.0.1:{served.server_port}/")
        assert page.title() == "Here!"
        with pytest.raises(Exception, match="ERR_NAME_NOT_RESOLVED"):
            page.goto("http://leerkring.example/")
        page.close()
    finally:
        served.shutdown()
        served.server_close()
