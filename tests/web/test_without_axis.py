"""“I do not know yet” in the composer, and where the theme is chosen afterwards, as pages."""

import re
import uuid

import pytest

from forum.domain.threads import classification, without_axis
from forum.infra import clock
from forum.infra.db import db
from forum.models.drafts import Draft
from forum.models.lessons import LessonVersion
from forum.models.spaces import Audience, Role
from forum.models.themes import Axis, Need
from forum.models.threads import Thread
from tests.factories import (
    STORY,
    actor,
    join,
    make_member,
    make_post,
    make_space,
    make_thread,
    sign_in,
    submit,
)

CHOOSE = "Choose a theme"
OPEN = {"Accept-Language": "en"}


def story(**more):
    return STORY | {"idempotency_key": str(uuid.uuid4()), "axis": "unknown"} | more


def form(thread):
    return f"/threads/{thread.id}/classification"


def seen_by(client, member, path):
    browser = client.application.test_client()
    db.session.commit()
    if member is not None:
        sign_in(browser, member)
    return browser.get(path, headers=OPEN)


@pytest.mark.both_databases
def test_who_does_not_know_posts_without_a_script_and_a_moderator_chooses(client, gent, leen, moderator):
    sign_in(client, leen)
    at = f"/spaces/{gent.slug}/threads"
    page = client.get(f"{at}/new").text
    (row,) = re.findall(r'<input [^>]*name="axis"[^>]*value="unknown"[^>]*>.*?</label>', page, re.DOTALL)
    assert "<b>I do not know yet</b>" in row
    assert "A moderator of the space chooses it later." in row
    assert "checked" not in row, "nobody is led past the themes"
    nothing = submit(client, at, story(axis=""))
    assert (nothing.status_code, "Choose a theme." in nothing.text) == (422, True)
    answer = submit(client, at, story())
    assert answer.status_code == 303
    thread = db.session.scalars(db.select(Thread)).one()
    assert thread.axis is None
    assert CHOOSE in client.get(answer.location).text
    home = seen_by(client, moderator, "/").text
    assert "1 thread in Gent has no theme yet" in home
    assert f'href="/spaces/{gent.slug}/moderation/posts#themes"' in home
    desk = seen_by(client, moderator, f"/spaces/{gent.slug}/moderation/posts").text
    assert 'id="themes"' in desk
    assert f'href="{form(thread)}"' in desk
    sign_in(client, moderator)
    empty = client.get(form(thread)).text
    assert empty.count('name="axis"') == 6, "who is asked to choose cannot leave it to others"
    assert not re.search(r'<input checked[^>]*name="axis"', empty)
    refused = submit(client, form(thread), {"need": "stories", "tags": "kept", "seen_change": 0})
    assert (refused.status_code, "Choose a theme." in refused.text) == (422, True)
    assert 'value="kept"' in refused.text
    chosen = {"need": "stories", "axis": "innoverende-kracht", "tags": "", "seen_change": 0}
    assert submit(client, form(thread), chosen).status_code == 303
    after = seen_by(client, leen, answer.location).text
    assert "Theme chosen: Innovation and creativity." in after
    assert CHOOSE not in after
    assert "has no theme yet" not in seen_by(client, moderator, "/").text
    desk = seen_by(client, moderator, f"/spaces/{gent.slug}/moderation/posts").text
    log = seen_by(client, moderator, f"/spaces/{gent.slug}/moderation/log").text
    assert ('id="themes"' in desk, "Theme chosen: Innovation" in log) == (False, True)


