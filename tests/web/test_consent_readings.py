"""How an author is told that readers get them: what readers have, and nothing of what colleagues answer before that."""

import re

import pytest
from sqlalchemy import select

from forum.domain.consents import answers, desk, removals, rounds, withdrawing
from forum.domain.lessons import claims, lessons
from forum.infra import clock
from forum.infra.db import db
from forum.models.spaces import Audience
from forum.models.threads import Post
from tests import other_readers, reviewed
from tests.consent_scenario import QUOTED, SAID, build
from tests.factories import make_member, make_thread, sign_in
from tests.web_pages import without_token

AS_LONG_AS = "As long as somebody of your city stands masked in this lesson"
TOO = "so readers get you masked too"
NOT_OUT, OUT = "This is what you agreed to", "This is how a colleague of another city reads it"


def quoted_again(scenario, name, text="Another claim"):
    claim = claims.add(scenario.actor("curator"), scenario.lesson.id, text=text)
    post_id = scenario.posts[name].id
    claims.quote(scenario.actor("curator"), claim.id, post_id=post_id, words=QUOTED[name], stance="supports")


def publish(scenario, recognised=False):
    lessons.submit(scenario.actor("curator"), scenario.lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("reviewer"), scenario.lesson.id, recognised=recognised)
    db.session.commit()


def page_of(client, scenario, name, path=""):
    """A page as somebody gets it, without what differs at each request."""
    sign_in(client, {**scenario.authors, **scenario.others}[name])
    text = client.get(path or f"/consents/{scenario.request(name).id}").text
    return without_token(text)


def named(page):
    return re.search(r"· ([^<]*?)</figcaption>", page)[1].strip()


def lesson_of(client, scenario):
    return page_of(client, scenario, "reader", f"/lessons/{scenario.lesson.public_id}")


@pytest.mark.parametrize("answer", ["masked", "name", "no", None])
def test_before_it_is_out_the_page_is_the_same_whatever_a_colleague_answered(client, session, answer):
    scenario = build(("Amina", "Bart"))
    opened = scenario.ask()
    scenario.say("Bart", "name")
    if answer is not None:
        scenario.say("Amina", answer)
    scenario.close(opened)
    session.commit()
    page = page_of(client, scenario, "Bart")
    assert named(page) == scenario.request("Bart").as_name
    assert AS_LONG_AS in page
    assert NOT_OUT in page
    assert TOO not in page
    if answer in ("masked", "name"):
        withdrawing.withdraw(scenario.actor("Amina"), scenario.request("Amina").id)
        session.commit()
        assert page_of(client, scenario, "Bart") == page


def test_each_yes_shows_the_most_that_readers_get_once_a_masked_colleague_left(client, session):
    scenario = build(("Amina", "Bart"))
    curator = scenario.actor("curator")
    claims.remove(curator, scenario.claims()[1].id)
    scenario.ask()
    scenario.say("Amina", "masked")
    quoted_again(scenario, "Bart")
    scenario.ask()
    session.commit()
    asked, page = scenario.request("Bart"), page_of(client, scenario, "Bart")
    assert re.findall(r'answer__as" dir="auto">([^<]*)<', page) == [
        asked.as_name,
        asked.as_function,
        asked.as_masked,
    ]
    assert page.count(AS_LONG_AS) == 2
    assert "whatever you choose" not in page
    scenario.say("Bart", "name")
    withdrawing.withdraw(scenario.actor("Amina"), scenario.request("Amina").id)
    claims.remove(curator, scenario.claims()[0].id)
    rounds.look(curator, scenario.lesson.id)
    publish(scenario)
    assert "Bart" in lesson_of(client, scenario)
    page = page_of(client, scenario, "Bart")
    assert (OUT in page, named(page)) == (True, asked.as_name)


@pytest.mark.both_databases
def test_the_reminder_that_everybody_without_a_yes_gets_stays_on_the_page(client, session):
    scenario = build(("Amina", "Bart"))
    opened = scenario.ask()
    one, also = "gets one reminder", "You do not have to do anything then."
    for answer, expected in ((None, (True, False)), ("name", (False, False)), ("no", (True, True))):
        if answer is not None:
            answers.answer(scenario.actor("Bart"), scenario.request("Bart").id, answer=answer)
        session.commit()
        page = page_of(client, scenario, "Bart")
        assert (one in page, also in page) == expected, answer
    with clock.at(opened.remind_at):
        assert one not in page_of(client, scenario, "Bart"), "it went"


def test_who_took_their_text_out_of_the_lesson_reads_that(client, session):
    scenario = build(("Amina", "Bart"))
    scenario.ask()
    for name in ("Amina", "Bart"):
        scenario.say(name, "masked")
    publish(scenario)
    said = {"": "You can take your text out of it", "/consents": "in a published version"}
    after = {"": "You took this text out of the lesson.", "/consents": "you took it out of the lesson"}
    assert all(said[path] in page_of(client, scenario, "Bart", path) for path in said)
    bart = scenario.actor("Bart")
    act = removals.take_out(bart, removals.mine(bart)[0].id)
    for path in said:
        page = page_of(client, scenario, "Bart", path)
        assert (said[path] in page, after[path] in page, OUT in page) == (False, True, False)
    removals.undo(bart, act)
    assert all(said[path] in page_of(client, scenario, "Bart", path) for path in said)


