"""Excerpts as W3C selectors: exactly their place, and nothing around it for who does not read the thread."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from forum.domain.lessons import lessons, selectors
from forum.domain.threads import posts
from forum.infra.db import db
from forum.models.spaces import Audience
from tests import reviewed
from tests.factories import actor, sign_in
from tests.lesson_scenario import OPENING, WORDS, build


@given(some.text(max_size=200), some.data())
def test_both_selectors_lead_to_the_same_words(plain, data):
    start = data.draw(some.integers(0, len(plain)))
    end = data.draw(some.integers(start, len(plain)))
    position, quote = selectors.selectors(plain, start, end)
    assert quote.exact == plain[position.start : position.end]
    assert quote.prefix + quote.exact + quote.suffix in plain
    assert plain[: position.start].endswith(quote.prefix)
    assert plain[position.end :].startswith(quote.suffix)
    assert max(len(quote.prefix), len(quote.suffix)) <= selectors.AROUND


def read(app, lesson, member=None):
    """The annotations of a lesson as somebody gets them."""
    client = app.test_client()
    if member is not None:
        sign_in(client, member)
    answer = client.get(f"/lessons/{lesson.public_id}/annotations")
    assert answer.status_code == 200
    assert answer.content_type.startswith("application/ld+json")
    return json.loads(answer.text)


@pytest.mark.both_databases
def test_only_who_reads_the_thread_gets_a_place_and_what_stands_around_it(app):
    scenario = build(Audience.SPACE)
    lesson = scenario.draft()
    scenario.agree(lesson)
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("reviewer"), lesson.id, recognised=False)
    db.session.commit()
    inside = read(app, lesson, scenario.second)
    (one,) = inside["items"]
    quote, position = one["target"]["selector"]
    start = OPENING.index(WORDS)
    assert (position["start"], position["end"]) == (start, start + len(WORDS))
    assert quote["prefix"] + quote["exact"] + quote["suffix"] == OPENING[start - 32 :]
    assert f"/threads/{scenario.thread.id}-" in one["target"]["source"]
    assert [body["value"] for body in one["body"]] == ["Contact keeps people", "supports"]
    outside = read(app, lesson, scenario.reader)
    (other,) = outside["items"]
    assert other["target"] == {
        "source": f"http://forum.test/lessons/{lesson.public_id}#c1",
        "selector": {"type": "TextQuoteSelector", "exact": WORDS},
    }
    said = json.dumps(outside)
    assert not [
        words for words in ("Amina", "Cas", "aalst", "Aalst", "/threads/", "same thing") if words in said
    ]
    visitor = app.test_client().get(f"/lessons/{lesson.public_id}/annotations")
    assert visitor.status_code == 404, "as its page"


def test_words_of_a_post_that_was_edited_since_keep_no_place(app):
    scenario = build()
    lesson = scenario.published()
    posts.edit(actor(scenario.author), scenario.post.id, body="Something else now.", seen_revision=1)
    db.session.commit()
    (one,) = read(app, lesson, scenario.second)["items"]
    assert one["target"]["selector"] == {"type": "TextQuoteSelector", "exact": WORDS}
    client = app.test_client()
    sign_in(client, scenario.second)
    page = client.get(f"/lessons/{lesson.public_id}").text
    assert f'href="/lessons/{lesson.public_id}/annotations"' in page


def test_words_that_were_adapted_are_no_quotation(app):
    scenario = build(Audience.SPACE)
    lesson = scenario.draft()
    consent = scenario.agree(lesson)
    consent.words, consent.adapted = "they miss somebody to talk with", True
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("reviewer"), lesson.id, recognised=False)
    db.session.commit()
    assert read(app, lesson, scenario.reader)["items"] == []
    assert [one["target"]["selector"][0]["exact"] for one in read(app, lesson, scenario.second)["items"]] == [
        WORDS
    ]
