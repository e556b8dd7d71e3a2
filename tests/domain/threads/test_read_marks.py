"""How far somebody has read: page by page, in any order, and never more than they have opened."""

from datetime import timedelta

import pytest

from forum.domain.threads import lists, read_marks
from forum.domain.threads import page as thread_page
from forum.domain.threads.numbering import page_of
from forum.infra import clock
from forum.infra.db import db
from forum.models.threads import ReadAhead, ReadMark
from tests import sweeps
from tests.factories import LONG_AGO, actor, make_member, make_post, make_space, make_thread

MINUTE = timedelta(minutes=1)
STEPS = 24


@pytest.fixture
def karim(gent):
    return make_member("Karim", space=gent)


@pytest.fixture
def short_pages(monkeypatch):
    """Pages of three posts."""
    monkeypatch.setattr(thread_page, "PAGE_SIZE", 3)


def open_page(who, thread, number):
    """Open a page as the browser edge does; the numbers of the posts that it showed as new."""
    page = thread_page.page(who, thread.id, number)
    if page.last_shown > page.read_number:
        read_marks.mark_read(who, thread.id, first=page.posts[0].number, last=page.last_shown)
    return [post.number for post in page.posts if post.is_new]


def card(who):
    """The count and the first of what is new, as a list tells it."""
    (row,) = lists.latest(who).rows
    return row.new_count, row.first_unread


def filled(space, author, posts):
    thread = make_thread(space, author)
    for _turn in range(posts - 1):
        make_post(thread, author)
    return thread


def test_d3_opening_page_two_leaves_page_one_unread(gent, leen, karim):
    thread, who = filled(gent, karim, 40), actor(leen)
    assert card(who) == (40, None)  # never opened: its link leads to the top
    assert open_page(who, thread, 2) == list(range(21, 41))
    assert card(who) == (20, 1)
    assert open_page(who, thread, 2) == []
    assert open_page(who, thread, 1) == list(range(1, 21))
    assert card(who) == (0, None)
    assert db.session.query(ReadAhead).count() == 0
    assert db.session.query(ReadMark.last_number).scalar() == 40
    make_post(thread, karim)
    assert card(who) == (1, 41)


def test_d3_pages_may_be_read_in_any_order_and_one_that_grew_is_new_from_there(
    gent, leen, karim, short_pages
):
    thread, who = filled(gent, karim, 8), actor(leen)
    assert open_page(who, thread, 3) == [7, 8]
    for _turn in range(3):
        make_post(thread, karim)
    assert open_page(who, thread, 4) == [10, 11]
    assert card(who) == (7, 1)
    assert open_page(who, thread, 1) == [1, 2, 3]
    assert card(who) == (4, 4)
    assert open_page(who, thread, 2) == [4, 5, 6]
    assert card(who) == (1, 9)
    assert open_page(who, thread, 3) == [9]
    assert card(who) == (0, None)
    assert db.session.query(ReadAhead).count() == 0


def test_the_page_that_begins_at_what_is_new_counts_as_read_also_behind_old_and_own_posts(
    gent, leen, karim, short_pages
):
    thread, who = filled(gent, karim, 5), actor(leen)
    read_marks.mark_all_read(who)
    make_post(thread, leen, at=clock.now() + MINUTE)
    make_post(thread, karim, at=clock.now() + MINUTE)
    assert card(who) == (1, None)
    assert thread_page.page(who, thread.id, 1).first_unread == 7
    assert open_page(who, thread, 3) == [7]
    assert card(who) == (0, None)
    assert db.session.query(ReadAhead).count() == 0


def test_everything_read_forgets_what_was_read_ahead_of_this_member_only(gent, leen, karim, short_pages):
    thread, noor = filled(gent, karim, 6), actor(make_member("Noor", space=gent))
    for who in (actor(leen), noor):
        open_page(who, thread, 2)
    assert db.session.query(ReadAhead.member_id).count() == 2
    read_marks.mark_all_read(actor(leen))
    assert [row.member_id for row in db.session.query(ReadAhead)] == [noor.id]
    assert (card(actor(leen)), card(noor)) == ((0, None), (3, 1))


def test_a_range_read_in_one_thread_says_nothing_about_another(gent, leen, karim, short_pages):
    first, who = filled(gent, karim, 6), actor(leen)
    other = filled(make_space("Aalst"), karim, 6)
    open_page(who, first, 2)
    for thread, new in ((first, 3), (other, 6)):
        page = thread_page.page(who, thread.id, 2)
        assert (page.new_count, page.first_unread) == (new, 1)
        assert [post.number for post in page.posts if post.is_new] == ([] if thread is first else [4, 5, 6])


@pytest.mark.parametrize("walk", sweeps.few_of(range(60), 0, 1))
def test_whatever_is_opened_in_whatever_order_exactly_what_was_not_opened_is_new(
    walk, chance, gent, leen, karim, short_pages
):
    """Against a set of numbers that were shown, after every step of a random walk."""
    who, thread, shown, taken = actor(leen), make_thread(gent, karim, at=LONG_AGO + MINUTE), set(), set()
    numbers, now = {1: karim}, LONG_AGO + 2 * MINUTE
    for _step in range(STEPS):
        now += MINUTE
        deed = chance.choice(
            ["post", "post", "own post", "open", "open", "hide", *(["all read"] * (walk % 2))]
        )
        with clock.at(now):
            if deed in {"post", "own post"}:
                author = leen if deed == "own post" else karim
                post = make_post(thread, author, at=now)
                numbers[post.number] = author
            elif deed == "open":
                number = chance.randint(1, page_of(thread.last_number))
                page = thread_page.page(who, thread.id, number)
                expected = {p.number for p in page.posts} & _new(numbers, shown, taken)
                assert set(open_page(who, thread, number)) == expected
                shown |= {p.number for p in page.posts}
            elif deed == "hide":
                taken.add(chance.choice(list(numbers)))
                _hide(thread, taken, now)
            else:
                read_marks.mark_all_read(who)
                shown |= set(numbers)
        new = _new(numbers, shown, taken)
        page = thread_page.page(who, thread.id)
        assert (page.new_count, page.first_unread) == (len(new), min(new, default=None)), deed
        if deed == "open":
            assert card(who) == (len(new), min(new, default=None))


def _new(numbers, shown, taken):
    return {number for number, author in numbers.items() if author.name == "Karim"} - shown - taken


def _hide(thread, numbers, at):
    hidden = db.update(thread_page.Post).where(
        thread_page.Post.thread_id == thread.id, thread_page.Post.number.in_(numbers)
    )
    db.session.execute(hidden.values(hidden_at=at))
