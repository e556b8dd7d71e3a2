"""The leak walk: every way out of the house, walked by every kind of outsider, must show none of the markers.

A route that the walk does not know fails, so nobody can add a page without saying what a stranger would meet there.
`make test` walks every address as WHOLE, each of whom meets another kind of rule; everybody else meets every route,
at a part of its addresses, on PostgreSQL a reader of the network alone. `make proof` walks all as everybody on both.
"""

import logging
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, true
from werkzeug.test import TestResponse

from forum.domain.digests import windows
from forum.domain.lessons import library
from forum.domain.people import feed_keys
from forum.domain.people.feed_keys import Feed
from forum.domain.spaces import spaces
from forum.domain.syndication import sitemap
from forum.domain.threads import list_queries
from forum.infra import clock, mailer, tokens
from forum.infra.db import db
from forum.jobs import worker
from forum.models.adoptions import AdoptionReport
from forum.models.cahiers import Cahier
from forum.models.disputes import CounterEvidence
from forum.models.events import Event
from forum.models.feeds import FeedKey, FeedKind
from forum.models.foretellings import Foretelling
from forum.models.handovers import HandOver
from forum.models.held import HeldPost, PointedOut, WatchedWord
from forum.models.mail import OutgoingMail
from forum.models.measures import SpaceMeasure
from forum.models.regrouping import Agreement
from forum.models.sealing import Sealing
from forum.models.themes import Axis
from forum.models.threads import Post
from forum.models.unknowns import Unknown
from forum.web import draft_endpoints
from tests.conftest import POSTGRES
from tests.factories import actor, sign_in, submit
from tests.rules import leak_scenario
from tests.rules.leak_scenario import MARKERS, World
from tests.sweeps import few_of, on_one_database, once

# How to fill in each argument of a route so that it points at the bait. Several values: each is tried.
BAIT = {
    "slug": lambda w: [w.closed.slug, w.unlisted.slug, w.quiet.slug],
    "space_id": lambda w: [w.closed.id, w.unlisted.id],
    "axis": lambda w: list(Axis),
    "thread_id": lambda w: [thread.id for thread in (*w.threads, w.moved, w.spelt, w.split, w.merged)],
    "post_id": lambda w: [w.post.id, w.post.id + 1, w.post.id + 2, *_openings(w)],
    "version": lambda w: [1, 2],
    "lesson_id": lambda w: [lesson.id for lesson in w.lessons],
    "public_id": lambda w: [lesson.public_id or f"les-{lesson.id}" for lesson in w.lessons],
    "number": lambda w: ["1.0", "0.1"],
    "handle": lambda w: [w.insider.handle],
    "member_id": lambda w: [w.insider.id],
    "claim_id": lambda w: [1, 2],
    "unknown_id": lambda w: list(db.session.scalars(select(Unknown.id))),
    "cahier_slug": lambda w: list(db.session.scalars(select(Cahier.slug))),
    "excerpt_id": lambda w: [1, 2],
    "comment_id": lambda w: [1, 2],
    "invitation_id": lambda w: [1],
    "act_id": lambda w: [1, 2],
    "response_id": lambda w: [1, 2],
    "request_id": lambda w: [1],
    "offer_id": lambda w: list(db.session.scalars(select(HandOver.id))),
    "sign_in_id": lambda w: [1],
    "mail_id": lambda w: [1],
    "merge_id": lambda w: [1],
    "missed_id": lambda w: [1],
    "note_id": lambda w: [1, 2],
    "report_id": lambda w: list(db.session.scalars(select(AdoptionReport.id))),
    "item_key": lambda w: [f"theme-{w.thread.id}"],
    "evidence_id": lambda w: list(db.session.scalars(select(CounterEvidence.id))),
    "foretelling_id": lambda w: list(db.session.scalars(select(Foretelling.id))),
    "draft_id": lambda w: w.begun,
    "item_id": lambda w: list(db.session.scalars(select(PointedOut.id))),
    "word_id": lambda w: list(db.session.scalars(select(WatchedWord.id))),
    "measure_id": lambda w: list(db.session.scalars(select(SpaceMeasure.id))),
    "sealing_id": lambda w: list(db.session.scalars(select(Sealing.id))),
    "held_id": lambda w: list(db.session.scalars(select(HeldPost.id))),
    "agreement_id": lambda w: list(db.session.scalars(select(Agreement.id))),
    "capacity_id": lambda w: [1],
    "token": lambda w: ["not-a-token"],
    "name": lambda w: ["1.eml"],
    "kind": lambda w: list(sitemap.KINDS),
    "part": lambda w: sorted(
        {sitemap.file_of("threads", one.id) for one in (*w.threads, w.moved)}
        | {sitemap.file_of("lessons", one.id) for one in w.lessons}
    ),
    "filename": lambda w: ["css/tokens.css"],
}
# Arguments that fit together: each thread at its own address, and at one that has to be put right.
TOGETHER = {
    ("slug", "thread_id"): lambda w: [
        (slug, thread.id)
        for thread in (*w.threads, w.moved, w.spelt, w.split, w.merged)
        for slug in (thread.slug, w.closed.slug)
    ]
}
# What a stranger may try in the address of any page.
QUERIES = (
    f"?tag={leak_scenario.TAG}",
    "?axis=solidaire-stadspolis",
    "?city=aalst",
    f"?q={leak_scenario.SPEAKER.lower()}+{leak_scenario.OFFER[:8]}&level=field",
    "?q=field&city=aalst",
    f"?q={leak_scenario.TITLE[:-1]}*+OR+{leak_scenario.BODY}+{leak_scenario.CLAIM}",
    "?q=floor&by=sofie&kind=threads&space=aalst",
    f"?name={leak_scenario.SPEAKER[:6].lower()}&role=member",
    "?page=2",
    "?from=0.1&to=1.0",
    "?answer=2&quote=2.1:0-20&quote=3.1:0-20",
)

