"""The queues of the desk: how each thing comes into its queue, who finds it there, and how it leaves by its own act."""

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select

from forum.domain.consents import closing, rounds
from forum.domain.lessons import (
    ageing,
    claims,
    disputes,
    holding,
    lessons,
    review_requests,
    review_set_aside,
    undo,
)
from forum.domain.lessons import page as lesson_page
from forum.domain.lessons.workbench import desk, desk_page
from forum.domain.moderation import hiding
from forum.domain.responses import responses
from forum.domain.threads import nominations
from forum.infra import clock, days
from forum.infra.db import db
from forum.models.responses import ResponseKind
from forum.models.spaces import Audience, Role, Space
from forum.models.threads import Post, PostKind
from forum.policy.errors import NotFound
from tests import reviewed
from tests.factories import actor, make_member, make_post, make_space, make_thread
from tests.lesson_scenario import FULL, REPLY, build

pytestmark = pytest.mark.both_databases
DAY = timedelta(days=1)
NAMES = (
    "without_excerpt", "to_review", "in_my_hands", "waiting_for_permission", "disputed", "due_for_review",
    "nominated", "ripe",
)  # fmt: skip


def standing(who, name):
    """The titles of a queue; the first of the desk, if it stands in it, included."""
    found = desk_page.of(who, name).chosen.found
    assert found.count == len(found.items)
    return [one.title for one in found.items]


def nobody_else(scenario, name):
    """Who does not moderate the space finds nothing of it."""
    assert standing(scenario.actor("reviewer"), name) == []
    for other in ("reader", "author"):
        with pytest.raises(NotFound):
            desk_page.of(scenario.actor(other))


def test_the_queues_stand_in_one_order_for_who_moderates_and_one_for_who_only_reviews(session):
    scenario = build()
    desk = desk_page.of(scenario.actor("curator"))
    assert tuple(pile.queue.name for pile in desk.piles) == NAMES
    assert (desk.count, desk.this_week, desk.only_grows, desk.first) == (0, 0, True, None)
    with pytest.raises(NotFound):
        desk_page.of(scenario.actor("curator"), "unheard_of")
    lesson = scenario.draft()
    named = make_member("Nele", space=make_space("Genk", city="genk"))
    make_post(scenario.thread, named)
    with pytest.raises(NotFound):
        desk_page.of(actor(named))
    scenario.agree(lesson)
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK, asked_id=named.id)
    desk = desk_page.of(actor(named))
    assert [pile.queue.name for pile in desk.piles] == ["to_review"]
    assert desk.others == []
    with pytest.raises(NotFound):
        desk_page.of(actor(named), "ripe")
    review_requests.decline(actor(named), lesson.id)
    with pytest.raises(NotFound):
        desk_page.of(actor(named))


def test_a_draft_stands_in_the_hands_of_its_makers_and_leaves_when_it_is_sent(session):
    scenario = build()
    lesson = scenario.draft()
    curator, second = scenario.actor("curator"), scenario.actor("second")
    (one,) = desk_page.of(curator, "in_my_hands").chosen.found.items
    assert (one.source, one.claims, one.excerpts, one.bare, one.missing) == ("Why they stopped", 1, 1, 0, 0)
    assert (one.days_left, one.presses) == (14, False)
    assert standing(second, "in_my_hands") == []
    (other,) = desk_page.of(second).others
    assert (other.id, other.hands.names, bool(other.hands.may_take_up)) == (lesson.id, ["Cas"], False)
    nobody_else(scenario, "in_my_hands")
    claims.add(curator, lesson.id, text="Nothing carries this")
    with clock.at(clock.now() + 13 * DAY):
        desk = desk_page.of(curator)
        assert (desk.first_queue, desk.first.bare, desk.first.missing) == ("in_my_hands", 1, 1)
        assert desk.first.days_left == 1
    with clock.at(clock.now() + 14 * DAY):
        (other,) = desk_page.of(second).others
        assert other.hands.may_take_up
    holding.name_deputy(curator, lesson.id, member_id=scenario.second.id)
    assert [one.is_deputy for one in desk_page.of(second, "in_my_hands").chosen.found.items] == [True]
    claims.remove(curator, claims.add(curator, lesson.id, text="Nothing carries this").id)
    lessons.submit(curator, lesson.id, audience=Audience.NETWORK)
    assert standing(curator, "in_my_hands") == standing(second, "in_my_hands") == []
    assert [card.id for card in desk_page.of(curator).others] == [lesson.id]


