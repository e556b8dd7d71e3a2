"""Cahiers: made by editors, pinned versions in an order, and each reader gets of them what they may see."""

import pytest
from sqlalchemy import func, select

from forum.cli import render
from forum.domain.cahiers import cahiers, contents, page
from forum.domain.cahiers.cahiers import Words
from forum.domain.lessons import disputes, ending, lessons, reports
from forum.domain.lessons import page as lesson_page
from forum.domain.lessons.report_words import Answers
from forum.infra import clock, text
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.cahiers import Cahier, CahierLesson
from forum.models.moderation import Action, ModerationAction
from forum.models.spaces import Audience, Role
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from tests import lesson_scenario, reviewed
from tests.factories import actor, make_member, make_space
from tests.lesson_scenario import build

pytestmark = pytest.mark.both_databases
NETWORK, PUBLIC = Audience.NETWORK, Audience.PUBLIC


@pytest.fixture
def scenario():
    return build(PUBLIC)


@pytest.fixture
def editor(scenario):
    return scenario.actor("editor")


def make(editor, title="Living here", audience=NETWORK, body="What binds **them**."):
    return cahiers.create(editor, Words(title, body, audience))


def seen(reader, cahier):
    try:
        shown = page.show(actor(reader) if reader else None, cahier.slug)
    except NotFound:
        return None
    return [part.page.lesson.public_id for part in shown.parts]


def renew(scenario, lesson):
    curator = scenario.actor("curator")
    draft = lessons.revise(curator, lesson.id)
    lessons.save(curator, lesson.id, saved_count=draft.saved_count, change_note="More.", summary="More.")
    lessons.submit(curator, lesson.id, audience=lesson.audience)
    return reviewed.publish(scenario.actor("editor"), lesson.id)


def test_each_reader_gets_the_lessons_that_they_may_see(scenario, editor):
    public, network = scenario.published(PUBLIC, by="editor"), scenario.published()
    cahier = make(editor)
    assert seen(scenario.editor, cahier) is None, "without a lesson there is none"
    assert [card.number for card in page.index(editor).rows] == [0], "its editors find it all the same"
    assert page.index(scenario.actor("reader")).rows == []
    for lesson in (network, public):
        contents.add(editor, cahier.slug, lesson.public_id)
    guest = make_member("Hanne", space=make_space("Water"), role=Role.GUEST)
    assert seen(scenario.reader, cahier) == [network.public_id, public.public_id]
    assert (seen(None, cahier), seen(guest, cahier)) == (None, None), "it is for the network"
    network.audience = Audience.SPACE
    db.session.flush()
    assert seen(scenario.reader, cahier) == [public.public_id]
    assert [card.number for card in page.index(scenario.actor("reader")).rows] == [1]
    assert seen(scenario.author, cahier) == [network.public_id, public.public_id]
    assert page.of_lesson(scenario.actor("reader"), network.public_id) == []
    assert [card.slug for card in page.of_lesson(scenario.actor("author"), network.public_id)] == [
        cahier.slug
    ]
    public.audience = Audience.SPACE
    db.session.flush()
    assert seen(scenario.reader, cahier) is None
    assert page.index(scenario.actor("reader")).rows == []


def test_a_public_one_holds_public_lessons_alone(scenario, editor):
    public, network = scenario.published(PUBLIC, by="editor"), scenario.published()
    cahier = make(editor)
    contents.add(editor, cahier.slug, network.public_id)
    words = Words(cahier.title, cahier.body, PUBLIC)
    with pytest.raises(Invalid) as refused:
        cahiers.change(editor, cahier.slug, words, seen=1)
    assert refused.value.field == "audience"
    contents.take_out(editor, cahier.slug, network.public_id)
    contents.take_out(editor, cahier.slug, network.public_id)
    cahiers.change(editor, cahier.slug, words, seen=1)
    with pytest.raises(Invalid, match="niet voor iedereen"):
        contents.add(editor, cahier.slug, network.public_id)
    contents.add(editor, cahier.slug, f"https://forum.test/lessons/{public.public_id.upper()}#c1")
    assert seen(None, cahier) == [public.public_id]
    assert page.public_slugs() == [cahier.slug]
    closed = scenario.published()
    closed.audience = Audience.SPACE
    db.session.flush()
    for typed in ("les-1999-999", "nonsense", closed.public_id):
        with pytest.raises(Invalid, match="Die les bestaat niet"):
            contents.add(editor, cahier.slug, typed)


