"""The demo comes in whole, through the rules, once, and what its people keep inside stays inside."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from forum import create_app
from forum.demo import dates
from forum.domain import draft_places
from forum.domain.consents import requests
from forum.domain.digests import subscriptions
from forum.domain.drafts import drafts
from forum.domain.handovers import holdings
from forum.domain.lessons import numbers, review_requests
from forum.domain.people import affirmations
from forum.domain.people import passwords as account_passwords
from forum.infra import clock, passwords, tokens
from forum.infra.db import db
from forum.infra.sort_keys import SortedByName, sort_key
from forum.models.accounts import Member
from forum.models.adoptions import AdoptionReport
from forum.models.claims import Claim, Excerpt
from forum.models.consents import Consent, ConsentRound
from forum.models.drafts import Draft
from forum.models.events import Event
from forum.models.foretellings import Foretelling
from forum.models.lessons import Lesson, LessonState, LessonVersion
from forum.models.mail import OutgoingMail
from forum.models.spaces import Space
from forum.models.threads import Post, PostQuote, PostRevision, Thread
from forum.policy.actors import Actor, actor_of
from forum.policy.errors import Invalid
from forum.policy.visibility import visible
from tests import reviewed
from tests.conftest import copied_database, settings_for

pytestmark = pytest.mark.live  # one database of its own for the whole file: loading is not quick

FOLDER = Path(__file__).resolve().parents[2] / "demo"
OURS = json.loads((FOLDER / "reports_nl.json").read_text(encoding="utf-8"))
SOURCE = json.loads((FOLDER / "demo_nl.json").read_text(encoding="utf-8"))
# Of a thread that stays a discussion.
NOTES = json.loads((FOLDER / "note_nl.json").read_text(encoding="utf-8"))
WIDE = {"netwerk", "publiek"}
LOADED = datetime(2031, 1, 13, 10, tzinfo=UTC)  # another year and another season than those of the file


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory, demo_network: Callable[..., str]) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("demo")
    app = create_app(settings_for(copied_database(demo_network(LOADED), folder), folder) | {"DEMO": True})
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def inside(loaded: Flask) -> Iterator[Flask]:
    with loaded.app_context():
        yield loaded
        db.session.rollback()


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def person(name: str) -> Actor:
    found = actor_of(db.session.scalars(select(Member.id).where(Member.handle == name)).one())
    assert found is not None
    return found


def titles(reader: Actor | None) -> set[str]:
    return set(db.session.scalars(visible(Thread, reader, Thread.title)))


def test_everything_of_the_file_is_there(inside):
    replies = sum(len(thread["replies"]) for thread in SOURCE["threads"])
    versions = sum(len(lesson["versions"]) for lesson in [*SOURCE["lessons"], *NOTES])
    expected = {
        Member: len(SOURCE["people"]) + 1,  # and an administrator
        Space: len(SOURCE["spaces"]),
        Thread: len(SOURCE["threads"]),
        Post: len(SOURCE["threads"]) + replies,
        Lesson: len(SOURCE["lessons"]) + len(NOTES) + 1,  # and one in review
        LessonVersion: versions + 1,
        AdoptionReport: sum(len(lesson["adoptions"]) for lesson in SOURCE["lessons"]) + len(OURS["reports"]),
        Foretelling: len(OURS["foretellings"]),
    }
    assert {model: count(model) for model in expected} == expected
    assert db.session.scalars(select(PostQuote.stands)).all() == [True], "what the demo quotes is there"
    for thread in SOURCE["threads"]:
        row = db.session.scalars(select(Thread).where(Thread.title == thread["title"])).one()
        assert row.post_count == len(thread["replies"]) + 1
        rows = db.session.scalars(
            select(PostRevision.body)
            .join(Post, Post.id == PostRevision.post_id)
            .where(Post.thread_id == row.id)
            .order_by(Post.number)
        ).all()
        bodies = [
            re.sub(r"\A(\[citaat [^\]]*\]\s+)+", "", body) for body in rows
        ]  # what they quote is no word of it
        assert bodies == [thread["body"], *(reply["body"] for reply in thread["replies"])]


def test_a_hand_over_waits_for_who_may_take_it_and_for_nobody_else(inside):
    offered = {
        handle: [
            (space.slug, one.kind) for space in holdings.page(person(handle)).rows for one in space.offered
        ]
        for handle in ("eva", "simon", "veerle")
    }
    assert offered == {"eva": [("wonen", "invitation")], "simon": [], "veerle": []}


def test_every_published_lesson_has_the_claims_and_words_of_the_file(inside):
    for source in SOURCE["lessons"]:
        lesson = db.session.scalars(select(Lesson).where(Lesson.public_id == source["id"])).one()
        version = db.session.get_one(LessonVersion, lesson.current_id or lesson.working_id)
        assert version.title == source["title"]
        claims = db.session.scalars(
            select(Claim.text).where(Claim.version_id == version.id).order_by(Claim.position)
        ).all()
        assert claims == [claim["text"] for claim in source["claims"]]
        words = db.session.scalars(
            select(Excerpt.words)
            .join(Claim, Claim.id == Excerpt.claim_id)
            .where(Claim.version_id == version.id)
        )
        assert Counter(words) == Counter(
            e["excerpt"] for claim in source["claims"] for e in claim["evidence"]
        )
        if source["published"]:
            assert lesson.state == LessonState.PUBLISHED
            assert version.number == source["version"]
            assert version.change_note == source["versions"][-1]["change"]
            assert (lesson.confirmed_at is not None) == (source["state"] == "bevestigd")
            assert lesson.published_by_id != lesson.curator_id
        else:
            assert lesson.state == LessonState.DRAFT


def test_its_last_week_is_the_one_before_it_was_loaded_and_nothing_is_later(inside):
    said = db.session.scalars(select(Post.created_at).order_by(Post.created_at)).all()
    assert LOADED - dates.WEEK < said[-1] <= LOADED
    for column in (LessonVersion.published_at, Consent.asked_at, Consent.answered_at):
        assert max(db.session.scalars(select(column).where(column.is_not(None)))) <= LOADED, column
    assert max(db.session.scalars(select(AdoptionReport.reported_on))) <= LOADED.date()
    posts = [post for thread in SOURCE["threads"] for post in (thread, *thread["replies"])]
    written = sorted(dates.read(post["created"]) for post in posts)
    moved = {_on_the_wall(now) - _on_the_wall(then) for now, then in zip(said, written, strict=True)}
    assert len(moved) == 1
    assert moved.pop() % dates.WEEK == timedelta(0)


def _on_the_wall(moment: datetime) -> datetime:
    return moment.astimezone(dates.HOME).replace(tzinfo=None)


def test_public_ids_stay_and_a_new_one_belongs_to_its_own_year(inside):
    public_ids = set(db.session.scalars(select(Lesson.public_id).where(Lesson.public_id.is_not(None))))
    assert public_ids == {lesson["id"] for lesson in [*SOURCE["lessons"], *NOTES]}
    with clock.at(LOADED):
        assert re.fullmatch(r"les-2031-\d{5}", numbers.new_public_id())
    with clock.at(datetime(2026, 12, 1, tzinfo=UTC)):
        assert re.fullmatch(r"les-2026-\d{5}", numbers.new_public_id())


def test_one_lesson_waits_to_be_looked_at_again_and_the_others_have_time(inside):
    days = {row.public_id: row.review_on for row in db.session.scalars(select(Lesson)) if row.review_on}
    assert [name for name, day in days.items() if day < LOADED.date()] == ["les-2026-008"]


def test_every_excerpt_stands_literally_in_its_revision(inside):
    rows = db.session.execute(
        select(Excerpt, PostRevision.plain).join(PostRevision, PostRevision.id == Excerpt.revision_id)
    ).all()
    assert len(rows) >= sum(
        len(claim["evidence"]) for lesson in SOURCE["lessons"] for claim in lesson["claims"]
    )
    for excerpt, plain in rows:
        assert plain[excerpt.start_at : excerpt.end_at] == excerpt.words
        assert tokens.digest(excerpt.words) == excerpt.sha256


def test_no_version_rests_on_words_that_were_said_later(inside):
    late = db.session.scalar(
        select(func.count())
        .select_from(Excerpt)
        .join(Claim, Claim.id == Excerpt.claim_id)
        .join(LessonVersion, LessonVersion.id == Claim.version_id)
        .join(PostRevision, PostRevision.id == Excerpt.revision_id)
        .where(PostRevision.created_at > LessonVersion.published_at)
    )
    assert late == 0


def test_closed_thread_stays_with_its_own_people(inside):
    closed = {t["title"]: t["space"] for t in SOURCE["threads"] if t["visibility"] not in WIDE}
    assert not titles(None)
    belongs = {name: set(person(name).roles) for name in ("yasmina", "karim", "hanne", "eva", "beheer")}
    spaces = {row.title: row.space_id for row in db.session.execute(select(Thread.title, Thread.space_id))}
    for name, mine in belongs.items():
        seen = titles(person(name)) & set(closed)
        assert seen == {title for title in closed if spaces[title] in mine}
    assert any(
        space == "stad-antwerpen" for title, space in closed.items() if title in titles(person("yasmina"))
    )


def test_reasons_and_answers_never_reach_a_page(inside):
    notes = [note for note in db.session.scalars(select(Consent.note)) if note != "met toestemming"]
    assert len(notes) >= 4
    lessons = [lesson for lesson in SOURCE["lessons"] if lesson["published"]]
    closed = [t["title"] for t in SOURCE["threads"] if t["visibility"] not in WIDE]
    client = inside.test_client()
    pages = ["/", "/lessons", *(f"/lessons/{lesson['id']}" for lesson in lessons)]
    for path in pages:
        answer = client.get(path)
        assert answer.status_code == (404 if path.endswith("les-2026-002") else 200), path
        assert not [note for note in notes if note in answer.text]
        assert not [title for title in closed if title in answer.text]


def test_the_authors_of_the_draft_are_being_asked_on_the_day_of_loading(inside):
    draft = db.session.scalars(select(Lesson).where(Lesson.state == LessonState.DRAFT)).one()
    assert draft.public_id == "les-2026-006"
    with clock.at(LOADED):
        asked = requests.waiting(person("jonas"))
        assert [question.title for question in asked] == [
            db.session.get_one(LessonVersion, draft.working_id).title
        ]
        assert asked[0].last_day > clock.now().date()
        assert requests.waiting(person("yasmina")) == []
    opened = db.session.get_one(ConsentRound, draft.round_id)
    assert opened.opened_at < LOADED < opened.closes_at
    assert db.session.scalar(select(func.count(Consent.id)).where(Consent.lesson_id == draft.id)) == 0


def test_one_lesson_waits_for_somebody_of_another_city_who_can_publish_it(inside):
    lesson = db.session.scalars(select(Lesson).where(Lesson.state == LessonState.IN_REVIEW)).one()
    with clock.at(LOADED):
        asked = {
            name: [one.lesson_id for one in review_requests.waiting(person(name))]
            for name in ("wouter", "sofie", "nadia", "maarten", "emine", "karim")
        }
        # Not who made it, nor who comes from where it does, nor who moderates nothing.
        assert asked == {
            "wouter": [lesson.id], "sofie": [lesson.id], "nadia": [lesson.id], "maarten": [], "emine": [], "karim": []
        }  # fmt: skip
        published = reviewed.publish(person("wouter"), lesson.id, recognised=False)
        assert published.public_id.startswith("les-2031-")


def test_one_of_its_people_is_asked_whether_their_capacity_is_still_right(inside):
    with clock.at(LOADED):
        due = [member.handle for member in db.session.scalars(select(Member)) if affirmations.due(member.id)]
    assert due == ["yasmina"]


def test_every_name_comes_with_its_sort_key(inside):
    for model in SortedByName.__subclasses__():
        rows = db.session.execute(select(model.name, model.sort_key)).all()
        assert len(rows) > 10
        assert [row for row in rows if row.sort_key != sort_key(row.name)] == []


def test_its_past_sends_no_mail(inside):
    assert db.session.scalar(select(func.count()).select_from(Event).where(Event.handled_at.is_(None))) == 0
    assert count(OutgoingMail) == 0


def test_the_wishes_of_the_file_are_kept(inside):
    for wish in SOURCE["digest_subscriptions"]:
        assert subscriptions.preferences_of(person(wish["person"]).id) is not None
    assert subscriptions.preferences_of(person("yasmina").id) is None


def test_two_drafts_wait_for_whoever_began_them(inside):
    begun = drafts.every(person("yasmina"), enter=draft_places.places)
    assert [(draft.subject.form, draft.place.space) for draft in begun] == [
        ("reply", "Wonen en leegstand"),
        ("story", "Antwerpen"),
    ]
    assert count(Draft) == len(begun)


def test_its_people_sign_in_with_the_demo_password(inside):
    hashes = set(db.session.scalars(select(Member.password_hash)))
    assert len(hashes) == 1
    assert passwords.verify(hashes.pop(), "leerkring-demo")


def test_the_demo_password_opens_nothing_where_there_is_no_demo(inside):
    known = {"address": "127.0.0.1"}
    assert account_passwords.check("yasmina@demo.leerkring.example", "leerkring-demo", **known)
    inside.config["DEMO"] = False
    try:
        with pytest.raises(Invalid):
            account_passwords.check("yasmina@demo.leerkring.example", "leerkring-demo", **known)
    finally:
        inside.config["DEMO"] = True


def test_it_comes_in_only_once(inside):
    before = count(Member)
    for words in (["demo", "load"], ["demo", "load", "--force"]):
        answer = inside.test_cli_runner().invoke(args=words)
        assert answer.exit_code == 1
        assert "already" in answer.output
    assert count(Member) == before


@pytest.mark.any_database
def test_a_database_with_people_wants_force(live_app):
    refused = brought(live_app)
    assert refused.exit_code == 1
    assert "--force" in refused.output


@pytest.mark.proof
def test_with_force_it_comes_and_without_the_demo_nobody_signs_in(live_app):
    """A second load of everything."""
    done = brought(live_app, "--force")
    assert done.exit_code == 0, done.output
    assert "Nobody of the demo can sign in" in done.output
    with live_app.app_context():
        assert set(db.session.scalars(select(Member.password_hash))) == {None}
        assert count(Member) == len(SOURCE["people"]) + 2


def brought(app: Flask, *options: str) -> Result:
    """What `flask demo load` says where somebody is already."""
    runner = app.test_cli_runner()
    assert runner.invoke(args=["member", "add", "a@city.test", "--name", "Noor"]).exit_code == 0
    return runner.invoke(args=["demo", "load", *options])
