"""Where a lesson comes from: all of it for who stands inside, and nothing that leads to a masked source for others."""

from datetime import timedelta

from forum.domain.consents import consents
from forum.domain.digests import digests
from forum.domain.lessons import claims, comparison, lessons, library, origin
from forum.domain.lessons import page as lesson_page
from forum.domain.lessons.quotations import quotation
from forum.infra import clock, i18n
from forum.infra.db import db
from forum.models.consents import Masking
from forum.models.lessons import Lesson, LessonReview, ReviewBasis
from forum.models.spaces import Audience, Role
from forum.models.threads import Thread
from tests import reviewed
from tests.factories import join, make_member, make_space
from tests.lesson_scenario import REPLY, build

MASKED = {"masking": Masking.MASKED, "city_shown": False, "shown_as": "somebody in field work, a centre city"}
NAMED = {"masking": Masking.NAME, "city_shown": True, "shown_as": "Amina"}


def out(scenario, by="reviewer", **answer):
    lesson = scenario.draft()
    scenario.agree(lesson, **answer)
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor(by), lesson.id, recognised=False)
    return lesson


def seen(scenario, name, lesson):
    reader = scenario.actor(name) if name else None
    return lesson_page.page(reader, lesson.public_id).origin


def test_who_stands_inside_knows_all_and_others_get_general_words():
    scenario = build(Audience.SPACE)
    lesson = out(scenario, **MASKED)
    for inside in ("author", "curator", "second"):
        known = seen(scenario, inside, lesson)
        assert (known.hidden, known.masked, known.curator.name, known.curator.city) == (
            False,
            True,
            "Cas",
            "aalst",
        )
        assert (known.reviewers, known.publisher, known.published) == (
            ["Wout"],
            "Wout",
            i18n.day(lesson.published_at),
        )
        # What its reviewer answered is for makers.
        assert known.vouchers == ([] if inside == "author" else ["Wout"])
    for outside in ("reader", "reviewer", "editor"):
        known = seen(scenario, outside, lesson)
        assert (known.hidden, known.masked, known.cities) == (True, True, [])
        assert (known.curator.name, known.curator.handle, known.curator.city) == (
            "een moderator van een stad",
            "",
            None,
        )
        assert (known.reviewers, known.publisher) == (["iemand uit een andere stad"], "")
        assert known.vouchers == (["Wout"] if outside == "reviewer" else [])
        days = (i18n.day(lesson.published_at), i18n.day(lesson.review_on))
        assert not {known.published, known.look_again, known.version_of, known.history[0].when} & set(days)
        assert known.published.split()[0] in {"winter", "voorjaar", "zomer", "najaar"}


def test_a_lesson_whose_sources_stand_by_name_hides_nothing():
    scenario = build(Audience.SPACE)
    known = seen(scenario, "reader", out(scenario, **NAMED))
    assert (known.hidden, known.masked, known.cities, known.curator.name) == (False, False, ["aalst"], "Cas")
    open_one = build()
    known = seen(open_one, "reader", open_one.published())
    assert (known.hidden, known.curator.city, known.publisher) == (False, "aalst", "Wout")


def test_an_editor_who_published_says_nothing_of_a_city():
    scenario = build(Audience.SPACE)
    lesson = out(scenario, by="editor", **MASKED)
    for review in db.session.scalars(db.select(LessonReview)):
        review.basis = ReviewBasis.EDITOR
    db.session.flush()
    assert seen(scenario, "reader", lesson).reviewers == ["Els"]


def test_what_masks_one_version_masks_the_lesson():
    scenario = build(Audience.SPACE)
    lesson = out(scenario, **MASKED)
    version = lessons.revise(scenario.actor("curator"), lesson.id)
    lessons.save(
        scenario.actor("curator"),
        lesson.id,
        saved_count=version.saved_count,
        change_note="Aalst found a typo",
    )
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("reviewer"), lesson.id, recognised=False)
    lesson.current_id = db.session.get_one(type(version), version.id).id
    db.session.get_one(type(version), version.id).masked = False
    db.session.flush()
    inside, outside = seen(scenario, "author", lesson), seen(scenario, "reader", lesson)
    assert [line.change_note for line in inside.history] == ["Aalst found a typo", ""]
    assert (outside.hidden, [line.change_note for line in outside.history]) == (True, ["", ""])
    compared = {
        name: comparison.compare(scenario.actor(name), lesson.public_id) for name in ("author", "reader")
    }
    assert (compared["author"].newer.change_note, compared["reader"].newer.change_note) == (
        "Aalst found a typo",
        "",
    )
    assert compared["reader"].newer.when == outside.history[0].when
    with clock.at(clock.now() + timedelta(days=1)):
        told = {name: digests.preview(scenario.actor(name)).lessons[0] for name in ("author", "reader")}
    assert (told["author"].changed, told["author"].change_note) == (True, "Aalst found a typo")
    assert (told["reader"].changed, told["reader"].change_note) == (True, "")