PEOPLE = (
    "visitor", "member of another city", "guest elsewhere", "former member", "moderator elsewhere", "editor elsewhere",
    "administrator", "suspended member", "guest whose time is over",
)  # fmt: skip
# Who reads a space or two and no network; whose rights ended while what they followed stayed; whom every door is shut.
WHOLE = ("guest elsewhere", "former member", "suspended member")
READER = "member of another city"  # who reads most, on PostgreSQL too
SEARCHING = WHOLE[:1] if POSTGRES else WHOLE  # in every way for every marker
OTHERS = tuple(person for person in PEOPLE if person not in WHOLE)
DRAFTED = {endpoint for endpoint, _values in draft_endpoints.ENDPOINTS.values()} | {"drafts.index"}


def _openings(world: World) -> list[int]:
    """The posts for everybody that had other words before."""
    ids = [world.spelt.id, world.moved.id]
    return list(db.session.scalars(select(Post.id).where(Post.thread_id.in_(ids), Post.number == 1)))


def unknown_arguments(app: Flask) -> set[str]:
    """Arguments of GET routes for which nobody said how to fill them."""
    return {name for rule in _pages(app) for name in rule.arguments} - set(BAIT)


def addresses(app: Flask, world: World) -> Iterator[str]:
    """Every address of every page, filled with bait, with everything that a stranger may try in it."""
    for _endpoint, path, queries in places(app, world):
        yield from (path + query for query in ("", *queries))


Place = tuple[str, str, tuple[str, ...]]


def places(app: Flask, world: World) -> Iterator[Place]:
    """Every page filled with bait: its endpoint, its address, and what a stranger may try behind that."""
    with app.test_request_context():
        adapter = app.url_map.bind("forum.test")
        for rule in _pages(app):
            for values in _fillings(sorted(rule.arguments), world):
                path = adapter.build(rule.endpoint, values, method="GET")
                yield rule.endpoint, path, QUERIES
                if rule.endpoint in DRAFTED:
                    for draft_id in world.begun[::3]:
                        yield rule.endpoint, f"{path}?draft={draft_id}&thrown={draft_id}", ()


