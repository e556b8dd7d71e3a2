"""The page on which a member chooses what reaches their mailbox, and when nothing does."""

import re

import pytest
from bs4 import BeautifulSoup

from forum.domain.digests import subscriptions
from forum.domain.mailing import notice_choices, quiet_times
from forum.domain.mailing.kinds import KINDS
from forum.domain.mailing.stops import STOPS
from forum.domain.people import mail_links
from forum.domain.spaces import deputies
from forum.infra import i18n
from forum.infra.db import db
from forum.models.lessons import LessonVersion
from forum.models.spaces import Role
from forum.models.subscriptions import Delivery, Frequency
from tests.domain.digests.test_digests import make_lesson
from tests.factories import actor, make_member, make_space, sign_in, submit

PAGE = "/settings/notifications"
USUAL = {kind.stop: kind.default.value for kind in reversed(list(KINDS.values())) if kind.stop != "digest"}
FORM = {f"stop_{stop}": how for stop, how in USUAL.items() if stop} | {
    "from_hour": "none",
    "until_hour": "none",
}


@pytest.fixture
def dirk(client):
    member = make_member("Dirk", space=make_space("Aalst"), role=Role.MODERATOR, timezone="Europe/Lisbon")
    sign_in(client, member)
    return member


def page(client):
    return client.get(PAGE).get_data(as_text=True)


def test_each_kind_that_can_be_stopped_is_drawn_as_it_comes(client, dirk):
    shown = page(client)
    drawn = set(re.findall(r'name="stop_(\w+)"', shown))
    assert drawn == set(STOPS) - {"digest"}
    checked = re.findall(r'<input checked[^>]*name="stop_(\w+)"[^>]*value="(\w+)"', shown)
    assert dict(checked) == {stop: how for stop, how in USUAL.items() if stop}
    assert "your own time zone, Lisbon (UTC" in shown
    assert (
        len(re.findall(r"<fieldset.*?<legend[^>]*>What do you want e-mails about\?", shown, re.DOTALL)) == 1
    )
    assert 'href="/settings/notifications" aria-current="page"' in shown
    dirk.locale = "nl"
    db.session.flush()
    words = ("Requests to check a lesson", "Vragen om een les na te lezen")
    assert [[word in text for word in words] for text in (shown, page(client))] == [
        [True, False],
        [False, True],
    ]
    dirk.locale = "en"
    said = "You get no digest now"
    assert said in shown, "what is put in it would reach nobody"
    subscriptions.choose_frequency(dirk.id, Frequency.WEEKLY)
    assert said not in page(client)
    subscriptions.choose_frequency(dirk.id, Frequency.NEVER)
    assert said in page(client)


def test_what_is_chosen_is_kept_and_shown(client, dirk):
    values = FORM | {
        "stop_answers": "nothing",
        "stop_mentions": "digest",
        "from_hour": "22",
        "until_hour": "7",
    }
    assert submit(client, PAGE, values).status_code == 303
    assert notice_choices.stopped_by(dirk.id) == {"answers"}
    assert notice_choices.chosen(dirk.id)["mentions"] == Delivery.DIGEST
    assert quiet_times.chosen(dirk.id) == (22, 7)
    shown = page(client)
    assert '<option value="22" selected>' in shown
    assert "also for e-mails that were still waiting" in shown
    assert submit(client, PAGE, FORM).status_code == 303
    assert (notice_choices.stopped_by(dirk.id), quiet_times.chosen(dirk.id)) == (set(), None)


