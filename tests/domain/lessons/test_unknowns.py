"""What lessons do not know: kept by every publication, shared by cities, answered by versions, seen as the lesson."""

import pytest

from forum.domain.lessons import lessons
from forum.domain.lessons import page as lesson_page
from forum.domain.lessons.unknowns import agenda, answers, keeping, sharing
from forum.domain.lessons.unknowns.agenda_queries import Choice
from forum.domain.people import capacities
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Capacity
from forum.models.lessons import LessonVersion
from forum.models.spaces import Audience, Role
from forum.models.unknowns import Unknown
from forum.policy.errors import Conflict, Forbidden, NotFound
from tests import reviewed
from tests.factories import actor, make_member, make_space
from tests.lesson_scenario import build
from tests.notices import react, told

pytestmark = pytest.mark.both_databases
TWO = "Whether it lasts.\nWhat it costs."


@pytest.fixture
def scenario():
    return build()


@pytest.fixture
def lesson(scenario):
    """A lesson of the network with two questions."""
    made = scenario.draft()
    curator = scenario.actor("curator")
    saved = lessons.working(made).saved_count
    lessons.save(curator, made.id, saved_count=saved, unknowns=TWO)
    lessons.submit(curator, made.id, audience=Audience.NETWORK)
    return reviewed.publish(scenario.actor("reviewer"), made.id)


def renew(scenario, lesson, unknowns, *, answering=(), audience=Audience.NETWORK):
    curator = scenario.actor("curator")
    draft = lessons.revise(curator, lesson.id)
    chosen = [row.id for row in keeping.open_of(lesson.id) if row.text in answering]
    answers.choose(curator, lesson.id, chosen)
    lessons.save(curator, lesson.id, saved_count=draft.saved_count, unknowns=unknowns, change_note="More.")
    lessons.submit(curator, lesson.id, audience=audience)
    return reviewed.publish(scenario.actor("reviewer"), lesson.id)


def listed(reader, **choice):
    who = actor(reader) if reader else None
    return [(one.text, one.cities) for one in agenda.open_questions(who, Choice(**choice)).rows]


def counted(reader, city=None, **choice):
    found = agenda.counts(actor(reader) if reader else None, Choice(**choice), city)
    return (found.open, found.ours, found.answered, found.by_axis.total())


def row(text):
    return db.session.scalars(db.select(Unknown).where(Unknown.text == text)).one()


def test_a_line_keeps_its_row_goes_answered_or_is_left_out_and_comes_back(scenario, lesson):
    lasts, costs = (row(text) for text in TWO.split("\n"))
    sharing.share(scenario.actor("reader"), lasts.id)
    sharing.share(scenario.actor("reader"), costs.id)
    renew(scenario, lesson, "Whether it lasts.\nWho pays.")
    assert keeping.open_of(lesson.id) == [lasts, row("Who pays.")]
    assert costs.ended_at is not None
    assert costs.answered_by_id is None, "nobody said that it is answered"
    assert [one.text for one in agenda.answered_questions(scenario.actor("reader")).rows] == []
    renew(scenario, lesson, TWO, answering=("Who pays.",))
    assert costs.ended_at is None
    assert listed(scenario.reader) == [("What it costs.", ("gent",)), ("Whether it lasts.", ("gent",))]
    (answered,) = agenda.answered_questions(scenario.actor("reader")).rows
    assert (answered.text, answered.answered_by, answered.public_id) == ("Who pays.", "1.2", lesson.public_id)
    assert lesson_page.page(scenario.actor("reader"), lesson.public_id).answered == ["Who pays."]
    assert lesson_page.page(scenario.actor("reader"), lesson.public_id, "1.1").answered == []


def test_what_was_ticked_and_still_stands_is_not_answered(scenario, lesson):
    renew(scenario, lesson, "Whether it lasts.", answering=TWO.split("\n"))
    assert [one.text for one in keeping.open_of(lesson.id)] == ["Whether it lasts."]
    assert lesson_page.page(scenario.actor("reader"), lesson.public_id).answered == ["What it costs."]
    curator = scenario.actor("curator")
    other = scenario.published()
    draft = lessons.revise(curator, lesson.id)
    answers.choose(curator, lesson.id, [keeping.open_of(other.id)[0].id, 10**9])
    assert draft.answers == [], "a question of another lesson is none of its own"
    with pytest.raises(Forbidden):
        answers.choose(scenario.actor("reviewer"), lesson.id, [])
    with pytest.raises(NotFound):
        answers.choose(actor(make_member("Guest", space=make_space("Water"), role=Role.GUEST)), lesson.id, [])


