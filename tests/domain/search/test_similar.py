"""What resembles a title, a thread or a lesson: in our order, and never because of what a reader may not know."""

from datetime import timedelta

import pytest

from forum.domain.lessons import lessons, of_thread
from forum.domain.moderation import hiding, taking_back
from forum.domain.search import similar
from forum.infra import clock
from forum.infra.db import db
from forum.infra.logs import count_queries
from forum.models.accounts import NetworkRole
from forum.models.lessons import Lesson, LessonSource
from forum.models.spaces import Audience, Role, SpaceKind
from forum.models.themes import Axis
from forum.models.threads import Post, Thread
from forum.policy.errors import NotFound
from tests import other_readers
from tests.domain.search.test_lessons_found import out
from tests.factories import actor, join, make_member, make_space, make_thread
from tests.lesson_scenario import FULL, build

pytestmark = pytest.mark.both_databases


def by(who):
    return actor(who) if who is not None else None


def typed(who, title):
    """The titles of what somebody gets while they type one."""
    return [one.title for one in similar.to_words(by(who), title)]


def beside(who, row):
    """The titles of what is related to a thread or a lesson for somebody."""
    if isinstance(row, Thread):
        return [one.title for one in similar.to_thread(by(who), row.id).similar]
    return [one.title for one in similar.to_lesson(by(who), row.public_id).similar]


@pytest.fixture
def rik():
    return make_member("Rik", space=make_space("Brugge", city="brugge"))


def test_rare_words_come_before_common_ones_and_common_words_alone_bring_nothing(gent, leen, rik):
    for number in range(25):
        make_thread(gent, leen, title=f"Het buurtfeest nummer {number} van de school", axis=None)
    rare = make_thread(gent, leen, title="Een wijkbudget voor de jeugd", at=clock.now() - timedelta(days=900))
    both = make_thread(
        gent, leen, title="Wijkbudgetten en buurtfeesten", at=clock.now() - timedelta(days=800)
    )
    assert typed(rik, "Een wijkbudget voor het volgende buurtfeest")[:2] == [both.title, rare.title]
    # What stands in every title says nothing, and neither does what is in every sentence.
    assert typed(rik, "Een heel nieuw verhaal over het buurtfeest en de fanfare") == []
    assert typed(rik, "Wat doen jullie met de eerste vraag van het jaar?") == []
    for nothing in ("", "  ", "?!", "de", "12 2026", "😀", "x" * 300, "city:gent -wijkbudget\x00"):
        assert isinstance(typed(rik, nothing), list)
    assert typed(rik, "budget wijk") == [both.title, rare.title]


def test_as_near_is_ordered_by_kind_then_by_date_then_by_id_and_there_are_three(session):
    scenario, now = build(), clock.now()
    out(scenario, title="Deelfietsen op het plein", one_sentence="Two.")
    rows = [
        make_thread(scenario.space, scenario.author, title="Deelfietsen", at=now - timedelta(days=days))
        for days in (5, 1, 5)
    ]
    found = similar.to_words(by(scenario.reader), "Deelfietsen")
    assert [one.title for one in found[:1]] == ["Deelfietsen op het plein"]
    assert [one.id for one in found[1:]] == [rows[1].id, rows[2].id]


def test_tags_themes_and_what_a_lesson_quotes_bring_threads_together(session):
    scenario = build()
    quoted, reader = scenario.thread, scenario.reader
    lesson = out(scenario)
    also = make_thread(scenario.space, scenario.author, title="Iets anders", axis=Axis.DENSITY)
    db.session.add(LessonSource(lesson_id=lesson.id, thread_id=also.id))
    tagged = make_thread(
        scenario.space, scenario.author, title="Nog iets", tags=("fiets", "plein"), axis=Axis.DENSITY
    )
    other = make_thread(
        scenario.space, scenario.author, title="Wat nieuws", tags=("Fiets", "plein"), axis=Axis.DENSITY
    )
    make_thread(
        scenario.space, scenario.author, title="Iets heel anders", tags=("fiets",), axis=Axis.STRATEGY
    )
    db.session.flush()
    assert beside(reader, quoted) == [also.title]  # the lesson that quotes both stands on its page
    assert beside(reader, tagged) == [other.title]
    assert beside(reader, lesson) == []  # the threads that it quotes stand on its page
    second = out(scenario, title="Heel iets nieuws", one_sentence="Niets.", axis=Axis.DENSITY)
    assert second.public_id != lesson.public_id
    assert "Heel iets nieuws" in beside(reader, lesson)
    assert FULL["title"] in beside(None if lesson.audience == Audience.PUBLIC else reader, second)


