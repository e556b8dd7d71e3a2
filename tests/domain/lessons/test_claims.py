"""Claims and the literal words under them."""

import hashlib

import pytest
from sqlalchemy import func, select

from forum.domain.lessons import claims, lessons
from forum.domain.lessons.workbench import draft as workbench_draft
from forum.infra.db import db
from forum.models.claims import Claim, Excerpt, Stance
from forum.models.spaces import Audience, Role
from forum.models.threads import PostRevision
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from tests.factories import join, make_post, make_space, make_thread
from tests.lesson_scenario import OPENING, WORDS, build


def begun(scenario):
    lesson = lessons.draft(scenario.actor("curator"), scenario.thread.id, title="Talk")
    return lesson, claims.add(scenario.actor("curator"), lesson.id, text="Contact keeps people")


def test_words_are_frozen_with_their_place_and_hash():
    scenario = build()
    _lesson, claim = begun(scenario)
    excerpt = claims.quote(
        scenario.actor("curator"),
        claim.id,
        post_id=scenario.post.id,
        words="nobody  talks\nwith me",
        stance="nuances",
    )
    plain = db.session.get_one(PostRevision, excerpt.revision_id).plain
    assert plain[excerpt.start_at : excerpt.end_at] == excerpt.words == WORDS
    assert excerpt.sha256 == hashlib.sha256(WORDS.encode()).hexdigest()
    assert excerpt.stance == Stance.NUANCES


@pytest.mark.parametrize("words", ["nobody talks to me", "Nobody talks with me", "", "  ", "me"])
def test_words_that_do_not_stand_there_are_refused(words):
    scenario = build()
    _lesson, claim = begun(scenario)
    with pytest.raises(Invalid) as refused:
        claims.quote(
            scenario.actor("curator"), claim.id, post_id=scenario.post.id, words=words, stance="supports"
        )
    assert refused.value.field == "words"
    assert db.session.scalar(select(func.count(Excerpt.id))) == 0


def test_a_post_outside_the_threads_of_the_lesson_cannot_be_quoted():
    scenario = build()
    _lesson, claim = begun(scenario)
    other = make_thread(make_space("Gent"), scenario.reviewer, body=OPENING)
    closed = make_thread(make_space("Genk"), scenario.reviewer, body=OPENING, audience=Audience.SPACE)
    with pytest.raises(Invalid):
        claims.quote(
            scenario.actor("curator"), claim.id, post_id=make_post(other, scenario.reviewer, OPENING).id,
            words=WORDS, stance="supports",
        )  # fmt: skip
    with pytest.raises(NotFound):
        claims.quote(
            scenario.actor("curator"), claim.id, post_id=make_post(closed, scenario.reviewer, OPENING).id,
            words=WORDS, stance="supports",
        )  # fmt: skip


@pytest.mark.parametrize("gone", ["deleted_at", "hidden_at"])
def test_words_that_are_gone_cannot_be_quoted(gone):
    scenario = build()
    _lesson, claim = begun(scenario)
    setattr(scenario.post, gone, scenario.post.created_at)
    db.session.flush()
    with pytest.raises(Invalid) as refused:
        claims.quote(
            scenario.actor("curator"), claim.id, post_id=scenario.post.id, words=WORDS, stance="supports"
        )
    assert refused.value.field == "post_id"


def test_only_makers_touch_claims():
    scenario = build()
    lesson, claim = begun(scenario)
    for name in ("reviewer", "author", "editor"):
        with pytest.raises(NotFound):
            claims.add(scenario.actor(name), lesson.id, text="Mine")
        with pytest.raises(NotFound):
            claims.reword(scenario.actor(name), claim.id, text="Mine")
    with pytest.raises(Forbidden):
        claims.reword(scenario.actor("second"), claim.id, text="Mine")
    scenario.share(lesson)
    assert claims.reword(scenario.actor("second"), claim.id, text=" Contact  keeps ").text == "Contact keeps"


def test_a_claim_said_twice_is_one_claim_and_the_rest_moves_up_when_one_goes():
    scenario = build()
    lesson, first = begun(scenario)
    for text in ("Two", "Three", "Two"):
        claims.add(scenario.actor("curator"), lesson.id, text=text)
    claims.remove(scenario.actor("curator"), first.id)
    rows = db.session.execute(select(Claim.position, Claim.text).order_by(Claim.position)).all()
    assert [tuple(row) for row in rows] == [(1, "Two"), (2, "Three")]


