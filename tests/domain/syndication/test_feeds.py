"""What stands in feeds: what its reader may see at that moment, and no more of it than mails may say."""

from datetime import UTC, datetime, timedelta

import pytest

from forum.domain.lessons.masking import known_day
from forum.domain.moderation import hiding
from forum.domain.syndication import feeds
from forum.domain.threads import posts
from forum.infra import clock, days
from forum.infra.db import db
from forum.infra.logs import count_queries
from forum.models.spaces import Audience, MailPolicy, Role, Space
from tests import other_readers
from tests.domain.syndication.test_sitemap import masked_lesson
from tests.factories import actor, make_member, make_post, make_space, make_thread
from tests.lesson_scenario import build

SECRET = "Her name is on the door"


@pytest.fixture
def gent(session):
    return make_space("Gent", city="gent")


@pytest.fixture
def noor(gent):
    return make_member(space=gent)


def said(entries) -> str:
    return " ".join(f"{entry.title} {entry.words} {entry.author} {entry.axis}" for entry in entries)


def test_the_public_feed_holds_public_lessons_and_a_personal_one_what_its_owner_may_read(session):
    scenario = build(Audience.PUBLIC)
    public = scenario.published(Audience.PUBLIC, by="editor")
    network = scenario.published(Audience.NETWORK)
    inside = scenario.published(Audience.SPACE, by="second")
    guest = make_member("Hanne", space=make_space("Elsewhere"), role=Role.GUEST)

    def found(reader):
        return {entry.public_id for entry in feeds.lessons(reader)}

    assert found(None) == {public.public_id}
    assert found(actor(guest)) == {public.public_id}
    assert found(scenario.actor("reader")) == {public.public_id, network.public_id}
    assert found(scenario.actor("author")) == {public.public_id, network.public_id, inside.public_id}
    with count_queries() as counted:
        feeds.lessons(scenario.actor("reader"))
    assert counted.count == 2  # with who reads


def test_of_a_lesson_from_a_closed_space_no_more_leaves_than_its_policy_lets_stand_in_mails(session):
    scenario = build(Audience.PUBLIC)
    scenario.published(Audience.PUBLIC, by="editor")
    network = scenario.published(Audience.NETWORK)
    for policy, title, words in (
        (None, True, True),
        (MailPolicy.EXCERPT, True, True),
        (MailPolicy.TITLE, True, False),
        (MailPolicy.LINK, False, False),
    ):
        scenario.space.mail_policy = policy
        db.session.flush()
        entries = {entry.public_id: entry for entry in feeds.lessons(scenario.actor("reader"))}
        entry = entries[network.public_id]
        assert ("Put talking" in entry.title, "Give one colleague" in entry.words) == (title, words), policy
        assert bool(entry.axis) == title
        assert "Aalst" not in said([entry])
        (public,) = feeds.lessons(None)
        assert ("Put talking" in public.title, "Give one colleague" in public.words) == (True, True)


def test_a_lesson_with_a_masked_source_only_tells_its_quarter(session):
    lesson = masked_lesson()
    for reader in (None, actor(make_member("Karim", space=make_space("Elsewhere")))):
        (entry,) = feeds.lessons(reader)
        first = known_day(lesson.changed_at, hidden=True)
        assert days.day_of(entry.updated) == first
        assert (first.day, first.month % 3) == (1, 1)
        assert (entry.author, entry.written) == ("", None)


def test_a_day_is_its_own_and_hidden_the_first_of_its_quarter():
    day = datetime(2026, 11, 29, 12, tzinfo=UTC)
    assert known_day(day, hidden=False).isoformat() == "2026-11-29"
    assert known_day(day, hidden=True).isoformat() == "2026-10-01"
    assert known_day(datetime(2026, 3, 31, 12, tzinfo=UTC), hidden=True).isoformat() == "2026-01-01"


