"""A passage that a post quotes: kept as a place, drawn when it is read, emptied by whatever empties its words."""

import uuid

import pytest
from sqlalchemy import select

from forum.domain.lessons import lessons, places
from forum.domain.moderation import hiding, taking_back
from forum.domain.threads import history, mentioning, page, posts, previews, quotes, threads
from forum.domain.threads.quotes import MOST, Quote
from forum.infra import i18n
from forum.infra.db import db
from forum.models.spaces import Role
from forum.models.threads import Post, PostQuote, PostRevision
from forum.policy.errors import Invalid
from tests.factories import actor, make_member, make_post, make_space, make_thread

SAID = "First we ring. Then we wait for three days."
WORDS = "Then we wait for three days."
# Of the letters of SAID, blanks not counted.
MARK = "[quote 2: 12-35]"

pytestmark = pytest.mark.both_databases


@pytest.fixture
def gent(session):
    return make_space("Gent", city="gent")


@pytest.fixture
def leen(gent):
    return make_member("Leen", space=gent)


@pytest.fixture
def mo(gent):
    return make_member("Mo", space=gent, role=Role.MODERATOR)


@pytest.fixture
def thread(gent, leen):
    return make_thread(gent, leen)


@pytest.fixture
def quoted(thread, leen):
    return make_post(thread, leen, SAID)


@pytest.fixture
def karim(gent):
    return make_member("Karim", space=gent)


@pytest.fixture
def quoting(thread, karim, quoted):
    return answer(thread, karim, f"{MARK}\nSo do we.")


def answer(thread, author, body):
    return threads.reply(actor(author), thread.id, body=body, idempotency_key=str(uuid.uuid4()))


def quotes_of(post, reader=None):
    """What a reader gets of a post: its quotes."""
    db.session.expire_all()
    shown = page.page(reader, post.thread_id)
    view = next(one for one in shown.posts if one.id == post.id)
    return [part for part in view.html if isinstance(part, Quote)] if not isinstance(view.html, str) else []


def change(author, post, body):
    return posts.edit(actor(author), post.id, body=body, seen_revision=post.revision)


def test_the_words_are_drawn_for_every_reader_and_kept_in_no_row_of_who_quotes(quoted, quoting, leen, karim):
    for reader in (actor(leen), actor(karim)):
        (quote,) = quotes_of(quoting, reader)
        assert (quote.words, quote.name, quote.number, quote.by) == (WORDS, "Leen", 2, 3)
    revision = db.session.scalars(select(PostRevision).where(PostRevision.post_id == quoting.id)).one()
    assert (revision.body, revision.plain) == (f"{MARK}\nSo do we.", "So do we.")
    assert "three days" not in quoting.html


def test_hidden_and_shown_again(quoted, quoting, leen, mo, karim):
    hiding.hide(actor(mo), quoted.id, reason="Somebody can be recognised")
    for reader in (actor(mo), actor(leen), actor(karim)):
        assert [quote.words for quote in quotes_of(quoting, reader)] == [""]
    hiding.restore(actor(mo), quoted.id)
    assert [quote.words for quote in quotes_of(quoting, actor(leen))] == [WORDS]


def test_taken_back_and_put_back(quoted, quoting, leen, mo):
    taking_back.take_back(actor(leen), quoted.id)
    assert [quote.words for quote in quotes_of(quoting, actor(mo))] == [""]
    taking_back.put_back(actor(leen), quoted.id)
    assert [quote.words for quote in quotes_of(quoting, actor(mo))] == [WORDS]


def test_an_edit_that_leaves_the_words_says_so_and_one_that_takes_them_out_empties_the_quote(
    quoted, quoting, leen
):
    change(leen, quoted, f"Well. {SAID}")
    (quote,) = quotes_of(quoting, actor(leen))
    assert (quote.words, quote.is_changed) == (WORDS, True)
    change(leen, quoted, "First we ring.")
    assert [quote.words for quote in quotes_of(quoting, actor(leen))] == [""]
    change(leen, quoted, SAID)
    assert [quote.words for quote in quotes_of(quoting, actor(leen))] == [WORDS]


def test_a_text_that_was_edited_out_is_not_brought_back_by_quoting_its_revision(thread, quoted, leen, karim):
    change(leen, quoted, "First we ring.")
    late = answer(thread, karim, f"{MARK}\n\nSo do we.")
    assert [quote.words for quote in quotes_of(late, actor(leen))] == [""]


