"""The page of a space for who comes back, and for who is new: what is new since, and a welcome that is put away."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from forum.domain.spaces import memberships, notes, visits
from forum.domain.threads import following, read_marks, space_page
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Capacity
from forum.models.following import FollowLevel
from forum.models.spaces import Audience, Membership, Role, SpaceKind
from forum.models.visits import SpaceVisit
from tests.factories import actor, join, make_member, make_post, make_space, make_thread, sign_in, submit
from tests.notices import tell
from tests.web_pages import without_token

ENGLISH = {"Accept-Language": "en"}
WEDNESDAY = datetime(2026, 11, 25, 9, tzinfo=UTC)
SATURDAY = WEDNESDAY + timedelta(days=3)
HOUR = timedelta(hours=1)
pytestmark = pytest.mark.usefixtures("session")


def page(client, space, at=SATURDAY, **headers):
    db.session.commit()
    with clock.at(at):
        return client.get(f"/spaces/{space.slug}", headers={**ENGLISH, **headers}).get_data(as_text=True)


def section(html, name):
    """The part of the page under the heading with that id."""
    found = re.search(rf'<section[^>]*aria-labelledby="{name}".*?</section>', html, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found.group()).split()) if found else ""


def thread_of(space, author, title, at):
    """A thread that somebody answered, so that it does not wait."""
    thread = make_thread(space, author, title=title, at=at)
    make_post(thread, make_member("Answers", space=space), at=at)
    return thread


def marks():
    return [(mark.seen_at, mark.previous_at) for mark in db.session.scalars(select(SpaceVisit))]


@pytest.fixture
def karim(gent):
    return make_member("Karim", space=gent)


@pytest.mark.both_databases
def test_what_came_since_the_visit_before_stands_first_and_once(client, gent, leen, karim):
    before = thread_of(gent, karim, "From before", WEDNESDAY - HOUR)
    sign_in(client, leen)
    assert "previous visit" not in page(client, gent, WEDNESDAY)
    thread_of(gent, karim, "From after", WEDNESDAY + HOUR)
    shown = page(client, gent)
    assert section(shown, "missed").startswith("New since your previous visit, Wednesday 1 thread")
    assert "From after" in section(shown, "missed")
    assert "From before" in section(shown, "threads")
    assert shown.count(">From after<") == shown.count(">From before<") == 1
    for again in (timedelta(minutes=1), timedelta(minutes=20), timedelta(minutes=45)):
        assert "From after" in section(page(client, gent, SATURDAY + again), "missed"), again
    make_post(before, karim, at=SATURDAY + HOUR)
    assert "From before" in section(page(client, gent, SATURDAY + HOUR), "missed"), "during a visit, too"
    later = page(client, gent, SATURDAY + 3 * HOUR)
    assert "Nothing new for you since your previous visit, today." in section(later, "threads")
    assert section(later, "missed") == ""


def test_what_was_read_meanwhile_is_not_new_nor_what_one_wrote_or_muted(client, gent, leen, karim):
    sign_in(client, leen)
    page(client, gent, WEDNESDAY)
    read, muted, own, new = (
        thread_of(gent, author, title, WEDNESDAY + HOUR)
        for author, title in ((karim, "Read"), (karim, "Muted"), (leen, "Mine"), (karim, "New"))
    )
    read_marks.mark_read(actor(leen), read.id, first=1, last=2)
    read_marks.mark_read(actor(leen), own.id, first=1, last=2)
    following.follow_thread(actor(leen), muted.id, level=FollowLevel.NOTHING)
    missed = section(page(client, gent), "missed")
    assert "Wednesday 1 thread " in missed
    assert "New" in missed
    for title in ("Read", "Muted", "Mine"):
        assert title not in missed.replace("New since", "")
    read_marks.mark_read(actor(leen), new.id, first=1, last=2)
    assert section(page(client, gent), "missed") == ""


def test_a_story_that_waits_stays_on_top_and_is_counted(client, gent, leen, karim):
    sign_in(client, leen)
    page(client, gent, WEDNESDAY)
    make_thread(gent, karim, title="Who knows?", at=WEDNESDAY + HOUR)
    shown = page(client, gent)
    assert "Who knows?" in section(shown, "waiting")
    assert "1 thread 1 of them waits for an answer: it stands above." in section(shown, "missed")
    assert shown.count(">Who knows?<") == 1


def test_the_day_is_that_of_the_readers_own_zone(client, gent, leen, karim):
    leen.timezone = "Pacific/Auckland"
    sign_in(client, leen)
    page(client, gent, WEDNESDAY + timedelta(hours=4))  # it is Thursday there
    thread_of(gent, karim, "From after", WEDNESDAY + 5 * HOUR)
    assert "previous visit, Thursday" in section(page(client, gent), "missed")


def test_more_than_can_be_counted_says_so_and_leads_on(client, gent, leen, karim, monkeypatch):
    monkeypatch.setattr(space_page, "MOST_MISSED", 2)
    space_page._space.cache_clear()
    sign_in(client, leen)
    page(client, gent, WEDNESDAY)
    for number in range(3):
        thread_of(gent, karim, f"New {number}", WEDNESDAY + HOUR)
    missed = section(page(client, gent), "missed")
    space_page._space.cache_clear()
    assert "Wednesday 2+ threads" in missed
    assert "More of them are under" in missed


def test_a_visit_is_written_seldom_and_never_for_who_does_not_look(app, client, gent, leen):
    sign_in(client, leen)
    for headers in ({"Sec-Purpose": "prefetch"}, {"Purpose": "prefetch"}):
        page(client, gent, WEDNESDAY, **headers)
    client.head(f"/spaces/{gent.slug}")
    assert marks() == []
    page(client, gent, WEDNESDAY)
    assert marks() == [(WEDNESDAY, None)]
    page(client, gent, WEDNESDAY + timedelta(minutes=4))
    assert marks() == [(WEDNESDAY, None)]
    page(client, gent, WEDNESDAY + timedelta(minutes=20))
    page(client, gent, SATURDAY)
    assert marks() == [(SATURDAY, WEDNESDAY + timedelta(minutes=20))]
    # Two tabs at once: the slower one, which saw the same, changes nothing.
    with clock.at(SATURDAY + timedelta(minutes=9)):
        visits.note(actor(leen), gent.id, seen_at=WEDNESDAY)
    assert marks() == [(SATURDAY, WEDNESDAY + timedelta(minutes=20))]


def people(gent, public):
    """Who may look at a space that talks in public, and whether their visits are kept: only who belongs to it."""
    elsewhere = make_space("Genk", city="genk")
    former = make_member("Former", space=elsewhere)
    join(former, gent).ended_at = clock.now()
    suspended = make_member("Suspended", space=gent)
    suspended.suspended_at = clock.now()
    pending = make_member("Pending")
    pending.approved_at = None
    return {
        "visitor": (None, False),
        "pending": (pending, False),
        "suspended": (suspended, False),
        "former member": (former, False),
        "member elsewhere": (make_member("Els", space=elsewhere), False),
        "guest": (make_member("Hanne", space=gent, role=Role.GUEST), True),
        "moderator": (make_member("Mia", space=gent, role=Role.MODERATOR), True),
    }


def test_only_visits_of_who_belongs_to_a_space_are_kept_and_nobody_else_meets_them(app, gent, leen):
    thread = thread_of(gent, leen, "In public", WEDNESDAY - HOUR)
    thread.audience = Audience.PUBLIC
    for name, (member, is_kept) in people(gent, thread).items():
        browser = app.test_client()
        if member is not None and name != "suspended":
            sign_in(browser, member)
        assert "In public" in page(browser, gent, WEDNESDAY), name
        kept = member is not None and db.session.get(SpaceVisit, (member.id, gent.id)) is not None
        assert kept is is_kept, name
        assert ("previous visit, Wednesday" in page(browser, gent)) is is_kept, name
    # What others get of somebody says nothing of when they were here.
    reader = app.test_client()
    sign_in(reader, make_member("Mo", space=gent, role=Role.MODERATOR))
    db.session.commit()
    paths = (f"/spaces/{gent.slug}/members", "/members/leen")
    before = [without_token(reader.get(path).text) for path in paths]
    visits.note(actor(leen), gent.id, seen_at=None)
    db.session.commit()
    assert before == [without_token(reader.get(path).text) for path in paths]


def test_visits_go_with_the_account(gent, leen):
    visits.note(actor(leen), gent.id, seen_at=None)
    db.session.execute(db.delete(type(leen)).where(type(leen).id == leen.id))
    assert marks() == []


def all_joined_lately():
    db.session.execute(db.update(Membership).values(since_at=clock.now() - timedelta(days=1)))


@pytest.mark.both_databases
def test_who_is_new_is_welcomed_until_they_put_it_away(app, client, gent, leen, moderator):
    all_joined_lately()
    sign_in(client, leen)
    shown = section(page(client, gent, clock.now()), "welcome")
    assert shown.startswith("Welcome to Gent This person moderates here: Wouter")
    assert "You are a guest" not in shown
    answer = submit(client, f"/spaces/{gent.slug}/welcome", {"_method": "DELETE"})
    assert (answer.status_code, answer.location) == (303, f"/spaces/{gent.slug}")
    assert section(page(client, gent, clock.now()), "welcome") == ""
    submit(client, f"/spaces/{gent.slug}/welcome", {"_method": "DELETE"})
    assert section(page(client, gent, clock.now()), "welcome") == ""
    other = app.test_client()
    sign_in(other, moderator)
    assert section(page(other, gent, clock.now()), "welcome") == "", "who moderates needs none"


def test_a_welcome_is_for_who_joined_lately_whether_or_not_they_ever_wrote(client, gent, leen):
    elsewhere = make_space("Wonen", kind=SpaceKind.GROUP)
    membership = join(leen, elsewhere)
    membership.since_at = clock.now() - timedelta(days=15)
    sign_in(client, leen)
    assert section(page(client, elsewhere, clock.now()), "welcome") == "", "they only read, but are not new"
    membership.since_at = clock.now() - timedelta(days=13)
    assert section(page(client, elsewhere, clock.now()), "welcome")
    make_thread(gent, leen)
    assert section(page(client, elsewhere, clock.now()), "welcome"), "they wrote elsewhere, and are new here"
    assert "You are a guest" not in page(client, elsewhere, clock.now())
    times = {"since_at": clock.now() - timedelta(days=90), "ended_at": clock.now() - timedelta(days=20)}
    before = Membership(member_id=leen.id, space_id=elsewhere.id, role=Role.MEMBER, **times)
    db.session.add(before)
    db.session.flush()
    assert section(page(client, elsewhere, clock.now()), "welcome") == "", (
        "they came back, and know the place"
    )
    db.session.delete(before)
    db.session.flush()
    assert section(page(client, elsewhere, clock.now()), "welcome")
    memberships.grant(None, leen.id, elsewhere.id, Role.MODERATOR)
    assert section(page(client, elsewhere, clock.now()), "welcome") == ""


def test_guests_are_told_their_bounds_in_it(client, gent, leen):
    guest = make_member("Hanne", space=gent, role=Role.GUEST)
    all_joined_lately()
    sign_in(client, guest)
    shown = section(page(client, gent, clock.now()), "welcome")
    assert "You do not see what the rest of the network shares, or who is in it." in shown
    join(guest, make_space("Genk", city="genk"))
    shown = section(page(client, gent, clock.now()), "welcome")
    assert "You are a guest here" in shown
    assert "you do not see" not in shown


def test_only_who_belongs_to_a_space_puts_its_welcome_away(app, gent, leen):
    closed = make_space("Stil", unlisted=True)
    thread = thread_of(gent, leen, "In public", WEDNESDAY)
    for name, (member, belongs) in people(gent, thread).items():
        if member is None or name == "suspended":
            continue
        browser = app.test_client()
        sign_in(browser, member)
        db.session.commit()
        answer = submit(browser, f"/spaces/{gent.slug}/welcome", {"_method": "DELETE"})
        assert answer.status_code == (303 if belongs else 403), name
        away = {"_method": "DELETE"}
        if name != "pending":
            assert submit(browser, f"/spaces/{closed.slug}/welcome", away).status_code == 404, name


@pytest.mark.both_databases
def test_all_that_a_page_may_show_is_eight_queries(client, gent, leen, moderator, count_queries):
    """A moderator with notifications, mentions in both lists, capacities that wait and something missed."""
    karim = make_member("Karim", space=gent, handle="karim")
    sign_in(client, moderator)
    page(client, gent, WEDNESDAY)
    for number in range(12):
        thread_of(gent, karim, f"New {number}", WEDNESDAY + HOUR)
        make_thread(gent, karim, body="For @karim and others.", at=WEDNESDAY + HOUR)
    held = db.session.scalars(select(Capacity).where(Capacity.member_id == karim.id)).one()
    held.confirmed_at = None
    for number in range(notes.MOST):
        notes.write(actor(moderator), gent.id, title=f"Note {number}", body="Text")
    tell(moderator, "followed", thread_id=make_thread(gent, karim).id)
    page(client, gent)
    db.session.expire_all()
    slug = gent.slug
    with clock.at(SATURDAY), count_queries() as seen:
        shown = client.get(f"/spaces/{slug}", headers=ENGLISH).text
    assert "capacity waits to be confirmed" in shown
    assert section(shown, "missed")
    assert "Note 4" in shown
    assert seen.count <= 8
    guest = make_member("Gust", space=gent, role=Role.GUEST)
    role = db.session.scalars(select(Membership).where(Membership.member_id == guest.id)).one()
    role.ends_at = SATURDAY + timedelta(days=30)
    sign_in(client, guest)
    page(client, gent, WEDNESDAY)
    with clock.at(SATURDAY), count_queries() as seen:
        shown = client.get(f"/spaces/{slug}", headers=ENGLISH).text
    assert "You are a guest here until" in shown
    assert seen.count <= 8