@pytest.mark.parametrize(
    ("role", "hidden"),
    [
        (Role.MEMBER, {"requests", "own_lessons", "desk"}),
        (Role.GUEST, {"requests", "own_lessons", "desk", "reviews"}),
    ],
)
def test_who_cannot_get_a_mail_is_not_asked_about_it_and_what_was_chosen_of_it_stays(
    app, client, role, hidden
):
    ann = make_member("Ann", space=make_space("Genk"), role=role)
    by_link = f"/unsubscribe/{mail_links.unsubscribe_token(ann.id, 'cited')}"
    notice_choices.choose(ann.id, {"requests": Delivery.NOTHING})
    sign_in(client, ann)
    shown, link_page = page(client), client.get(by_link).text
    drawn = set(re.findall(r'name="stop_(\w+)"', shown))
    assert drawn == set(STOPS) - {"digest"} - hidden
    boxes = re.compile(r'name="stopped"[^>]*value="(\w+)"')
    assert set(boxes.findall(link_page)) == drawn
    forwarded = app.test_client().get(by_link).text
    assert set(boxes.findall(forwarded)) == set(STOPS) - {"digest"}, "it tells nothing of who got the mail"
    values = {name: how for name, how in FORM.items() if name.removeprefix("stop_") not in hidden}
    submit(client, PAGE, values | {"stop_answers": "nothing"})
    assert notice_choices.stopped_by(ann.id) == {"answers", "requests"}
    submit(client, f"{by_link}/choices", {"stopped": ["cited"]})
    assert notice_choices.stopped_by(ann.id) == {"cited", "requests"}
    # Whoever wants none of those wants nothing of the others either.
    submit(client, PAGE, values | dict.fromkeys((f"stop_{name}" for name in drawn), "nothing"))
    assert notice_choices.is_stopped(ann.id, "of a later version")
    submit(client, f"{by_link}/choices", {"stopped": []})
    submit(client, f"{by_link}/choices", {"stopped": sorted(drawn)})
    assert notice_choices.stopped_by(ann.id) == set(STOPS) - {"digest"}
    # Once they want some again, nothing stays stopped that they cannot see: they may moderate one day.
    submit(client, f"{by_link}/choices", {"stopped": ["cited"]})
    assert notice_choices.stopped_by(ann.id) == {"cited"}
    submit(client, PAGE, values | dict.fromkeys((f"stop_{name}" for name in drawn), "nothing"))
    submit(client, PAGE, values | {"stop_cited": "nothing"})
    assert notice_choices.stopped_by(ann.id) == {"cited"}
    assert not notice_choices.is_stopped(ann.id, "requests")
    # Such a mail goes to who curates a lesson, and to who sent it for review, also when they moderate no more.
    lesson = make_lesson(make_space("Gent"), make_member("Bea"))
    version, bea_id = db.session.get(LessonVersion, lesson.current_id), lesson.curator_id
    for maker_id, sender_id in ((bea_id, bea_id), (bea_id, ann.id), (ann.id, bea_id)):
        lesson.curator_id, version.created_by_id = maker_id, sender_id
        db.session.commit()
        assert ('name="stop_own_lessons"' in page(client)) == (ann.id in (maker_id, sender_id))


def test_a_deputy_stops_the_mail_in_the_morning_as_a_moderator_does(client):
    space = make_space("Genk")
    moderator = make_member("Mo", space=space, role=Role.MODERATOR)
    ann, bea = make_member("Ann", space=space), make_member("Bea", space=space)
    deputies.name(actor(moderator), space.id, handle=ann.handle)
    db.session.commit()
    for who, is_offered in ((ann, True), (bea, False)):
        sign_in(client, who)
        link_page = client.get(f"/unsubscribe/{mail_links.unsubscribe_token(who.id, 'desk')}").text
        assert ('name="stop_desk"' in page(client)) is is_offered
        assert bool(re.search(r'name="stopped"[^>]*value="desk"', link_page)) is is_offered


def test_what_always_comes_is_every_kind_that_cannot_be_stopped(client, dirk):
    part = BeautifulSoup(page(client), "html.parser").find("aside").section
    with i18n.force_locale("en", "Europe/Brussels"):
        by_mail = [kind for kind in KINDS.values() if kind.default != Delivery.NOTHING]
        always = [str(kind.label) for kind in by_mail if kind.stop is None]
    assert [item.get_text() for item in part.find_all("li")] == always
    assert "An answer to your request to join" in part.get_text()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"from_hour": "22"}, "Choose both hours, or none."),
        ({"from_hour": "7", "until_hour": "7"}, "Choose another hour than the first."),
        ({"stop_cited": "digest"}, "Not a valid choice"),
        ({"until_hour": "25"}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_is_said_at_the_field_and_the_rest_kept(client, dirk, wrong, said):
    answer = submit(client, PAGE, FORM | {"stop_answers": "nothing"} | wrong)
    shown = answer.get_data(as_text=True)
    assert (answer.status_code, said in shown, notice_choices.chosen(dirk.id)) == (422, True, {})
    assert re.search(r'<input checked[^>]*name="stop_answers"[^>]*value="nothing"', shown)