def part_of(app: Flask, world: World, person: str) -> Iterator[Place]:
    """Of every route at least one address, and some of what may be tried in it: together the others try all of it."""
    routes: dict[str, list[Place]] = defaultdict(list)
    number = OTHERS.index(person)
    for endpoint, path, queries in places(app, world):
        routes[endpoint].append((endpoint, path, queries[number :: len(OTHERS)]))
    for each in routes.values():
        yield from each[number :: len(OTHERS)] or [each[number % len(each)]]


def _pages(app: Flask):
    return [
        rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint != "static"
    ]


def _fillings(names: list[str], world: World) -> list[dict[str, object]]:
    if tuple(names) in TOGETHER:
        return [dict(zip(names, values, strict=True)) for values in TOGETHER[tuple(names)](world)]
    filled: list[dict[str, object]] = [{}]
    for name in names:
        filled = [{**one, name: value} for one in filled for value in BAIT[name](world)]
    return filled


def leaks(
    app: Flask, world: World, person: str, *, every: bool = False, among: Iterable[Place] | None = None
) -> Iterator[str]:
    """Where `person` met a marker: in a page, in a header, on the way of a redirect; `among` some places or all.

    What a stranger may try in an address is tried once at each route where there is a page, and once, all of it
    together, where there is none: that no other address of the route answers to any of it either is a proof (`every`).
    """
    browser, tried = app.test_client(), set()
    member = world.outsiders[person]
    if member is not None:
        sign_in(browser, member)
    for endpoint, path, queries in places(app, world) if among is None else among:
        answer = browser.get(path, headers={"Accept-Language": "en"})
        yield from _found(answer, path, person, endpoint)
        if every or (endpoint, answer.status_code == 200) not in tried:
            if queries and not every and answer.status_code != 200:
                queries = ("?" + "&".join(query[1:] for query in queries),)
            for address in [path + query for query in queries]:
                found = browser.get(address, headers={"Accept-Language": "en"})
                yield from _found(found, address, person, endpoint)
        tried.add((endpoint, answer.status_code == 200))


def _found(answer: TestResponse, address: str, person: str, endpoint: str) -> Iterator[str]:
    said = answer.get_data(as_text=True) + str(answer.headers)
    for marker in sorted(leak_scenario.forbidden(person, endpoint)):
        if marker in said and marker not in address:
            yield f"{person}: {marker} on {address}"
    if answer.status_code >= 500 and answer.status_code != 503:
        yield f"{person}: {answer.status_code} on {address}"


@pytest.fixture
def app(salted_app):
    return salted_app


@pytest.fixture
def world(salted, session) -> World:
    return salted()


def test_the_walk_knows_every_route(app):
    assert unknown_arguments(app) == set()


@on_one_database
@pytest.mark.parametrize("person", WHOLE)
def test_no_page_shows_an_outsider_what_is_closed(app, world, person):
    assert list(leaks(app, world, person)) == []


@pytest.mark.parametrize("person", once(OTHERS, READER))
def test_nor_does_any_route_show_it_to_another_kind_of_outsider(app, world, person):
    """Each of them meets it at other addresses, and tries other things there; at all, and all, in `make proof`."""
    assert list(leaks(app, world, person, among=part_of(app, world, person))) == []


def test_together_the_others_meet_every_address(app, world):
    everywhere, met = list(places(app, world)), [list(part_of(app, world, person)) for person in OTHERS]
    assert {path for some in met for _endpoint, path, _queries in some} == {path for _, path, _ in everywhere}
    routes = {endpoint for endpoint, _path, _queries in everywhere}
    assert all({endpoint for endpoint, _path, _queries in some} == routes for some in met)
    assert {query for some in met for _, _, queries in some for query in queries} == set(QUERIES)


@pytest.mark.proof
@pytest.mark.parametrize("person", PEOPLE)
def test_nor_does_any_page_with_what_a_stranger_may_try_in_its_address(app, world, person):
    assert list(leaks(app, world, person, every=True)) == []