def test_a_city_counts_once_and_says_so_as_long_as_it_likes(scenario, lesson):
    lasts = row("Whether it lasts.")
    colleague = make_member("Ann", space=make_space("Genk", city="genk"))
    for member in (scenario.reader, scenario.reviewer, colleague):
        sharing.share(actor(member), lasts.id)
        sharing.share(actor(member), lasts.id)
    assert listed(scenario.reader)[0] == ("Whether it lasts.", ("genk", "gent"))
    assert counted(scenario.reader, "gent") == (2, 1, 0, 2)
    assert listed(scenario.reader, city="genk") == [("Whether it lasts.", ("genk", "gent"))]
    sharing.take_back(actor(colleague), lasts.id)
    sharing.take_back(actor(colleague), lasts.id)
    assert listed(scenario.reader, city="genk") == []
    # What was said under a function stays when that is over; today it says nothing new.
    held = db.session.scalars(db.select(Capacity).where(Capacity.member_id == scenario.reader.id)).one()
    sharing.take_back(scenario.actor("reviewer"), lasts.id)
    capacities.end(held, by_id=scenario.reviewer.id)
    assert listed(scenario.reader)[0] == ("Whether it lasts.", ("gent",))
    with pytest.raises(Forbidden):
        sharing.share(scenario.actor("reader"), row("What it costs.").id)
    page = lesson_page.page(scenario.actor("reader"), lesson.public_id)
    assert page.shared_by == ("gent",)
    assert page.others == 1


def test_who_may_not_share_is_told_why(scenario, lesson):
    lasts = row("Whether it lasts.")
    unconfirmed = make_member("Bo", space=make_space("Brugge", city="brugge"))
    held = db.session.scalars(db.select(Capacity).where(Capacity.member_id == unconfirmed.id)).one()
    held.confirmed_at = held.confirmation = None
    guest = make_member("Hanne", space=scenario.space, role=Role.GUEST)
    for member, words in ((unconfirmed, "zodra je functie"), (guest, "hier gast")):
        with pytest.raises(Forbidden, match=words):
            sharing.share(actor(member), lasts.id)
    with pytest.raises(Forbidden, match="zodra je functie"):
        sharing.share(scenario.actor("editor"), lasts.id)
    renew(scenario, lesson, "What it costs.", answering=("Whether it lasts.",))
    with pytest.raises(Conflict):
        sharing.share(scenario.actor("reader"), lasts.id)
    assert counted(scenario.reader) == (1, 0, 1, 1)


def test_a_lesson_that_one_may_not_see_adds_nothing_anywhere(scenario, lesson):
    closed = scenario.draft()
    lessons.submit(scenario.actor("curator"), closed.id, audience=Audience.SPACE)
    reviewed.publish(scenario.actor("second"), closed.id)
    (hidden,) = keeping.open_of(closed.id)
    hidden.text = "What only Aalst asks."
    db.session.flush()
    for member in (scenario.author, scenario.second):
        sharing.share(actor(member), hidden.id)
    assert listed(scenario.author)[0] == ("What only Aalst asks.", ("aalst",))
    for reader in (scenario.reader, scenario.editor):
        assert len(listed(reader)) == 2
        assert counted(reader, "aalst") == (2, 0, 0, 2)
        assert listed(reader, lesson=closed.public_id) == []
        for act in (sharing.share, sharing.take_back):
            with pytest.raises(NotFound):
                act(actor(reader), hidden.id)
        # A place that one may not know of is none: the list begins anew.
        assert len(agenda.open_questions(actor(reader), cursor=str(hidden.id)).rows) == 2
    assert listed(None) == []
    assert counted(None) == (0, 0, 0, 0)


def test_pages_go_on_where_the_last_one_ended(scenario, lesson):
    draft = lessons.revise(scenario.actor("curator"), lesson.id)
    lines = [f"Question {number}." for number in range(7)]
    db.session.flush()
    assert draft is not None
    lessons.save(
        scenario.actor("curator"), lesson.id, saved_count=draft.saved_count, unknowns="\n".join(lines),
        change_note="More.",
    )  # fmt: skip
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("reviewer"), lesson.id)
    for text in ("Question 2.", "Question 4."):
        sharing.share(scenario.actor("reader"), row(text).id)
    found, cursor = [], None
    while True:
        page = agenda.open_questions(scenario.actor("reader"), cursor=cursor, limit=3)
        found += [one.text[9:-1] for one in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert found == list("4265310"), "the most shared first, then the newest"


def test_days_of_an_answer_are_quarters_where_the_origin_is_masked(scenario, lesson):
    renew(scenario, lesson, "What it costs.", answering=("Whether it lasts.",))
    (known,) = agenda.answered_questions(scenario.actor("reader")).rows
    assert any(sign.isdigit() for sign in known.answered.split()[0])
    version = db.session.get_one(LessonVersion, lesson.current_id)
    version.masked = True
    db.session.flush()
    (masked,) = agenda.answered_questions(scenario.actor("reader")).rows
    assert masked.answered.split()[0] in {"winter", "voorjaar", "zomer", "najaar"}
    (inside,) = agenda.answered_questions(scenario.actor("author")).rows
    assert inside.answered == known.answered


def test_who_shares_a_question_hears_of_its_answer_if_they_may_read_it(scenario, lesson):
    lasts, costs = (row(text) for text in TWO.split("\n"))
    leaves = make_member("Lies", space=make_space("Genk", city="genk"))
    for member in (scenario.reader, leaves, scenario.curator):
        sharing.share(actor(member), lasts.id)
    sharing.share(scenario.actor("reviewer"), costs.id)
    react()
    before = len(told())
    renew(scenario, lesson, "What it costs.", answering=("Whether it lasts.",))
    leaves.suspended_at = clock.now()
    react()
    assert ("Rik", "unknown_answered") in told()[before:]
    kinds = [name for name, kind in told()[before:] if kind == "unknown_answered"]
    assert kinds == ["Rik"], (
        "its maker hears that it is published, others that shared another question hear nothing"
    )
