"""An excerpt is a place in a post: words that stand there twice freeze where they were chosen."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import func, select

from forum.domain.lessons import claims, lessons, places
from forum.domain.lessons.places import Place
from forum.domain.lessons.workbench import source_thread
from forum.domain.themes import labels
from forum.domain.threads import posts, threads
from forum.infra import clock, i18n, rates
from forum.infra.db import db
from forum.models.claims import Claim, Excerpt, Stance
from forum.models.lessons import Lesson
from forum.models.spaces import Audience, Role
from forum.models.threads import Post, PostRevision
from forum.policy.errors import Forbidden, Invalid, NotFound
from tests.factories import join, make_post, make_space, make_thread
from tests.lesson_scenario import LessonScenario, build

SAID = "Het werkte niet 👩‍🌾. Ondanks alles: het werkte niet. Punt uit, want het werkte niet."
AGAIN = "het werkte niet"
SECOND, THIRD = SAID.index(AGAIN), SAID.rindex(AGAIN)


@dataclass
class Draft:
    """A lesson with one claim, and a post in which the same words stand more than once."""

    scenario: LessonScenario
    lesson: Lesson
    claim: Claim
    post: Post

    def quote(self, start: int, words: str = AGAIN, stance: str = "supports", **over: Any) -> Excerpt:
        """Freeze the words that begin at `start`."""
        place = Place(over.get("revision", 1), start, over.get("end", start + len(words)))
        return claims.quote(
            self.scenario.actor("curator"),
            self.claim.id,
            post_id=self.post.id,
            words=words,
            stance=stance,
            place=place,
        )

    def refused(self, act: Callable[[], Any]) -> tuple[str, str]:
        """The field and the message of what is refused."""
        with i18n.force_locale("en"), pytest.raises(Invalid) as refusal:
            act()
        return refusal.value.field, refusal.value.message

    def find(self, words: str) -> list[tuple[int, int]]:
        """The post and the beginning of each place of pasted words."""
        found = places.find(self.scenario.actor("curator"), self.lesson.id, words)
        assert found.is_all
        return [(each.post_id, each.place.start) for each in found.places]


@pytest.fixture
def draft() -> Draft:
    scenario = build()
    post = make_post(scenario.thread, scenario.author, SAID)
    lesson = lessons.draft(scenario.actor("curator"), scenario.thread.id, title="Talk")
    claim = claims.add(scenario.actor("curator"), lesson.id, text="It did not work")
    return Draft(scenario, lesson, claim, post)


def excerpts() -> list[tuple[int, int, Stance]]:
    rows = db.session.execute(select(Excerpt.start_at, Excerpt.end_at, Excerpt.stance).order_by(Excerpt.id))
    return [tuple(row) for row in rows]


def test_e1_repeated_words_freeze_where_they_were_selected_and_an_earlier_judgement_stays(draft):
    draft.quote(SECOND, stance="contradicts")
    third = draft.quote(THIRD)
    length = len(AGAIN)
    assert (third.words, third.start_at) == (AGAIN, THIRD)
    assert excerpts() == [
        (SECOND, SECOND + length, Stance.CONTRADICTS),
        (THIRD, THIRD + length, Stance.SUPPORTS),
    ]


def test_e1_the_same_place_with_another_stance_is_refused_and_with_the_same_one_is_the_same_excerpt(draft):
    first = draft.quote(THIRD, stance="nuances")
    assert draft.quote(THIRD, stance="nuances") is first
    field, message = draft.refused(lambda: draft.quote(THIRD, stance="supports"))
    assert field == "stance"
    with i18n.force_locale("en"):
        assert f"as “{labels.STANCES['nuances']}”" in message
    assert [stance for *_place, stance in excerpts()] == [Stance.NUANCES]
    claims.unquote(draft.scenario.actor("curator"), first.id)
    assert draft.quote(THIRD, stance="supports").stance == Stance.SUPPORTS


def test_e1_the_same_place_under_another_claim_has_a_stance_of_its_own(draft):
    draft.quote(THIRD)
    draft.claim = claims.add(draft.scenario.actor("curator"), draft.lesson.id, text="It worked")
    draft.quote(THIRD, stance="contradicts")
    assert [stance for *_place, stance in excerpts()] == [Stance.SUPPORTS, Stance.CONTRADICTS]


def test_e1_without_a_place_words_that_stand_there_twice_are_refused(draft):
    def quote(words: str) -> Excerpt:
        return claims.quote(
            draft.scenario.actor("curator"),
            draft.claim.id,
            post_id=draft.post.id,
            words=words,
            stance="supports",
        )

    field, message = draft.refused(lambda: quote(AGAIN))
    assert (field, "more than once" in message) == ("words", True)
    assert "word for word" in draft.refused(lambda: quote("never said"))[1]
    assert quote("want het werkte niet").start_at == SAID.index("want")


def test_white_space_around_a_place_is_left_out_and_inside_it_may_differ(draft):
    excerpt = draft.quote(SAID.index(" Punt"), words="Punt\r\n uit,", end=SAID.index("want"))
    assert (excerpt.words, excerpt.start_at) == ("Punt uit,", SAID.index("Punt"))


def test_an_emoji_and_a_single_letter_can_be_quoted(draft):
    for words in ("👩‍🌾", "k"):
        assert draft.quote(SAID.index(words), words).words == words


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (SECOND + 1, THIRD, AGAIN),
        (SECOND, SECOND + 5, AGAIN),
        (0, len(AGAIN), AGAIN),  # "Het"
        (len(SAID), len(SAID) + 20, AGAIN),
        (SECOND, SECOND, ""),
        (SECOND + 3, SECOND + 4, " "),
        (SECOND + 9, SECOND + 2, AGAIN),
        (0, 10**8, AGAIN),
    ],
)
def test_a_place_where_other_words_stand_is_refused(draft, start, end, words):
    field, _message = draft.refused(lambda: draft.quote(start, words, end=end))
    assert (field, excerpts()) == ("words", [])


def test_no_place_is_longer_than_an_excerpt_may_be(draft):
    long = "x" * Excerpt.WORDS_MAX
    draft.post = make_post(draft.scenario.thread, draft.scenario.author, f"{long}x")
    field, message = draft.refused(lambda: draft.quote(0, f"{long}x"))
    assert (field, "word for word" in message, excerpts()) == ("words", False, [])
    assert draft.quote(1, long).end_at == Excerpt.WORDS_MAX + 1


def test_a_post_that_changed_after_the_page_was_drawn_freezes_no_other_words(draft):
    author = draft.scenario.actor("author")
    posts.edit(author, draft.post.id, body=f"Toch. {SAID}", seen_revision=1)
    field, message = draft.refused(lambda: draft.quote(THIRD))
    assert (field, "changed after you opened the page" in message) == ("words", True)
    assert "changed" in draft.refused(lambda: draft.quote(THIRD, revision=3))[1]
    moved = THIRD + len("Toch. ")
    assert draft.quote(moved, revision=2).words == AGAIN
    assert [start for start, *_rest in excerpts()] == [moved]


def test_e1_pasted_words_are_found_in_every_place_of_the_lessons_threads(draft):
    other = make_thread(draft.scenario.space, draft.scenario.author, title="Elders", body=f"En {AGAIN}!")
    elsewhere = make_thread(draft.scenario.space, draft.scenario.author, body=f"Hier {AGAIN} ook.")
    lessons.add_source(draft.scenario.actor("curator"), draft.lesson.id, other.id)
    lessons.draft(draft.scenario.actor("curator"), elsewhere.id, title="Another lesson")
    opening = db.session.scalars(select(Post.id).where(Post.thread_id == other.id)).one()
    assert draft.find(f" {AGAIN.replace(' ', chr(10))}") == [
        (draft.post.id, SECOND),
        (draft.post.id, THIRD),
        (opening, 3),
    ]
    found = places.find(draft.scenario.actor("curator"), draft.lesson.id, f"En {AGAIN}").places[0]
    assert (found.author, found.thread_title, found.post_number) == ("Amina", "Elders", 1)
    assert (found.before, found.words, found.after) == ("", f"En {AGAIN}", "!")
    field, message = draft.refused(lambda: draft.find("never said"))
    assert (field, "word for word" in message) == ("words", True)


def test_words_copied_with_the_name_of_whom_they_mention_freeze_the_handle_that_was_typed(draft):
    author = draft.scenario.author
    said = f"Toen belde @{author.handle.title()} terug."
    draft.post = threads.reply(
        draft.scenario.actor("author"), draft.scenario.thread.id, body=said, idempotency_key=None
    )
    words = f"belde @{author.name} terug"
    assert draft.find(words) == [(draft.post.id, 5)]
    quoted = draft.quote(5, words, end=len(said) - 1)
    assert (quoted.words, said[quoted.start_at : quoted.end_at]) == (said[5:-1], said[5:-1])
    assert "word for word" in draft.refused(lambda: draft.find("belde @Nobody terug"))[1]
    author.suspended_at = clock.now()  # drawn as it was typed from now on
    db.session.flush()
    assert "word for word" in draft.refused(lambda: draft.find(words))[1]


def test_words_that_stand_everywhere_ask_for_more_words(draft):
    draft.post = make_post(draft.scenario.thread, draft.scenario.author, "zo " * 20)
    assert len(draft.find("zo")) == 20
    make_post(draft.scenario.thread, draft.scenario.author, "zo")
    field, message = draft.refused(lambda: draft.find("zo"))
    assert (field, "more than 20 places" in message) == ("words", True)


def test_a_place_is_known_by_whole_words_around_it(draft):
    def around(body: str, words: str) -> tuple[str, str]:
        make_post(draft.scenario.thread, draft.scenario.author, body)
        ((found,), _is_all) = places.find(draft.scenario.actor("curator"), draft.lesson.id, words)
        return found.before, found.after

    many, full, long = "woord " * 33, "x" * 89, "y" * 91
    assert around(f"{many}midden {many}", "midden") == ("…" + "woord " * 14, " woord" * 14 + "…")
    assert around(f"{full} heel {full}", "heel") == (f"{full} ", f" {full}")
    assert around(f"{long}één{long}", "één") == ("…" + "y" * 90, "y" * 90 + "…")


def test_words_that_are_gone_or_closed_are_not_found(draft):
    gent = make_space("Gent")
    closed = make_thread(gent, draft.scenario.reviewer, body=f"Stil, {AGAIN}.", audience=Audience.SPACE)
    join(draft.scenario.curator, gent, Role.MODERATOR)
    lessons.add_source(draft.scenario.actor("curator"), draft.lesson.id, closed.id)
    words = f"Stil, {AGAIN}"
    assert len(draft.find(words)) == 1
    second = draft.scenario.actor("second")
    draft.scenario.share(draft.lesson)
    with pytest.raises(Invalid):
        places.find(second, draft.lesson.id, words)
    with pytest.raises((NotFound, Forbidden)):
        places.find(draft.scenario.actor("reviewer"), draft.lesson.id, AGAIN)
    draft.post.hidden_at = draft.post.created_at
    db.session.flush()
    assert len(draft.find(AGAIN)) == 1
    draft.post.hidden_at, draft.post.deleted_at = None, draft.post.created_at
    db.session.flush()
    assert len(draft.find(AGAIN)) == 1
    assert db.session.scalar(select(func.count(Excerpt.id))) == 0


def test_of_very_many_posts_those_beside_the_draft_are_always_searched(draft, monkeypatch):
    curator, thread = draft.scenario.actor("curator"), draft.scenario.thread
    late = [make_post(thread, draft.scenario.author, f"Eindelijk {number}.") for number in range(3)]
    every = db.session.scalar(select(func.count(Post.id)).where(Post.thread_id == thread.id))
    monkeypatch.setattr(places, "MOST_POSTS", every)
    assert draft.find("Eindelijk 2") == [(late[2].id, 0)]
    monkeypatch.setattr(places, "MOST_POSTS", every - 1)
    field, message = draft.refused(lambda: draft.find("Eindelijk 2"))
    assert (field, "too many posts to search" in message) == ("words", True)
    monkeypatch.setattr(places, "POSTS", late[1].number - 1)  # the last two are on the second page
    for last in (late[1], late[2]):
        words = f"Eindelijk {late.index(last)}"
        found = places.find(curator, draft.lesson.id, words, thread_id=thread.id, page=2)
        assert ([each.post_id for each in found.places], found.is_all) == ([last.id], False)
    with pytest.raises(Invalid):
        places.find(curator, draft.lesson.id, "Eindelijk 2", thread_id=thread.id + 1, page=2)


def test_no_more_than_the_page_beside_the_draft_goes_first(draft, monkeypatch):
    author, curator = draft.scenario.author, draft.scenario.actor("curator")
    other = make_thread(draft.scenario.space, author, title="Elders", body="Ginder een.")
    for number in ("twee", "drie", "vier"):
        make_post(other, author, f"Ginder {number}.")
    lessons.add_source(curator, draft.lesson.id, other.id)
    assert (places.MOST_POSTS, places.MOST_CHARACTERS) == (400, 1_000_000)
    for page, ahead in ((1, ("een", "twee")), (2, ("drie", "vier"))):
        monkeypatch.setattr(places, "POSTS", 2)
        monkeypatch.setattr(places, "MOST_POSTS", 3)  # and the first of the other thread
        searched, is_all = places._searched(curator, draft.lesson.id, other.id, page)
        assert [row.plain for row in searched[:2]] == [f"Ginder {number}." for number in ahead]
        assert (searched[2].title, searched[2].number, is_all) == (draft.scenario.thread.title, 1, False)


def test_what_is_searched_at_one_press_is_bounded_in_characters_and_searches_are_counted(draft, monkeypatch):
    counted = []
    monkeypatch.setattr(
        rates, "spend", lambda name, subject, *, limit: counted.append((name, subject, limit))
    )
    thread = draft.scenario.thread
    bodies = db.session.scalars(
        select(PostRevision.plain)
        .join(Post, Post.id == PostRevision.post_id)
        .where(Post.thread_id == thread.id)
    ).all()
    length = sum(map(len, bodies))
    monkeypatch.setattr(places, "MOST_CHARACTERS", length)
    assert len(draft.find(AGAIN)) == 2
    monkeypatch.setattr(places, "MOST_CHARACTERS", length - 1)
    assert "too many posts to search" in draft.refused(lambda: draft.find(AGAIN))[1]
    subject = f"member:{draft.scenario.curator.id}"
    assert counted == [("find_words", subject, "120 per hour")] * 2


@pytest.mark.parametrize(
    "plain", ["", "een", "een\ntwee\n\n  drie\n   vier\n\n\n\nvijf 👩‍🌾 zes", "\n\neen\n \ntwee\n", " "]
)
def test_the_pieces_of_a_post_are_its_plain_text_at_their_places(plain):
    paragraphs = source_thread.marked_paragraphs(plain, [])
    pieces = [piece for text in paragraphs for sentence in text for piece in sentence.pieces + sentence.after]
    assert [plain[piece.start :][: len(piece.text)] for piece in pieces] == [piece.text for piece in pieces]
    assert "\n".join(piece.text for piece in pieces).split() == plain.split()
    ends = [(piece.start, piece.start + len(piece.text)) for piece in pieces]
    assert all(plain[end:start].strip() == "" for (_s, end), (start, _e) in pairwise(ends))
    assert not any("\n\n" in piece.text for piece in pieces)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("we went on", [(7, "we went ", False), (15, "on", True)]),
        ("on, ", [(7, "on,", True), (10, " ", False)]),
        ("why? \n", [(7, "why?", True), (11, " \n", False)]),
        ("x" * 20, [(7, "x" * 8, False), (15, "x" * 12, True)]),
        (" ", [(7, " ", False)]),
    ],
)
def test_numbers_follow_the_last_word_of_a_passage_and_no_letter_is_lost(text, parts):
    assert source_thread.Piece(7, text, (1,), "supports").parts == parts