def whose_turn(marker):
    """Whose turn it is among those who may not find a marker and do not ask for all of them in every way."""
    able = [person for person in PEOPLE if person not in SEARCHING]
    able = [person for person in able if marker in leak_scenario.forbidden(person, "search.index")]
    return able[sorted({*leak_scenario.MARKERS, leak_scenario.PLACE}).index(marker) % len(able)]


@pytest.mark.parametrize(
    ("person", "in_every_way"),
    [
        *((person, person in SEARCHING) for person in PEOPLE),
        *(
            pytest.param(person, True, marks=pytest.mark.proof)
            for person in PEOPLE
            if person not in SEARCHING
        ),
    ],
)
def test_no_search_of_theirs_finds_any_of_it(app, world, person, in_every_way):
    """A marker that is asked stands on the page in any case: so what counts is that nothing is found by it.

    Everybody asks for each as it is written; in every other way as well for all of them, or for those of their turn.
    """
    browser, member = app.test_client(), world.outsiders[person]
    if member is not None:
        sign_in(browser, member)
    markers = sorted(leak_scenario.forbidden(person, "search.index"))
    for marker in markers:
        more = (marker, f"in:thread {marker}") if in_every_way or whose_turn(marker) == person else ()
        for question in (f'"{marker}"', *more):
            answer = browser.get("/search", query_string={"q": question}, headers={"Accept-Language": "en"})
            assert re.search(r'id="list">0 (results|gevonden)<', answer.text), (person, question)
        if not more:
            continue
        near = submit(browser, "/search/similar", {"title": f"{marker} {leak_scenario.TITLE}"})
        assert "linkrow" not in near.text, (person, marker)
        for typed in (marker[:5], marker[:-2], marker):
            answer = browser.get("/search/suggest", query_string={"q": typed})
            found = {one for one in leak_scenario.forbidden(person, "search.suggest") if one in answer.text}
            assert found == set(), (person, typed)
    insider = app.test_client()
    sign_in(insider, world.insider)
    for marker in (leak_scenario.TITLE, leak_scenario.TAG):
        assert marker in insider.get("/search/suggest", query_string={"q": marker[:-2]}).text, marker
    for marker in (leak_scenario.BODY, leak_scenario.TITLE, leak_scenario.REPLY, leak_scenario.KEPT):
        assert ">0 " not in insider.get(f"/search?q={marker}").text, marker
    assert (
        leak_scenario.TITLE in submit(insider, "/search/similar", {"title": leak_scenario.TITLE}).json["html"]
    )


def test_what_is_closed_looks_absent(app, world):
    for person, member in world.outsiders.items():
        browser = app.test_client()
        if member is not None:
            sign_in(browser, member)
        paths = [f"/threads/{thread.id}-{thread.slug}" for thread in world.threads]
        spaces = [world.unlisted, world.quiet] if person in leak_scenario.STRANGERS else [world.unlisted]
        paths += [f"/spaces/{space.slug}" for space in spaces]
        for path in (*paths, "/threads/999999-nothing", "/spaces/nowhere"):
            assert browser.get(path).status_code == 404, (person, path)


