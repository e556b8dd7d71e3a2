"""Every route, every method, with ids, words and choices that no page of ours would send: never a broken page."""

import base64
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.routing import Rule

from forum.domain.lessons.workbench.queues.registry import QUEUES
from forum.infra.db import db
from tests.conftest import POSTGRES
from tests.factories import csrf_for, sign_in
from tests.rules import leak_scenario
from tests.rules.test_leak_walk import BAIT
from tests.sweeps import on_one_database

ZERO = "\x00"
HUGE = "9" * 30
SMALL = "32768"  # what a column of versions does not hold
NUMBERS = ("0", SMALL, "2147483647", "2147483648", "9" * 18, HUGE, "9" * 4400)
WORDS = (
    "%00",
    "a" * 3000,
    "%F0%9F%92%A9",
    "%ED%A0%80",
    "..%2f..%2fetc%2fpasswd",
    "%E2%80%AE",
    "'",
    "%0d%0aX: y",
)
# The ends of the calendar: a day before or after them is none, nor are they in another time zone.
FIRST_DAY, LAST_DAY = "0001-01-01", "9999-12-31"
EDGES = (FIRST_DAY, LAST_DAY, f"{FIRST_DAY}T00:00:00%2B23:59_1", f"{LAST_DAY}T23:59:59-23:59_1")
QUERIES = (
    "0",
    SMALL,
    "-1",
    "abc",
    HUGE,
    "%00",
    "a%00b",
    "%ED%A0%80",
    "\u00b2",
    "1e400",
    "a" * 5000,
    "%0d%0aX-Evil:%20y",
    *EDGES,
)
# What is asked of every page; what one looks at beside these is noticed, and asked of it too.
READ = (
    "after",
    "page",
    "tag",
    "need",
    "axis",
    "city",
    "outcome",
    "from",
    "to",
    "part",
    "thread",
    "claim",
    "next",
)
VALUES = (
    ZERO, f"a{ZERO}b{ZERO}c{ZERO}d", "-1", "2147483648", HUGE, "9" * 4400, "\u00b2",
    "\ud800".encode("utf-8", "surrogatepass"),
    "\u202e\u0627\u0644", "x" * 250, "\U0001f4a9" * 60, "a\r\nBcc: b@example.org", " \n",
    FIRST_DAY, LAST_DAY, f"{FIRST_DAY}T00:00:00+23:59", f"{LAST_DAY}T23:59:59-23:59",
)  # fmt: skip
# Forms that go far enough to reach the database need some fields that are right.
RIGHT = {
    "title": "A title", "body": "Some words.", "need": "stories", "axis": "solidaire-stadspolis", "audience": "space",
    "idempotency_key": "one", "kind": "", "seen_revision": "1", "reason": "Because.", "role": "member", "answer": "no",
    "email": "iemand@stad.example", "name": "Iemand", "password": "een rustige lange zin", "function": "werker",
    "level": "field", "body_": "city", "city": "gent", "locale": "nl", "timezone": "Europe/Brussels", "theme": "",
    "starts_on": "2026-01-01", "frequency": "weekly", "saved_count": "1", "text": "A claim.", "words": "work floor",
    "stance": "supports", "address": "1", "note": "Better.", "message": "Hello.", "target": "/threads/1/replies",
}  # fmt: skip


# What databases stumble over, each in its own way; all words in all fields are a proof.
FEW_VALUES = (f"a{ZERO}b{ZERO}c{ZERO}d", HUGE)


@dataclass(frozen=True)
class Strange:
    """What is put in addresses, by kind of argument, and asked of pages."""

    numbers: tuple[str, ...] = NUMBERS
    words: tuple[str, ...] = WORDS
    queries: tuple[str, ...] = QUERIES
    alone: tuple[str, ...] = (SMALL, HUGE)


# Alone what the one database cannot take as a number, and what on the other a column of versions does not hold.
FEW = Strange(
    (SMALL, "2147483648", HUGE),
    ("%00", "%ED%A0%80"),
    ("-1", "%00", "1e400", SMALL, HUGE),
    alone=(SMALL if POSTGRES else HUGE,),
)
REFUSED = ("PUT", "PATCH", "DELETE", "TRACE", "PROPFIND")
SWEEPS = [pytest.param(FEW, id="few"), pytest.param(Strange(), id="all", marks=pytest.mark.proof)]


@pytest.fixture
def app(salted_app):
    return salted_app