def test_posts_come_of_what_the_reader_may_read_the_newest_first(gent, noor):
    other = make_space("Aalst", city="aalst")
    writer = make_member("Amina", space=other)
    now = clock.now()
    own = make_thread(gent, noor, title="Ours", audience=Audience.SPACE, at=now - timedelta(hours=3))
    make_thread(other, writer, title="Theirs alone", body=SECRET, audience=Audience.SPACE)
    shared = make_thread(other, writer, title="For the network", at=now - timedelta(hours=2))
    make_post(own, writer, "A later word.", at=now - timedelta(hours=1))
    make_post(shared, writer, SECRET, hidden_at=now)
    make_post(shared, writer, SECRET, deleted_at=now)
    for name in ("hidden_at", "withdrawn_at"):
        setattr(make_thread(gent, writer, title=SECRET, body=SECRET), name, now)
    db.session.flush()
    everything = feeds.posts(actor(noor))
    assert [(entry.thread_id, entry.number) for entry in everything] == [
        (own.id, 2),
        (shared.id, 1),
        (own.id, 1),
    ]
    assert SECRET not in said(everything)
    assert {entry.thread_id for entry in feeds.posts(actor(noor), gent.id)} == {own.id}
    assert {entry.thread_id for entry in feeds.posts(actor(noor), other.id)} == {shared.id}
    guest = make_member("Hanne", space=make_space("Wonen"), role=Role.GUEST)
    assert feeds.posts(actor(guest)) == []


@pytest.mark.parametrize(
    ("policy", "audience", "title", "words"),
    [
        (None, Audience.SPACE, True, ""),
        (None, Audience.NETWORK, True, "first"),
        (MailPolicy.LINK, Audience.NETWORK, False, ""),
        (MailPolicy.TITLE, Audience.NETWORK, True, ""),
        (MailPolicy.EXCERPT, Audience.SPACE, True, "first"),
        (MailPolicy.FULL, Audience.SPACE, True, "first last"),
    ],
)
def test_no_more_of_a_post_leaves_than_may_stand_in_mails(gent, noor, policy, audience, title, words):
    gent.mail_policy = policy
    make_thread(
        gent,
        noor,
        title="Nights",
        body=f"The first word. {'And more. ' * 60} The last word.",
        audience=audience,
    )
    db.session.flush()
    (entry,) = feeds.posts(actor(noor))
    assert ("Nights" in entry.title, "Noor" in entry.author) == (title, title)
    assert [word for word in ("first", "last") if f"The {word} word" in entry.words] == words.split()
    assert bool(entry.axis) == title


def test_a_post_that_is_changed_hidden_or_narrowed_is_so_in_the_next_answer(gent, noor):
    chief = make_member("Wouter", space=gent, role=Role.MODERATOR)
    thread = make_thread(gent, noor, body="The first text of it.")
    post = make_post(thread, noor, SECRET)
    reader = actor(make_member("Karim", space=make_space("Aalst")))
    assert SECRET in said(feeds.posts(reader))
    posts.edit(actor(noor), post.id, body="Nobody is named here.", seen_revision=1)
    assert SECRET not in said(feeds.posts(reader))
    assert "Nobody is named" in said(feeds.posts(reader))
    hiding.hide(actor(chief), post.id, reason="Not here.")
    assert "Nobody is named" not in said(feeds.posts(reader))
    other_readers.set_audience(actor(chief), thread.id, audience=Audience.SPACE)
    assert feeds.posts(reader) == []


def test_a_feed_reads_no_more_than_the_last_of_the_newest_threads(gent, noor):
    at = clock.now() - timedelta(days=2)
    for number in range(feeds.MOST + 3):
        thread = make_thread(gent, noor, title=f"Thread {number}", at=at + timedelta(minutes=number))
    for number in range(feeds.MOST + 5):
        make_post(thread, noor, f"Word {number}", at=at + timedelta(hours=2, minutes=number))
    with count_queries() as counted:
        entries = feeds.posts(actor(noor))
    assert counted.count == 2  # with who reads
    assert len(entries) == feeds.MOST
    assert {entry.thread_id for entry in entries} == {thread.id}
    assert entries[0].words == f"Word {feeds.MOST + 4}"


@pytest.mark.parametrize("policy", list(MailPolicy))
def test_how_much_is_told_of_a_masked_lesson_does_not_depend_on_its_space(session, policy):
    lesson = masked_lesson()
    lesson.audience = Audience.NETWORK
    space = db.session.get_one(Space, lesson.space_id)
    reader = actor(make_member("Karim", space=make_space("Elsewhere")))
    db.session.flush()
    before = [(entry.title, entry.words, entry.axis) for entry in feeds.lessons(reader)]
    space.mail_policy = policy
    db.session.flush()
    assert before
    assert [(entry.title, entry.words, entry.axis) for entry in feeds.lessons(reader)] == before
