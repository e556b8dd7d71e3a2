"""The first page, for a member and for a visitor, with and without anything to say; and what it costs."""

from datetime import timedelta

import pytest

from forum.domain.digests import subscriptions
from forum.domain.lessons import lessons
from forum.infra import clock, i18n
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.spaces import Audience, JoinRequest
from forum.models.subscriptions import Frequency
from tests.factories import actor, make_member, make_post, make_space, make_thread, sign_in, submit
from tests.lesson_scenario import WORDS, build

DAY = timedelta(days=1)
ENGLISH = {"Accept-Language": "en"}


def words(client):
    db.session.commit()
    return client.get("/", headers=ENGLISH).get_data(as_text=True)


def test_a_visitor_reads_what_this_is_and_only_what_is_public(client, gent, leen):
    make_thread(gent, leen, title="Behind the door")
    assert "Threads that everybody may read" not in words(client)
    make_thread(gent, leen, title="For everybody", audience=Audience.PUBLIC)
    shown = words(client)
    assert "What one city learned" in shown
    assert "For everybody" in shown
    assert "Behind the door" not in shown


def test_a_visitor_reads_one_quotation_of_a_public_lesson(client):
    scenario = build(Audience.PUBLIC)
    draft = scenario.published()
    assert "<mark>" not in words(client)
    lesson = scenario.published(Audience.PUBLIC, by="editor")
    shown = words(client)
    assert shown.count(f"<mark>{WORDS}</mark>") == 1
    figure = shown[shown.index("<mark>") :].split("</figure>")[0]
    assert "Amina" in figure
    assert f'href="/lessons/{lesson.public_id}"' in figure
    assert draft.public_id not in shown


@pytest.mark.both_databases
def test_a_member_sees_what_waits_and_what_is_new(client, gent, leen):
    genk = make_space("Genk", city="genk")
    karim = make_member("Karim", space=genk)
    make_thread(genk, karim, title="Nobody answered yet")
    talk = make_thread(gent, leen, title="My own talk")
    make_post(talk, karim)
    make_thread(genk, karim, title="Closed to Gent", audience=Audience.SPACE)
    sign_in(client, leen)
    shown = words(client)
    for piece in (
        "Hello Leen",
        "Nobody answered yet",
        "My own talk",
        "1 new",
        "2 cities took part this week",
    ):
        assert piece in shown
    assert "Closed to Gent" not in shown


def test_what_a_member_has_read_stands_below_a_heading_that_calls_nothing_new(client, gent, leen):
    make_thread(gent, leen, title="Closed in June", at=clock.now() - 150 * DAY, locked_at=clock.now())
    sign_in(client, leen)
    shown = words(client)
    assert shown.index("Latest activity in your spaces") < shown.index("Closed in June")
    assert "New in your spaces" not in shown
    assert " new</span>" not in shown


def test_a_story_that_only_its_author_answered_says_so_where_it_waits(client, gent, leen):
    genk = make_space("Genk", city="genk")
    karim = make_member("Karim", space=genk, city="genk")
    story = make_thread(genk, karim, title="A long report")
    sign_in(client, leen)
    for said in ("1 reply, by the author", "2 replies, all by the author"):
        make_post(story, karim)
        card = words(client).split("From other cities")[1].split("</article>")[0]
        assert said in card
        assert "from Genk" not in card
    make_post(story, leen)
    card = words(client).split("From other cities")[1].split("</article>")[0]
    assert "by the author" not in card
    assert "3 replies" in card