@pytest.fixture
def world(salted, session):
    return salted()


def fillings(rule: Rule, world: leak_scenario.World, strange: Strange = FEW) -> Iterator[dict[str, str]]:
    """The real ids, and each argument once in every strange way."""
    plain = {name: str(next(iter(BAIT[name](world)), "1")) for name in rule.arguments}
    yield plain
    for name in rule.arguments:
        numeric = type(rule._converters[name]).__name__ == "RowIdConverter"
        for value in strange.numbers if numeric else strange.words:
            yield {**plain, name: value}


def path_of(rule: Rule, values: dict[str, str]) -> str:
    """The address, written by hand: the router would refuse to build some of these."""
    path = rule.rule
    for name, value in values.items():
        path = (
            path.replace(f"<int:{name}>", value).replace(f"<{name}>", value).replace(f"<path:{name}>", value)
        )
    return path


def rules(app: Flask, method: str) -> list[Rule]:
    """The routes that take this method; not signing out, which would end the walk."""
    found = [rule for rule in app.url_map.iter_rules() if method in (rule.methods or ())]
    return [rule for rule in found if rule.endpoint != "accounts.sign_out"]


def people(app: Flask, world: leak_scenario.World):
    """A moderator, who gets furthest, and a visitor."""
    for member in (world.moderator, None):
        browser = app.test_client()
        if member is not None:
            sign_in(browser, member)
        yield browser


def written(browser, path: str, data: dict) -> tuple[str, int]:
    """What came of a form, after which everything is again as it was before."""
    token = csrf_for(browser)
    db.session.remove()  # the page with the token is over, and so is what it read
    step = db.engine.begin_nested()
    status = browser.post(path, data={**data, "csrf_token": token}).status_code
    db.session.remove()
    step.rollback()
    return path[:120], status


def broken(answers: Iterator[tuple[str, int]]) -> list[str]:
    """The addresses that broke. /readyz says 503 when no worker runs, which is its answer."""
    return [f"{status} {what}" for what, status in answers if status >= 500 and "/readyz" not in what]


@pytest.mark.parametrize("strange", SWEEPS)
def test_no_address_breaks_a_page(app, world, strange):
    def walk():
        for browser in people(app, world):
            for rule in rules(app, "GET"):
                for values in fillings(rule, world, strange):
                    path = path_of(rule, values)
                    yield path[:120], browser.get(path).status_code

    assert broken(walk()) == []


class Noticing(MultiDict):
    """What was sent, and a note of every field that somebody looked for."""

    asked: set[str] = set()

    def __contains__(self, name: object) -> bool:
        self.asked.add(str(name))
        return super().__contains__(name)

    def get(self, key, *rest, **options):
        self.asked.add(key)
        return super().get(key, *rest, **options)

    def getlist(self, key, *rest, **options):
        self.asked.add(key)
        return super().getlist(key, *rest, **options)


def questions(names: set[str], value: str, strange: Strange) -> Iterator[str]:
    """All of them at once; and what no column holds for each alone, since a page may refuse one before the next."""
    yield "&".join(f"{name}={value}" for name in sorted({*READ, *names}))
    if value in strange.alone:
        yield from (f"{name}={value}" for name in sorted(names))


def opened(browser, path: str) -> str:
    """Look at a page, with a note of what it looks at; the address to which it leads."""
    path = urlsplit(browser.get(path).location or path).path
    Noticing.asked.clear()
    browser.get(path)
    return path


@pytest.mark.parametrize("strange", SWEEPS)
def test_no_question_in_an_address_breaks_a_page(app, world, strange, monkeypatch):
    monkeypatch.setattr(app.request_class, "parameter_storage_class", Noticing)
    looked_at = {}

    def walk():
        browser = next(people(app, world))
        for rule in rules(app, "GET"):
            if rule.endpoint == "static":
                continue
            path = opened(browser, path_of(rule, next(fillings(rule, world))))
            names = looked_at[rule.endpoint] = Noticing.asked - {"lang", "thrown"}
            for value in strange.queries:
                for query in questions(names, value, strange):
                    yield f"{path}?{query[:40]}", browser.get(f"{path}?{query}").status_code

    assert broken(walk()) == []
    assert {"page", "answer", "quote", "draft"} <= looked_at["threads.show"]
    assert {"before"} <= looked_at["summaries.history"]