def test_the_entitled_meet_what_is_theirs(app, world):
    member, moderator = app.test_client(), app.test_client()
    sign_in(member, world.insider)
    sign_in(moderator, world.moderator)
    talk = member.get(f"/threads/{world.thread.id}-{world.thread.slug}").get_data(as_text=True)
    for marker in (leak_scenario.TITLE, leak_scenario.BODY, leak_scenario.REPLY, leak_scenario.TAG):
        assert marker in talk
    assert leak_scenario.SENTENCE in talk
    assert leak_scenario.SUMMARY in talk
    assert leak_scenario.FORMER_SUMMARY not in talk
    assert leak_scenario.FORMER_SUMMARY in member.get(f"/threads/{world.thread.id}/summary").get_data(
        as_text=True
    )
    assert leak_scenario.HIDDEN_SENTENCE not in talk
    sentences = f"/threads/{world.thread.id}/responses"
    for person, reads in ((member, False), (moderator, True)):
        assert (leak_scenario.HIDDEN_SENTENCE in person.get(sentences).get_data(as_text=True)) is reads
    assert leak_scenario.TITLE in member.get(f"/spaces/{world.closed.slug}").get_data(as_text=True)
    draft = moderator.get(f"/workbench/{world.draft.id}").get_data(as_text=True)
    for marker in (leak_scenario.DRAFT, leak_scenario.CLAIM, leak_scenario.BODY):
        assert marker in draft
    assert leak_scenario.NAME in moderator.get("/spaces").get_data(as_text=True)
    log = moderator.get(f"/spaces/{world.closed.slug}/moderation/log").get_data(as_text=True)
    assert leak_scenario.REASON in log
    for desk in ("/desk", f"/spaces/{world.closed.slug}/moderation"):
        shown = moderator.get(f"{desk}?item=theme-{world.thread.id}").get_data(as_text=True)
        assert leak_scenario.NOTED in shown
        assert leak_scenario.NOTED not in member.get(desk).get_data(as_text=True)
    assert leak_scenario.NAME not in member.get("/spaces").get_data(as_text=True)
    people = f"/spaces/{world.closed.slug}/members"
    assert leak_scenario.NAME in moderator.get(people).text
    assert leak_scenario.NAME not in member.get(people).text
    assert leak_scenario.SPEAKER in member.get(f"{people}?name={leak_scenario.SPEAKER[:6].lower()}").text


@on_one_database
@pytest.mark.parametrize("person", ["insider", "moderator"])
def test_no_page_of_theirs_breaks_or_says_nothing_in_words_where_a_thread_has_no_axis(app, world, person):
    """Also of visitors and members elsewhere: the walk above finds what breaks.

    What breaks on PostgreSQL, tests/attack/test_strange_input.py meets there, at the same addresses.
    """
    browser, read, member = app.test_client(), 0, getattr(world, person)
    member.locale = "nl"  # in which neither is a word
    db.session.commit()
    sign_in(browser, member)
    for _endpoint, path, _queries in places(app, world):
        answer = browser.get(path)
        assert answer.status_code < 500 or answer.status_code == 503, path
        assert not re.search(r"\bNone\b|\bunknown\b", _text(answer)), path
        read += answer.status_code == 200
    assert read > 60


def _text(answer: TestResponse) -> str:
    """What stands on a page; nothing of anything else."""
    page = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
    return re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)


def test_the_bait_lies_where_it_is_looked_for(app, world):
    member, moderator, full = app.test_client(), app.test_client(), app.test_client()
    sign_in(member, world.insider)
    sign_in(moderator, world.moderator)
    sign_in(full, world.outsiders["member of another city"])
    narrowed = member.get(f"/threads/{world.narrowed.id}-{world.narrowed.slug}").get_data(as_text=True)
    assert leak_scenario.NARROWED in narrowed
    assert leak_scenario.NARROWED in member.get(f"/lessons/{world.resting.public_id}").get_data(as_text=True)
    hushed = moderator.get(f"/threads/{world.hushed.id}-{world.hushed.slug}").get_data(as_text=True)
    assert leak_scenario.HUSHED in hushed
    checked = moderator.get(f"/workbench/{world.checked.id}").get_data(as_text=True)
    assert leak_scenario.CHECKED in checked
    moved = f"/threads/{world.moved.id}-{world.moved.slug}"
    shown = moderator.get(moved).text
    assert all(word in shown for word in (leak_scenario.FORMER_TAG, leak_scenario.NAME))
    # Whoever may read a hidden post finds its words there, and in no quotation of it.
    assert (shown.count(leak_scenario.QUOTED), shown.count('class="quoted"')) == (1, 4)
    assert "Tags changed." in full.get(moved).text
    assert f">{leak_scenario.SPELT}<" in member.get(f"/threads/{world.thread.id}-{world.thread.slug}").text
    assert f">{leak_scenario.SPELT.lower()}<" in full.get(f"/threads/{world.spelt.id}-in-small-letters").text
    spelt, openings = _openings(world)
    assert member.get(f"/spaces/{world.closed.slug}").text.count(leak_scenario.PINNED) == 2
    assert leak_scenario.PINNED in moderator.get(f"/spaces/{world.closed.slug}/notes").text
    assert leak_scenario.KEPT_NOTE in member.get("/bookmarks").text
    assert leak_scenario.FROM_BEFORE in moderator.get(f"/posts/{openings}/revisions").text
    assert "The author hid this version." in full.get(f"/posts/{spelt}/revisions").text
    assert leak_scenario.PLACE in full.get("/spaces").get_data(as_text=True)
    assert full.get(f"/lessons/{world.resting.public_id}").status_code == 200
    for address in (f"/members/{world.insider.handle}", "/people?q=zwartst"):
        assert leak_scenario.SPEAKER in full.get(address).text
        assert leak_scenario.OFFER in full.get(address).text