def test_the_pinned_version_stays_until_an_editor_takes_another(scenario, editor):
    lesson = scenario.published(PUBLIC, by="editor")
    cahier = make(editor)
    contents.add(editor, cahier.slug, lesson.public_id, why="The first that asked.")
    renew(scenario, lesson)
    (part,) = page.show(scenario.actor("reader"), cahier.slug).parts
    assert (part.page.version.number, part.page.is_current, part.why) == (
        "1.0",
        False,
        "The first that asked.",
    )
    with pytest.raises(NotFound):
        contents.pin(editor, cahier.slug, lesson.public_id, "7.0")
    for _twice in range(2):
        contents.pin(editor, cahier.slug, lesson.public_id, "1.1")
    (part,) = page.show(scenario.actor("reader"), cahier.slug).parts
    assert (part.page.version.number, part.page.is_current) == ("1.1", True)
    contents.say_why(editor, cahier.slug, lesson.public_id, "")
    other = make(editor, "Another")
    contents.add(editor, other.slug, f"/lessons/{lesson.public_id}/v/1.0")
    assert contents.of(editor, other)[0].number == "1.0"
    with pytest.raises(Invalid, match="Die versie"):
        contents.add(editor, make(editor, "A third").slug, f"/lessons/{lesson.public_id}/v/8.0")


def test_lessons_change_places_once(scenario, editor):
    ids = [scenario.published().public_id for _each in range(3)]
    cahier = make(editor)
    for public_id in (*ids, ids[0]):
        contents.add(editor, cahier.slug, public_id)
    for _twice in range(2):
        contents.move(editor, cahier.slug, ids[2], up=True, place=3)
    assert seen(scenario.reader, cahier) == [ids[0], ids[2], ids[1]]
    contents.move(editor, cahier.slug, ids[0], up=False, place=1)
    assert seen(scenario.reader, cahier) == [ids[2], ids[0], ids[1]]
    contents.move(editor, cahier.slug, ids[2], up=True, place=1)
    contents.move(editor, cahier.slug, ids[1], up=False, place=3)
    assert seen(scenario.reader, cahier) == [ids[2], ids[0], ids[1]]


def test_only_editors_make_and_change_them_and_each_change_is_logged(scenario, editor):
    lesson, other = scenario.published(), scenario.published()
    cahier = make(editor)
    assert make(editor).id == cahier.id, "sent twice it is one"
    contents.add(editor, cahier.slug, lesson.public_id)
    acts = (
        lambda who: make(who, "Mine"),
        lambda who: cahiers.change(who, cahier.slug, Words("Mine", "Mine.", NETWORK), seen=1),
        lambda who: contents.add(who, cahier.slug, other.public_id),
        lambda who: contents.say_why(who, cahier.slug, lesson.public_id, "Mine"),
        lambda who: contents.move(who, cahier.slug, lesson.public_id, up=True, place=1),
        lambda who: contents.pin(who, cahier.slug, lesson.public_id, "1.0"),
        lambda who: contents.take_out(who, cahier.slug, lesson.public_id),
        lambda who: cahiers.remove(who, cahier.slug),
    )
    for name in ("reader", "curator", "reviewer"):
        for act in acts:
            with pytest.raises(Forbidden):
                act(scenario.actor(name))
    with pytest.raises(Conflict):
        cahiers.change(editor, cahier.slug, Words("Other", "Other.", NETWORK), seen=0)
    cahiers.change(editor, cahier.slug, Words("Other", "Other.", NETWORK), seen=1)
    cahiers.remove(editor, cahier.slug)
    cahiers.remove(editor, cahier.slug)
    logged = select(ModerationAction.reason).where(ModerationAction.action == Action.CAHIER)
    lines = db.session.scalars(logged.order_by(ModerationAction.id)).all()
    assert lines == [f"{what} {cahier.id}" for what in ("written", "added", "changed", "removed")]
    assert db.session.scalar(select(func.count()).select_from(CahierLesson)) == 0