def test_an_excerpt_is_taken_away_with_its_claim_or_alone():
    scenario = build()
    lesson, claim = begun(scenario)
    excerpt = claims.quote(
        scenario.actor("curator"), claim.id, post_id=scenario.post.id, words=WORDS, stance="supports"
    )
    assert claims.unquote(scenario.actor("curator"), excerpt.id) == (claim.id, lesson.id)
    with pytest.raises(NotFound):
        claims.unquote(scenario.actor("curator"), excerpt.id)
    claims.quote(
        scenario.actor("curator"), claim.id, post_id=scenario.post.id, words=WORDS, stance="supports"
    )
    claims.remove(scenario.actor("curator"), claim.id)
    assert db.session.scalar(select(func.count(Excerpt.id))) == 0


def test_a_claim_of_an_earlier_version_is_left_alone():
    scenario = build()
    lesson = scenario.published()
    old = db.session.scalars(select(Claim)).one()
    with pytest.raises(Forbidden):
        claims.reword(scenario.actor("curator"), old.id, text="Otherwise")
    lessons.revise(scenario.actor("curator"), lesson.id)
    with pytest.raises(Conflict):
        claims.reword(scenario.actor("curator"), old.id, text="Otherwise")


def test_the_workbench_marks_used_words_and_names_what_is_missing():
    scenario = build()
    lesson = scenario.draft()
    found = workbench_draft.workbench(scenario.actor("curator"), lesson.id)
    assert found.missing_fields == []
    facts = found.facts
    assert (facts.heard, facts.excerpt_count, facts.field_voices, facts.cities) == (1, 1, 1, ["aalst"])
    pieces = [
        piece
        for post in found.posts
        for text in post.paragraphs
        for sentence in text
        for piece in sentence.pieces + sentence.after
    ]
    assert [piece.text for piece in pieces if piece.claims] == [WORDS]
    assert [post.used for post in found.posts] == [[1], []]
    assert [option.audience for option in found.audiences] == ["space", "network", "public"]
    assert [option.waiting for option in found.audiences] == [0, 0, 1]


def test_a_colleague_meets_no_words_of_a_thread_that_is_closed_to_her():
    scenario = build()
    lesson = scenario.draft()
    gent = make_space("Gent")
    closed = make_thread(
        gent, scenario.reviewer, title="Secret talk", body="A secret word.", audience=Audience.SPACE
    )
    join(scenario.curator, gent, Role.MODERATOR)
    lessons.add_source(scenario.actor("curator"), lesson.id, closed.id)
    claim = claims.add(scenario.actor("curator"), lesson.id, text="It is cheap")
    post = make_post(closed, scenario.reviewer, "A secret word.")
    claims.quote(scenario.actor("curator"), claim.id, post_id=post.id, words="secret word", stance="supports")
    hers = workbench_draft.workbench(scenario.actor("second"), lesson.id, workbench_draft.Shown(closed.id))
    assert [thread.id for thread in hers.threads] == [scenario.thread.id]
    assert "secret" not in repr([hers.claims, hers.posts, hers.threads]).lower()
    assert [one.quote.withheld for one in hers.claims[1].excerpts] == ["closed"]


def test_overlapping_words_are_cut_where_each_begins_and_ends():
    scenario = build()
    lesson, claim = begun(scenario)
    for words in ("Almost all of them said", "said the same thing: nobody talks with me"):
        claims.quote(
            scenario.actor("curator"), claim.id, post_id=scenario.post.id, words=words, stance="supports"
        )
    post = workbench_draft.workbench(scenario.actor("curator"), lesson.id).posts[0]
    pieces = [piece for sentence in post.paragraphs[0] for piece in sentence.pieces + sentence.after]
    assert "".join(piece.text for piece in pieces) == OPENING
    assert [piece.text for piece in pieces if piece.claims][1] == "said"
    assert [OPENING[piece.start :][: len(piece.text)] for piece in pieces] == [piece.text for piece in pieces]
