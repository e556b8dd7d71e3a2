"""What search engines get: robots.txt, the sitemap, one address for each page, and which pages they may not keep."""

import re
from fnmatch import fnmatchcase

import pytest

from forum.domain.lessons import lessons
from forum.infra import rates
from forum.infra.db import db
from forum.models.spaces import Audience
from forum.web import crawling
from tests import reviewed
from tests.factories import make_post, make_thread, sign_in
from tests.lesson_scenario import build

LOCATION = re.compile("<loc>([^<]+)</loc>")
CANONICAL = re.compile(r'<link rel="canonical" href="([^"]*)">')


@pytest.fixture
def scenario(client, session):
    """A network with a public thread and lesson, and others that are not."""
    made = build(Audience.PUBLIC)
    made.lesson = made.published(Audience.PUBLIC, by="editor")
    made.inside = make_thread(made.space, made.author, title="Among ourselves", audience=Audience.SPACE)
    db.session.commit()
    return made


def is_kept(answer) -> bool:
    return answer.status_code == 200 and "X-Robots-Tag" not in answer.headers


def canonical(answer) -> str | None:
    found = CANONICAL.findall(answer.text)
    assert len(found) < 2
    return found[0] if found else None


def path_of(app, address: str) -> str:
    base = app.config["BASE_URL"]
    assert address.startswith(base)
    return address.removeprefix(base)


def listed(app, client) -> list[str]:
    """The paths of all addresses in the sitemap."""
    files = [path_of(app, address) for address in LOCATION.findall(client.get("/sitemap.xml").text)]
    answers = [client.get(file) for file in files]
    assert {(answer.status_code, answer.mimetype) for answer in answers} == {(200, "application/xml")}
    return [path_of(app, address) for answer in answers for address in LOCATION.findall(answer.text)]


def is_closed(path: str) -> bool:
    """Whether robots.txt tells everybody to stay away from a path."""
    return any(fnmatchcase(path, rule.replace("?", "[?]") + "*") for rule in crawling.CLOSED)


@pytest.mark.both_databases
def test_each_address_of_the_sitemap_is_a_page_that_may_be_kept_at_that_address(app, client, scenario):
    paths = listed(app, client)
    thread = scenario.thread
    assert f"/threads/{thread.id}-{thread.slug}" in paths
    assert f"/lessons/{scenario.lesson.public_id}" in paths
    assert f"/spaces/{scenario.space.slug}" in paths
    assert len(paths) == len(set(paths))
    for path in paths:
        answer = client.get(path)
        assert is_kept(answer), path
        assert canonical(answer) == app.config["BASE_URL"] + path
        assert not is_closed(path), path
    sign_in(client, scenario.author)
    assert listed(app, client) == paths  # the same for those who may read more
    assert "Among ourselves" not in " ".join(paths)


def test_robots_txt_names_the_sitemap_and_closes_what_only_members_have(app, client):
    answer = client.get("/robots.txt")
    assert answer.mimetype == "text/plain"
    lines = answer.text.splitlines()
    assert f"Sitemap: {app.config['BASE_URL']}/sitemap.xml" in lines
    assert "Disallow: /settings/" in lines
    assert "Disallow: /" not in lines
    for path in (
        "/threads?need=facts",
        "/lessons?axis=x",
        "/spaces/gent/members",
        "/spaces/gent?sort=new",
        "/people",
    ):
        assert is_closed(path), path
    for path in ("/", "/threads", "/lessons", "/lessons/les-2026-001", "/threads/1-a?page=2", "/spaces/gent"):
        assert not is_closed(path), path


def test_an_answer_that_did_not_change_is_not_sent_again(client, scenario):
    for path in ("/robots.txt", "/sitemap.xml", f"/sitemaps/threads-{scenario.thread.id // 10_000 + 1}.xml"):
        first = client.get(path)
        assert first.headers["Cache-Control"] == "public, no-cache"
        assert "Set-Cookie" not in first.headers
        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
    scenario.thread.audience = Audience.NETWORK
    db.session.commit()
    gone = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert gone.status_code == 404


def test_one_page_at_several_addresses_names_one_of_them(app, client, scenario):
    for _number in range(40):
        make_post(scenario.thread, scenario.author)
    db.session.commit()
    base, thread = app.config["BASE_URL"], f"/threads/{scenario.thread.id}-{scenario.thread.slug}"
    lesson = f"/lessons/{scenario.lesson.public_id}"
    for address, own in (
        (f"{thread}?answer=2&lang=en", thread),
        (f"{thread}?page=1", thread),
        (f"{thread}?page=2&lang=nl", f"{thread}?page=2"),
        (f"{lesson}?lang=en&from=mail", lesson),
        (f"{lesson}/v/1.0", lesson),
        ("/lessons?lang=en", "/lessons"),
        ("/?lang=nl", "/"),
        ("/help?lang=en", "/help"),
    ):
        answer = client.get(address)
        assert (canonical(answer), is_kept(answer)) == (base + own, True), address
    elsewhere = client.get(thread, headers={"Host": "127.0.0.1"})
    assert canonical(elsewhere) == base + thread


def test_narrowed_lists_older_versions_and_pages_of_accounts_are_not_kept(client, scenario):
    version = lessons.revise(scenario.actor("curator"), scenario.lesson.id)
    lessons.save(
        scenario.actor("curator"), scenario.lesson.id, saved_count=version.saved_count, title="Newer",
        change_note="Said otherwise.",
    )  # fmt: skip
    lessons.submit(scenario.actor("curator"), scenario.lesson.id, audience=Audience.PUBLIC)
    reviewed.publish(scenario.actor("editor"), scenario.lesson.id)
    db.session.commit()
    public_id = scenario.lesson.public_id
    for path in (
        "/lessons?axis=solidaire-stadspolis", "/threads?need=stories", "/threads?after=x", "/nowhere",
        f"/spaces/{scenario.space.slug}?need=stories", "/accounts/sign-in", "/accounts/join", "/accounts/forgot",
        f"/lessons/{public_id}/v/1.0", f"/lessons/{public_id}/compare?from=1.0&to=1.1",
        f"/threads/{scenario.inside.id}-{scenario.inside.slug}", "/settings/profile", "/sitemap.xml", "/healthz",
    ):  # fmt: skip
        answer = client.get(path)
        assert answer.headers.get("X-Robots-Tag") == "noindex", path
        assert canonical(answer) is None, path
    assert is_kept(client.get(f"/lessons/{public_id}"))
    sign_in(client, scenario.author)
    for path in (
        "/",
        "/lessons",
        f"/threads/{scenario.inside.id}-{scenario.inside.slug}",
        "/settings/profile",
    ):
        answer = client.get(path)
        assert (answer.status_code, answer.headers.get("X-Robots-Tag")) == (200, "noindex"), path


def test_files_that_hold_nothing_are_not_there(client, scenario):
    for path in ("/sitemaps/threads-9999.xml", "/sitemaps/threads-0.xml", "/sitemaps/people-1.xml"):
        assert client.get(path).status_code == 404


def test_whoever_asks_all_the_time_has_to_wait(app, client, session, monkeypatch):
    monkeypatch.setitem(app.config, "RATES_ENABLED", True)
    monkeypatch.setattr(crawling, "LIMIT", "2 per minute")
    rates.reset()
    assert [client.get("/sitemap.xml").status_code for _time in range(3)] == [200, 200, 429]
    rates.reset()
