"""Text is compressed for who accepts it, and everything else is left as it was."""

import gzip

import pytest
from flask import Flask, Response, request

from forum.infra import compression

pytestmark = pytest.mark.any_database

WORDS = "".join(f"<p>The {number}th of many words.</p>" for number in range(400))
GZIP = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.fixture
def site():
    """Pages of every kind."""
    app = Flask("site", static_folder=None)
    compression.init_app(app)
    answers = {
        "page": lambda: WORDS,
        "echo": lambda: WORDS + request.args.get("q", ""),
        "short": lambda: "x" * (compression.SMALLEST - 1),
        "long-enough": lambda: "x" * compression.SMALLEST,
        "json": lambda: {"words": WORDS},
        "drawing": lambda: Response(WORDS, mimetype="image/svg+xml"),
        "picture": lambda: Response(WORDS, mimetype="image/png"),
        "packed": lambda: Response(gzip.compress(WORDS.encode()), headers={"Content-Encoding": "gzip"}),
        "none": lambda: ("", 204),
        "part": lambda: (WORDS, 206, {"Content-Range": "bytes 0-9/10"}),
        "stream": lambda: Response(part for part in (WORDS, WORDS)),
        "refused": lambda: (WORDS, 422),
        "marked": lambda: Response(WORDS, headers={"ETag": '"one"', "Vary": "Cookie"}),
    }
    for name, view in answers.items():
        app.add_url_rule(f"/{name}", name, view)
    return app


@pytest.mark.parametrize("path", ["/page", "/json", "/drawing", "/refused", "/marked", "/long-enough"])
def test_text_is_compressed_for_who_accepts_it(site, path):
    visitor = site.test_client()
    plain, packed = visitor.get(path), visitor.get(path, headers=GZIP)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data)
    for answer in (plain, packed):
        assert answer.status_code == (422 if path == "/refused" else 200)
        assert "Accept-Encoding" in answer.headers["Vary"]


@pytest.mark.parametrize("path", ["/short", "/picture", "/none", "/part", "/stream"])
def test_what_does_not_gain_or_is_not_whole_is_left_alone(site, path):
    answer = site.test_client().get(path, headers=GZIP)
    assert answer.status_code < 300
    assert "Content-Encoding" not in answer.headers
    assert "Vary" not in answer.headers
    assert answer.data == site.test_client().get(path).data


def test_what_is_compressed_already_is_not_compressed_again(site):
    answer = site.test_client().get("/packed", headers=GZIP)
    assert gzip.decompress(answer.data) == WORDS.encode()


@pytest.mark.parametrize(("accepted", "compressed"), [
    ("gzip", True), ("GZIP;q=0.5", True), ("*", True), ("br, gzip;q=0.1", True), ("gzip, identity;q=0", True),
    ("", False), ("br", False), ("gzip;q=0", False), ("*, gzip;q=0", False), ("gzip;q=0.000", False),
    ("identity", False), ("identity, gzip;q=0.5", False), ("*;q=0", False), ("xgzip", False), ("gzip;q=x", False),
])  # fmt: skip
def test_the_browser_says_what_it_accepts(site, accepted, compressed):
    answer = site.test_client().get("/page", headers={"Accept-Encoding": accepted})
    assert ("Content-Encoding" in answer.headers) == compressed
    assert (answer.data == WORDS.encode()) != compressed


def test_a_head_has_the_headers_and_no_content(site):
    answer = site.test_client().head("/page", headers=GZIP)
    assert (answer.data, answer.headers["Content-Encoding"]) == (b"", "gzip")
    assert 100 < int(answer.headers["Content-Length"]) < len(WORDS)


def test_a_validator_of_compressed_text_is_weak(site):
    assert site.test_client().get("/marked").headers["ETag"] == '"one"'
    assert site.test_client().get("/marked", headers=GZIP).headers["ETag"] == 'W/"one"'
    assert site.test_client().get("/marked").headers["Vary"] == "Cookie, Accept-Encoding"


@pytest.mark.parametrize(("asked_by", "query", "cookie", "compressed"), [
    ("cross-site", "?q=x", True, False), ("same-site", "?q=x", True, False), ("cross-site", "", True, True),
    ("cross-site", "?q=x", False, True), ("same-origin", "?q=x", True, True), ("none", "?q=x", True, True),
    (None, "?q=x", True, True),
])  # fmt: skip
def test_no_other_site_learns_from_the_length_of_somebodys_page(site, asked_by, query, cookie, compressed):
    visitor = site.test_client()
    if cookie:
        visitor.set_cookie("leerkring", "a session")
    headers = GZIP | ({"Sec-Fetch-Site": asked_by} if asked_by else {})
    answer = visitor.get(f"/echo{query}", headers=headers)
    assert ("Content-Encoding" in answer.headers) == compressed


def test_the_length_of_a_page_varies_by_chance(site):
    visitor = site.test_client()
    answers = [visitor.get("/page", headers=GZIP) for _turn in range(40)]
    assert len({answer.headers["Content-Length"] for answer in answers}) > 10
    assert {gzip.decompress(answer.data) for answer in answers} == {WORDS.encode()}