def test_whoever_quotes_may_change_their_own_text_and_the_quote_stays(quoted, quoting, karim):
    change(karim, quoting, f"{MARK}\n\nSo did we, once.")
    assert [quote.words for quote in quotes_of(quoting, actor(karim))] == [WORDS]
    change(karim, quoting, "So did we, once.")
    assert quotes_of(quoting, actor(karim)) == []
    assert db.session.scalars(select(PostQuote)).all() == []


@pytest.mark.parametrize(
    "mark", ["[quote 9: 0-4]", "[quote 3: 0-2]", "[quote 2: 30-99]", "[quote 2.7: 0-4]", "[citaat 2: 5-5]"]
)
def test_a_mark_that_leads_nowhere_shows_no_words(thread, quoted, karim, leen, mark):
    post = answer(thread, karim, f"{mark}\n\nSo do we.")
    assert [quote.words for quote in quotes_of(post, actor(leen))] == [""]


def test_a_mark_tells_nothing_of_a_hidden_post_not_even_how_long_it_is(thread, quoted, karim, mo):
    hiding.hide(actor(mo), quoted.id, reason="Somebody can be recognised")
    post = answer(thread, karim, "[quote 2: 0-4]\n[quote 2: 0-9999]\n\nSo do we.")
    short, long = quotes_of(post, actor(karim))
    assert short == long
    hiding.restore(actor(mo), quoted.id)
    assert [quote.words for quote in quotes_of(post, actor(karim))] == ["", ""]


def test_no_post_of_another_thread_can_be_quoted(gent, leen, thread, quoted):
    other = make_thread(gent, leen)
    post = answer(other, leen, f"{MARK}\n\nSo do we.")
    assert [quote.words for quote in quotes_of(post, actor(leen))] == [""]


def test_a_post_of_quotes_only_and_one_of_too_many_are_refused(thread, quoted, leen):
    with i18n.force_locale("en"):
        with pytest.raises(Invalid, match="some words of your own"):
            threads.reply(actor(leen), thread.id, body=MARK, idempotency_key="a")
        with pytest.raises(Invalid, match=f"at most {MOST} passages"):
            threads.reply(
                actor(leen), thread.id, body=f"{MARK}\n" * (MOST + 1) + "\nSo.", idempotency_key="a"
            )


def test_a_preview_draws_what_readers_will_get_and_only_for_who_may_write_there(thread, quoted, leen, gent):
    body, there = f"{MARK}\n\nSo do we.", mentioning.InThread(thread.id)
    quote = previews.preview(actor(leen), body, there)[0]
    assert (quote.words, quote.by) == (WORDS, 0)
    outsider = make_member("Eva", space=make_space("Genk", city="genk"))
    thread.audience = "space"
    db.session.flush()
    assert previews.preview(actor(outsider), body, there)[0].words == ""


def test_who_is_mentioned_in_quoted_words_has_their_name_in_the_post_its_preview_and_its_history(
    thread, leen, karim, mo
):
    asked = answer(thread, leen, f"Ask @{mo.handle}.")
    mark = f"[quote {asked.number}: 0-{len(mo.handle) + 5}]"
    body, there = f"{mark}\n\nI did.", mentioning.InThread(thread.id)
    assert previews.preview(actor(karim), body, there)[0].words == "Ask @Mo."
    assert [quote.words for _mark, quote in quotes.in_text(thread.id, body)] == ["Ask @Mo."]
    post = answer(thread, karim, body)
    assert [quote.words for quote in quotes_of(post, actor(karim))] == ["Ask @Mo."]
    (version,) = history.of_post(actor(karim), post.id).versions
    assert [quote.words for quote in version.quotes] == ["Ask @Mo."]


def test_words_that_are_quoted_are_no_evidence_of_who_quotes(thread, quoted, quoting, mo):
    lesson = lessons.draft(actor(mo), thread.id, title="Ring")
    found = places.find(actor(mo), lesson.id, WORDS)
    assert [place.post_id for place in found.places] == [quoted.id]


def test_a_reply_names_the_post_that_it_answers_whatever_becomes_of_it(thread, quoted, mo, karim):
    key = {"idempotency_key": "a", "body": "So do we."}
    post = threads.reply(actor(karim), thread.id, answers=2, **key)
    hiding.hide(actor(mo), quoted.id, reason="Somebody can be recognised")
    (view,) = [one for one in page.page(actor(karim), thread.id).posts if one.id == post.id]
    assert view.answers == (thread.id, 2, "Leen", "")
    nowhere = threads.reply(actor(karim), thread.id, answers=99, body="Another.", idempotency_key="b")
    assert db.session.get(Post, nowhere.id).answers_id is None