def test_each_reader_gets_what_they_may_read_and_closed_titles_change_nothing_for_others(gent, leen, rik):
    genk = make_space("Genk", city="genk")
    guest = make_member("Gust")
    join(guest, genk, Role.GUEST)
    elsewhere = make_member("Mo", space=genk, role=Role.MODERATOR)
    administrator = make_member("Bea", network_role=NetworkRole.ADMIN)
    for audience in Audience:
        make_thread(gent, leen, title=f"Taalstage {audience}", audience=audience, at=clock.now())
    own = {f"Taalstage {audience}" for audience in Audience}
    wide = own - {"Taalstage space"}
    expected = [
        (None, {"Taalstage public"}), (leen, own), (guest, {"Taalstage public"}), (elsewhere, wide),
        (administrator, wide), (rik, wide),
    ]  # fmt: skip
    for who, titles in expected:
        assert set(typed(who, "Taalstage in de groendienst van de stad")) == titles, who and who.name
    before = {who and who.id: typed(who, "Taalstage in de groendienst") for who, _titles in expected}
    for number in range(60):  # as many as would make the word common, and would take every place
        make_thread(genk, elsewhere, title=f"Taalstage {number}", audience=Audience.SPACE)
    for who in (None, leen, rik, administrator):
        assert typed(who, "Taalstage in de groendienst") == before[who and who.id]
    assert typed(elsewhere, "Taalstage in de groendienst") != before[elsewhere.id]
    closed = make_thread(gent, leen, title="Taalstage voor de ploeg", audience=Audience.SPACE)
    assert beside(leen, closed)
    for who in (None, guest, elsewhere, administrator, rik):
        with pytest.raises(NotFound):
            beside(who, closed)


def test_what_is_hidden_taken_back_or_narrowed_is_gone_from_the_next_answer(gent, leen, rik):
    author = make_member("Ans", space=gent)
    made = [make_thread(gent, author, title=f"Wijkbudget {number}") for number in range(3)]
    about = make_thread(gent, author, title="Wijkbudget voor jongeren")
    assert len(beside(rik, about)) == 3
    hiding.hide(actor(leen), opening(made[0]).id, reason="It names a client.")
    assert set(beside(rik, about)) == set(beside(leen, about)) == {"Wijkbudget 1", "Wijkbudget 2"}
    taking_back.take_back(actor(author), opening(made[1]).id)
    assert beside(rik, about) == beside(author, about) == ["Wijkbudget 2"]
    other_readers.set_audience(actor(leen), made[2].id, audience=Audience.SPACE)
    assert (beside(rik, about), beside(leen, about)) == ([], ["Wijkbudget 2"])


def opening(thread):
    return db.session.query(Post).filter_by(thread_id=thread.id, number=1).one()


