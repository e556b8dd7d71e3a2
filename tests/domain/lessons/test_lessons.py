"""A lesson's life, from a thread to a published version and the next one."""

import pytest
from sqlalchemy import select

from forum.domain.lessons import claims, comparison, lessons
from forum.domain.lessons import page as lesson_page
from forum.domain.lessons.workbench import desk as workbench_desk
from forum.infra.db import db
from forum.models.events import Event
from forum.models.lessons import LessonReview, LessonState, LessonVersion, Verdict
from forum.models.spaces import Audience, Role
from forum.models.threads import Outcome
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from tests import reviewed
from tests.factories import make_member, make_post, make_space, make_thread
from tests.lesson_scenario import FULL, build


def save(scenario, lesson, **fields):
    return lessons.save(
        scenario.actor("curator"), lesson.id, saved_count=lessons.working(lesson).saved_count, **fields
    )


def test_a_moderator_of_the_space_begins_a_lesson_and_nobody_else():
    scenario = build()
    lesson = lessons.draft(scenario.actor("curator"), scenario.thread.id, title="Put talking in the roster")
    assert (lesson.state, lesson.public_id, lesson.audience) == (LessonState.DRAFT, None, Audience.NETWORK)
    for name in ("author", "reviewer", "editor"):
        with pytest.raises(Forbidden):
            lessons.draft(scenario.actor(name), scenario.thread.id, title="Mine")


def test_pressing_twice_opens_the_same_untouched_draft():
    scenario = build()
    first = lessons.draft(scenario.actor("curator"), scenario.thread.id)
    assert lessons.draft(scenario.actor("curator"), scenario.thread.id).id == first.id
    claims.add(scenario.actor("curator"), first.id, text="Something")
    assert lessons.draft(scenario.actor("curator"), scenario.thread.id).id != first.id


def test_a_draft_is_for_its_makers_only():
    scenario = build()
    lesson = scenario.draft()
    for name in ("author", "reader", "reviewer", "editor"):
        with pytest.raises(NotFound):
            lessons.save(scenario.actor(name), lesson.id, saved_count=2, title="Mine")
    assert [card.id for card in workbench_desk.in_other_hands(scenario.actor("second"))] == [lesson.id]
    assert workbench_desk.in_other_hands(scenario.actor("reviewer")) == []


def test_what_was_saved_meanwhile_is_never_overwritten():
    scenario = build()
    lesson = scenario.draft()
    seen = lessons.working(lesson).saved_count
    scenario.share(lesson)
    lessons.save(scenario.actor("second"), lesson.id, saved_count=seen, unknowns="Theirs")
    with pytest.raises(Conflict):
        lessons.save(scenario.actor("curator"), lesson.id, saved_count=seen, unknowns="Mine")
    assert lessons.working(lesson).unknowns == "Theirs"


def test_words_are_cleaned_and_kept_within_their_lengths():
    scenario = build()
    lesson = scenario.draft()
    version = save(
        scenario,
        lesson,
        title="  Talk\u202e more\n",
        conditions=["one", " one ", ""],
        tags=["Roster", "roster"],
    )
    assert (version.title, version.conditions) == ("Talk more", ["one"])
    for field, value in (
        ("title", "x" * 101),
        ("one_sentence", "x" * 201),
        ("context", "x" * 4001),
        ("axis", "moon"),
    ):
        with pytest.raises(Invalid) as refused:
            save(scenario, lesson, **{field: value})
        assert refused.value.field == field


@pytest.mark.parametrize(
    "field", ["title", "one_sentence", "needs", "unknowns", "conditions", "recommendation"]
)
def test_a_lesson_is_handed_in_only_when_it_is_whole(field):
    scenario = build()
    lesson = scenario.draft()
    save(scenario, lesson, **{field: [] if isinstance(FULL[field], list) else ""})
    with pytest.raises(Invalid) as refused:
        lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.SPACE)
    # Advice stands in several fields: the first of them is where to begin.
    assert refused.value.field == {"recommendation": "advice_field"}.get(field, field)
    assert lesson.state == LessonState.DRAFT


