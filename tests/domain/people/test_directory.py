"""The directory: who is near is listed by name and whole, however many others stand between; values count people."""

from datetime import date

import pytest

from forum.domain.people import directory, directory_queries
from forum.domain.people.directory import Choice
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Body, Capacity, Level
from forum.models.spaces import Role
from tests.factories import actor, join, make_member, make_space


def listed(reader, limit=3):
    """The handles on all pages of the directory."""
    cursor, found = None, []
    while True:
        page = directory.people(reader, Choice(), cursor=cursor, limit=limit)
        found += [each.byline.name for each in page.rows]
        if not (cursor := page.next_cursor):
            return found


@pytest.fixture
def few_names(monkeypatch):
    """Look among four names at first."""
    monkeypatch.setattr(directory_queries, "NEXT_NAMES", 4)
    directory_queries.page.cache_clear()
    yield
    directory_queries.page.cache_clear()


@pytest.mark.usefixtures("few_names")
def test_who_is_near_is_listed_whole_however_many_others_stand_between(session):
    gent, brugge = make_space("Gent", slug="gent"), make_space("Brugge", slug="brugge")
    near = [make_member(f"{letter} of Gent", space=gent) for letter in "ABKLXYZ"]
    for letter in "CDEFGHIJMNO":
        make_member(f"{letter} of Brugge", space=brugge)
    guest = make_member("Gust")
    join(guest, gent, Role.GUEST)
    everybody = sorted([*(one.name for one in near), "Gust"])
    for reader in (near[3], guest):
        assert listed(actor(reader)) == listed(actor(reader), limit=2) == everybody
    make_member("Sam", space=gent, suspended_at=clock.now())
    pending = make_member("Petra", space=gent, approved_at=None)
    assert listed(actor(near[0])) == everybody
    assert listed(actor(pending)) == []


def test_a_person_counts_once_under_each_value_and_only_with_a_capacity_that_fits(session):
    gent = make_space("Gent", slug="gent")
    eva = make_member("Eva", space=gent, city="gent", level=Level.FIELD)
    second = {"function": "coach", "level": Level.FIELD, "body": Body.CITY, "city": "brugge"}
    db.session.add(Capacity(member_id=eva.id, starts_on=date(2025, 1, 1), **second))
    make_member("Piet", space=gent, city="gent", level=Level.STAFF)
    everybody = directory.counts(actor(eva), Choice())
    assert (everybody.total, everybody.by["level"]) == (2, {"field": 1, "staff": 1})
    assert everybody.by["city"] == {"gent": 2, "brugge": 1}
    chosen = directory.counts(actor(eva), Choice(city=("gent",), level=("staff",)))
    assert (chosen.total, chosen.by["city"]) == (1, {"gent": 1}), "of those on the staff"
    assert chosen.by["level"] == {"field": 1, "staff": 1}, "of those in Gent"