def test_a_version_stands_to_be_reviewed_until_it_is_decided_or_put_away(session):
    scenario = build()
    lesson = scenario.draft()
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    for name in ("reviewer", "editor"):
        (one,) = desk_page.of(scenario.actor(name), "to_review").chosen.found.items
        assert (one.title, one.by_name, one.asked_by) == ("Put talking in the roster", False, "Cas")
    assert standing(scenario.actor("curator"), "to_review") == []
    assert standing(scenario.actor("second"), "to_review") == []
    review_set_aside.put_away(scenario.actor("editor"), lesson.id)
    assert standing(scenario.actor("editor"), "to_review") == []
    lessons.send_back(scenario.actor("reviewer"), lesson.id, note="Say for whom.")
    assert standing(scenario.actor("reviewer"), "to_review") == []
    assert standing(scenario.actor("curator"), "in_my_hands") == ["Put talking in the roster"]


def test_who_was_asked_for_a_day_that_is_over_reads_for_how_long(session):
    scenario = build()
    make_post(scenario.thread, scenario.reviewer)
    lesson = scenario.draft()
    lessons.submit(
        scenario.actor("curator"), lesson.id, audience=Audience.NETWORK, asked_id=scenario.reviewer.id
    )
    (one,) = desk_page.of(scenario.actor("reviewer"), "to_review").chosen.found.items
    for later, late in ((0, 0), (1, 1), (9, 9)):
        with clock.at(datetime.combine(one.due_on + later * DAY, time(12), tzinfo=UTC)):
            (one,) = desk_page.of(scenario.actor("reviewer"), "to_review").chosen.found.items
            assert one.days_late == late


def test_the_pages_of_every_queue_count_all_that_stands_in_it(session, monkeypatch):
    scenario = build()
    for number in range(2):
        fill(scenario)
        closed = make_thread(
            scenario.space, scenario.author, title=f"Closed {number}", audience=Audience.SPACE
        )
        asked = lessons.draft(scenario.actor("curator"), closed.id, title="Asked")
        post = db.session.scalars(select(Post).where(Post.thread_id == closed.id)).one()
        claim = claims.add(scenario.actor("curator"), asked.id, text="Ring back")
        claims.quote(
            scenario.actor("curator"), claim.id, post_id=post.id, words="We tried it", stance="supports"
        )
        lessons.save(scenario.actor("curator"), asked.id, saved_count=1, **FULL)
        rounds.open_round(scenario.actor("curator"), asked.id, Audience.NETWORK)
    monkeypatch.setattr(desk_page, "MANY", 1)
    for name in NAMES:
        first = desk_page.of(scenario.actor("curator"), name).chosen.found
        second = desk_page.of(scenario.actor("curator"), name, first.next_cursor).chosen.found
        assert (first.count, len(first.items), len(second.items)) == (second.count, 1, 1), name
        assert first.this_week == second.this_week


def test_as_many_as_nobody_counts_are_not_nothing(session, monkeypatch):
    monkeypatch.setattr(desk, "MOST", 2)
    scenario = build()
    for number in range(3):
        lesson = scenario.draft(text=f"Claim {number}")
        lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    found = desk_page.of(scenario.actor("reviewer"))
    assert (found.count, found.is_counted, found.only_grows) == (2, False, False)


