"""Something happens while a verb waits for its lock: what it read before does not count, as none of it may be true.

What others did is written past the session, just before the lock is had: as if they committed while it waited.
"""

import pytest
from sqlalchemy import delete, func, select, update

from forum.domain.cahiers import cahiers
from forum.domain.cahiers.cahiers import Words
from forum.domain.lessons import lessons, reports, review_checklist, review_comments
from forum.domain.lessons.report_words import Answers
from forum.infra import clock
from forum.infra.db import db
from forum.infra.rows import insert_new
from forum.models.adoptions import AdoptionReport
from forum.models.cahiers import Cahier
from forum.models.lesson_steps import Ending
from forum.models.lessons import Lesson
from forum.models.reviewing import ReviewComment, ReviewLook
from forum.models.spaces import Audience
from forum.policy.errors import Forbidden, NotFound
from tests.factories import actor, make_member, make_space
from tests.lesson_scenario import build

pytestmark = pytest.mark.both_databases
RUNS = Answers("running", what_was_done="We begin.", problem="Ours.")
WENT = Answers("worked", what_was_done="We rang.", what_came="Well.")


@pytest.fixture
def scenario(session):
    """A published lesson on which Kim of Genk reported."""
    scenario = build()
    scenario.lesson = scenario.published()
    scenario.kim = actor(make_member("Kim", space=make_space("Genk", city="genk"), city="genk"))
    scenario.report = reports.report(scenario.kim, scenario.lesson.public_id, RUNS)
    db.session.commit()
    return scenario


@pytest.fixture
def meanwhile(monkeypatch):
    """Let others do something just before `module.name` is done."""

    def wait(module, name, statement):
        genuine = getattr(module, name)

        def waited(*args, **named):
            db.session.connection().execute(statement)
            monkeypatch.setattr(module, name, genuine)
            return genuine(*args, **named)

        monkeypatch.setattr(module, name, waited)

    return wait


def stored():
    """The reports as they are stored."""
    db.session.expire_all()
    return [
        (one.what_was_done, one.problem, one.what_came, one.stands)
        for one in db.session.scalars(select(AdoptionReport).order_by(AdoptionReport.id))
    ]


def test_nobody_goes_on_with_a_report_that_is_gone_or_changes_it(scenario, meanwhile):
    public_id, report_id = scenario.lesson.public_id, scenario.report.id
    gone = delete(AdoptionReport).where(AdoptionReport.id == report_id)
    for verb in (reports.go_on, reports.change):
        meanwhile(reports, "hold", gone)
        with pytest.raises(NotFound):
            verb(scenario.kim, public_id, report_id, WENT)
        assert stored() == []
        db.session.rollback()


def test_a_change_is_made_of_what_stands_by_then(scenario, meanwhile):
    public_id, report_id = scenario.lesson.public_id, scenario.report.id
    own = update(AdoptionReport).where(AdoptionReport.id == report_id)
    meanwhile(reports, "hold", own.values(what_was_done="Other.", problem="Other."))
    reports.change(
        scenario.kim, public_id, report_id, Answers("running", what_was_done="Other.", problem="Ours.")
    )
    assert stored() == [("Other.", "Ours.", "", True)], "no mixture of both"
    db.session.commit()
    meanwhile(reports, "hold", own.values(stands=False))
    with pytest.raises(Forbidden):
        reports.change(scenario.kim, public_id, report_id, WENT)


def test_a_lesson_that_ends_or_closes_meanwhile_gets_no_report(scenario, meanwhile):
    public_id, report_id = scenario.lesson.public_id, scenario.report.id
    one, before = update(Lesson).where(Lesson.id == scenario.lesson.id), stored()
    ended = one.values(ended_at=clock.now(), ended_as=Ending.WITHDRAWN, ended_reason="Gone.")
    for others, refused in ((ended, Forbidden), (one.values(audience=Audience.SPACE), NotFound)):
        for verb in (
            lambda: reports.report(scenario.actor("reader"), public_id, WENT),
            lambda: reports.go_on(scenario.kim, public_id, report_id, WENT),
            lambda: reports.change(scenario.kim, public_id, report_id, WENT),
        ):
            meanwhile(reports, "hold", others)
            with pytest.raises(refused):
                verb()
            assert stored() == before
            db.session.rollback()


def in_review(scenario):
    lesson = scenario.draft()
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    return lesson


def test_a_comment_that_is_gone_is_neither_settled_nor_deleted(scenario, meanwhile):
    reviewer = scenario.actor("reviewer")
    comment = review_comments.add(reviewer, in_review(scenario).id, place="title", text="Hm.")
    comment_id = comment.id
    db.session.commit()
    for verb in (review_comments.settle, review_comments.remove):
        meanwhile(review_comments, "get_visible", delete(ReviewComment).where(ReviewComment.id == comment_id))
        with pytest.raises(NotFound):
            verb(reviewer, comment_id)
        db.session.rollback()


def test_answers_are_kept_where_the_page_was_opened_meanwhile(scenario, monkeypatch):
    reviewer, lesson = scenario.actor("reviewer"), in_review(scenario)
    version_id, genuine = lesson.working_id, review_checklist._row

    def opened_after(*asked):
        """The page of the reviewer is opened just after somebody looked whether she did."""
        found = genuine(*asked)
        insert_new(
            ReviewLook,
            [{"version_id": version_id, "member_id": reviewer.id, "at": clock.now(), "answers": {}}],
        )
        return found

    monkeypatch.setattr(review_checklist, "_row", opened_after)
    for question, reply in (("limits", "yes"), ("dissent", "doubt")):
        review_checklist.answer(reviewer, lesson.id, {question: reply})
    kept = db.session.scalars(select(ReviewLook.answers).where(ReviewLook.version_id == version_id)).one()
    assert kept == {"limits": "yes", "dissent": "doubt"}


def test_a_cahier_is_one_though_it_was_sent_twice_and_takes_no_address_of_another(
    scenario, monkeypatch, meanwhile
):
    editor, now = scenario.actor("editor"), clock.now()
    row = {"title": "Samen", "body": "Woorden.", "html": "<p>Woorden.</p>", "render_version": 1, "slug": "samen",
           "audience": Audience.NETWORK, "editor_id": editor.id, "created_at": now, "changed_at": now}  # fmt: skip
    words = Words("Samen", "Woorden.", Audience.NETWORK)
    genuine = cahiers.accounts.one_at_a_time

    def first(who):
        insert_new(Cahier, [row])
        genuine(who)

    monkeypatch.setattr(cahiers.accounts, "one_at_a_time", first)
    assert cahiers.create(editor, words).slug == "samen"
    assert db.session.scalar(select(func.count(Cahier.id))) == 1
    monkeypatch.setattr(cahiers.accounts, "one_at_a_time", genuine)
    taken = cahiers.Cahier.__table__.insert().values(
        **{**row, "title": "Ander", "slug": "nog-een", "revision": 1}
    )
    meanwhile(cahiers.rates, "spend", taken)
    assert cahiers.create(editor, Words("Nog een", "Woorden.", Audience.NETWORK)).slug == "nog-een-2"
