"""What a member was told, by day and thread: only what they may still see, counted as it is shown."""

from datetime import UTC, datetime, timedelta

import pytest

from forum.domain.inbox import notices, waiting
from forum.domain.inbox.notices import Day, Tab
from forum.domain.mailing import unread_notices
from forum.domain.mailing.kinds import KINDS
from forum.infra import clock, i18n
from forum.infra.db import db
from forum.models.spaces import Audience
from tests.domain.digests.test_digests import make_lesson
from tests.factories import actor, make_member, make_post, make_space, make_thread
from tests.notices import tell, tell_of

MINUTE = timedelta(minutes=1)


@pytest.fixture
def karim(gent):
    return make_member("Karim", space=gent)


def lines(member, tab=Tab.ALL):
    return [line.id for group in notices.page(actor(member), tab).rows for line in group.lines]


def test_what_happened_in_one_thread_on_one_day_stands_together(gent, leen, karim):
    busy, other = (make_thread(gent, leen, title=title) for title in ("Busy", "Other"))
    with (
        clock.at(datetime(2026, 11, 19, 12, 0, tzinfo=UTC)) as now,
        i18n.force_locale("en", "Europe/Brussels"),
    ):
        moments = (now, now - MINUTE, now - 2 * MINUTE, now - timedelta(days=1), now - timedelta(days=9),
                   now - timedelta(days=60))  # fmt: skip
        for at, thread in zip(moments, (busy, other, busy, busy, other, other), strict=True):
            tell_of(leen, make_post(thread, karim), at=at)
        found = [(one.title, one.day, one.month, len(one.lines)) for one in notices.page(actor(leen)).rows]
        at_home = [(one.title, len(one.lines)) for one in notices.unread(actor(leen), 5)]
    assert at_home == [("Busy", 3), ("Other", 3)], "each thread once, whatever the days"
    assert found == [
        ("Busy", Day.TODAY, None, 2),
        ("Other", Day.TODAY, None, 1),
        ("Busy", Day.YESTERDAY, None, 1),
        ("Other", Day.LAST_WEEK, None, 1),
        ("Other", Day.EARLIER, datetime(2026, 9, 1).date(), 1),
    ]


def test_what_may_no_longer_be_seen_leaves_no_trace_and_comes_back_with_the_right(gent, leen, karim):
    elsewhere = make_space("Aalst", city="aalst")
    thread = make_thread(elsewhere, karim)
    shut, told = (
        tell_of(leen, make_post(thread, karim)),
        tell_of(leen, make_post(make_thread(gent, leen), karim)),
    )
    lesson = make_lesson(elsewhere, karim)
    shut_lesson = tell(leen, "cited", lesson_id=lesson.id)
    every = {told.id, shut.id, shut_lesson.id}
    assert set(lines(leen)) == every
    assert unread_notices.count(actor(leen)).count == 3
    thread.audience = lesson.audience = Audience.SPACE
    db.session.flush()
    for tab in Tab:
        assert lines(leen, tab) == [told.id]
    assert unread_notices.count(actor(leen)) == unread_notices.Unread(1, 1)
    assert lines(karim) == [], "what another was told"
    unread_notices.read_all(actor(leen), until=clock.now())
    thread.audience = Audience.NETWORK
    db.session.flush()
    assert lines(leen, Tab.UNREAD) == [shut.id], "what nobody saw was not read"


def test_the_words_of_a_post_are_those_that_everybody_reads_now(gent, leen, karim):
    thread = make_thread(gent, leen)
    post = make_post(thread, karim, "We rang back the same day. " * 20)
    tell_of(leen, post)
    own = make_post(
        thread, leen, "My own words.", hidden_at=clock.now(), hidden_reason="A house number stood in it."
    )
    tell(leen, "post_hidden", actor_id=karim.id, thread_id=thread.id, post_id=own.id)
    hidden, answer = notices.page(actor(leen)).rows[0].lines
    assert answer.words.startswith("We rang back the same day.")
    assert len(answer.words) <= notices.WORDS
    assert (hidden.reason, hidden.words) == ("A house number stood in it.", "")
    post.html, post.hidden_at, post.hidden_reason = "", clock.now(), "Rude."
    db.session.flush()
    _hidden, answer = notices.page(actor(leen)).rows[0].lines
    assert (answer.words, answer.reason) == ("", "")


def test_what_can_still_be_undone_is_not_told_yet(gent, leen, karim):
    thread, now = make_thread(gent, leen), clock.now()
    tell(leen, "post_hidden", thread_id=thread.id, shown_at=now + 10 * MINUTE)
    assert (lines(leen), unread_notices.count(actor(leen)).count) == ([], 0)
    with clock.at(now + 10 * MINUTE):
        assert (len(lines(leen)), unread_notices.count(actor(leen)).count) == (1, 1)


def test_a_long_list_comes_in_pages_that_miss_and_repeat_nothing(gent, leen, karim, monkeypatch):
    monkeypatch.setattr(notices, "LINES", 3)
    post, now = make_post(make_thread(gent, leen), karim), clock.now()
    rows = [tell_of(leen, post, at=now - (turn // 2) * MINUTE) for turn in range(8)]
    found, cursor = [], None
    for _page in range(3):
        page = notices.page(actor(leen), cursor=cursor)
        found += [line.id for group in page.rows for line in group.lines]
        cursor = page.next_cursor
    assert cursor is None
    assert found == [row.id for row in sorted(rows, key=lambda row: (row.created_at, row.id), reverse=True)]


def test_a_tab_shows_what_it_is_called_after_and_counting_stops(gent, leen, karim, monkeypatch):
    thread = make_thread(gent, leen)
    mine, followed = (tell_of(leen, make_post(thread, karim), kind) for kind in ("answer", "followed"))
    assert lines(leen, Tab.TO_ME) == [mine.id]
    assert unread_notices.count(actor(leen)) == unread_notices.Unread(2, 1)
    unread_notices.read_thread(actor(leen), thread.id, last=2)
    assert (lines(leen, Tab.UNREAD), lines(leen)) == ([followed.id], [followed.id, mine.id])
    assert [group.lines[0].id for group in notices.unread(actor(leen), 3)] == [followed.id]
    assert notices.unread(actor(leen), 3, without=frozenset({"followed"})) == []


def test_each_queue_is_named_as_where_it_stands_and_what_it_tells_is_a_kind():
    assert set(waiting.QUEUES) < set(waiting.Waiting.__dataclass_fields__)
    assert set(KINDS) >= waiting.TOLD_OF
    assert set(unread_notices.OF_POSTS) <= set(KINDS)