def test_a_quiet_week_draws_the_last_threads_and_says_of_when_they_are(client, gent, leen, count_queries):
    sign_in(client, leen)
    assert (
        words(client).count("No city took part this week yet") == 2
    )  # beside the ring of a phone and under the wide one
    genk = make_space("Genk", city="genk")
    karim = make_member("Karim", space=genk, city="genk")
    make_thread(genk, karim, title="Closed to Gent", audience=Audience.SPACE, at=clock.now() - 8 * DAY)
    when = clock.now() - 10 * DAY
    for turn in range(7):
        make_thread(genk, karim, title=f"Long ago {turn}", at=when - turn * DAY)
    shown = words(client)
    with i18n.force_locale("en", "Europe/Brussels"):
        assert shown.count(f"The latest threads, from {i18n.short_day(when)}") == 2
    assert 'aria-label="In conversation: Genk"' in shown
    assert "No city took part this week yet" not in shown
    assert 'aria-label="No city has taken part yet"' not in shown
    with count_queries() as quiet:
        words(client)
    make_post(make_thread(gent, leen, title="Just now"), karim)
    with count_queries() as lively:
        assert "The latest threads" not in words(client)
    assert quiet.count == lively.count + 1


def test_the_digest_is_asked_once(client, leen):
    sign_in(client, leen)
    assert "Shall we e-mail you a digest of what is new?" in words(client)
    subscriptions.choose(actor(leen), frequency=Frequency.NEVER)
    db.session.commit()
    assert "Shall we e-mail you a digest of what is new?" not in words(client)


def test_everything_can_count_as_read(client, gent, leen):
    make_post(make_thread(gent, leen), make_member("Karim", space=gent))
    sign_in(client, leen)
    assert "1 new" in words(client)
    assert submit(client, "/reading").status_code == 303
    assert "1 new" not in words(client)


def test_who_is_not_let_in_yet_reads_why(client, gent):
    fresh = make_member("Fien", approved_at=None)
    sign_in(client, fresh)
    shown = words(client)
    assert "A moderator still has to let you in." in shown
    assert "You do not belong to a space yet" in shown
    assert "No city took part" not in shown, "they may not read it"
    for path in ("/", "/spaces"):
        page = client.get(path).text
        assert "or read what the network has learned." in page
        assert '<a class="btn" href="/lessons">Read the lessons</a>' in page
    make_thread(gent, make_member("Wim"), audience=Audience.PUBLIC)
    db.session.commit()
    assert "or read what the spaces share with everybody." in words(client)
    assert "Ask a moderator of your city" in client.get("/spaces").get_data(as_text=True)
    db.session.add(JoinRequest(space_id=gent.id, member_id=fresh.id, asked_at=clock.now()))
    db.session.commit()
    assert "Ask a moderator of your city" not in words(client)
    assert "Ask a moderator of your city" not in client.get("/spaces").get_data(as_text=True)


def test_a_moderator_sees_who_knocks_and_which_lesson_waits_for_her(client):
    scenario = build()
    lesson = scenario.draft()
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    karim = make_member("Karim")
    where = next(iter(scenario.actor("reviewer").roles))
    db.session.add(JoinRequest(space_id=where, member_id=karim.id, asked_at=clock.now()))
    sign_in(client, karim)
    assert "asks to join" not in words(client)
    sign_in(client, scenario.reviewer)
    shown = words(client)
    assert "Karim asks to join Gent" in shown
    assert f"/workbench/{lesson.id}" in shown


@pytest.mark.both_databases
@pytest.mark.parametrize("visitor", [True, False], ids=["visitor", "member"])
def test_the_page_costs_the_same_however_much_there_is(client, gent, leen, visitor, count_queries):
    people = [make_member(f"P{n}", space=gent) for n in range(4)]
    if not visitor:
        sign_in(client, leen)

    def cost():
        words(client)
        with count_queries() as seen:
            words(client)
        return seen.count

    def talk(number):
        for turn in range(number):
            thread = make_thread(gent, people[turn % 4], title=f"T{turn}", audience=Audience.PUBLIC)
            for other in people[: turn % 3]:
                make_post(thread, other)
        db.session.commit()

    talk(2)
    few = cost()
    talk(20)
    assert few == cost() <= 8
    assert db.session.get(Member, leen.id).all_read_at < clock.now()
