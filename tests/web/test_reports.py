"""The pages of who applied a lesson: what each reader may do at its end, the form, and an editor who confirms."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from forum.domain.lessons import ending, lessons, listed, reports
from forum.domain.lessons.foretellings import Expected
from forum.domain.lessons.report_words import Answers
from forum.infra import clock, days
from forum.infra.db import db
from forum.models.accounts import Capacity
from forum.models.adoptions import AdoptionReport
from forum.models.drafts import Draft
from forum.models.foretellings import Foretelling
from forum.models.spaces import Audience, Membership, Role
from tests import reviewed
from tests.factories import actor, join, make_member, make_space, sign_in, submit
from tests.lesson_scenario import build


@pytest.fixture
def scenario(session):
    """A lesson for everybody, and Kim of Genk."""
    scenario = build(Audience.PUBLIC)
    scenario.lesson = scenario.published(Audience.PUBLIC, by="editor")
    scenario.genk = make_space("Genk", city="genk")
    scenario.kim = make_member("Kim", space=scenario.genk, city="genk")
    db.session.commit()
    return scenario


def at(client, path):
    """The page there, in English."""
    answer = client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 200, path
    return BeautifulSoup(answer.text, "html.parser")


def by(city, outcome="worked", **over):
    """A report of a member of a city."""
    member = make_member("Bo", space=make_space(city.title(), city=city), city=city)
    said = Answers(outcome, what_was_done="we rang them", what_came="they came", **over)
    return member, lambda lesson, **more: reports.report(actor(member), lesson.public_id, said, **more)


def test_a_lesson_ends_in_what_its_reader_can_do(client, scenario):
    path = f"/lessons/{scenario.lesson.public_id}"
    shown = at(client, path)
    end = shown.select_one("#report")
    assert "Nobody told yet how it went." in shown.select_one("#reports").get_text()
    assert ("Sign in to tell" in end.get_text(), end.select(".btn")) == (True, [])
    guest = make_member("Gust", space=scenario.genk, role=Role.GUEST, city="genk")
    db.session.commit()
    sign_in(client, guest)
    end = at(client, path).select_one("#report")
    assert ("here as a guest" in end.get_text(), end.select(".btn")) == (True, [])
    sign_in(client, scenario.kim)
    shown = at(client, path)
    filled = [each.get_text() for each in shown.select("main .btn--primary")]
    assert (filled, len(shown.select(".lesson-head .btn"))) == (["Tell how it went with you"], 1)
    assert shown.select_one("#report .btn--plain")["href"].endswith("/reports/new?outcome=running")


def test_who_became_a_guest_may_only_take_their_report_back(client, scenario):
    member, report = by("leuven")
    report(scenario.lesson)
    db.session.commit()
    sign_in(client, member)
    path = f"/lessons/{scenario.lesson.public_id}"

    def offered():
        """What they are offered there that is not refused when they follow it."""
        links = at(client, path).select("#reports .cluster a")
        assert {client.get(link["href"], follow_redirects=True).status_code for link in links} == {200}
        return [link.get_text() for link in links]

    assert offered() == ["Say how it went on", "Change", "Take back"]
    db.session.scalars(select(Membership).where(Membership.member_id == member.id)).one().role = Role.GUEST
    db.session.commit()
    assert offered() == ["Take back"]


def test_the_form_says_what_is_missing_keeps_what_was_typed_and_reports_once(client, scenario):
    path = f"/lessons/{scenario.lesson.public_id}/reports"
    sign_in(client, scenario.kim)
    form = at(client, f"{path}/new?outcome=running")
    assert form.select_one("[name=outcome][checked]")["value"] == "running"
    key = form.select_one("[name=idempotency_key]")["value"]
    kept = {"draft_form": "report", "draft_subject": str(scenario.lesson.id), "idempotency_key": key}
    typed = {"outcome": "worked", "what_was_done": "We rang them.", "differs": "Two shifts.", **kept}
    answer = submit(client, path, typed)
    assert answer.status_code == 422
    again = BeautifulSoup(answer.text, "html.parser")
    assert again.select_one("#what_came")["aria-invalid"] == "true"
    assert (
        again.select_one("#differs").get_text().strip(),
        again.select_one("details.more[open]") is not None,
    ) == (
        "Two shifts.",
        True,
    )
    typed["what_came"] = "They came."
    for _twice in range(2):
        assert submit(client, path, typed).status_code == 303
    assert db.session.scalars(select(AdoptionReport.what_came)).all() == ["They came."]
    assert db.session.scalars(select(Draft.sent_at).where(Draft.sent_at.is_(None))).all() == []
    shown = at(client, f"/lessons/{scenario.lesson.public_id}")
    says = dict(
        zip(
            [each.get_text() for each in shown.select(".says dt")],
            [each.get_text() for each in shown.select(".says dd")],
            strict=True,
        )
    )
    assert says["What is different there"] == "Two shifts."
    assert [each.get_text() for each in shown.select("#report .btn")] == ["Say how it went on"]
    assert client.get(f"{path}/new").status_code == 303, "who reported goes on with that"


def test_what_is_foretold_stands_sealed_on_the_lesson_until_its_day(client, scenario):
    member, made = by("leuven", "running")
    due_on = days.today() + timedelta(days=30)
    made(scenario.lesson, expected=Expected("fewer complaints", due_on, "nobody comes"))
    sealed = db.session.scalars(select(Foretelling)).one()
    db.session.commit()
    pages = (
        f"/lessons/{scenario.lesson.public_id}",
        f"/lessons/{scenario.lesson.public_id}/foretellings/{sealed.id}",
    )
    for path in pages:
        text = at(client, path).get_text()
        assert ("fewer complaints" in text, sealed.sha256 in text, "to be read from" in text) == (
            False,
            True,
            True,
        )
    with clock.at(clock.now() + timedelta(days=30)):
        for path in pages:
            assert "ewer complaints" in at(client, path).get_text()
        line = at(client, pages[1]).select("pre")[0].get_text()
    assert sealed.salt in line
    sign_in(client, member)
    assert submit(client, pages[1], {"_method": "DELETE"}).status_code == 303
    assert "taken back on" in at(client, pages[0]).get_text()


def test_of_a_masked_lesson_no_reader_elsewhere_learns_who_spoke_with_its_city(client, session):
    scenario = build(Audience.SPACE)
    lesson = scenario.draft()
    scenario.agree(lesson)
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("reviewer"), lesson.id, recognised=False)
    member, _made = by("leuven")
    join(member, scenario.space)
    insider = Answers("worked", what_was_done="We rang.", what_came="Well.", spoke="before")
    reports.report(actor(member), lesson.public_id, insider)
    outsider, made = by("genk", spoke="before")
    made(lesson)
    db.session.commit()
    assert db.session.scalars(select(AdoptionReport.spoke).order_by(AdoptionReport.id)).all()[1] is None
    sign_in(client, outsider)
    form = client.get(client.get(f"/lessons/{lesson.public_id}/reports/own").location)
    assert ("what_was_done" in form.text, 'name="spoke"' in form.text) == (True, False)
    for path in ("", "/reports"):
        assert "Spoke with" not in at(client, f"/lessons/{lesson.public_id}{path}").get_text()
    sign_in(client, member)
    assert "Spoke with" in at(client, f"/lessons/{lesson.public_id}").get_text()


@pytest.mark.both_databases
def test_the_page_costs_the_same_however_many_reports_there_are(client, scenario, count_queries):
    path = f"/lessons/{scenario.lesson.public_id}"
    sign_in(client, scenario.kim)

    def cost():
        with count_queries() as seen:
            shown = at(client, path)
        return seen.count, len(shown.select(".reports > li"))

    none = cost()
    for number in range(12):
        member = make_member(f"Bo{number}", space=scenario.genk, city="genk")
        said = Answers("not_done", what_came=f"Nobody has time {number}.")
        reports.report(actor(member), scenario.lesson.public_id, said)
    db.session.commit()
    many = cost()
    assert (none[1], many) == (0, (none[0], 10))
    assert many[0] <= 8
    listed = at(client, f"{path}/reports")
    assert len(listed.select(".reports > li")) == 12


def test_an_editor_confirms_on_the_page_and_nobody_else_sees_the_button(client, scenario):
    path = f"/lessons/{scenario.lesson.public_id}"
    for city in ("leuven", "genk"):
        by(city)[1](scenario.lesson)
    db.session.commit()
    sign_in(client, scenario.kim)
    assert at(client, path).select("#confirmation") == []
    assert submit(client, f"{path}/confirmation", {}).status_code == 403
    sign_in(client, scenario.editor)
    assert "it went well in enough other cities" in at(client, "/").get_text()
    assert at(client, path).select_one("#confirmation button").get_text() == "Confirm this lesson"
    for _twice in range(2):
        assert submit(client, f"{path}/confirmation", {}).status_code == 303
    shown = at(client, path)
    assert "Confirmed by other cities" in shown.get_text()
    undo = shown.select_one("#confirmation form")["action"]
    assert submit(client, undo, {}).status_code == 303
    assert listed.published(None, scenario.lesson.public_id).confirmed_at is None


def test_who_speaks_for_its_city_no_longer_reads_so_before_writing_and_loses_nothing(client, scenario):
    path = f"/lessons/{scenario.lesson.public_id}/reports"
    made = reports.report(
        actor(scenario.kim), scenario.lesson.public_id, Answers("running", what_was_done="a", what_came="b")
    )
    db.session.commit()
    sign_in(client, scenario.kim)
    form = at(client, f"{path}/{made.id}/follow-ups/new")
    kept = {
        "draft_form": "report_follow_up",
        "draft_subject": str(made.id),
        "idempotency_key": form.select_one("[name=idempotency_key]")["value"],
    }
    for capacity in db.session.scalars(select(Capacity).where(Capacity.member_id == scenario.kim.id)):
        capacity.ends_on = days.today() - timedelta(days=1)
    db.session.commit()
    typed = {"outcome": "worked", "what_was_done": "Long words", "what_came": "More of them"}
    answer = submit(client, f"{path}/{made.id}/follow-ups", typed | kept)
    assert "Long words" in client.get(answer.location).text, "they are kept, and shown to copy"
    for query in ("", f"?draft={db.session.scalars(select(Draft.id)).one()}"):
        there = client.get(f"{path}/{made.id}/follow-ups/new{query}", headers={"Accept-Language": "en"})
        moved = BeautifulSoup(there.text, "html.parser")
        assert (there.status_code, moved.select("[name=what_was_done]")) == (403, []), "no form to be refused"
        assert "You no longer speak for the city of this report." in moved.get_text()
        assert "Long words" in client.get(moved.find("a", string="Read it again")["href"]).text
    # To put right what they said then, they need to speak for nobody now.
    form = at(client, f"{path}/{made.id}/change")
    assert ("You report for Genk" in form.get_text(), "You speak for no city" in form.get_text()) == (
        True,
        False,
    )
    assert submit(client, f"{path}/{made.id}", typed).status_code == 303


def test_who_reported_takes_it_back_also_once_the_lesson_ended(client, scenario):
    path = f"/lessons/{scenario.lesson.public_id}/reports"
    member, made = by("leuven")
    report = made(scenario.lesson)
    ending.withdraw(scenario.actor("editor"), scenario.lesson.public_id, reason="Gone.")
    db.session.commit()
    sign_in(client, scenario.kim)
    assert client.get(f"{path}/{report.id}/withdrawal").status_code == 403
    sign_in(client, member)
    assert "Take your report back?" in at(client, f"{path}/{report.id}/withdrawal").get_text()
    assert submit(client, f"{path}/{report.id}", {"_method": "DELETE"}).status_code == 303
    assert db.session.scalars(select(AdoptionReport)).all() == []


def test_who_foretold_reads_it_again_beside_the_question_once_its_day_is_there(client, scenario):
    member, made = by("leuven", "running")
    due_on = days.today() + timedelta(days=30)
    report = made(scenario.lesson, expected=Expected("fewer complaints", due_on, "nobody comes"))
    db.session.commit()
    path = f"/lessons/{scenario.lesson.public_id}/reports"
    sign_in(client, member)
    assert "ewer complaints" not in at(client, f"{path}/{report.id}/follow-ups/new").get_text()
    with clock.at(clock.now() + timedelta(days=30)):
        sign_in(client, member)
        for _twice in range(2):
            shown = at(client, client.get(f"{path}/own").location).select_one(".notice").get_text()
            assert ("Fewer complaints." in shown, "Nobody comes." in shown) == (True, True)
            said = Answers("running", what_was_done="On and on", what_came="Not much yet.")
            reports.go_on(actor(member), scenario.lesson.public_id, report.id, said)
            db.session.commit()