def test_a_title_gives_an_address_of_its_own(editor):
    assert make(editor, "New").slug == "new-2", "there is a page at that address"
    assert make(editor, "Wonen").slug == "wonen"
    assert make(editor, "Wonen!", body="Another.").slug == "wonen-2"
    with pytest.raises(Invalid, match="Schrijf eerst iets"):
        make(editor, "Empty", body=" ")


def test_the_page_asks_the_same_for_each_lesson_and_the_list_once(scenario, editor, count_queries):
    cahier = make(editor)
    reader = scenario.actor("reader")
    asked = []
    for _each in range(3):
        contents.add(editor, cahier.slug, scenario.published().public_id)
        db.session.commit()
        page.show(reader, cahier.slug)
        with count_queries() as queries:
            page.show(reader, cahier.slug)
        asked.append(queries.count)
    assert asked[2] - asked[1] == asked[1] - asked[0] <= 7
    with count_queries() as queries:
        page.index(reader)
    assert queries.count == 1


def test_an_older_rendering_is_made_anew(editor):
    cahier = make(editor)
    cahier.html, cahier.render_version = "<p>Old</p>", text.RENDER_VERSION - 1
    db.session.commit()
    render.render_outdated()
    assert "<strong>them</strong>" in db.session.get_one(Cahier, cahier.id, populate_existing=True).html
    assert cahier.changed_at <= clock.now()


def masked_too(scenario):
    """A lesson from a closed thread of which the author stands masked."""
    closed = lesson_scenario.build(Audience.SPACE)
    lesson = closed.draft()
    closed.agree(lesson)
    lessons.submit(closed.actor("curator"), lesson.id, audience=NETWORK)
    return reviewed.publish(closed.actor("reviewer"), lesson.id, recognised=False)


def test_a_cahier_costs_the_same_however_many_lessons_it_has(scenario, editor, count_queries):
    cahier = make(editor)
    readers = {name: scenario.actor(name) for name in ("reader", "curator", "editor")}

    def costs():
        db.session.commit()
        found = {}
        for name, reader in readers.items():
            db.session.expunge_all()
            with count_queries() as seen:
                shown = page.show(reader, cahier.slug)
            found[name] = (len(shown.parts), seen.count)
        return found

    contents.add(editor, cahier.slug, masked_too(scenario).public_id)
    one = costs()
    for number in range(11):
        other = masked_too(scenario) if number % 4 == 0 else scenario.published()
        contents.add(editor, cahier.slug, other.public_id)
    twelve = costs()
    for name in readers:
        assert (one[name][0], twelve[name][0]) == (1, 12)
        assert one[name][1] == twelve[name][1] <= 8, name


def test_each_lesson_is_what_its_own_page_shows_its_reader(scenario, editor):
    cahier = make(editor)
    made = [scenario.published(), masked_too(scenario), scenario.published()]
    for lesson in made:
        contents.add(editor, cahier.slug, lesson.public_id)
    kim = make_member("Kim", space=make_space("Genks", city="genk"), city="genk")
    said = Answers("worked", what_was_done="We rang.", what_came="Well.")
    for lesson in made:
        reports.report(actor(kim), lesson.public_id, said)
        root = lesson_page.page(editor, lesson.public_id).claims[0].root
        evidence = disputes.bring(actor(kim), lesson.public_id, claim=root, words="Not here.")
        disputes.accept(actor(db.session.get_one(Member, lesson.curator_id)), lesson.public_id, evidence.id)
    ending.supersede(editor, made[0].public_id, by=made[2].public_id, reason="A better one.")
    names = ("reader", "author", "curator", "editor")
    for reader in (*(scenario.actor(name) for name in names), actor(kim)):
        parts = page.show(reader, cahier.slug).parts
        assert len(parts) == len(made)
        for part in parts:
            brief, whole = part.page, lesson_page.page(reader, part.page.lesson.public_id)
            assert [claim.excerpts for claim in brief.claims] == [claim.excerpts for claim in whole.claims]
            assert (brief.cities, brief.pairs, brief.reports, brief.overdue) == (
                whole.origin.cities,
                whole.pairs,
                whole.reports.count,
                whole.overdue,
            )
            assert (brief.disputed, brief.ended) == (whole.disputed, whole.ended)
            ended = ending.of_page(reader, whole)
            assert brief.successor == (ended.by if ended else None)
