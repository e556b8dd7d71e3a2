"""Under a lesson that somebody reads, numbers of what they may not know are as numbers of nothing."""

import pytest
from sqlalchemy import select

from forum.domain.lessons import disputes, page, reports
from forum.domain.lessons.foretellings import Expected
from forum.domain.lessons.report_words import Answers
from forum.infra import days
from forum.infra.db import db
from forum.models.disputes import CounterEvidence
from forum.models.foretellings import Foretelling
from forum.models.spaces import Audience
from tests.attack.test_strange_input import RIGHT, path_of, rules
from tests.factories import actor, make_member, make_space, sign_in, submit
from tests.lesson_scenario import build

pytestmark = pytest.mark.both_databases
NOBODY = 2147483000
RUNS = Answers("running", what_was_done="We begin.")


@pytest.fixture
def scenario(session):
    """A lesson for the network with evidence that waits; and one of a closed space with all that can hang on it."""
    scenario, closed = build(), build(Audience.SPACE)
    scenario.lesson, made = scenario.published(), closed.published(Audience.SPACE, by="second")
    member = closed.actor("author")
    root = page.page(member, made.public_id).claims[0].root
    there = disputes.bring(member, made.public_id, claim=root, words="Not here.")
    expected = Expected("Much.", days.today().replace(year=days.today().year + 1), "")
    report = reports.report(member, made.public_id, RUNS, expected=expected)
    own = scenario.actor("author")
    root = page.page(own, scenario.lesson.public_id).claims[0].root
    waits = disputes.bring(own, scenario.lesson.public_id, claim=root, words="Not with us.")
    db.session.commit()
    foretold = db.session.scalars(select(Foretelling.id)).one()
    scenario.closed = {
        "report_id": [report.id],
        "foretelling_id": [foretold],
        "evidence_id": [there.id, waits.id],
    }
    return scenario


def told(client, app, scenario):
    """What the answers say of numbers of what is closed, and of numbers of nothing."""
    found, public_id = [], scenario.lesson.public_id
    for rule in rules(app, "POST"):
        if "public_id" not in rule.arguments or not rule.arguments <= {"public_id", *scenario.closed}:
            continue
        for child in rule.arguments - {"public_id"}:
            for number, method in ((n, m) for n in scenario.closed[child] for m in ("", "DELETE")):
                here, nowhere = (
                    submit(
                        client,
                        path_of(rule, {"public_id": public_id, child: str(n)}),
                        RIGHT | {"_method": method},
                    )
                    for n in (number, NOBODY)
                )
                found.append(
                    (
                        rule.rule,
                        method,
                        (here.status_code, here.location),
                        (nowhere.status_code, nowhere.location),
                    )
                )
    return found


@pytest.mark.parametrize("who", ["reader", "reviewer", "member elsewhere"])
def test_they_are_told_alike(client, app, scenario, who):
    elsewhere = make_member("Bo", space=make_space("Brugge", city="brugge"), city="brugge")
    db.session.commit()
    sign_in(client, elsewhere if who == "member elsewhere" else getattr(scenario, who))
    answers = told(client, app, scenario)
    assert len(answers) > 20
    assert [one for one in answers if one[2] != one[3]] == []
    assert len(db.session.scalars(select(CounterEvidence.id)).all()) == 2, "nothing went"


def test_taking_back_twice_is_once(client, scenario):
    sign_in(client, scenario.author)
    path, number = f"/lessons/{scenario.lesson.public_id}", scenario.closed["evidence_id"][1]
    reports.report(actor(scenario.author), scenario.lesson.public_id, RUNS)
    db.session.commit()
    mine = page.page(actor(scenario.author), scenario.lesson.public_id).reports.newest[0].id
    for one in (f"counter-evidence/{number}", f"reports/{mine}"):
        for _twice in range(2):
            assert submit(client, f"{path}/{one}", {"_method": "DELETE"}).status_code == 303
    assert db.session.get(CounterEvidence, number) is None
