"""How a lesson went elsewhere: reported, gone on with, taken back; asked again; and confirmed by an editor."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from forum.domain.audit import undoable
from forum.domain.consents import settling
from forum.domain.lessons import confirming, library, page, ready, report_list, report_questions, reports
from forum.domain.lessons.report_words import TEXTS, Answers
from forum.domain.moderation import undo
from forum.infra import clock, days
from forum.infra.db import db
from forum.jobs import calendar, worker
from forum.models.accounts import Body, NetworkRole
from forum.models.adoptions import AdoptionReport, ReportQuestion
from forum.models.lesson_steps import LessonStep
from forum.models.notifications import Notification
from forum.models.spaces import Audience, SpaceKind
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from tests.factories import actor, make_member, make_space
from tests.lesson_scenario import build

DONE = {"what_was_done": "We rang them.", "what_came": "They came."}


@pytest.fixture
def scenario(session):
    """A published lesson of Aalst, and members of other cities by their names."""
    scenario = build()
    scenario.lesson = scenario.published()
    scenario.of = {}
    for city in ("genk", "leuven", "gent"):
        space = make_space(city.title() + "s", city=city)
        scenario.of[city] = make_member("Kim", space=space, city=city)
    return scenario


def said(outcome="worked", **over):
    """Answers as they were filled in."""
    return Answers(**{"outcome": outcome, **DONE, **over})


def report(scenario, city, outcome="worked", **over):
    """A report of a city."""
    return reports.report(
        actor(scenario.of[city]), scenario.lesson.public_id, said(outcome, **over), city=city
    )


def applied_in(scenario):
    """In how many cities the lesson was applied, as the library orders by it."""
    db.session.refresh(scenario.lesson)
    return scenario.lesson.applied_in


def told(kind):
    """Who was told of a kind."""
    db.session.commit()
    worker.run_until_idle()
    query = select(Notification.member_id).where(Notification.kind == kind).order_by(Notification.member_id)
    return list(db.session.scalars(query))


def test_who_may_report_and_what_has_to_be_said(scenario):
    number = scenario.lesson.public_id
    guest = make_member("Gust", city="genk")
    space = make_space("Water", kind=SpaceKind.GROUP)
    nobody = make_member("Ada", space=space, city="genk", body=Body.ACADEMIC)
    with pytest.raises(NotFound):
        reports.report(actor(guest), number, said())
    with pytest.raises(Invalid, match="city"):
        reports.report(actor(nobody), number, said())
    for wrong, field in (
        ({"outcome": "?"}, "outcome"),
        ({"what_was_done": " "}, "what_was_done"),
        ({"what_came": ""}, "what_came"),
        ({"outcome": "not_done", "what_was_done": "", "what_came": ""}, "what_came"),
        ({"problem": "x" * 1_501}, "problem"),
        ({"post": "/threads/999999"}, "post"),
        ({"post": "elsewhere"}, "post"),
    ):
        with pytest.raises(Invalid) as caught:
            reports.report(actor(scenario.of["genk"]), number, said(**wrong))
        assert caught.value.field == field, wrong
    post = f"https://forum.example/threads/{scenario.thread.id}/why?page=1#post-2"
    made = report(scenario, "genk", "not_done", what_was_done="", what_came="Nobody has time.", post=post)
    assert (made.outcome, made.post_id) == ("not_done", scenario.posts()[1].id)
    (shown,) = report_list.of_lesson(scenario.actor("reader"), scenario.lesson).newest
    assert (shown.words["what_came"], shown.post.number, shown.outcome) == ("Nobody has time.", 2, "not_done")
    scenario.thread.audience = Audience.SPACE
    db.session.flush()
    assert report_list.of_lesson(scenario.actor("reader"), scenario.lesson).newest[0].post is None


def test_a_report_that_is_gone_on_with_is_one_witness_with_its_last_word(scenario):
    number, kim = scenario.lesson.public_id, actor(scenario.of["genk"])
    first = report(scenario, "genk", "running")
    assert report(scenario, "genk", "running").id == first.id, "sent twice it was sent once"
    with pytest.raises(Conflict):
        report(scenario, "genk")
    later = reports.go_on(kim, number, first.id, said(spoke="before", advice="yes"))
    assert reports.go_on(kim, number, first.id, said(spoke="before", advice="yes")).id == later.id
    with pytest.raises(Conflict):
        reports.go_on(kim, number, first.id, said("failed"))
    with pytest.raises(Invalid):
        reports.go_on(kim, number, later.id, said("not_done"))
    found = report_list.of_lesson(scenario.actor("reader"), scenario.lesson)
    assert [(one.id, one.outcome, one.earlier[1]) for one in found.newest] == [
        (later.id, "worked", "running")
    ]
    assert (found.count, dict(found.by_outcome)) == (1, {"worked": 1})
    with pytest.raises(NotFound):
        report_list.course(None, scenario.lesson, first.id, hidden=False)


def test_the_course_of_a_report_is_read_by_who_reads_the_lesson(scenario):
    number, kim = scenario.lesson.public_id, actor(scenario.of["genk"])
    first = report(scenario, "genk", "running")
    later = reports.go_on(kim, number, first.id, said())
    reader = scenario.actor("reader")
    for one in (first, later):
        course = report_list.course(reader, scenario.lesson, one.id, hidden=False)
        assert [each.id for each in course] == [later.id, first.id]
    (card,) = library.page(reader).rows
    assert card.adoptions == [("genk", "running"), ("genk", "worked")]
    assert applied_in(scenario) == 1
    others = actor(scenario.of["leuven"])
    for refused in (
        lambda: reports.go_on(others, number, later.id, said()),
        lambda: reports.change(others, number, later.id, said()),
        lambda: reports.take_back(others, number, later.id),
    ):
        with pytest.raises(Forbidden):
            refused()
    changed = reports.change(kim, number, later.id, said("partly"))
    assert (changed.outcome, changed.changed_on) == ("partly", days.today())
    reports.take_back(kim, number, later.id)
    reports.take_back(kim, number, later.id)
    assert first.stands
    reports.take_back(kim, number, first.id)
    assert (db.session.scalar(select(func.count(AdoptionReport.id))), applied_in(scenario)) == (0, 0)


def test_what_was_considered_and_left_lights_nothing_and_counts_for_nothing(scenario):
    report(scenario, "genk", "not_done")
    report(scenario, "leuven")
    assert scenario.lesson.ready_at is None
    assert (
        applied_in(scenario),
        page.page(scenario.actor("reader"), scenario.lesson.public_id).pairs,
    ) == (
        1,
        [("leuven", "worked")],
    )


def test_an_editor_confirms_what_enough_cities_reported_and_undoes_it(scenario):
    lesson, editor = scenario.lesson, scenario.actor("editor")
    with pytest.raises(Conflict):
        confirming.confirm(editor, lesson.public_id)
    report(scenario, "genk")
    report(scenario, "leuven", "partly")
    assert (lesson.confirmed_at, lesson.ready_at is not None) == (None, True)
    reporting = make_member(
        "Ed", space=make_space("Hasselt", city="hasselt"), network_role=NetworkRole.EDITOR
    )
    reports.record(
        lesson.id, city="hasselt", reporter_id=reporting.id, outcome="failed", reported_on=days.today()
    )
    assert [one.public_id for one in ready.waiting(editor)] == [lesson.public_id]
    assert ready.waiting(actor(reporting)) == []
    assert told("ready_to_confirm") == [scenario.editor.id]
    for refused in ("reader", "curator", "reviewer"):
        with pytest.raises(Forbidden):
            confirming.confirm(scenario.actor(refused), lesson.public_id)
    with pytest.raises(Forbidden):
        confirming.confirm(actor(reporting), lesson.public_id)
    confirming.confirm(editor, lesson.public_id)
    since = lesson.confirmed_at
    confirming.confirm(editor, lesson.public_id)
    assert (lesson.confirmed_at, lesson.ready_at, ready.waiting(editor)) == (since, None, [])
    (act,) = confirming.of_page(editor, lesson, page.page(editor, lesson.public_id).facts).acts
    undo.undo(editor, act.id)
    assert (lesson.confirmed_at, lesson.ready_at is not None) == (None, True)
    confirming.confirm(editor, lesson.public_id)
    kinds = db.session.scalars(select(LessonStep.kind).order_by(LessonStep.id.desc()).limit(3)).all()
    assert list(kinds) == ["confirm", "undo_confirm", "confirm"]
    with clock.at(clock.now() + undoable.WINDOW + timedelta(minutes=1)):
        assert told("lesson_confirmed") == sorted({scenario.author.id, scenario.curator.id})


def test_a_report_that_is_taken_back_takes_the_confirmation_along(scenario):
    lesson, number = scenario.lesson, scenario.lesson.public_id
    report(scenario, "genk")
    made = report(scenario, "leuven")
    confirming.confirm(scenario.actor("editor"), number)
    extra = report(scenario, "gent")
    reports.take_back(actor(scenario.of["gent"]), number, extra.id)
    assert lesson.confirmed_at is not None
    reports.go_on(actor(scenario.of["leuven"]), number, made.id, said("failed"))
    assert (lesson.confirmed_at, lesson.ready_at) == (None, None)
    (last,) = db.session.scalars(select(LessonStep).order_by(LessonStep.id.desc()).limit(1))
    assert (last.kind, last.actor_id) == ("unconfirm", None), "whose report it was stands nowhere"


def test_who_is_behind_a_lesson_hears_where_it_was_applied(scenario):
    report(scenario, "genk")
    assert told("applied") == sorted({scenario.author.id, scenario.curator.id})
    report(scenario, "leuven", "not_done")
    assert len(told("applied")) == 4


def test_running_reports_are_asked_again_once_after_each_term(scenario):
    first = report(scenario, "genk", "running")
    gone = report(scenario, "leuven", "running")
    report(scenario, "gent", "failed")
    asked = {}
    for day in (80, 95, 96, 200, 370, 371, 500):
        with clock.at(clock.now() + timedelta(days=day)):
            if day == 95:
                scenario.of["leuven"].suspended_at = clock.now()
                db.session.commit()
            calendar.ask_reporters()
            calendar.ask_reporters()
            asked[day] = told("report_asked")
    kim = scenario.of["genk"].id
    assert [len(each) for each in asked.values()] == [0, 1, 1, 1, 2, 2, 2]
    assert set(asked[500]) == {kim}, "who left is never asked"
    marks = select(ReportQuestion.report_id, ReportQuestion.months).order_by(
        ReportQuestion.report_id, ReportQuestion.months
    )
    assert [tuple(row) for row in db.session.execute(marks)] == [
        (first.id, 3), (first.id, 12), (gone.id, 3), (gone.id, 12)
    ]  # fmt: skip


def test_what_was_answered_shortly_before_is_not_asked(scenario):
    made = report(scenario, "genk", "running")
    kim = actor(scenario.of["genk"])
    with clock.at(clock.now() + timedelta(days=80)):
        reports.go_on(kim, scenario.lesson.public_id, made.id, said("running", what_came="Half of them."))
    with clock.at(clock.now() + timedelta(days=100)):
        calendar.ask_reporters()
        assert told("report_asked") == []
    with clock.at(clock.now() + timedelta(days=370)):
        calendar.ask_reporters()
        assert told("report_asked") == [kim.id]
    day = days.today().replace(year=2027, month=5, day=31)
    assert report_questions.before(day, 3).isoformat() == "2027-02-28"


def test_of_an_erased_account_it_stays_to_be_seen_that_a_city_applied_it_and_no_word(scenario):
    number, kim = scenario.lesson.public_id, actor(scenario.of["genk"])
    post = f"/threads/{scenario.thread.id}"
    first = report(scenario, "genk", "running", problem="Many", advice="yes", spoke="before", post=post)
    reports.go_on(kim, number, first.id, said("worked", differs="Two shifts", advice="yes", post=post))
    report(scenario, "leuven", differs="Three")
    assert applied_in(scenario) == 2
    settling.erase(kim.id)
    db.session.expire_all()
    rows = db.session.scalars(select(AdoptionReport).where(AdoptionReport.reporter_id == kim.id)).all()
    assert [row.outcome for row in rows] == ["running", "worked"]
    kept = {getattr(row, name) for row in rows for name in (*TEXTS, "spoke", "advice", "post_id")}
    assert kept == {"", None}
    assert applied_in(scenario) == 2
    other, erased = report_list.of_lesson(scenario.actor("reader"), scenario.lesson).newest
    assert (other.words["differs"], set(erased.words.values()), erased.post) == ("Three", {""}, None)
