"""Pages point at their files by fingerprint, and so do the files among themselves."""

import posixpath
import re

import pytest

from tests.factories import make_member, make_space, sign_in
from tests.rules.source import ROOT

LINKED = re.compile(r'(?:href|src)="(/static/[^"]+)"')
REFERENCES = {"css": re.compile(r'url\("([^"]+)"\)'), "js": re.compile(r'"(\.{1,2}/[^"]+\.js)"')}
OWN = re.compile(r"/static/[0-9a-f]{16}/[a-z]+/[\w.-]+")
ONE_YEAR = "public, max-age=31536000, immutable"


@pytest.mark.parametrize("path", ["/", "/lessons", "/accounts/sign-in", "/nowhere"])
def test_every_file_of_a_page_stands_at_its_fingerprint(client, session, path):
    addresses = LINKED.findall(client.get(path).text)
    assert len(addresses) >= 5
    for address in addresses:
        assert OWN.fullmatch(address), address
        found = client.get(address)
        assert (found.status_code, found.headers["Cache-Control"]) == (200, ONE_YEAR), address


def test_files_name_each_other_below_the_same_fingerprint(client, session):
    start = LINKED.findall(client.get("/").text)[0].rpartition("/")[0].rpartition("/")[0]
    seen = 0
    for kind, pattern in REFERENCES.items():
        for path in (ROOT / "static" / kind).iterdir():
            for reference in pattern.findall(path.read_text()):
                address = posixpath.normpath(f"{start}/{kind}/{reference}")
                assert client.get(address).headers["Cache-Control"] == ONE_YEAR, f"{path.name}: {reference}"
                seen += 1
    assert seen >= 8


def test_a_member_gets_the_files_that_a_visitor_gets(client, session):
    address = LINKED.findall(client.get("/").text)[0]
    before = client.get(address)
    sign_in(client, make_member("Noor", space=make_space("Gent")))
    after = client.get(address)
    assert after.headers["Cache-Control"] == before.headers["Cache-Control"] == ONE_YEAR
    for found in (before, after):
        assert "Set-Cookie" not in found.headers
        assert "Cookie" not in found.headers.get("Vary", "")