def test_the_list_of_its_space_holds_a_masked_lesson_only_for_who_stands_inside():
    scenario = build(Audience.SPACE)
    lesson = out(scenario, **MASKED)
    # Opened afterwards, the thread would put the lesson in the list for everybody, and lead to who is masked.
    db.session.get_one(Thread, scenario.thread.id).audience = Audience.NETWORK
    db.session.flush()
    listed = {
        name: [card.public_id for card in library.from_space(scenario.actor(name), scenario.space.id)]
        for name in ("author", "reader", "editor")
    }
    assert listed == {"author": [lesson.public_id], "reader": [], "editor": []}
    page = lesson_page.page(scenario.actor("reader"), lesson.public_id)
    assert (page.sources, page.origin.hidden) == ([], True)
    assert [(quote.author.name, quote.post) for claim in page.claims for quote in claim.excerpts] == [
        (MASKED["shown_as"], None)
    ]
    quoted = quotation(scenario.actor("reader"), lesson.id)
    assert (quoted.author.name, quoted.post) == (MASKED["shown_as"], None)
    assert quotation(scenario.actor("author"), lesson.id).author.name == "Amina"


def test_who_left_or_is_suspended_stands_outside_and_a_guest_inside():
    scenario = build(Audience.SPACE)
    lesson = out(scenario, **MASKED)
    guest = make_member("Mo", space=scenario.space, role=Role.GUEST)
    former = make_member("Leen", space=make_space("Genk", city="genk"))
    join(former, scenario.space).ended_at = clock.now()
    suspended = make_member("Stan", space=scenario.space)
    suspended.suspended_at = clock.now()
    db.session.flush()
    hidden = [
        bool(db.session.scalar(db.select(origin.is_hidden(member)).where(Lesson.id == lesson.id)))
        for member in (guest, former, suspended)
    ]
    assert hidden == [False, True, True]


def test_a_name_by_the_side_of_a_masked_source_of_the_same_city_is_masked_too():
    scenario = build(Audience.SPACE)
    lesson = scenario.draft()
    claim = claims.add(scenario.actor("curator"), lesson.id, text="It does not help everybody")
    claims.quote(
        scenario.actor("curator"),
        claim.id,
        post_id=scenario.posts()[1].id,
        words=REPLY[:40],
        stance="nuances",
    )
    scenario.agree(lesson, **MASKED)
    consents.record_answer(
        lesson.id, scenario.posts()[1].id, words=REPLY[:40], masking=Masking.NAME, city_shown=True, shown_as="Cas",
        audience=Audience.NETWORK, agreed=True, note="", at=clock.now(),
    )  # fmt: skip
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    preview = lesson_page.preview(scenario.actor("reviewer"), lesson.id)
    reviewed.publish(scenario.actor("reviewer"), lesson.id, recognised=False)
    for page in (lesson_page.page(scenario.actor("reader"), lesson.public_id), preview):
        names = [quote.author.name for claim in page.claims for quote in claim.excerpts]
        assert (names, page.origin.hidden) == (
            [MASKED["shown_as"], "een field, veldwerk, een centrumstad"],
            True,
        )
    assert seen(scenario, "reader", lesson).cities == []
    inside = lesson_page.page(scenario.actor("author"), lesson.public_id)
    assert [q.author.name for claim in inside.claims for q in claim.excerpts] == ["Amina", "Cas"]


def test_the_next_page_of_the_library_begins_at_a_lesson_and_tells_no_moment():
    scenario = build()
    made = [scenario.published() for _number in range(3)]
    first = library.page(scenario.actor("reader"), limit=2)
    assert first.next_cursor == str(made[1].id)
    rest = library.page(scenario.actor("reader"), limit=2, cursor=first.next_cursor)
    assert ([card.id for card in rest.rows], rest.next_cursor) == ([made[0].id], None)
    inside = scenario.published(Audience.SPACE, by="second")
    # A lesson that the reader may not see is no place to go on after: the first page comes.
    for cursor in (str(inside.id), "999999", "x", "9" * 30, "²"):
        page = library.page(scenario.actor("reader"), limit=2, cursor=cursor)
        assert [card.id for card in page.rows] == [made[2].id, made[1].id]
