"""Claims and the literal words under them."""

import hashlib

import pytest
from sqlalchemy import func, select

from forum.domain.lessons import claims, lessons
from forum.domain.lessons.workbench import draft as workbench_draft
from forum.domain.lessons.workbench import source_thread
from forum.infra.db import db
from forum.models.claims import Claim, Excerpt, Stance
from forum.models.spaces import Audience, Role
from forum.models.threads import PostRevision
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from tests.factories import join, make_post, make_space, make_thread
from tests.lesson_ground import OPENING, WORDS, lay


def begun(ground):
    lesson = lessons.draft(ground.who("curator"), ground.thread.id, title="Talk")
    return lesson, claims.add(ground.who("curator"), lesson.id, text="Contact keeps people")


def test_words_are_frozen_with_their_place_and_hash():
    ground = lay()
    _lesson, claim = begun(ground)
    excerpt = claims.quote(
        ground.who("curator"),
        claim.id,
        post_id=ground.post.id,
        words="nobody  talks\nwith me",
        stance="nuances",
    )
    plain = db.session.get_one(PostRevision, excerpt.revision_id).plain
    assert plain[excerpt.start_at : excerpt.end_at] == excerpt.words == WORDS
    assert excerpt.sha256 == hashlib.sha256(WORDS.encode()).hexdigest()
    assert excerpt.stance == Stance.NUANCES


@pytest.mark.parametrize("words", ["nobody talks to me", "Nobody talks with me", "", "  ", "me"])
def test_words_that_do_not_stand_there_are_refused(words):
    ground = lay()
    _lesson, claim = begun(ground)
    with pytest.raises(Invalid) as refused:
        claims.quote(ground.who("curator"), claim.id, post_id=ground.post.id, words=words, stance="supports")
    assert refused.value.field == "words"
    assert db.session.scalar(select(func.count(Excerpt.id))) == 0


def test_the_same_words_twice_are_one_excerpt_with_the_last_stance():
    ground = lay()
    _lesson, claim = begun(ground)
    for stance in ("supports", "contradicts"):
        claims.quote(ground.who("curator"), claim.id, post_id=ground.post.id, words=WORDS, stance=stance)
    assert [e.stance for e in db.session.scalars(select(Excerpt))] == [Stance.CONTRADICTS]


def test_a_post_outside_the_talks_of_the_lesson_cannot_be_quoted():
    ground = lay()
    _lesson, claim = begun(ground)
    other = make_thread(make_space("Gent"), ground.reviewer, body=OPENING)
    closed = make_thread(make_space("Genk"), ground.reviewer, body=OPENING, audience=Audience.SPACE)
    with pytest.raises(Invalid):
        claims.quote(
            ground.who("curator"), claim.id, post_id=make_post(other, ground.reviewer, OPENING).id,
            words=WORDS, stance="supports",
        )  # fmt: skip
    with pytest.raises(NotFound):
        claims.quote(
            ground.who("curator"), claim.id, post_id=make_post(closed, ground.reviewer, OPENING).id,
            words=WORDS, stance="supports",
        )  # fmt: skip


def test_words_that_are_gone_cannot_be_quoted():
    ground = lay()
    _lesson, claim = begun(ground)
    ground.post.deleted_at = ground.post.created_at
    db.session.flush()
    with pytest.raises(Invalid) as refused:
        claims.quote(ground.who("curator"), claim.id, post_id=ground.post.id, words=WORDS, stance="supports")
    assert refused.value.field == "post_id"
    assert claims.find(ground.who("curator"), _lesson.id, WORDS) is None


def test_pasted_words_are_looked_up_in_the_talk():
    ground = lay()
    lesson, _claim = begun(ground)
    assert claims.find(ground.who("curator"), lesson.id, "made no difference") == ground.posts()[1].id
    assert claims.find(ground.who("curator"), lesson.id, "never said") is None


def test_only_makers_touch_claims():
    ground = lay()
    lesson, claim = begun(ground)
    for name in ("reviewer", "author", "editor"):
        with pytest.raises(NotFound):
            claims.add(ground.who(name), lesson.id, text="Mine")
        with pytest.raises(NotFound):
            claims.reword(ground.who(name), claim.id, text="Mine")
    assert claims.reword(ground.who("second"), claim.id, text=" Contact  keeps ").text == "Contact keeps"