def test_a_masked_lesson_stands_beside_no_thread_for_who_stands_outside(session):
    scenario = build(Audience.SPACE)
    scenario.thread.title = "Taalstage in de groendienst"
    lesson = out(scenario, title="Taalstage met een vaste collega", one_sentence="De groendienst praat.")
    # Opened afterwards, the thread would lead to who is masked.
    thread = db.session.get_one(Thread, scenario.thread.id)
    thread.audience = Audience.NETWORK
    named = make_thread(scenario.space, scenario.author, title="Taalstage in de groendienst van de buren")
    open_one = build()
    other = out(open_one, title="Een collega en een taalstage", one_sentence="Two.")
    db.session.flush()
    for who in (scenario.reader, scenario.editor, scenario.reviewer):
        assert lesson.public_id
        assert "Taalstage met een vaste collega" not in beside(who, thread) + beside(who, named)
        found = similar.to_lesson(actor(who), lesson.public_id).similar
        assert [one.title for one in found] == ["Een collega en een taalstage"]
        assert found[0].cities == ()
        assert "Taalstage met een vaste collega" in beside(who, other)
        # Its own published words are found by whoever types them.
        assert "Taalstage met een vaste collega" in typed(who, "Een taalstage met een vaste collega")
        # Nor on the page that begins a lesson from a thread.
        like = similar.lessons_like(actor(who), named.title)
        assert [one.title for one in like] == ["Een collega en een taalstage"]
    (own,) = of_thread.lessons_of_thread(actor(scenario.author), thread.id)
    assert own.public_id == lesson.public_id
    assert beside(scenario.author, thread) == [named.title, "Een collega en een taalstage"]
    assert "Taalstage met een vaste collega" in beside(scenario.author, named)
    # What it was made from stands on its page, for whoever is led there.
    assert beside(scenario.author, lesson) == [named.title, "Een collega en een taalstage"]


def test_a_lesson_that_is_withdrawn_or_in_the_making_is_nowhere(session):
    scenario = build()
    draft = scenario.draft(text="Contact keeps people")
    saved = lessons.working(draft).saved_count
    lessons.save(
        scenario.actor("curator"), draft.id, saved_count=saved, **{**FULL, "title": "Een tandem op straat"}
    )
    for who in (scenario.reader, scenario.author, scenario.curator):
        assert typed(who, "Een tandem op straat") == []
    lesson = out(scenario, title="Een tandem in huis")
    assert typed(scenario.reader, "Een tandem op straat") == ["Een tandem in huis"]
    db.session.get_one(Lesson, lesson.id).audience = Audience.SPACE
    db.session.flush()
    assert (typed(scenario.reader, "Een tandem"), typed(scenario.author, "Een tandem")) == (
        [],
        ["Een tandem in huis"],
    )


def test_the_work_is_the_same_however_many_threads_there_are(gent, leen, rik):
    about = make_thread(gent, leen, title="Wijkbudget in de straat met de kerk", tags=("geld",))
    reader = actor(rik)
    for number in range(3):
        make_thread(gent, leen, title=f"Wijkbudget {number} in de straat", tags=("geld",))
    for _time in range(2):
        with count_queries() as of_words:
            assert similar.to_words(reader, "Wijkbudget voor de straat met de kerk en het plein")
        with count_queries() as of_thread:
            assert similar.to_thread(reader, about.id).similar
        assert (of_words.count, of_thread.count) == (3, 4)
        for number in range(80):
            make_thread(gent, leen, title=f"Wijkbudget {number} in de straat", tags=("geld",))


def test_where_nothing_is_related_the_latest_on_the_theme_in_its_group_stand_there(gent, leen, rik):
    group = make_space("Mobiliteit", kind=SpaceKind.GROUP)
    join(leen, group)
    bikes = make_thread(group, leen, title="Deelfietsen", axis=Axis.COHERENCE)
    zone = make_thread(group, leen, title="Fietszone", axis=Axis.COHERENCE)
    closed = make_thread(group, leen, title="Besloten", axis=Axis.COHERENCE, audience=Audience.SPACE)
    make_thread(group, leen, title="Iets anders", axis=Axis.DENSITY)
    make_thread(gent, leen, title="Trams", axis=Axis.COHERENCE)
    alone = make_thread(gent, leen, title="Bussen", axis=Axis.COHERENCE)
    for thread in (bikes, zone):
        thread.audience = Audience.NETWORK
    db.session.flush()
    assert beside(rik, bikes) == [zone.title]
    assert beside(leen, bikes) == [closed.title, zone.title]
    assert beside(leen, alone) == [], "a city is about everything"
    near = make_thread(group, leen, title="Deelfietsen in het station", axis=Axis.DENSITY)
    assert beside(leen, bikes) == [near.title], "what is related comes instead"