def test_a_draft_waits_for_permission_until_somebody_looked_at_what_came_of_it(session):
    scenario = build(Audience.SPACE)
    curator = scenario.actor("curator")
    lesson = scenario.draft()
    opened = rounds.open_round(curator, lesson.id, Audience.NETWORK)
    (one,) = desk_page.of(curator, "waiting_for_permission").chosen.found.items
    assert (one.excerpts, one.is_closed, one.presses, one.last_day) == (1, False, False, opened.last_day)
    assert (
        standing(curator, "in_my_hands") == standing(scenario.actor("second"), "waiting_for_permission") == []
    )
    nobody_else(scenario, "waiting_for_permission")
    with clock.at(opened.closes_at + DAY):
        assert closing.close_due(clock.now())
        desk = desk_page.of(curator)
        assert (desk.first_queue, desk.first.is_closed) == ("waiting_for_permission", True)
        assert standing(curator, "in_my_hands") == []
        rounds.look(curator, lesson.id)
        assert standing(curator, "waiting_for_permission") == []
        assert standing(curator, "in_my_hands") == ["Put talking in the roster"]


def test_a_lesson_that_lost_its_words_stands_on_top_until_a_new_version_is_begun_and_published(session):
    scenario = build()
    lesson = scenario.published()
    assert standing(scenario.actor("second"), "without_excerpt") == []
    hiding.hide(scenario.actor("second"), scenario.post.id, reason="Names somebody.")
    desk = desk_page.of(scenario.actor("second"))
    assert (desk.first_queue, desk.first.id, desk.first.claims) == ("without_excerpt", lesson.id, [1])
    assert not any(pile.is_drawn for pile in desk.piles if pile.queue.name == "without_excerpt")
    assert standing(scenario.actor("editor"), "without_excerpt") == ["Put talking in the roster"]
    assert desk_page.of(scenario.actor("editor")).first is None, "only its moderators can mend it"
    nobody_else(scenario, "without_excerpt")
    hiding.restore(scenario.actor("second"), scenario.post.id)
    assert standing(scenario.actor("second"), "without_excerpt") == []


def test_a_lesson_past_its_date_is_due_until_a_new_version_is_begun(session):
    noon = clock.now().replace(hour=12)  # in another season midnight comes an hour earlier
    with clock.at(noon):
        scenario = build()
        lesson = scenario.published()
    with clock.at(noon + 548 * DAY):
        assert standing(scenario.actor("second"), "due_for_review") == []
    with clock.at(noon + 551 * DAY):
        (one,) = desk_page.of(scenario.actor("second"), "due_for_review").chosen.found.items
        assert (one.public_id, one.days_late) == (lesson.public_id, 3)
        nobody_else(scenario, "due_for_review")
        lessons.revise(scenario.actor("second"), lesson.id)
        assert standing(scenario.actor("second"), "due_for_review") == []
        undo.discard(scenario.actor("second"), lesson.id)
        assert standing(scenario.actor("second"), "due_for_review") == ["Put talking in the roster"]


def test_evidence_stands_until_it_is_answered_and_what_readers_say_until_somebody_looked(session):
    scenario = build()
    lesson, second, reader = scenario.published(), scenario.actor("second"), scenario.actor("reader")
    root = lesson_page.page(reader, lesson.public_id).claims[0].root
    own = disputes.bring(second, lesson.public_id, claim=root, words="With me not.")
    made = disputes.bring(reader, lesson.public_id, claim=root, words="Here not.")
    assert standing(second, "disputed") == ["Put talking in the roster"], "nobody decides on their own"
    (one,) = desk_page.of(second, "disputed").chosen.found.items
    assert (one.id, one.waits, one.presses) == (made.id, True, True)
    nobody_else(scenario, "disputed")
    disputes.accept(second, lesson.public_id, made.id)
    (one,) = desk_page.of(second, "disputed").chosen.found.items
    assert (one.waits, one.presses) == (False, False)
    disputes.settle(second, lesson.public_id, made.id, reason="Both are true.")
    assert standing(second, "disputed") == []
    assert len(standing(scenario.actor("curator"), "disputed")) == 1
    disputes.decline(scenario.actor("curator"), lesson.public_id, own.id, reason="The same.")
    assert standing(scenario.actor("curator"), "disputed") == []
    ageing.signal(reader, lesson.public_id, reason="The rule is gone.")
    (one,) = desk_page.of(second, "due_for_review").chosen.found.items
    assert (one.signals, one.days_late) == (1, 0)
    nobody_else(scenario, "due_for_review")
    ageing.affirm(second, lesson.public_id)
    assert standing(second, "due_for_review") == []