def test_only_who_may_choose_meets_the_way_to_it(client, gent, leen, moderator):
    thread = make_thread(gent, leen, audience=Audience.PUBLIC, axis=None)
    make_post(thread, moderator)
    genk = make_space("Genk", city="genk")
    former = make_member("Fien", space=genk)
    join(former, gent, Role.MODERATOR).ended_at = clock.now()
    join(guest := make_member("Gust"), gent, Role.GUEST)
    others = {
        "visitor": None,
        "member": make_member("Karim", space=gent),
        "guest": guest,
        "pending": make_member("Pim", approved_at=None),
        "suspended": make_member("Suze", space=gent, role=Role.MODERATOR, suspended_at=clock.now()),
        "former moderator": former,
        "moderator elsewhere": make_member("Mo", space=genk, role=Role.MODERATOR),
    }
    page, desk = f"/threads/{thread.id}-{thread.slug}", f"/spaces/{gent.slug}/moderation/posts"
    for member in (leen, moderator):
        assert f'href="{form(thread)}">{CHOOSE}</a>' in seen_by(client, member, page).text
    for person, member in others.items():
        for path in (page, f"/spaces/{gent.slug}", "/threads", "/threads?axis=unknown", "/", "/people"):
            text = seen_by(client, member, path).text
            assert CHOOSE not in text, (person, path)
            assert "no theme yet" not in text, (person, path)
        assert seen_by(client, member, desk).status_code in (303, 403), person
        assert seen_by(client, member, form(thread)).status_code in (303, 403), person
        assert submit_as(client, member, thread) in (303, 403), person
    assert thread.axis is None


def submit_as(client, member, thread):
    browser = client.application.test_client()
    if member is not None:
        sign_in(browser, member)
    values = {"need": "facts", "axis": "innoverende-kracht", "tags": "", "seen_change": 0}
    answer = submit(browser, form(thread), values)
    assert answer.status_code != 303 or "/sign-in" in answer.location
    return answer.status_code


def test_where_a_theme_would_stand_there_is_nothing(client, gent, leen):
    thread = make_thread(gent, leen, audience=Audience.PUBLIC, axis=None)
    for path in (f"/threads/{thread.id}-{thread.slug}", "/threads", f"/spaces/{gent.slug}", "/"):
        page = seen_by(client, None, path).text
        (kicker, *_rest) = [
            each for each in re.findall(r'<p class="kicker">(.*?)</p>', page, re.DOTALL) if "Stories" in each
        ]
        assert 'class="axis' not in kicker
        assert not re.search(r"<a[^>]*>\s*</a>|<span[^>]*>\s*</span>|None", kicker), path


def test_the_author_may_change_the_rest_and_still_not_know(client, gent, leen, moderator):
    thread = make_thread(gent, leen, axis=None)
    sign_in(client, leen)
    page = client.get(form(thread)).text
    assert re.search(r'<input checked[^>]*name="axis"[^>]*value="unknown"', page)
    tags_only = {"need": "stories", "axis": "unknown", "tags": "doors", "seen_change": 0}
    assert submit(client, form(thread), tags_only).status_code == 303
    assert (thread.axis, thread.need) == (None, Need.STORIES)
    seen = classification.current(actor(leen), thread.id)[1].last_change
    classification.classify(
        actor(moderator), thread.id, need=Need.STORIES, axis=Axis.DENSITY, tags=("doors",)
    )
    db.session.commit()
    answer = submit(client, form(thread), tags_only | {"tags": "keys", "seen_change": seen})
    assert answer.status_code == 409
    assert "Now it says: High-quality density, Stories, tags: doors." in answer.text
    assert re.search(r'<input checked[^>]*name="axis"[^>]*value="kwalitatieve-densiteit"', answer.text)
    assert 'value="unknown"' not in answer.text
    now = classification.current(actor(leen), thread.id)[1].last_change
    again = {"need": "stories", "axis": "kwalitatieve-densiteit", "tags": "keys", "seen_change": now}
    assert submit(client, form(thread), again).status_code == 303
    assert thread.axis == Axis.DENSITY