def test_no_feed_carries_it_out(app, world):
    """Keys of outsiders, also of those who had one while they belonged there, open no feed with a marker in it."""
    reader, addresses = app.test_client(), []
    for person, member in world.outsiders.items():
        if member is None:
            continue
        for kind in FeedKind:
            spaces_of = [world.closed, world.unlisted, world.quiet] if kind == FeedKind.SPACE else [None]
            for space in spaces_of:
                secret = tokens.random_token()
                db.session.add(
                    FeedKey(
                        member_id=member.id, kind=kind, space_id=space and space.id, made_at=clock.now(),
                        secret_digest=tokens.digest(secret), password_stamp=member.password_stamp,
                    )
                )  # fmt: skip
                name = f"spaces/{space.slug}" if space else kind.value
                addresses.append((person, f"/feeds/{name}.atom?key={secret}"))
    inside = feed_keys.make(actor(world.insider), Feed(FeedKind.SPACE, world.closed.id))
    db.session.commit()
    opened = set()
    for person, address in [("visitor", "/feeds/lessons.atom"), *addresses]:
        answer = reader.get(address)
        assert list(_found(answer, address, person, "feeds")) == []
        opened |= {(person, address.partition("?")[0])} if answer.status_code == 200 else set()
    assert ("member of another city", "/feeds/threads.atom") in opened
    assert not any(
        "spaces" in path or person in ("suspended member", "guest whose time is over")
        for person, path in opened
    )
    own = reader.get(f"/feeds/spaces/{world.closed.slug}.atom?key={inside}").text
    assert leak_scenario.TITLE in own
    # The policy of a closed space lets titles stand in mails, and no text.
    assert not any(
        marker in own for marker in (leak_scenario.BODY, leak_scenario.REPLY, leak_scenario.HIDDEN)
    )


def test_what_somebody_typed_and_did_not_send_meets_nobody_else_of_the_same_city(app, world):
    at = f"/threads/{world.thread.id}-{world.thread.slug}"
    pages = ["/", "/drafts", at, f"/spaces/{world.closed.slug}", f"/spaces/{world.closed.slug}/moderation"]
    pages += [f"/workbench/{world.draft.id}{part}" for part in ("", "?part=text", "/preview")]
    for draft_id in world.begun:
        pages += [f"/drafts/{draft_id}", f"/drafts?thrown={draft_id}", f"{at}?draft={draft_id}"]
        pages += [f"/workbench/{world.draft.id}?part=text&draft={draft_id}"]
    for member, own, others in (
        (world.insider, leak_scenario.HALF, leak_scenario.MODERATORS_HALF),
        (world.moderator, leak_scenario.MODERATORS_HALF, leak_scenario.HALF),
    ):
        browser = app.test_client()
        sign_in(browser, member)
        answers = [browser.get(page, follow_redirects=True) for page in pages]
        assert all(own in answers[number].text for number in (1, 2))
        assert [page for page, answer in zip(pages, answers, strict=True) if others in answer.text] == []
        for draft_id in world.begun:
            answer = submit(browser, f"/drafts/{draft_id}/exchange", headers={"Accept": "application/json"})
            assert (answer.status_code, others in answer.text) == (404, False)