def test_a_nominated_thread_stands_until_it_is_closed_or_a_lesson_is_begun(session):
    scenario = build()
    curator = scenario.actor("curator")
    for name in ("reader", "author"):
        nominations.nominate(scenario.actor(name), scenario.thread.id)
    (one,) = desk_page.of(curator, "nominated").chosen.found.items
    assert (one.title, one.nominated.members, one.nominated.cities) == (
        "Why they stopped",
        2,
        ["gent", "aalst"],
    )
    nobody_else(scenario, "nominated")
    nominations.close(curator, scenario.thread.id, reason="Too early.")
    assert standing(curator, "nominated") == []
    nominations.nominate(scenario.actor("reader"), scenario.thread.id)
    lessons.draft(curator, scenario.thread.id, title="One")
    assert standing(curator, "nominated") == []
    hidden = make_thread(scenario.space, scenario.author, title="Gone soon")
    nominations.nominate(scenario.actor("reader"), hidden.id)
    assert standing(curator, "nominated") == ["Gone soon"]
    hidden.hidden_at = clock.now()
    db.session.flush()
    assert standing(curator, "nominated") == []


def ripen(scenario, kind=PostKind.OBJECTION):
    """A thread of two cities, with a post that says otherwise."""
    thread = make_thread(scenario.space, scenario.author, title="Who rings back?")
    make_post(thread, scenario.reader, REPLY, kind=kind)
    return thread


def test_a_thread_ripens_by_cities_contradiction_and_quiet_and_leaves_when_a_lesson_is_begun(session):
    scenario = build()
    curator = scenario.actor("curator")
    thread = ripen(scenario)
    quiet = thread.last_post_at + 15 * DAY
    with clock.at(thread.last_post_at + 13 * DAY):
        assert standing(curator, "ripe") == [], "not quiet yet"
    with clock.at(quiet):
        (one,) = desk_page.of(curator, "ripe").chosen.found.items
        assert (one.title, one.cities, one.applied, one.against) == ("Who rings back?", 2, 0, 1)
        assert (desk_page.of(curator).only_grows, desk_page.of(curator).ripe) == (True, 1)
        nobody_else(scenario, "ripe")
        thread.locked_at = clock.now()
        db.session.flush()
        assert standing(curator, "ripe") == [], "closed"
        thread.locked_at = None
        nominations.nominate(scenario.actor("reader"), thread.id)
        assert (standing(curator, "ripe"), standing(curator, "nominated")) == ([], ["Who rings back?"])
        nominations.close(curator, thread.id, reason="Too early.")
        assert standing(curator, "ripe") == [], "said no, and nobody wrote since"
    later = make_thread(scenario.space, scenario.author, title="Second")
    make_post(later, scenario.reader, REPLY)
    with clock.at(later.last_post_at + 15 * DAY):
        assert standing(curator, "ripe") == [], "nobody applied it or contradicts"
        responses.respond(scenario.actor("reader"), later.id, kind=ResponseKind.APPLIED)
        assert standing(curator, "ripe") == ["Second"]
        lessons.draft(curator, later.id, title="Begun")
        assert standing(curator, "ripe") == []


def test_what_another_space_drafts_of_a_thread_does_not_show_in_the_queue_of_its_own(session):
    scenario = build()
    thread = ripen(scenario)
    genk = make_space("Genk", city="genk")
    other = make_thread(genk, scenario.reviewer, title="Elsewhere")
    elsewhere = make_member("Joris", space=genk, role=Role.MODERATOR)
    draft = lessons.draft(actor(elsewhere), other.id, title="Secret")
    lessons.add_source(actor(elsewhere), draft.id, thread.id)
    with clock.at(thread.last_post_at + 15 * DAY):
        assert standing(scenario.actor("curator"), "ripe") == ["Who rings back?"]