def test_how_it_went_must_be_chosen():
    scenario = build()
    lesson = scenario.draft()
    save(scenario, lesson, outcome=Outcome.RUNNING)
    with pytest.raises(Invalid) as refused:
        lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.SPACE)
    assert refused.value.field == "outcome"
    save(scenario, lesson, outcome=Outcome.PARTLY)
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.SPACE)


def test_words_that_contradict_ask_for_another_reading():
    scenario = build()
    lesson = scenario.draft(stance="contradicts")
    with pytest.raises(Invalid) as refused:
        lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.SPACE)
    assert refused.value.field == "alternative_reading"
    save(scenario, lesson, alternative_reading="The season was quiet.")
    assert (
        lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.SPACE).state
        == LessonState.IN_REVIEW
    )


def test_a_claim_without_words_holds_the_lesson_back():
    scenario = build()
    lesson = scenario.draft()
    bare = claims.add(scenario.actor("curator"), lesson.id, text="And it is cheap")
    with pytest.raises(Invalid) as refused:
        lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.SPACE)
    assert refused.value.field == f"claim-{bare.id}"


def test_what_is_with_a_reviewer_stands_still():
    scenario = build()
    lesson = scenario.draft()
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    assert lessons.working(lesson).sealed_at is not None
    with pytest.raises(Forbidden):
        save(scenario, lesson, title="Quickly something else")
    with pytest.raises(Forbidden):
        claims.add(scenario.actor("curator"), lesson.id, text="One more")


def test_publishing_takes_a_second_pair_of_eyes_from_another_city():
    scenario = build()
    lesson = scenario.draft()
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    for name in ("curator", "second"):
        with pytest.raises(Forbidden):
            reviewed.publish(scenario.actor(name), lesson.id)
    with pytest.raises(NotFound):
        reviewed.publish(scenario.actor("reader"), lesson.id)
    assert [card.id for card in workbench_desk.waiting_for(scenario.actor("reviewer"))] == [lesson.id]
    assert workbench_desk.waiting_for(scenario.actor("second")) == []
    reviewed.publish(scenario.actor("reviewer"), lesson.id)
    assert str(lesson.public_id).startswith("les-")
    version = db.session.get_one(LessonVersion, lesson.current_id)
    assert (version.number, version.cities, version.masked) == ("1.0", ["aalst"], False)
    assert (lesson.working_id, lesson.published_by_id) == (None, scenario.reviewer.id)
    assert lesson.review_on > lesson.published_at.date()


def test_inside_its_space_a_fellow_moderator_publishes():
    scenario = build()
    lesson = scenario.published(Audience.SPACE, by="second")
    assert lesson.state == LessonState.PUBLISHED


def test_whoever_hands_a_version_in_does_not_check_it():
    scenario = build()
    lesson = scenario.draft()
    make_member("Thijs", space=scenario.space, role=Role.MODERATOR)
    scenario.share(lesson)
    lessons.submit(scenario.actor("second"), lesson.id, audience=Audience.SPACE)
    with pytest.raises(Forbidden):
        reviewed.publish(scenario.actor("second"), lesson.id)


def test_only_an_editor_publishes_for_everybody():
    scenario = build(Audience.PUBLIC)
    lesson = scenario.draft()
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.PUBLIC)
    with pytest.raises(Forbidden):
        reviewed.publish(scenario.actor("reviewer"), lesson.id)
    reviewed.publish(scenario.actor("editor"), lesson.id)
    assert db.session.get_one(LessonVersion, lesson.current_id).licence == "CC-BY-4.0"
    assert lesson_page.page(None, lesson.public_id).version.title == FULL["title"]


