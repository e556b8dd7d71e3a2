"""A lesson that ended: its page says so, and no list, feed, digest or suggestion shows it, whoever looks."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select, update

from forum.domain.digests import personal_queries
from forum.domain.lessons import ending, foretellings, lessons, reports
from forum.domain.lessons.foretellings import Expected
from forum.domain.lessons.report_words import Answers
from forum.domain.lessons.unknowns import keeping, sharing
from forum.infra import clock, days
from forum.infra.db import db
from forum.infra.statements import select_rows
from forum.models.adoptions import AdoptionReport
from forum.models.spaces import Audience, Membership, Role
from forum.models.unknowns import UnknownSharing
from tests import reviewed
from tests.factories import actor, make_member, make_space, sign_in, submit
from tests.lesson_scenario import build

GONE, REPLACED, STANDS = "Zwartingetrokken praten", "Zwartvervangen praten", "Zwartstaande praten"
# The pages that are about one lesson, or about what its makers and readers themselves did with it.
ABOUT_ONE = {
    "reports",
    "foretellings",
    "disputes",
    "ageing",
    "ending",
    "confirmations",
    "annotations",
    "lesson_steps",
}
# What rests on a thread to archive or move, and what hiding or taking back a post does to lessons: also to those that
# ended, which keep their words.
LOSSES = {"posts.ask_withdrawal", "moderation.ask_hiding", "sealing.ask_deletion", "archiving.ask",
          "regrouping.ask_move"}  # fmt: skip
OWN = {"notices", "undoing", "workbench", "workbench_claims", "consents", "handovers", "drafts"}


@pytest.fixture
def scenario(session):
    """Three lessons for everybody of one thread: one stands, one is to be withdrawn, one superseded by the first."""
    scenario, scenario.made = build(Audience.PUBLIC), {}
    curator = scenario.actor("curator")
    for title in (STANDS, GONE, REPLACED):
        lesson = scenario.draft()
        saved = lessons.working(lesson).saved_count
        lessons.save(curator, lesson.id, saved_count=saved, title=title, tags=["roster"])
        lessons.submit(curator, lesson.id, audience=Audience.PUBLIC)
        scenario.made[title] = reviewed.publish(scenario.actor("editor"), lesson.id)
    db.session.commit()
    return scenario


def ended(scenario):
    """End two of them."""
    editor = scenario.actor("editor")
    ending.withdraw(editor, scenario.made[GONE].public_id, reason="The rule is gone.")
    stands = scenario.made[STANDS].public_id
    ending.supersede(editor, scenario.made[REPLACED].public_id, by=stands, reason="This one says it better.")
    db.session.commit()


def addresses(app, scenario):
    """Every page that is no page of one lesson or one's own, with what its address needs, and lists asked in ways."""
    known = {
        "slug": scenario.space.slug, "thread_id": scenario.thread.id, "handle": scenario.author.handle,
        "axis": "solidaire-stadspolis", "post_id": scenario.post.id, "public_id": scenario.made[STANDS].public_id,
        "number": "1.0", "kind": "lessons", "city": "aalst", "member_id": scenario.author.id,
    }  # fmt: skip
    for rule in app.url_map.iter_rules():
        left_out = rule.endpoint in LOSSES or rule.endpoint.partition(".")[0] in ABOUT_ONE | OWN
        if left_out or "GET" not in rule.methods or not set(rule.arguments) <= set(known):
            continue
        own = {"slug": scenario.thread.slug} if {"slug", "thread_id"} <= set(rule.arguments) else {}
        with app.test_request_context():
            path = app.url_map.bind("localhost").build(
                rule.endpoint, {**{name: known[name] for name in rule.arguments}, **own}
            )
        yield rule.endpoint, path
    for query in (
        "?q=praten",
        "?q=Zwart",
        "?sort=due",
        "?sort=applied",
        "?sort=certain",
        "?axis=solidaire-stadspolis",
    ):
        yield "lessons.index", f"/lessons{query}"
    for path in ("/search?q=praten", "/search?q=zwartingetrokken", "/search?q=zwartvervangen"):
        yield "search.index", path


