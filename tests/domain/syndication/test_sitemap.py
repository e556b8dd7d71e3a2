"""The sitemap holds what a visitor may open, in files that hold so many ids each."""

import pytest

from forum.domain.lessons import lessons
from forum.domain.syndication import sitemap
from forum.infra import clock, days
from forum.infra.db import db
from forum.infra.logs import count_queries
from forum.infra.paging import LARGEST
from forum.infra.rows import IDS
from forum.models.spaces import Audience
from forum.policy.errors import NotFound
from tests import reviewed
from tests.factories import make_member, make_space, make_thread
from tests.lesson_scenario import build


def masked_lesson():
    """A lesson for everybody on a closed thread, whose author agreed without name and city."""
    scenario = build(Audience.SPACE)
    lesson = scenario.draft()
    scenario.agree(lesson, audience=Audience.PUBLIC)
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.PUBLIC)
    reviewed.publish(scenario.actor("editor"), lesson.id, recognised=False)
    return lesson


def names(kind):
    return {place.name for number in sitemap.files(kind) for place in sitemap.places(kind, number)}


@pytest.fixture
def gent(session):
    return make_space("Gent", city="gent")


def test_only_public_threads_and_spaces_with_one_are_in_it(gent):
    author = make_member(space=gent)
    public = make_thread(gent, author, title="For everybody", audience=Audience.PUBLIC)
    for audience in (Audience.SPACE, Audience.NETWORK):
        make_thread(make_space(f"Only {audience}"), author, title=f"Only {audience}", audience=audience)
    hidden = make_thread(gent, author, title="Hidden", audience=Audience.PUBLIC)
    hidden.hidden_at = clock.now()
    withdrawn = make_thread(gent, author, title="Withdrawn", audience=Audience.PUBLIC)
    withdrawn.withdrawn_at = clock.now()
    nameless = make_thread(gent, author, title="Nameless", audience=Audience.PUBLIC)
    nameless.title = ""
    db.session.flush()
    assert names("threads") == {public.slug}
    assert names("spaces") == {gent.slug}
    (place,) = sitemap.places("threads", sitemap.file_of("threads", public.id))
    assert place.changed == days.day_of(public.last_post_at)
    public.audience = nameless.audience = Audience.NETWORK
    db.session.flush()
    assert names("threads") == names("spaces") == set()


def test_a_lesson_with_a_masked_source_does_not_say_when_it_changed(session):
    scenario = build(Audience.PUBLIC)
    lesson = scenario.published(Audience.PUBLIC, by="editor")
    scenario.published(Audience.NETWORK)
    # Lessons share a few files, which depends on their drawn ids.
    places = {place.name: place for place in sitemap.places("lessons", sitemap.file_of("lessons", lesson.id))}
    assert list(places) == [lesson.public_id]
    assert places[lesson.public_id].changed == days.day_of(lesson.changed_at)
    masked = masked_lesson()
    places = {place.name: place for place in sitemap.places("lessons", sitemap.file_of("lessons", masked.id))}
    assert places[masked.public_id].changed is None


def test_a_file_holds_so_many_ids_and_those_in_between_are_not_looked_for(gent):
    author = make_member(space=gent)
    for thread_id in (9_999_000, 9_999_999, 10_000_000, 10_700_001):
        make_thread(gent, author, id=thread_id, audience=Audience.PUBLIC)
    with count_queries() as counted:
        assert sitemap.files("threads") == [1_000, 1_001, 1_071]
    assert counted.count == 1
    assert [place.id for place in sitemap.places("threads", 1_000)] == [9_999_000, 9_999_999]
    for kind, number in (
        ("threads", 999),
        ("threads", 0),
        ("threads", 2**31),
        ("threads", -1),
        ("people", 1),
    ):
        with pytest.raises(NotFound):
            sitemap.places(kind, number)


def test_lessons_share_a_few_files_wherever_their_ids_were_drawn(session):
    scenario = build(Audience.PUBLIC)
    published = [scenario.published(Audience.PUBLIC, by="editor") for _lesson in range(12)]
    largest = sitemap.file_of("lessons", LARGEST)
    assert largest < 10
    assert sitemap.file_of("lessons", IDS[0]) == 1
    with count_queries() as counted:
        numbers = sitemap.files("lessons")
    assert counted.count == 1
    assert set(numbers) == {sitemap.file_of("lessons", one.id) for one in published}
    assert names("lessons") == {one.public_id for one in published}
    with pytest.raises(NotFound):
        sitemap.places("lessons", largest + 1)
