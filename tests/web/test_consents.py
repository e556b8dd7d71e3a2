"""The pages of consent: answering as an author, and asking as whoever makes the lesson."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.consents import closing, rounds
from forum.domain.consents.passages import Wording
from forum.domain.consents.wording import Changed
from forum.domain.lessons import claims, holding, lessons
from forum.infra import clock
from forum.infra.db import db
from forum.models.consents import ConsentAnswer, ConsentRequest
from forum.models.spaces import Audience
from tests import reviewed
from tests.consent_scenario import CLAIMS, QUOTED, build
from tests.factories import sign_in, submit
from tests.web_pages import without_token


@pytest.fixture
def scenario(session):
    found = build()
    session.commit()
    return found


@pytest.mark.both_databases
def test_an_author_reads_what_is_asked_and_answers_as_nobody_else_can(client, scenario):
    scenario.ask()
    db.session.commit()
    asked = scenario.request("Amina")
    address = f"/consents/{asked.id}"
    assert client.get(address).status_code == 303
    for name in ("second", "reviewer", "Bart"):
        sign_in(client, {**scenario.others, **scenario.authors}[name])
        assert client.get(address).status_code == 404
        assert submit(client, address, {"answer": "no"}).status_code == 404
    sign_in(client, scenario.authors["Amina"])
    page = client.get(address).text
    assert CLAIMS["Amina"] in page
    assert asked.as_masked in page
    assert "checked" not in page, "nothing is chosen beforehand"
    for other in ("Bart", "Chris", CLAIMS["Bart"], QUOTED["Chris"]):
        assert other not in page
    assert page.count('name="answer"') == 5
    nothing = submit(client, address, {})
    assert nothing.status_code == 422
    assert 'href="#answer"' in nothing.text
    assert "is still here" not in submit(client, address, {"own_words": asked.words}).text, (
        "it came with its text"
    )
    assert "another moderator of" in page
    same = submit(client, address, {"answer": "other_words", "own_words": asked.words})
    assert same.status_code == 422
    kept = submit(client, address, {"answer": "other_words", "own_words": "We rang eleven people."})
    assert kept.status_code == 303
    page = client.get(address).text
    assert "We rang eleven people." in page
    assert 'value="other_words"' in page
    assert submit(client, address, {"answer": "function", "own_words": asked.words}).status_code == 303
    assert (asked.answer, asked.own_words) == (ConsentAnswer.FUNCTION, "")
    assert f"/consents/{asked.id}" in client.get("/consents").text


def test_too_late_and_taken_back_are_said_and_nothing_is_kept(client, scenario):
    opened = scenario.ask()
    db.session.commit()
    asked = scenario.request("Amina")
    sign_in(client, scenario.authors["Amina"])
    with clock.at(opened.closes_at):
        sign_in(client, scenario.authors["Amina"])
        assert "is not lost" not in submit(client, f"/consents/{asked.id}", {"answer": "no"}).text
        own = {"answer": "other_words", "own_words": "We rang them."}
        late = submit(client, f"/consents/{asked.id}", own)
        assert late.status_code == 409
        assert "What you wrote is not lost" in late.text
        assert "We rang them.</textarea>" in late.text
        closing.close_due(clock.now())
        assert 'name="answer"' not in client.get(f"/consents/{asked.id}").text
    assert asked.answer is None


def test_the_same_answer_for_another_excerpt_of_the_same_author(client, scenario):
    scenario.ask()
    db.session.commit()
    first, other = scenario.request("Amina"), scenario.request("Bart")
    other.author_id = first.author_id
    db.session.flush()
    sign_in(client, scenario.authors["Amina"])
    submit(client, f"/consents/{first.id}", {"answer": "masked", "same_for": str(other.id)})
    assert (first.answer, other.answer) == (ConsentAnswer.MASKED, ConsentAnswer.MASKED)
    foreign = scenario.request("Chris")
    refused = submit(client, f"/consents/{first.id}", {"answer": "no", "same_for": str(foreign.id)})
    assert refused.status_code == 404
    assert foreign.answer is None


@pytest.mark.both_databases
def test_the_maker_asks_takes_back_and_sees_nothing_of_answers_meanwhile(client, scenario):
    address = f"/workbench/{scenario.lesson.id}/permission"
    sign_in(client, scenario.others["reviewer"])
    assert client.get(address).status_code == 404
    assert submit(client, address, {"audience": "network"}).status_code == 404
    sign_in(client, scenario.curator)
    page = client.get(address).text
    number = scenario.excerpt_id("Bart")
    assert f'name="words-{number}"' in page
    changed = {"audience": "network", f"words-{number}": "Half of them came back"}
    refused = submit(client, address, changed)
    assert refused.status_code == 422
    assert "Half of them came back</textarea>" in refused.text
    assert f'id="why-{number}-0"' in refused.text
    why = {f"was-{number}-0": "after one call", f"why-{number}-0": "You asked for it."}
    assert submit(client, address, {**changed, **why}).status_code == 303
    assert scenario.request("Bart").words == "Half of them came back"
    draft = f"/workbench/{scenario.lesson.id}"
    for part in ("claims", "text", "review", "thread"):
        page = client.get(f"{draft}?part={part}").text
        assert "nobody can change the draft" in page
        assert f'action="{address}"' in page, "the question can be taken back there"
        for refused in (
            "Save the lesson text",
            "Add a claim",
            "Add this quote",
            "Add this thread",
            "Ask for review",
        ):
            assert refused not in page
    late = submit(client, f"{draft}/claims", {"text": "Nobody was there"})
    assert late.status_code == 403
    assert "Nobody was there" in late.text
    client.get(address)  # which also says that they are asked
    before = without_token(client.get(address).text)
    for name, answer in (("Amina", "no"), ("Bart", "name")):
        scenario.say(name, answer)
    assert without_token(client.get(address).text) == before
    assert submit(client, address, {"_method": "DELETE"}).status_code == 303
    assert {row.answer for row in db.session.scalars(select(ConsentRequest))} == {None}


def test_after_the_closing_the_maker_takes_other_words_and_ticks_the_claims(client, scenario):
    opened = scenario.ask()
    db.session.commit()
    scenario.say("Amina", "other_words", own_words="We rang eleven people.")
    scenario.say("Bart", "name")
    asked = scenario.request("Amina")
    scenario.close(opened)
    address = f"/workbench/{scenario.lesson.id}/permission"
    sign_in(client, scenario.curator)
    page = client.get(address).text
    assert "We rang eleven people." in page
    assert f"<del>{QUOTED['Chris']}</del>" in page
    assert submit(client, f"{address}/{asked.id}").status_code == 303
    assert scenario.consents()["Amina"].adapted
    assert submit(client, f"{address}/look").status_code == 422
    ticked = re.findall(r'name="checked" value="(\d+)"', client.get(address).text)
    assert submit(client, f"{address}/look", {"checked": ticked}).status_code == 303
    assert rounds.waiting(scenario.actor("curator")) == []
    assert opened.audience == Audience.NETWORK
    warned = []
    for claim, text in ((scenario.claims()[1], "Bart saw it"), (scenario.claims()[1], "Bart saw it again")):
        submit(client, f"/workbench/claims/{claim.id}", {"text": text})
        warned.append(
            "1 author agreed to this claim as it was" in client.get(f"/workbench/{scenario.lesson.id}").text
        )
    assert warned == [True, False]
    sign_in(client, scenario.authors["Amina"])
    page = client.get(f"/consents/{asked.id}").text
    assert ("Your own other wording" in page, "the literal sentences" in page) == (True, False)


def test_an_author_who_is_asked_anew_sees_what_is_asked_differently(client, scenario):
    scenario.ask()
    rounds.withdraw_round(scenario.actor("curator"), scenario.lesson.id)
    first = scenario.request("Bart").id
    claims.reword(scenario.actor("curator"), scenario.claims()[1].id, text="Claim on what number 2 wrote")
    number = scenario.excerpt_id("Bart")
    words, why = "Half of them came back", {Changed("after one call", ""): "Shorter."}
    with clock.at(clock.now() + timedelta(days=1)):
        scenario.ask(Audience.PUBLIC, {number: Wording(words, why, "somebody of a centre city")})
        db.session.commit()
        sign_in(client, scenario.authors["Bart"])
        page = client.get(f"/consents/{scenario.request('Bart').id}").text
        anew = page.split('id="anew"')[1].split('class="asread"')[0]
        marked = re.sub(r'<span class="vh">.*?</span>', "", anew)
        assert "That question was taken back before it closed." in marked
        assert "Now it is for: Everybody" in marked
        assert "<ins>wrote</ins>" in marked
        assert re.search(r"<del>[^<]*after one call</del>", marked)
        assert "Title for now" not in marked, "it stayed"
        assert 'id="anew"' not in client.get(f"/consents/{first}").text
        sign_in(client, scenario.authors["Amina"])
        page = client.get(f"/consents/{scenario.request('Amina').id}").text
        assert "Then it was for:" in page
        assert "Your text in the lesson" not in page, "only the readers changed"


def test_both_pages_say_how_readers_get_an_author_of_whose_city_somebody_is_masked(client, scenario):
    asked_as = "somebody of a centre city"
    scenario.ask(wordings={scenario.excerpt_id("Bart"): Wording(QUOTED["Bart"], {}, asked_as)})
    db.session.commit()
    bart = scenario.request("Bart")
    sign_in(client, scenario.authors["Bart"])
    page = client.get(f"/consents/{bart.id}").text
    assert bart.as_name in page
    assert f"readers get you as “{asked_as}”" in page
    for name, answer in (("Bart", "name"), ("Chris", "masked"), ("Amina", "function")):
        scenario.say(name, answer)
        db.session.commit()
    page = client.get(f"/consents/{bart.id}").text
    assert "so readers get you masked too" not in page, "nothing of Chris's answer before it is out"
    assert f"readers get you as “{asked_as}”" in page
    assert f"· {bart.as_name}</figcaption>" in page
    claims.quote(
        scenario.actor("curator"),
        scenario.claims()[1].id,
        post_id=scenario.posts["Bart"].id,
        words="The letter alone brought nobody",
        stance="supports",
    )
    sign_in(client, scenario.curator)
    page = client.get(f"/workbench/{scenario.lesson.id}/permission").text
    assert f"Readers see: {asked_as}" in page
    assert f"Its author agreed to “{bart.as_name}”." in page
    assert f"Readers see: {bart.as_name}" not in page
    shown = client.get(f"/workbench/{scenario.lesson.id}/preview").text
    assert asked_as in shown
    scenario.ask()
    db.session.commit()
    sign_in(client, scenario.authors["Bart"])
    page = client.get(f"/consents/{scenario.request('Bart').id}").text
    assert f"readers get you as “{scenario.request('Bart').as_masked}”" in page
    assert f'dir="auto">{bart.as_name}</span>' in page, "so it is once Chris is in the lesson no more"


def test_an_author_takes_a_yes_back_on_the_page_until_the_lesson_is_out(client, scenario):
    scenario.ask()
    for name in scenario.authors:
        scenario.say(name, "masked")
    db.session.commit()
    address = f"/consents/{scenario.request('Bart').id}"
    sign_in(client, scenario.authors["Amina"])
    assert submit(client, address, {"_method": "DELETE"}).status_code == 404
    sign_in(client, scenario.authors["Bart"])
    assert 'value="DELETE"' in client.get(address).text
    for _twice in range(2):
        assert submit(client, address, {"_method": "DELETE"}).status_code == 303
    assert 'value="DELETE"' not in client.get(address).text
    assert QUOTED["Bart"] not in scenario.excerpts()
    sign_in(client, scenario.curator)
    page = client.get(f"/workbench/{scenario.lesson.id}/permission").text
    assert f"<del>{QUOTED['Bart']}</del>" in page
    draft = f"/workbench/{scenario.lesson.id}?part="
    assert f'href="{draft}claims#claim-{scenario.claims()[1].id}"' in page
    assert f'href="{draft}review"' not in page
    rounds.look(scenario.actor("curator"), scenario.lesson.id)
    claims.remove(scenario.actor("curator"), scenario.claims()[1].id)
    lessons.submit(scenario.actor("curator"), scenario.lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("reviewer"), scenario.lesson.id, recognised=False)
    db.session.commit()
    sign_in(client, scenario.authors["Amina"])
    address = f"/consents/{scenario.request('Amina').id}"
    page = client.get(address).text
    assert f"/lessons/{scenario.lesson.public_id}" in page
    assert 'value="DELETE"' not in page
    assert submit(client, address, {"_method": "DELETE"}).status_code == 409
    assert scenario.consents()["Amina"].agreed
    assert "in a published version · your answer: Yes, masked" in client.get("/consents").text
    sign_in(client, scenario.authors["Bart"])
    assert "does not stand in the lesson" in client.get("/consents").text


def test_the_text_of_a_question_that_cannot_be_asked_stays_on_the_page(client, scenario):
    address = f"/workbench/{scenario.lesson.id}/permission"
    sign_in(client, scenario.curator)
    number = scenario.excerpt_id("Bart")
    seen = re.findall(r'name="passage" value="(\d+)"', client.get(address).text)
    sent = {"audience": "network", "passage": seen, f"words-{number}": "Half of them came back"}
    sent |= {f"was-{number}-0": "after one call", f"why-{number}-0": "You asked for it."}
    holding.name_deputy(scenario.actor("curator"), scenario.lesson.id, member_id=scenario.others["second"].id)
    added = claims.quote(
        scenario.actor("second"),
        scenario.claims()[2].id,
        post_id=scenario.posts["Bart"].id,
        words="The letter alone brought nobody",
        stance="supports",
    )
    refused = submit(client, address, sent)
    assert refused.status_code == 422
    assert f'href="#passage-{added.id}"' in refused.text
    assert "The letter alone brought nobody" in refused.text
    assert "Half of them came back</textarea>" in refused.text
    assert scenario.lesson.round_id is None
    scenario.ask()
    db.session.commit()
    refused = submit(client, address, sent)
    assert refused.status_code == 409
    assert "Half of them came back</blockquote>" in refused.text
    assert "You asked for it." in refused.text