def test_a_draft_and_a_story_sent_before_keep_that_somebody_does_not_know(client, gent, leen):
    sign_in(client, leen)
    at = f"/spaces/{gent.slug}/threads"
    refused = submit(client, at, story(title=""))
    assert refused.status_code == 422
    assert re.search(r'<input checked[^>]*name="axis"[^>]*value="unknown"', refused.text)
    fields = {key: value for key, value in story().items() if key != "idempotency_key"}
    kept = {"draft_form": "story", "draft_subject": str(gent.id), "draft_revision": "0"}
    submit(client, "/drafts", fields | kept | {"idempotency_key": str(uuid.uuid4())})
    draft = db.session.scalars(db.select(Draft)).first()
    if draft is not None:
        assert draft.fields["axis"] == "unknown"
    key = str(uuid.uuid4())
    assert submit(client, at, story(idempotency_key=key)).status_code == 303
    other = submit(client, at, story(idempotency_key=key, body="Told otherwise.", axis="innoverende-kracht"))
    assert other.status_code == 409
    assert "I do not know yet" in other.text
    assert "unknown" not in re.sub(r"<[^>]+>", " ", other.text)


def test_the_list_of_all_threads_offers_it_to_moderators(client, gent, leen, moderator):
    waiting, other = make_thread(gent, leen, axis=None, title="Which one?"), make_thread(gent, leen)
    page = seen_by(client, moderator, "/threads").text
    assert re.search(r'axis=unknown[^"]*"[^>]*><bdi>No theme yet</bdi> <span class="n">1</span>', page)
    assert "No theme yet" not in seen_by(client, leen, "/threads").text
    found = seen_by(client, moderator, "/threads?axis=unknown").text
    assert f"/threads/{waiting.id}-" in found
    assert f"/threads/{other.id}-" not in found
    assert "Remove:" in found


@pytest.mark.both_databases
def test_a_lesson_begun_from_it_is_asked_for_the_theme_at_the_field(client, gent, leen, moderator):
    thread = make_thread(gent, leen, axis=None)
    at = f"/threads/{thread.id}/lessons"
    sign_in(client, moderator)
    asked = submit(client, at, {"title": "One door"})
    assert asked.status_code == 200
    assert "This thread has no theme yet." in asked.text
    assert "error-summary" not in asked.text, "nothing is wrong yet"
    assert 'value="One door"' in asked.text
    for wrong, message in (({}, "Choose a theme."), ({"axis": "nowhere"}, "Choose one of these.")):
        refused = submit(client, at, {"title": "One door", "asked": "1"} | wrong)
        assert (refused.status_code, message in refused.text) == (422, True)
        assert 'aria-describedby="axis-error"' in refused.text
    assert db.session.scalars(db.select(LessonVersion)).all() == []
    begun = submit(client, at, {"title": "One door", "asked": "1", "axis": "innoverende-kracht"})
    assert begun.status_code == 303
    version = db.session.scalars(db.select(LessonVersion)).one()
    assert (version.title, version.axis, thread.axis) == ("One door", Axis.INNOVATION, Axis.INNOVATION)
    sign_in(client, leen)
    assert submit(client, at, {"asked": "1", "axis": "innoverende-kracht"}).status_code in (403, 404)


def test_home_costs_moderators_the_same_however_much_waits(client, gent, leen, moderator, count_queries):
    sign_in(client, moderator)
    costs = []
    for _round in range(2):
        for number in range(5):
            make_thread(gent, leen, axis=None, title=f"Thread {number}")
        db.session.commit()
        client.get("/")
        with count_queries() as seen:
            assert "threads in Gent have no theme yet" in client.get("/").text
        costs.append(seen.count)
    assert costs[0] == costs[1]


def test_more_than_the_moderation_page_lists_is_said_with_the_way_to_all(client, gent, leen, moderator):
    sign_in(client, moderator)
    all_of_them = f'href="/threads?axis=unknown&amp;space={gent.slug}"'
    for number, fact in ((without_axis.MOST, "50"), (1, "50+")):
        for turn in range(number):
            make_thread(gent, leen, title=f"Open {turn}", axis=None)
        db.session.commit()
        shown = client.get(f"/spaces/{gent.slug}/moderation/posts", headers=OPEN).text
        section = shown.split('aria-labelledby="themes"')[1].split("</section>")[0]
        assert re.search(rf">\s*{re.escape(fact)}\s*<", section), fact
        assert section.count(CHOOSE) == without_axis.MOST
        assert (all_of_them in section) == (fact == "50+")