def test_what_was_told_while_one_could_read_it_leaves_no_trace(app, world):
    for person, member in world.outsiders.items():
        if member is None or person == "suspended member":
            continue
        browser = app.test_client()
        sign_in(browser, member)
        page = browser.get("/notifications", headers={"Accept-Language": "en"}).text
        assert "No notifications yet" in page, person
        assert 'class="count"' not in page, person
        assert "You follow no thread" in browser.get("/settings/following").text, person
    browser = app.test_client()
    sign_in(browser, world.insider)
    page = browser.get("/notifications").text
    assert all(marker in page for marker in (leak_scenario.TITLE, leak_scenario.KEPT, leak_scenario.NARROWED))
    assert leak_scenario.NAME not in page
    assert leak_scenario.TITLE in browser.get("/settings/following").text


def test_a_lesson_with_consent_comes_out_without_a_trace_of_its_talk(app, world):
    browser = app.test_client()
    sign_in(browser, world.outsiders["member of another city"])
    page = browser.get(f"/lessons/{world.lesson.public_id}").get_data(as_text=True)
    assert leak_scenario.AGREED in page
    assert "somebody in a large city" in page
    for trace in (f"/threads/{world.thread.id}", f"/spaces/{world.closed.slug}", "Aalst,", "city of Aalst"):
        assert trace not in page


def test_no_digest_and_no_mail_carries_it_out(app, world):
    with clock.at(clock.now() + timedelta(days=8)):
        windows.open_all(clock.now())
        db.session.commit()
        worker.run_until_idle()
    sent = [bytes(message).decode("utf-8", "replace") for message in mailer.sent()]
    for letter in sent:
        recipient = letter.split("To: ", 1)[1].split("\n", 1)[0]
        for person, member in world.outsiders.items():
            if member is not None and member.email in recipient:
                assert [marker for marker in leak_scenario.forbidden(person) if marker in letter] == []
    entitled = [letter for letter in sent if world.insider.email in letter]
    assert any(leak_scenario.TITLE in letter or leak_scenario.REPLY in letter for letter in entitled)
    for row in db.session.scalars(select(OutgoingMail)):
        assert [m for m in MARKERS if m in f"{row.key} {row.payload} {row.reason} {row.message_id}"] == []
    for event in db.session.scalars(select(Event)):
        assert [m for m in MARKERS if m in f"{event.payload} {event.last_error}"] == []


def test_no_line_of_the_log_carries_words(app, world, caplog):
    browser = app.test_client()
    sign_in(browser, world.insider)
    with caplog.at_level(logging.DEBUG):
        browser.get(f"/threads/{world.thread.id}-{world.thread.slug}?tag={leak_scenario.TAG}")
    assert [m for m in MARKERS if m in caplog.text] == []


@pytest.mark.parametrize("place", once(few_of([
    "forum.domain.threads.list_queries.sees",
    "forum.domain.spaces.spaces.sees",
    "forum.domain.lessons.library.sees",
], "forum.domain.threads.list_queries.sees")))  # fmt: skip
def test_a_list_without_the_rule_is_found_out(app, world, monkeypatch, place):
    # Statements are built once: they must be built anew without the rule, and with it again afterwards.
    built = (
        *(list_queries.cards, list_queries.first_cards),
        *(library.cards, library._page, library._first_cards, library._sums),
        *(spaces._facts, spaces._by_slug, spaces._all),
    )
    monkeypatch.setattr(place, lambda model, reader: true())
    try:
        for statement in built:
            statement.cache_clear()
        assert any(leaks(app, world, "member of another city"))
    finally:
        for statement in built:
            statement.cache_clear()
