"""Feeds are valid by RFC 4287 and the sitemap by its protocol, on the demo; Jing, a part of the Nu checker, says so."""

import re
import subprocess

import pytest

from forum.domain.people import feed_keys
from forum.domain.people.feed_keys import Feed
from forum.domain.spaces import spaces
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.feeds import FeedKind
from tests.browser.test_html import JAR, QUICK
from tests.factories import actor
from tests.rules.source import ROOT

pytestmark = pytest.mark.browser
SCHEMAS = ROOT / "tests" / "browser" / "schemas"
JING = "nu.validator.vendor.thaiopensource.relaxng.util.Driver"
ENTRY = re.compile("<entry>.*?</entry>", re.DOTALL)
IDS = re.compile("<id>(.*?)</id>")


def errors(schema: str, files) -> list[str]:
    """What Jing finds in these files."""
    command = ["java", *QUICK, "-cp", str(JAR), JING, "-c", str(SCHEMAS / f"{schema}.rnc"), *map(str, files)]
    done = subprocess.run(command, capture_output=True, timeout=100, check=False)
    assert b"Exception in thread" not in done.stderr, done.stderr
    return (done.stdout + done.stderr).decode().splitlines()


def loose(feed: str) -> list[str]:
    """What the grammar cannot say: each id once, an author for each entry, and links that lead to the page."""
    entries, wrong = ENTRY.findall(feed), []
    head = feed.partition("<entry>")[0]
    ids = [IDS.findall(one)[0] for one in entries]
    if len(ids) != len({*ids, *IDS.findall(head)}) - 1:
        wrong.append("an id stands twice")
    if "<author>" not in head and not all("<author>" in one for one in entries):
        wrong.append("nobody is the author")
    if not all('rel="alternate"' in one for one in [head, *entries]):
        wrong.append("no link to the page")
    return wrong


def addresses(app) -> list[str]:
    """Every kind of feed, of sofie, and that for everybody."""
    with app.app_context():
        sofie = actor(db.session.scalars(db.select(Member).where(Member.handle == "sofie")).one())
        space = next(one for one in spaces.of_member(sofie) if one.slug == "antwerpen")
        keys = [
            feed_keys.make(sofie, feed)
            for feed in (Feed(FeedKind.LESSONS), Feed(FeedKind.THREADS), Feed(FeedKind.SPACE, space.id))
        ]
        db.session.commit()
        slug = space.slug
        db.session.remove()
    names = ("lessons", "threads", f"spaces/{slug}")
    return ["/feeds/lessons.atom"] + [
        f"/feeds/{name}.atom?key={key}" for name, key in zip(names, keys, strict=True)
    ]


def test_every_feed_is_valid_and_planted_errors_are_found(town, open_page, tmp_path):
    page, files = open_page(), []
    for number, address in enumerate(addresses(town.app)):
        answer = page.request.get(address)
        assert answer.status == 200, address
        text = answer.text()
        assert (loose(text), len(ENTRY.findall(text)) > 3) == ([], True), address
        files.append(tmp_path / f"{number}.atom")
        files[-1].write_text(text)
    assert errors("atom", files) == []
    for number, (right, wrong) in enumerate(
        (("<updated>20", "<updated>on 20"), ("<title>", "<name>x</name><title>"), ("<id>http", "<id>/http"))
    ):
        planted = tmp_path / f"wrong-{number}.atom"
        planted.write_text(text.replace(right, wrong, 1))
        assert errors("atom", [planted]) != [], wrong
    entry = ENTRY.search(text)[0]
    assert loose(text.replace(entry, entry * 2)) == ["an id stands twice"]
    assert loose(re.sub("<author>.*?</author>", "", text)) == ["nobody is the author"]


def test_every_file_of_the_sitemap_is_valid_and_a_planted_error_is_found(town, open_page, tmp_path):
    page = open_page()
    index = page.request.get("/sitemap.xml").text()
    files = [tmp_path / "index.xml"]
    files[0].write_text(index)
    for number, address in enumerate(re.findall("<loc>(.*?)</loc>", index)):
        files.append(tmp_path / f"{number}.xml")
        files[-1].write_text(page.request.get("/" + address.split("/", 3)[3]).text())
    assert any("/sitemaps/lessons-" in address for address in re.findall("<loc>(.*?)</loc>", index))
    assert errors("sitemap", files) == []
    wrong = tmp_path / "wrong.xml"
    dated = next(text for text in (file.read_text() for file in files) if "<lastmod>" in text)
    wrong.write_text(dated.replace("<lastmod>20", "<lastmod>in 20", 1))
    assert errors("sitemap", [wrong]) != []
