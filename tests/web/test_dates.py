"""When something was written: the hour beside each post, the last post on each card, in the words of today."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import force_locale
from forum.models.spaces import Audience
from forum.web.ages import QUIET_AFTER, last_post
from tests import lesson_scenario
from tests.factories import make_post, make_thread, sign_in

NOON = datetime(2026, 6, 15, 10, 0, tzinfo=UTC)  # noon in Brussels


def words(answer):
    return answer.get_data(as_text=True)


@pytest.mark.parametrize(("at", "english", "dutch"), [
    (NOON - timedelta(hours=2, minutes=55), "today at 09:05", "vandaag om 09:05"),
    (NOON - timedelta(hours=12, minutes=1), "yesterday at 23:59", "gisteren om 23:59"),
    (NOON - timedelta(hours=37), "13 June", "13 juni"),
    (NOON - QUIET_AFTER, "15 May", "15 mei"),
    (NOON - QUIET_AFTER - timedelta(seconds=1), "silent since 15 May", "stil sinds 15 mei"),
    (datetime(2025, 12, 8, tzinfo=UTC), "silent since 8 December 2025", "stil sinds 8 december 2025"),
])  # fmt: skip
def test_the_last_post_is_told_by_hour_by_day_and_then_as_silence(app, at, english, dutch):
    with clock.at(NOON):
        for locale, told in (("en", english), ("nl", dutch)):
            with app.test_request_context(), force_locale(locale, "Europe/Brussels"):
                assert last_post(at) == (told, "sin" in told)


def test_a_card_that_was_kept_yesterday_says_the_day_of_today(client, gent, leen):
    with clock.at(NOON):
        make_thread(gent, leen, at=NOON - timedelta(hours=1))
        old = make_thread(gent, leen, title="Long ago", at=NOON - timedelta(days=200))
        make_post(old, leen, at=NOON - timedelta(days=100))
        db.session.commit()
    told = []
    for later in (timedelta(0), timedelta(days=1), timedelta(days=60)):
        with clock.at(NOON + later):
            sign_in(client, leen)
            page = words(client.get(f"/spaces/{gent.slug}"))
            told.append(re.findall(r'<time datetime="[^"]+" title="[^"]+">([^<]+)</time>\s*</div>', page))
            assert page.count("card--quiet") == sum("silent" in each for each in told[-1])
    assert [set(each) for each in told] == [
        {"today at 11:00", "silent since 7 March"},
        {"yesterday at 11:00", "silent since 7 March"},
        {"silent since 15 June", "silent since 7 March"},
    ]


def test_a_post_says_its_hour_up_to_yesterday_its_year_once_that_is_over_and_all_of_it_on_hover(
    client, gent, leen
):
    thread = make_thread(gent, leen, at=NOON)
    make_post(thread, leen, at=NOON + timedelta(hours=3), edited_at=NOON + timedelta(hours=4))
    hours = (("12:00", "10:00"), ("15:00", "13:00"), ("16:00", "14:00"))
    for later, day in ((0, "today at {}"), (1, "yesterday at {}"), (2, "15 June"), (365, "15 June 2026")):
        with clock.at(NOON + timedelta(days=later, hours=5)):
            sign_in(client, leen)
            shown = words(client.get(f"/threads/{thread.id}-{thread.slug}"))
        for hour, written in hours:
            heard = "" if "{}" in day else f'<span class="vh">, {hour}</span>'
            assert (
                f'<time datetime="2026-06-15T{written}:00+00:00" title="15 June 2026, {hour}">{day.format(hour)}'
                f"{heard}</time>" in shown
            ), "also when the reply was kept the day before"
        assert ("edited <time" in shown, "edited on <time" in shown) == (later < 2, later > 1)


def test_a_moment_has_no_fraction_of_a_second_that_html_refuses(client, gent, leen):
    thread = make_thread(gent, leen, at=NOON + timedelta(microseconds=123456))
    make_post(thread, leen, at=NOON + timedelta(microseconds=654321))
    sign_in(client, leen)
    for path in (f"/spaces/{gent.slug}", f"/threads/{thread.id}-{thread.slug}"):
        moments = re.findall(r'<time datetime="([^"]+)"', words(client.get(path)))
        assert moments
        assert not [moment for moment in moments if "." in moment]


def test_words_in_a_lesson_say_their_day_only(client):
    scene = lesson_scenario.build(audience=Audience.PUBLIC)
    scene.post.created_at = NOON
    lesson = scene.published(Audience.PUBLIC, by="editor")
    db.session.commit()
    shown = words(client.get(f"/lessons/{lesson.public_id}", headers={"Accept-Language": "en"}))
    assert '<time datetime="2026-06-15">15 June 2026</time>' in shown
    assert "12:00" not in shown
    assert "T10:00" not in shown