def met(client, app, scenario):
    """On which addresses each of the titles stands, for who is signed in."""
    found = {title: set() for title in scenario.made}
    for endpoint, path in addresses(app, scenario):
        text = client.get(path, headers={"Accept-Language": "en"}).get_data(as_text=True)
        for title, lesson in scenario.made.items():
            if title.split()[0] in text or f"/lessons/{lesson.public_id}" in text:
                found[title].add(f"{endpoint} {path}")
    return found


@pytest.mark.parametrize("who", [None, "reader", "author", "second", "editor"])
def test_no_list_shows_one_that_ended_whoever_looks(client, app, scenario, who):
    if who is not None:
        sign_in(client, getattr(scenario, who))
    before = met(client, app, scenario)
    ended(scenario)
    after = met(client, app, scenario)
    lists = {one.partition(" ")[0] for one in before[GONE]}
    assert {"lessons.index", "feeds.lessons", "threads.show", "search.index", "home.index"} <= lists, lists
    # The one that stands is reached from wherever it was; the page of who looked for a title says what they typed.
    assert before[STANDS] <= after[STANDS]
    for title in (GONE, REPLACED):
        left = {one for one in after[title] if not one.startswith("search.index /search?q=zwart")}
        assert left == set(), title


def test_it_is_in_no_digest(scenario):
    since = clock.now() - timedelta(days=1)

    def news():
        values = {"member_ids": [scenario.reader.id], "since": since, "until": clock.now()}
        return {row.lesson_id for row in select_rows(personal_queries.lessons(), values)}

    assert news() == {lesson.id for lesson in scenario.made.values()}
    ended(scenario)
    assert news() == {scenario.made[STANDS].id}


def test_its_page_stays_with_the_reason_and_the_way_on_and_out_of_indexes(client, scenario):
    public_id = scenario.made[GONE].public_id
    path = f"/lessons/{public_id}"
    sign_in(client, scenario.reader)
    assert submit(client, f"{path}/withdrawal", {"reason": "x"}).status_code == 403
    sign_in(client, scenario.second)
    asked = client.get(f"{path}/withdrawal", headers={"Accept-Language": "en"})
    assert "2 people hear of it" in asked.text
    assert submit(client, f"{path}/withdrawal", {"reason": ""}).status_code == 422
    for _twice in range(2):
        assert submit(client, f"{path}/withdrawal", {"reason": "The rule is gone."}).status_code == 303
    other = scenario.made[STANDS].public_id
    replaced = f"/lessons/{scenario.made[REPLACED].public_id}"
    typed = {"by": other, "reason": "This one says it better."}
    wrong = submit(client, f"{replaced}/supersession", typed | {"by": "les-1999-001"})
    assert (wrong.status_code, "This one says it better." in wrong.text) == (422, True)
    assert submit(client, f"{replaced}/supersession", typed).status_code == 303
    shown = BeautifulSoup(client.get(path, headers={"Accept-Language": "en"}).text, "html.parser")
    assert shown.select_one("main form.notice") is not None, "it can be undone"
    client.get("/sign-out")
    with client.session_transaction() as kept:
        kept.clear()
    client.delete_cookie("session")
    for address, words in ((path, "The rule is gone."), (replaced, "This one says it better.")):
        for more in ("", "/v/1.0"):
            answer = client.get(address + more, headers={"Accept-Language": "en"})
            page = BeautifulSoup(answer.text, "html.parser")
            assert (answer.status_code, answer.headers.get("X-Robots-Tag")) == (200, "noindex")
            above = page.select_one("main .notice--grave").get_text()
            assert (words in above, "nobody talks with me" in page.get_text()) == (True, True)
    found = client.get(f"/search?q={public_id}", follow_redirects=True, headers={"Accept-Language": "en"})
    assert "This lesson is withdrawn." in found.text
    assert page.select_one("main .notice--grave a")["href"].endswith(other)


def at(client, path, status=200):
    """The page there, in English."""
    answer = client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == status, path
    return BeautifulSoup(answer.text, "html.parser")