@on_one_database
@pytest.mark.parametrize(
    "number", [pytest.param(1, id="few"), pytest.param(len(REFUSED), id="all", marks=pytest.mark.proof)]
)
def test_no_method_breaks_a_page(app, world, number):
    """What no route takes is refused before any of it runs: each gets so many of these, in turn."""
    refused = itertools.cycle(REFUSED)

    def walk():
        browser = next(people(app, world))
        for rule in app.url_map.iter_rules():
            path = path_of(rule, next(fillings(rule, world)))
            for method in ("HEAD", "OPTIONS", *itertools.islice(refused, number)):
                yield f"{method} {path}", browser.open(path, method=method).status_code

    assert broken(walk()) == []


@pytest.mark.parametrize("strange", SWEEPS)
def test_no_address_to_write_to_breaks(app, world, strange):
    paths = [
        path_of(rule, values) for rule in rules(app, "POST") for values in fillings(rule, world, strange)
    ]

    def walk():
        for browser in people(app, world):
            for path in paths:
                yield written(browser, path, RIGHT)

    assert broken(walk()) == []


LOOKED_AT: dict[str, set[str]] = {}  # by every test of this process: the salted network is the same for each


@pytest.fixture
def fields(app, world, monkeypatch) -> dict[str, set[str]]:
    """For each address that takes forms, the fields that it looks at."""
    if LOOKED_AT:
        return LOOKED_AT
    browser = next(people(app, world))
    found = {}
    with monkeypatch.context() as patch:
        patch.setattr(app.request_class, "parameter_storage_class", Noticing)
        for path in [path_of(rule, next(fillings(rule, world))) for rule in rules(app, "POST")]:
            Noticing.asked.clear()
            written(browser, path, RIGHT)
            found[path] = Noticing.asked - {"csrf_token", "X-CSRFToken", "X-CSRF-Token"}
    LOOKED_AT.update(found)
    return found


def in_forms(app, world, sent: Iterator[tuple[str, str, Any]]) -> Iterator[tuple[str, int]]:
    """What came of each form, in which one field has a value that no page of ours would send."""
    browser = next(people(app, world))
    for path, field, value in sent:
        what, status = written(browser, path, {**RIGHT, field: value})
        yield f"{what} {field}", status


def test_no_word_in_a_form_breaks_it(app, world, fields):
    """Each field has one of the two words, and the other one on the other database."""
    words = itertools.cycle(FEW_VALUES[::-1] if POSTGRES else FEW_VALUES)
    every = ((path, field) for path, names in fields.items() for field in sorted(names))
    assert broken(in_forms(app, world, ((*one, next(words)) for one in every))) == []


@pytest.mark.proof
@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:12])
def test_nor_does_any_other_word_in_any_field(app, world, fields, value):
    every = ((path, field, value) for path, names in fields.items() for field in sorted(names))
    assert broken(in_forms(app, world, every)) == []


def test_the_walk_finds_the_fields(world, fields):
    slug = next(iter(BAIT["slug"](world)))
    assert {"title", "body", "audience", "idempotency_key"} <= fields[f"/spaces/{slug}/threads"]
    assert sum(map(len, fields.values())) > 100


@pytest.mark.parametrize("edge", EDGES[2:])
def test_a_forged_place_in_a_queue_is_its_beginning(app, world, edge):
    browser = next(people(app, world))
    for queue in QUEUES:
        assert browser.get(f"/workbench?queue={queue.name}&after={edge}").status_code == 200, queue.name


@pytest.mark.parametrize("place", [
    '[[],"2026-01-01T00:00:00+00:00",1]',
    '["after","0001-01-01T00:00:00+14:00",1]',
    '["before","9999-12-31T23:59:59-14:00",1]',
    '["after","2026-01-01T00:00:00",1]',
    '["after",null,null]',
    "{}",
])  # fmt: skip
def test_a_forged_place_in_a_list_is_the_first_page(app, world, place):
    browser = next(people(app, world))
    cursor = base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")
    for path in (f"/spaces/{world.closed.slug}", f"/spaces/{world.closed.slug}/moderation/log", "/lessons"):
        assert browser.get(path, query_string={"after": cursor}).status_code == 200


def test_a_large_number_still_leads_to_its_row(app, world):
    browser = next(people(app, world))
    assert browser.get(f"/threads/0000{world.thread.id}").status_code == 303
    assert browser.get("/threads/2147483647").status_code == 404