def test_readers_have_the_published_version_and_its_makers_the_draft(client, session):
    scenario = build(("Amina", "Bart"))
    curator = scenario.actor("curator")
    claims.remove(curator, scenario.claims()[0].id)
    scenario.ask()
    scenario.say("Bart", "name")
    publish(scenario)
    lessons.revise(curator, scenario.lesson.id)
    quoted_again(scenario, "Amina")
    scenario.ask()
    scenario.say("Amina", "masked")
    session.commit()
    asked, page = scenario.request("Bart"), page_of(client, scenario, "Bart")
    assert "Bart" in lesson_of(client, scenario)
    assert (OUT in page, TOO in page, named(page)) == (True, False, asked.as_name)
    outcome = {one.author: one for one in desk.page(curator, scenario.lesson.id).outcome}
    assert outcome["Amina"].reads_as == scenario.request("Amina").as_masked
    publish(scenario)
    page = page_of(client, scenario, "Bart")
    assert "Bart" not in lesson_of(client, scenario)
    assert (TOO in page, named(page)) == (True, asked.as_masked)
    assert asked.as_masked in page_of(client, scenario, "Bart", "/consents/excerpts")
    lessons.revise(curator, scenario.lesson.id)
    claims.remove(curator, scenario.claims()[1].id)
    publish(scenario)
    page = page_of(client, scenario, "Amina", "/consents")
    assert "in a published version · your answer: Yes, masked" in page, "in the one before"
    page = page_of(client, scenario, "Amina")
    assert (OUT in page, NOT_OUT in page) == (False, True)


@pytest.mark.both_databases
def test_a_thread_that_was_opened_since_masks_nobody_with_it(client, session):
    scenario = build(("Bart",))
    curator = scenario.actor("curator")
    amina = scenario.authors["Amina"] = make_member("Amina", space=scenario.space)
    own = make_thread(scenario.space, amina, body=SAID["Amina"], audience=Audience.SPACE)
    scenario.posts["Amina"] = session.scalars(select(Post).where(Post.thread_id == own.id)).one()
    lessons.add_source(curator, scenario.lesson.id, own.id)
    quoted_again(scenario, "Amina")
    claims.remove(curator, scenario.claims()[0].id)
    scenario.ask()
    scenario.say("Amina", "masked")
    other_readers.set_audience(scenario.actor("Amina"), own.id, audience=Audience.NETWORK)
    quoted_again(scenario, "Bart", "One more")
    scenario.ask()
    scenario.say("Bart", "name")
    asked = {name: scenario.request(name) for name in ("Amina", "Bart")}
    outcome = {one.author: one for one in desk.page(curator, scenario.lesson.id).outcome}
    assert {name: one.reads_as for name, one in outcome.items()} == {
        name: one.as_name for name, one in asked.items()
    }
    sign_in(client, scenario.curator)
    page = client.get(f"/workbench/{scenario.lesson.id}/permission").text
    assert "The thread was opened to these readers" in page
    assert "so this author is too" not in page
    preview = client.get(f"/workbench/{scenario.lesson.id}/preview?audience=network").text
    assert "Bart" in preview
    assert "Amina" in preview
    publish(scenario)
    page = lesson_of(client, scenario)
    assert "Bart" in page
    assert "Amina" in page
    assert named(page_of(client, scenario, "Bart")) == asked["Bart"].as_name
    page = page_of(client, scenario, "Amina")
    assert (named(page), "so they get you by name" in page) == (asked["Amina"].as_name, True)


def test_where_one_is_quoted_says_masked_also_of_words_that_everybody_may_read_since(client, session):
    scenario = build(("Bart",))
    curator = scenario.actor("curator")
    amina = scenario.authors["Amina"] = make_member("Amina", space=scenario.space)
    own = make_thread(scenario.space, amina, body=SAID["Amina"], audience=Audience.SPACE)
    scenario.posts["Amina"] = session.scalars(select(Post).where(Post.thread_id == own.id)).one()
    lessons.add_source(curator, scenario.lesson.id, own.id)
    quoted_again(scenario, "Amina")
    opened = scenario.ask()
    scenario.say("Amina", "no")
    scenario.say("Bart", "masked")
    scenario.close(opened)
    other_readers.set_audience(scenario.actor("Amina"), own.id, audience=Audience.NETWORK)
    claims.remove(curator, scenario.claims()[1].id)
    quoted_again(scenario, "Amina", "Asked anew")
    rounds.look(curator, scenario.lesson.id)
    scenario.ask()
    scenario.say("Amina", "masked")
    publish(scenario)
    assert "Amina" not in lesson_of(client, scenario)
    page = page_of(client, scenario, "Amina", "/consents/excerpts")
    assert "rang all eleven" in page
    assert scenario.request("Amina").as_masked in page
    assert "Amina" not in page.split("<main")[1].split("</main")[0]