def test_a_claim_said_twice_is_one_claim_and_the_rest_moves_up_when_one_goes():
    ground = lay()
    lesson, first = begun(ground)
    for text in ("Two", "Three", "Two"):
        claims.add(ground.who("curator"), lesson.id, text=text)
    claims.remove(ground.who("curator"), first.id)
    rows = db.session.execute(select(Claim.position, Claim.text).order_by(Claim.position)).all()
    assert [tuple(row) for row in rows] == [(1, "Two"), (2, "Three")]


def test_an_excerpt_is_taken_away_with_its_claim_or_alone():
    ground = lay()
    lesson, claim = begun(ground)
    excerpt = claims.quote(
        ground.who("curator"), claim.id, post_id=ground.post.id, words=WORDS, stance="supports"
    )
    assert claims.unquote(ground.who("curator"), excerpt.id) == (claim.id, lesson.id)
    with pytest.raises(NotFound):
        claims.unquote(ground.who("curator"), excerpt.id)
    claims.quote(ground.who("curator"), claim.id, post_id=ground.post.id, words=WORDS, stance="supports")
    claims.remove(ground.who("curator"), claim.id)
    assert db.session.scalar(select(func.count(Excerpt.id))) == 0


def test_a_claim_of_an_earlier_version_is_left_alone():
    ground = lay()
    lesson = ground.published()
    old = db.session.scalars(select(Claim)).one()
    with pytest.raises(Forbidden):
        claims.reword(ground.who("curator"), old.id, text="Otherwise")
    lessons.revise(ground.who("curator"), lesson.id)
    with pytest.raises(Conflict):
        claims.reword(ground.who("curator"), old.id, text="Otherwise")


def test_the_workbench_marks_used_words_and_names_what_is_missing():
    ground = lay()
    lesson = ground.draft()
    found = workbench_draft.workbench(ground.who("curator"), lesson.id)
    assert found.missing_fields == []
    assert (found.heard, found.excerpt_count, found.field_voices, found.cities) == (1, 1, 1, ["aalst"])
    marked = [
        words for post in found.posts for line in post.lines for words, numbers, _stance in line if numbers
    ]
    assert marked == [WORDS]
    assert [post.used for post in found.posts] == [[1], []]
    assert [option.audience for option in found.audiences] == ["space", "network", "public"]
    assert [option.waiting for option in found.audiences] == [0, 0, 1]


def test_a_colleague_meets_no_words_of_a_talk_that_is_closed_to_her():
    ground = lay()
    lesson = ground.draft()
    gent = make_space("Gent")
    closed = make_thread(
        gent, ground.reviewer, title="Secret talk", body="A secret word.", audience=Audience.SPACE
    )
    join(ground.curator, gent, Role.MODERATOR)
    lessons.add_source(ground.who("curator"), lesson.id, closed.id)
    claim = claims.add(ground.who("curator"), lesson.id, text="It is cheap")
    post = make_post(closed, ground.reviewer, "A secret word.")
    claims.quote(ground.who("curator"), claim.id, post_id=post.id, words="secret word", stance="supports")
    hers = workbench_draft.workbench(ground.who("second"), lesson.id, thread_id=closed.id)
    assert [talk.id for talk in hers.talks] == [ground.thread.id]
    assert "secret" not in repr([hers.claims, hers.posts, hers.talks]).lower()
    assert [view.withheld for _id, view in hers.claims[1].excerpts] == ["closed"]


def test_overlapping_words_are_cut_where_each_begins_and_ends():
    ground = lay()
    lesson, claim = begun(ground)
    for words in ("Almost all of them said", "said the same thing: nobody talks with me"):
        claims.quote(ground.who("curator"), claim.id, post_id=ground.post.id, words=words, stance="supports")
    post = workbench_draft.workbench(ground.who("curator"), lesson.id).posts[0]
    assert "".join(words for line in post.lines for words, _n, _s in line) == OPENING
    assert source_thread.marked_lines("", []) == []