def test_five_stand_on_the_desk_and_all_of_them_on_pages_of_the_queue(session):
    scenario = build()
    curator = scenario.actor("curator")
    titles = [f"Thread {number}" for number in range(23)]
    start = clock.now()
    for number, title in enumerate(titles):
        thread = make_thread(scenario.space, scenario.author, title=title)
        with clock.at(start + timedelta(minutes=number)):
            nominations.nominate(scenario.actor("reader"), thread.id)
    pile = next(one for one in desk_page.of(curator).piles if one.queue.name == "nominated")
    assert ([one.title for one in pile.found.items], pile.found.count) == (titles[:5], 23)
    first = desk_page.of(curator, "nominated").chosen.found
    second = desk_page.of(curator, "nominated", first.next_cursor).chosen.found
    assert [one.title for one in (*first.items, *second.items)] == titles
    assert second.next_cursor is None
    assert (first.count, second.count) == (23, 23), (
        "what stands on the first page counts on the second as well"
    )
    assert [
        one.title for one in desk_page.of(curator, "nominated", "nonsense_9").chosen.found.items
    ] == titles[:20]


def to_review(scenario):
    """A lesson of Gent that a moderator of Aalst may check."""
    gent = actor(scenario.reviewer)
    thread = make_thread(db.session.get_one(Space, next(iter(gent.roles))), scenario.reader, title="In Gent")
    lesson = lessons.draft(gent, thread.id, title="Of Gent")
    claim = claims.add(gent, lesson.id, text="Ring back")
    post = db.session.scalars(select(Post).where(Post.thread_id == thread.id)).one()
    claims.quote(gent, claim.id, post_id=post.id, words="We tried it", stance="supports")
    lessons.save(gent, lesson.id, saved_count=1, **(FULL | {"title": "Of Gent"}))
    lessons.submit(gent, lesson.id, audience=Audience.NETWORK)


def fill(scenario):
    """One more thing in every queue, and one in other hands."""
    curator, name = scenario.actor("curator"), scenario.thread.title
    scenario.draft()
    to_review(scenario)
    due = scenario.draft()
    lessons.submit(curator, due.id, audience=Audience.SPACE)
    reviewed.publish(scenario.actor("second"), due.id)
    due.review_on = days.today() - DAY
    root = lesson_page.page(curator, due.public_id).claims[0].root
    disputes.bring(scenario.actor("author"), due.public_id, claim=root, words="Not here.")
    lost = scenario.draft(words="Almost all of them", text=f"What {name} lost")
    lessons.submit(curator, lost.id, audience=Audience.SPACE)
    reviewed.publish(scenario.actor("second"), lost.id)
    lost.weakened_at = clock.now()
    nominations.nominate(
        scenario.actor("reader"), make_thread(scenario.space, scenario.author, title="Nominated").id
    )
    ripe = ripen(scenario)
    ripe.last_post_at -= 20 * DAY
    lessons.draft(scenario.actor("second"), scenario.thread.id, title="Of Sien")
    db.session.flush()


def test_the_desk_asks_the_database_equally_often_however_much_waits(session, count_queries):
    scenario = build()
    curator = scenario.actor("curator")
    counts = []
    for more in (1, 6):
        for _turn in range(more):
            fill(scenario)
        with count_queries() as seen:
            desk = desk_page.of(curator)
        counts.append(seen.count)
        filled = {pile.queue.name for pile in desk.piles if pile.found.count}
        assert filled == set(NAMES) - {"waiting_for_permission"}
    assert counts[0] == counts[1], counts
    assert counts[0] <= 40


def test_a_date_of_this_week_is_counted_and_one_of_the_next_is_not(session):
    scenario = build()
    lesson = scenario.draft()
    sunday = days.today() + timedelta(days=6 - days.today().weekday())
    for held_until, number in ((sunday, 1), (sunday + DAY, 0), (days.today() - DAY, 0)):
        lesson.held_until = held_until
        db.session.flush()
        assert desk_page.of(scenario.actor("curator")).this_week == number