def test_a_returned_version_stays_and_the_work_goes_on_in_a_copy():
    scenario = build()
    lesson = scenario.draft()
    make_thread(
        scenario.space, scenario.author, tags=("RosTer",)
    )  # whoever spelt it first: here it is spelt as here
    save(scenario, lesson, tags=["roster"])
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    sealed = lessons.working(lesson)
    with pytest.raises(Invalid):
        lessons.send_back(scenario.actor("reviewer"), lesson.id, note="  ")
    fresh = lessons.send_back(scenario.actor("reviewer"), lesson.id, note="Who says so?")
    assert (lesson.state, fresh.sequence, fresh.sealed_at) == (LessonState.DRAFT, sealed.sequence + 1, None)
    review = db.session.scalars(select(LessonReview)).one()
    assert (review.version_id, review.verdict, review.note) == (sealed.id, Verdict.RETURNED, "Who says so?")
    copied = lesson_page.preview(scenario.actor("curator"), lesson.id)
    assert [e.words for claim in copied.claims for e in claim.excerpts] == ["nobody talks with me"]
    assert copied.tags == ["roster"]
    assert db.session.scalars(select(Event.name)).all() == ["review.requested", "lesson.returned"]


def test_a_new_version_leaves_readers_the_current_one_until_it_is_published():
    scenario = build()
    lesson = scenario.published()
    lessons.revise(scenario.actor("curator"), lesson.id)
    assert lessons.revise(scenario.actor("second"), lesson.id).id == lesson.working_id
    save(scenario, lesson, unknowns="Whether it lasts two years.", change_note="a doubt added")
    page = lesson_page.page(scenario.actor("reader"), lesson.public_id)
    assert (page.version.number, page.version.unknowns) == ("1.0", "Whether it lasts.")
    with pytest.raises(Invalid):
        lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.PUBLIC)
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("reviewer"), lesson.id)
    page = lesson_page.page(scenario.actor("reader"), lesson.public_id)
    assert (page.version.number, page.version.unknowns) == ("1.1", "Whether it lasts two years.")
    old = lesson_page.page(scenario.actor("reader"), lesson.public_id, "1.0")
    assert (old.version.unknowns, old.is_current) == ("Whether it lasts.", False)
    found = comparison.compare(scenario.actor("reader"), lesson.public_id)
    assert [pieces for _title, pieces in found.changes] == [
        [("same", "Whether it lasts"), ("added", " two years"), ("same", ".")]
    ]


def test_other_advice_makes_a_whole_new_number():
    scenario = build()
    lesson = scenario.published()
    lessons.revise(scenario.actor("curator"), lesson.id)
    save(scenario, lesson, recommendation="Put an hour in the roster.")
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("reviewer"), lesson.id)
    assert db.session.get_one(LessonVersion, lesson.current_id).number == "2.0"


def test_publishing_tells_the_house_once():
    scenario = build()
    lesson = scenario.published()
    assert reviewed.publish(scenario.actor("reviewer"), lesson.id) is lesson, "sent twice"
    with pytest.raises(Conflict):
        reviewed.publish(scenario.actor("editor"), lesson.id)
    told = db.session.scalars(select(Event).where(Event.name == "lesson.published")).all()
    assert [event.payload for event in told] == [{"lesson_id": lesson.id, "version_id": lesson.current_id}]


def test_what_comes_from_an_unlisted_space_stays_there():
    scenario = build(Audience.SPACE)
    scenario.space.unlisted_at = scenario.space.created_at
    scenario.space.widest_audience = Audience.SPACE
    lesson = scenario.draft()
    scenario.agree(lesson)
    with pytest.raises(Invalid) as refused:
        lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    assert refused.value.field == "audience"


def test_another_thread_is_added_only_when_its_maker_may_take_from_it():
    scenario = build()
    lesson = scenario.draft()
    gent = make_space("Gent")
    open_talk = make_thread(gent, scenario.reviewer, body="We did it with volunteers.")
    closed_talk = make_thread(gent, scenario.reviewer, audience=Audience.SPACE)
    lessons.add_source(scenario.actor("curator"), lesson.id, open_talk.id)
    lessons.add_source(scenario.actor("curator"), lesson.id, open_talk.id)
    with pytest.raises(NotFound):
        lessons.add_source(scenario.actor("curator"), lesson.id, closed_talk.id)
    post = make_post(open_talk, scenario.reviewer, "It cost nothing.")
    claim = claims.add(scenario.actor("curator"), lesson.id, text="It is cheap")
    claims.quote(
        scenario.actor("curator"), claim.id, post_id=post.id, words="cost nothing", stance="supports"
    )
