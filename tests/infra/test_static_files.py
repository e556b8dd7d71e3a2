"""A file stands at an address with a fingerprint for a year; at any other address it is the same file, for a minute."""

import gzip
import re

import pytest
from flask import Flask, session, url_for

from forum.infra import compression, static_files

pytestmark = pytest.mark.any_database

FILES = {
    "css/tokens.css": '@font-face { src: url("../fonts/a.woff2"); }\n' * 40,
    "js/forum.js": 'import("./once.js");\n' * 40,
    "js/once.js": "export const start = () => {};\n",
    "fonts/a.woff2": "x" * 2_000,
}
ONE_YEAR = "public, max-age=31536000, immutable"
ONE_MINUTE = "public, max-age=60"


def make_site(folder, files=FILES):
    """A forum with nothing but static files."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    app = Flask("site", static_folder=None)
    app.secret_key = "of-this-suite"
    compression.init_app(app)
    static_files.init_app(app, folder)
    return app


def address(app, name):
    """The address of a file, as a template gets it."""
    with app.test_request_context():
        return url_for("static", filename=name)


@pytest.fixture
def site(tmp_path):
    return make_site(tmp_path)


def test_an_address_holds_the_fingerprint_of_all_files(site, tmp_path):
    first = address(site, "css/tokens.css")
    assert re.fullmatch(r"/static/[0-9a-f]{16}/css/tokens\.css", first)
    assert address(make_site(tmp_path), "css/tokens.css") == first
    changed = address(make_site(tmp_path, {"js/once.js": "export const start = 1;\n"}), "css/tokens.css")
    assert changed != first
    assert address(make_site(tmp_path, {"js/more.js": ""}), "css/tokens.css") not in {first, changed}


def test_a_file_is_kept_for_a_year_at_its_own_address_only(site):
    visitor = site.test_client()
    found = visitor.get(address(site, "css/tokens.css"))
    assert (found.status_code, found.text) == (200, FILES["css/tokens.css"])
    assert found.headers["Cache-Control"] == ONE_YEAR
    assert found.headers["Content-Type"] == "text/css; charset=utf-8"
    for other in ("/static/css/tokens.css", "/static/0123456789abcdef/css/tokens.css"):
        old = visitor.get(other)
        assert (old.status_code, old.text) == (200, FILES["css/tokens.css"]), other
        assert old.headers["Cache-Control"] == ONE_MINUTE


def test_what_is_not_there_is_absent(site):
    visitor, own = site.test_client(), address(site, "css/tokens.css").rpartition("css/")[0]
    for path in (
        "none.css",
        "css",
        "css/",
        "../site.py",
        "0123456789abcdef/css/tokens.css/x",
        "0123/css/tokens.css",
    ):
        for base in (own, "/static/"):
            answer = visitor.get(base + path)
            assert answer.status_code == 404, base + path
            assert "max-age" not in answer.headers.get("Cache-Control", "")
    assert visitor.post(own + "css/tokens.css").status_code == 405


def test_references_between_files_stay_below_the_fingerprint(site):
    own = address(site, "css/tokens.css").removesuffix("css/tokens.css")
    assert address(site, "fonts/a.woff2") == f"{own}fonts/a.woff2"
    assert site.test_client().get(f"{own}js/once.js").headers["Cache-Control"] == ONE_YEAR


def test_a_file_that_the_browser_has_is_not_sent_again(site):
    visitor, where = site.test_client(), address(site, "css/tokens.css")
    etag = visitor.get(where).headers["ETag"]
    again = visitor.get(where, headers={"If-None-Match": etag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)
    assert again.headers["Cache-Control"] == ONE_YEAR
    assert visitor.get(where, headers={"If-None-Match": '"another"'}).status_code == 200
    assert visitor.get("/static/js/once.js", headers={"If-None-Match": etag}).status_code == 200


def test_a_part_of_a_file_can_be_asked(site):
    visitor, where = site.test_client(), address(site, "fonts/a.woff2")
    part = visitor.get(where, headers={"Range": "bytes=0-9"})
    assert (part.status_code, len(part.data), part.headers["Content-Range"]) == (206, 10, "bytes 0-9/2000")
    assert visitor.get(where, headers={"Range": "bytes=5000-"}).status_code == 416
    head = visitor.head(where)
    assert (head.data, head.headers["Content-Length"]) == (b"", "2000")


def test_a_file_that_changes_on_the_disk_does_not_get_the_old_address(site, tmp_path):
    where = address(site, "js/once.js")
    (tmp_path / "js/once.js").write_text("the next release")
    assert site.test_client().get(where).text == FILES["js/once.js"]


def test_a_file_is_the_same_for_everybody(site):
    @site.after_request
    def look(response):
        session.get("anything")
        return response

    assert "Cookie" not in site.test_client().get(address(site, "js/once.js")).headers.get("Vary", "")
    assert "Cookie" in site.test_client().get("/static/none.js").headers["Vary"]


def test_text_is_compressed_once_and_a_typeface_is_not(site):
    visitor, accepted = site.test_client(), {"Accept-Encoding": "gzip"}
    style = address(site, "css/tokens.css")
    packed, plain = visitor.get(style, headers=accepted), visitor.get(style)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data)
    assert packed.headers["ETag"] == f"W/{plain.headers['ETag']}"
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert visitor.get(style, headers=accepted).data == packed.data
    for etag in (packed.headers["ETag"], plain.headers["ETag"]):
        again = visitor.get(style, headers={**accepted, "If-None-Match": etag})
        assert (again.status_code, again.headers["Vary"]) == (304, "Accept-Encoding")
    for name in ("fonts/a.woff2", "js/once.js"):
        assert "Content-Encoding" not in visitor.get(address(site, name), headers=accepted).headers


def test_a_part_is_cut_from_the_plain_file(site):
    headers = {"Accept-Encoding": "gzip", "Range": "bytes=0-9"}
    part = site.test_client().get(address(site, "css/tokens.css"), headers=headers)
    assert (part.status_code, part.text) == (206, FILES["css/tokens.css"][:10])
    assert "Content-Encoding" not in part.headers
