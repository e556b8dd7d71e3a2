"""Where the drafts of reports stand: on the page of their lesson, for who may report on it."""

from collections.abc import Collection

from sqlalchemy import select

from forum.domain.drafts.views import Place, Subject
from forum.domain.lessons import report_words
from forum.domain.people import speaking
from forum.infra.db import db
from forum.models.adoptions import AdoptionReport
from forum.models.lessons import Lesson, LessonVersion
from forum.policy.actors import Actor
from forum.policy.reporting import may_change_report, may_go_on, may_report
from forum.policy.visibility import sees

FORMS = REPORT, FOLLOW_UP, REPORT_CHANGE = "report", "report_follow_up", "report_change"
# The fields in which somebody types, and what they choose beside them; the first time they may also foretell.
TYPED, CHOSEN = (*report_words.TEXTS, "post"), ("outcome", "city", "spoke", "advice")
TYPED_FIRST, CHOSEN_FIRST = (*TYPED, "expected", "stop_when"), (*CHOSEN, "due_on")


def of(actor: Actor, asked: Collection[Subject]) -> dict[Subject, Place]:
    """Return where these drafts stand, without those that the actor may not enter (at most three queries)."""
    new = [one for one in asked if one.form == REPORT]
    later = [one for one in asked if one.form != REPORT]
    return (_of_lessons(actor, new) if new else {}) | (_of_reports(actor, later) if later else {})


def _of_lessons(actor: Actor, asked: Collection[Subject]) -> dict[Subject, Place]:
    """The places of new reports on lessons that the actor sees."""
    query = (
        select(Lesson, LessonVersion.title)
        .join(LessonVersion, LessonVersion.id == Lesson.current_id)
        .where(Lesson.id.in_([one.id for one in asked]), sees(Lesson, actor))
    )
    return {
        Subject(REPORT, lesson.id): Place(
            title, "", may_report(actor, lesson), address={"public_id": lesson.public_id}
        )
        for lesson, title in db.session.execute(query)
    }


def _of_reports(actor: Actor, asked: Collection[Subject]) -> dict[Subject, Place]:
    """The places of changes of the actor's own reports, and of what goes on with them."""
    query = (
        select(AdoptionReport, Lesson.public_id, LessonVersion.title)
        .join(Lesson, Lesson.id == AdoptionReport.lesson_id)
        .join(LessonVersion, LessonVersion.id == Lesson.current_id)
        .where(
            AdoptionReport.id.in_([one.id for one in asked]),
            AdoptionReport.reporter_id == actor.id,
            sees(Lesson, actor),
        )
    )
    rows = {row[0].id: row for row in db.session.execute(query)}
    goes_on = rows and any(one.form == FOLLOW_UP for one in asked)
    held = speaking.cities_of(actor.id) if goes_on else {}
    found = {}
    for subject in asked:
        if subject.id in rows:
            report, public_id, title = rows[subject.id]
            address = {"public_id": public_id, "report_id": report.id}
            may = may_change_report(actor, report)
            if subject.form == FOLLOW_UP:
                may = may_go_on(actor, report, speaks=report.city in held)
            found[subject] = Place(title, "", may, address=address)
    return found
