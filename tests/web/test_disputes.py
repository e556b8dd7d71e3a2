"""The pages of counter-evidence: the form, who reads and does what, and the lesson with its dispute."""

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from forum.domain.lessons import disputes, page
from forum.infra.db import db
from forum.models.disputes import CounterEvidence
from forum.models.spaces import Audience
from tests.factories import actor, make_member, make_space, sign_in, submit
from tests.lesson_scenario import build


@pytest.fixture
def scenario(session):
    """A lesson for everybody, and Kim of Genk."""
    scenario = build(Audience.PUBLIC)
    scenario.lesson = scenario.published(Audience.PUBLIC, by="editor")
    scenario.kim = make_member("Kim", space=make_space("Genk", city="genk"), city="genk")
    scenario.root = page.page(None, scenario.lesson.public_id).claims[0].root
    scenario.path = f"/lessons/{scenario.lesson.public_id}"
    db.session.commit()
    return scenario


def at(client, path):
    """The page there, in English."""
    answer = client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 200, path
    return BeautifulSoup(answer.text, "html.parser")


def test_evidence_goes_from_the_form_to_the_claim_and_is_answered(client, scenario):
    path = f"{scenario.path}/counter-evidence"
    assert "Bring counter-evidence" not in at(client, scenario.path).get_text()
    sign_in(client, scenario.kim)
    assert at(client, scenario.path).find("a", string="Bring counter-evidence")["href"] == f"{path}/new"
    form = at(client, f"{path}/new")
    key = form.select_one("[name=idempotency_key]")["value"]
    kept = {
        "draft_form": "counter_evidence",
        "draft_subject": str(scenario.lesson.id),
        "idempotency_key": key,
    }
    typed = {"words": "With us nobody came.", "post": "/threads/999/none", **kept}
    answer = submit(client, path, typed)
    again = BeautifulSoup(answer.text, "html.parser")
    assert (answer.status_code, again.select_one("#words").get_text().strip()) == (422, typed["words"])
    assert again.select_one("#claim .error") is not None
    typed |= {"claim": str(scenario.root)}
    assert submit(client, path, typed).status_code == 422, "the address leads to no post"
    typed["post"] = ""
    for _twice in range(2):
        assert submit(client, path, typed).status_code == 303
    evidence_id = db.session.scalars(select(CounterEvidence.id)).one()
    one = f"{path}/{evidence_id}"
    assert "waits for a moderator" in at(client, scenario.path).get_text()
    sign_in(client, scenario.reader)
    assert "nobody came" not in at(client, scenario.path).get_text() + at(client, path).get_text()
    assert submit(client, f"{one}/acceptance", {}).status_code in (403, 404)
    sign_in(client, scenario.second)
    assert at(client, path).select_one(f"#evidence-{evidence_id} form") is not None
    assert submit(client, f"{one}/refusal", {"reason": ""}).status_code == 422
    assert submit(client, f"{one}/acceptance", {}).status_code == 303
    sign_in(client, scenario.author)
    shown = at(client, path)
    assert submit(client, f"{one}/reply", {"words": ""}).status_code == 422
    assert shown.select_one(f"#words-{evidence_id}") is not None
    assert submit(client, f"{one}/reply", {"words": "Here they did."}).status_code == 303
    shown = at(client, scenario.path)
    assert "Disputed: claim 1" in shown.select_one(".lesson-head").get_text()
    beside = shown.select_one("#c1 .claim__sides .counter")
    assert ("With us nobody came." in beside.get_text(), "Here they did." in beside.get_text()) == (
        True,
        True,
    )
    assert "1 piece of counter-evidence" in shown.get_text()
    sign_in(client, scenario.second)
    assert submit(client, f"{one}/end", {"reason": ""}).status_code == 422
    assert submit(client, f"{one}/end", {"reason": "Both are true."}).status_code == 303
    shown = at(client, scenario.path)
    assert "Disputed" not in shown.select_one(".lesson-head").get_text()
    assert "Both are true." in shown.select_one("#c1 .counter").get_text()


@pytest.mark.both_databases
def test_the_page_costs_one_query_more_however_much_there_is(client, scenario, count_queries):
    sign_in(client, scenario.reader)

    def cost():
        with count_queries() as seen:
            shown = at(client, scenario.path)
        return seen.count, len(shown.select(".counter"))

    none = cost()
    second = scenario.actor("second")
    found = []
    for number in range(6):
        member = make_member(f"Bo{number}", space=make_space(f"Leuven{number}", city="leuven"), city="leuven")
        one = disputes.bring(
            actor(member), scenario.lesson.public_id, claim=scenario.root, words=f"No {number}."
        )
        disputes.accept(second, scenario.lesson.public_id, one.id)
        disputes.reply(scenario.actor("author"), scenario.lesson.public_id, one.id, words="Here it did.")
        db.session.commit()
        found.append(cost())
    assert (found[0], found[-1]) == ((none[0] + 1, 1), (none[0] + 1, 6))
    assert none[0] <= 7