def test_on_one_that_ended_everybody_takes_back_their_own_and_nothing_is_promised(client, scenario):
    lesson, kim = scenario.made[GONE], make_member("Kim", space=make_space("Genk", city="genk"), city="genk")
    path, who = f"/lessons/{lesson.public_id}", actor(kim)
    runs = Answers("running", what_was_done="We begin.")
    due = days.today() + timedelta(days=90)
    report = reports.report(who, lesson.public_id, runs, expected=Expected("Fewer complaints.", due, ""))
    (question,) = keeping.open_of(lesson.id)
    sharing.share(who, question.id)
    lesson.confirmed_at = clock.now()
    db.session.commit()
    sign_in(client, kim)
    promises = (
        "we ask on",
        "To be looked at again",
        "“What we do not know”",
        "Say how it went on",
        "Be the first",
    )
    shown = at(client, path)
    assert [words in shown.get_text() for words in promises] == [True] * 4 + [False]
    assert {mark.get_text() for mark in shown.select(".lesson-head .state--ok")} == {
        "Worked",
        "Confirmed by other cities",
    }
    ended(scenario)
    shown = at(client, path)
    assert [words in shown.get_text() for words in promises] == [False] * 5
    assert shown.select(".lesson-head .state--ok, .lesson-head .state--grave") == []
    assert {mark.get_text() for mark in shown.select(".lesson-head .state")} == {
        "Worked",
        "Confirmed by other cities",
    }
    one = f"{path}/reports/{report.id}"
    for page in (shown, at(client, f"{path}/reports"), at(client, one)):
        own = [link["href"] for link in page.select(f"#report-{report.id} .cluster a")]
        assert own == [f"{one}/withdrawal"], "that alone"
    for page in ("follow-ups/new", "change"):
        at(client, f"{one}/{page}", 403)
    with clock.at(clock.now() + timedelta(days=91)):
        assert foretellings.ask_due() == 0, "nobody can answer"
    form = next(form for form in shown.select("main form") if "sharing" in form["action"])
    assert "Whether it lasts." in form.get_text()
    fields = {field["name"]: field["value"] for field in form.select("input")}
    for _twice in range(2):
        assert submit(client, form["action"], fields).location.startswith(path)
    assert at(client, f"{one}/withdrawal").select_one("main form")["action"] == one
    assert submit(client, one, {"_method": "DELETE"}).status_code == 303
    left = at(client, path)
    assert left.select("form[action*=sharing], .reports li") == []
    assert "Nobody told how it went." in left.get_text()
    assert (
        db.session.scalars(select(AdoptionReport)).all() + db.session.scalars(select(UnknownSharing)).all()
        == []
    )
    ending.bring_back(scenario.actor("editor"), lesson.public_id)
    assert "Be the first" in at(client, path).get_text()


def test_who_is_only_a_guest_by_now_still_takes_their_report_back(client, scenario):
    lesson = scenario.made[STANDS]
    report = reports.report(
        scenario.actor("reader"), lesson.public_id, Answers("running", what_was_done="Begun.")
    )
    role = update(Membership).where(Membership.member_id == scenario.reader.id)
    db.session.execute(role.values(role=Role.GUEST))
    db.session.commit()
    sign_in(client, scenario.reader)
    one = f"/lessons/{lesson.public_id}/reports/{report.id}"
    at(client, f"{one}/change", 403)
    at(client, f"{one}/withdrawal")
    assert submit(client, one, {"_method": "DELETE"}).status_code == 303


def test_the_number_of_the_one_that_takes_its_place_is_read_as_a_phone_types_it(client, scenario):
    sign_in(client, scenario.second)
    path = f"/lessons/{scenario.made[REPLACED].public_id}/supersession"
    form = at(client, path)
    assert form.select_one("#by")["autocapitalize"] == "none"
    assert form.select_one("main form button").get_text() == "Replace this lesson"
    number = scenario.made[STANDS].public_id.title()
    typed = {"by": f" {number} ", "reason": "This one says it better."}
    assert submit(client, path, {**typed, "by": "Les-1999-001"}).status_code == 422
    assert submit(client, path, typed).status_code == 303
    notice = at(client, path.rpartition("/")[0]).select_one("main .notice--grave")
    assert [len(line.find_all("a")) for line in notice.select("p")] == [1, 0], "the day has a line of its own"
