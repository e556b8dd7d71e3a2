"""The page where a member chooses her digest."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from markupsafe import escape

from forum.domain.digests import subscriptions, windows
from forum.domain.digests.calendar import Schedule, latest
from forum.domain.digests.subscriptions import DigestPreferences
from forum.domain.mailing import notice_choices
from forum.domain.mailing.mail_queue import queue_mail
from forum.domain.themes.tags import clean, uses_of
from forum.domain.threads import read_marks
from forum.infra import clock, mailer
from forum.infra.db import db
from forum.jobs import worker
from forum.models.mail import Lane, OutgoingMail
from forum.models.spaces import Audience
from forum.models.subscriptions import Delivery, Frequency, LessonChoice
from forum.models.themes import Axis, Tag
from forum.models.threads import Post, Thread
from forum.web.digest_settings import PREVIEW
from tests.factories import actor, make_member, make_space, make_thread, sign_in, submit
from tests.notices import tell_by_mail

PAGE = "/settings/digest"


@pytest.fixture
def dirk(client):
    """A signed-in member of Aalst who has not chosen yet, with something new to read."""
    space = make_space("Aalst", city="aalst")
    member = make_member("Dirk", space=space)
    make_thread(
        space, make_member("Ann", space=space), title="Who cleans?", at=clock.now() - timedelta(days=1)
    )
    sign_in(client, member)
    member.space = space
    return member


def page(client):
    return client.get(PAGE).get_data(as_text=True)


def test_a_visitor_signs_in_first(client):
    answer = client.get(PAGE)
    assert answer.status_code == 303
    assert "/accounts/sign-in" in answer.location


def test_nothing_is_chosen_beforehand_and_the_preview_is_real(client, dirk):
    found = page(client)
    assert "You have not chosen yet" in found
    assert not re.search(r'name="frequency"[^>]*checked', found)
    assert "Who cleans?" in found
    assert subscriptions.choice_of(dirk.id) is None
    (thread,) = db.session.scalars(db.select(Thread)).all()
    post = db.session.scalars(db.select(Post).where(Post.thread_id == thread.id)).first()
    tell_by_mail(dirk, post)
    queue_mail("notices", key="notices.1", lane=Lane.NOTICE, member_id=dirk.id)
    read_marks.mark_read(actor(dirk), thread.id, first=1, last=99)
    db.session.commit()
    found, letter = page(client), client.get(f"{PAGE}/letter").text
    assert "An example, as if you had read nothing yet." in found
    assert "Who cleans?" in letter, "also what was mailed"
    assert "because you chose that on" not in letter + found
    db.session.execute(db.delete(OutgoingMail))
    for frequency, says_why in (("never", False), ("weekly", True)):
        submit(client, PAGE, {"frequency": frequency, "only_unread": "everything"})
        assert "as if you had read nothing" not in (found := page(client))
        assert ('href="#preview"' in found) == says_why
        assert "Subject: Waits for an answer: Who cleans?" in found
        letter = client.get(f"{PAGE}/letter").text
        assert ("because you chose that on" in letter) == says_why


def test_no_mail_is_made_while_a_choice_is_kept(client, dirk, monkeypatch):
    made, extensions = [], client.application.extensions
    make = extensions[PREVIEW]
    monkeypatch.setitem(extensions, PREVIEW, lambda *asked: made.append(asked) or make(*asked))
    assert submit(client, PAGE, {"frequency": "weekly"}).status_code == 303
    assert made == []
    assert "Who cleans?" in page(client)
    assert len(made) == 1, "the page that follows makes it"


def test_a_choice_is_kept_and_shown(client, dirk):
    gent, genk = make_space("Gent", city="gent"), make_space("Genk", city="genk")
    talk = make_thread(gent, make_member("Lotte", space=gent), title="Follow me", audience=Audience.NETWORK)
    db.session.commit()
    values = {
        "frequency": "weekly", "weekday": "3", "hour": "16", "locale": "en", "only_unread": "everything",
        "lessons": "axes", "elsewhere": "nothing", f"own_spaces_{dirk.space.id}": "at_once",
        f"spaces_{gent.id}": "digest", f"spaces_{genk.id}": "", "axes_kwalitatieve-densiteit": "digest",
        "new_tags": "#Onthaal, buurt ", "new_tags_delivery": "nothing", f"threads_{talk.id}": "nothing",
    }  # fmt: skip
    # The thread has no choice yet: a link at the thread itself leads to the form with it.
    assert ">Follow me</label>" not in page(client)
    assert ">Follow me</label>" in client.get(f"{PAGE}?thread={talk.id}").get_data(as_text=True)
    assert submit(client, f"{PAGE}?thread={talk.id}", values).status_code == 303
    chosen = subscriptions.preferences_of(dirk.id)
    tags = dict(db.session.execute(db.select(Tag.id, Tag.slug).where(Tag.id.in_(chosen.tags))).all())
    assert sorted(tags.values()) == ["buurt", "onthaal"]
    assert chosen == DigestPreferences(
        Frequency.WEEKLY, chosen.chosen_at, 3, 16, "en", LessonChoice.AXES, only_unread=False,
        elsewhere=Delivery.NOTHING, axes={Axis.DENSITY: Delivery.DIGEST},
        spaces={dirk.space.id: Delivery.AT_ONCE, gent.id: Delivery.DIGEST},
        threads={talk.id: Delivery.NOTHING}, tags=dict.fromkeys(tags, Delivery.NOTHING),
    )  # fmt: skip
    found = page(client)
    assert "You have not chosen yet" not in found
    assert ">Follow me</label>" in found
    controls = BeautifulSoup(found, "html.parser").select(
        "main form option[selected], main form input[checked]"
    )
    shown = {(one.get("name") or one.parent["name"]): one["value"] for one in controls}
    typed = {"new_tags", "new_tags_delivery"}
    assert {name: value for name, value in values.items() if name not in typed}.items() <= shown.items()
    assert {shown[f"tags_{key}"] for key in tags} == {"nothing"}
    # An empty choice takes it away again; what a form does not have stays.
    assert submit(client, PAGE, {"frequency": "weekly", f"threads_{talk.id}": ""}).status_code == 303
    again = subscriptions.preferences_of(dirk.id)
    assert (dict(again.threads), again.tags, again.hour) == ({}, chosen.tags, 16)
    assert again.chosen_at == chosen.chosen_at, "the rhythm is the same"


@pytest.mark.parametrize("locale", ["en", "nl"])
def test_who_chose_reads_when_the_next_one_comes(client, dirk, locale):
    dirk.locale, dirk.timezone = locale, "America/New_York"
    comes = {
        "en": "The next digest comes on Thursday 3 January 2030 at 16:00, if there is something new.",
        "nl": "De volgende overzichtsmail komt op donderdag 3 januari 2030 om 16:00, als er iets nieuws is.",
    }[locale].replace(" 2030", "")
    with clock.at(datetime(2030, 1, 3, 20, 59, tzinfo=UTC)):
        sign_in(client, dirk)
        values = {"frequency": "weekly", "weekday": "3", "hour": "16"}
        submit(client, PAGE, values | {"frequency": "never"})
        assert comes not in page(client)
        submit(client, PAGE, values)
        found = page(client)
        assert comes in found
        assert 'href="#preview"' in found
        preview = found.split('id="preview"')[1]
        assert {"en": "Nothing new for you", "nl": "Niets nieuws voor jou"}[locale] in preview


def test_never_is_a_choice_too(client, dirk):
    assert submit(client, PAGE, {"frequency": "never"}).status_code == 303
    assert "Your choice is saved: no digest comes." in page(client)
    assert subscriptions.choice_of(dirk.id).frequency == Frequency.NEVER
    assert "You get no digest: this is how a weekly one would be." in page(client)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "frequency"),
        ({"frequency": "hourly"}, "frequency"),
        ({"frequency": "weekly", "weekday": "7"}, "weekday"),
        ({"frequency": "weekly", "hour": "x"}, "hour"),
        ({"frequency": "weekly", "axes_kwalitatieve-densiteit": "nonsense"}, "axes_kwalitatieve-densiteit"),
        ({"frequency": "weekly", "new_tags": "a,b,c,d,e,f"}, "new_tags"),
    ],
)
def test_what_cannot_be_meant_comes_back_with_the_error_and_all_that_was_typed(client, dirk, values, field):
    answer = submit(client, PAGE, {"new_tags": "typed before", **values})
    tried = submit(client, PAGE, {"new_tags": "typed before", "preview": "1", **values})
    assert (tried.status_code, f'id="{field}-error"' in tried.text) == (422, True)
    found = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in found
    assert f'value="{values.get("new_tags", "typed before")}"' in found
    assert subscriptions.choice_of(dirk.id) is None


def test_a_space_that_one_may_not_read_is_not_there(client, dirk):
    closed, gent = make_space("Genk", unlisted=True), make_space("Gent", city="gent")
    talk = make_thread(closed, make_member("Lotte", space=closed), title="Inside", audience=Audience.SPACE)
    db.session.commit()
    told = {"frequency": "weekly", f"spaces_{closed.id}": "digest", f"threads_{talk.id}": "at_once"}
    assert submit(client, f"{PAGE}?thread={talk.id}", told).status_code == 303
    chosen = subscriptions.preferences_of(dirk.id)
    assert (dict(chosen.spaces), dict(chosen.threads)) == ({}, {})
    found = client.get(f"{PAGE}?thread={talk.id}").get_data(as_text=True)
    assert ("Gent" in found, "Genk" in found, "Inside" in found) == (True, False, False)
    assert submit(client, PAGE, {"frequency": "weekly", f"spaces_{gent.id}": "digest"}).status_code == 303
    assert dict(subscriptions.preferences_of(dirk.id).spaces) == {gent.id: Delivery.DIGEST}


@pytest.mark.both_databases
@pytest.mark.parametrize("locale", ["nl", "en"])
def test_the_preview_is_the_very_mail_that_is_sent_at_that_moment(client, dirk, locale):
    gent = make_space("Gent", city="gent")
    typed = {"frequency": "weekly", "locale": locale, "elsewhere": "nothing", "new_tags": "buurt, never used"}
    with clock.at(clock.now() - timedelta(days=20)):
        subscriptions.choose(actor(dirk), frequency=Frequency.WEEKLY)
    due = latest(Schedule(Frequency.WEEKLY, 0, 7, dirk.timezone), clock.now()).ends_at
    make_thread(
        dirk.space, make_member("Els", space=dirk.space), title="Who paints?", at=due - timedelta(hours=1)
    )
    lotte, before = make_member("Lotte", space=gent), due - timedelta(hours=2)
    talk = make_thread(gent, lotte, title="Not mine", audience=Audience.NETWORK, at=before)
    db.session.commit()
    with clock.at(due):
        assert "Not mine" in client.get(f"{PAGE}/letter").text
        tried = submit(client, PAGE, {**typed, "preview": "1", f"threads_{talk.id}": "digest"}).text
        frame = BeautifulSoup(tried, "html.parser").iframe["src"]
        tried_html = client.get(frame).text
        assert client.get(f"{frame}&weekday=9").status_code == 404
        assert subscriptions.preferences_of(dirk.id).elsewhere == Delivery.DIGEST, "nothing is stored"
        assert not db.session.scalar(db.select(Tag.id).where(Tag.slug == "never-used"))
        assert 'value="buurt, never used"' in tried
        assert submit(client, PAGE, typed).status_code == 303
        found = page(client)
        html = client.get(f"{PAGE}/letter")
        text = client.get(f"{PAGE}/letter?part=text").get_data(as_text=True)
        framed = client.get(f"{PAGE}/letter", headers={"Sec-Fetch-Dest": "iframe"}).get_data(as_text=True)
        windows.open_all(due)
        worker.run_until_idle()
        assert client.get(f"{PAGE}/letter").status_code == 404, "all of it is told"
    mail = next(letter for letter in mailer.sent() if dirk.email in letter["To"])
    assert html.get_data(as_text=True) == mail.get_body(("html",)).get_content()
    assert tried_html == html.get_data(as_text=True)
    assert "Not mine" not in tried_html
    assert text == mail.get_body(("plain",)).get_content()
    assert str(escape(text)) in found, "on the page too"
    assert str(escape(text)) in tried, "before it was saved, too"
    assert framed.replace('<base target="_top">', "") == html.get_data(as_text=True)
    assert "sandbox" in html.headers["Content-Security-Policy"]
    assert "Who paints?" in text


def test_the_page_costs_as_much_for_many_choices_as_for_few(client, dirk, count_queries):
    def choose(number):
        spaces = [make_space(f"S{number}-{index}") for index in range(number)]
        lotte = make_member("Lotte", space=spaces[0])
        talks = [make_thread(space, lotte, audience=Audience.NETWORK) for space in spaces]
        with clock.at(clock.now() - timedelta(days=9)):
            added = uses_of(clean([f"tag {number} {index}" for index in range(number)]))
            subscriptions.choose(
                actor(dirk),
                frequency=Frequency.WEEKLY,
                spaces=dict.fromkeys([space.id for space in spaces], Delivery.DIGEST),
                threads=dict.fromkeys([talk.id for talk in talks], Delivery.AT_ONCE),
                tags=dict.fromkeys([use["tag_id"] for use in added], Delivery.NOTHING),
            )
        db.session.commit()
        with count_queries() as seen:
            page(client)
        return seen.count

    assert choose(1) >= choose(5)
    assert choose(3) <= 24


def test_a_form_without_the_token_of_the_session_changes_nothing(client, dirk):
    assert client.post(PAGE, data={"frequency": "weekly"}).status_code >= 400
    assert subscriptions.choice_of(dirk.id) is None


@pytest.mark.both_databases
def test_one_thread_and_one_space_are_chosen_on_a_page_of_their_own(client, dirk):
    talk = make_thread(dirk.space, make_member("Els", space=dirk.space), title="Who paints?")
    db.session.commit()
    thread, space = f"/threads/{talk.id}/following", f"/spaces/{dirk.space.slug}/following"
    values = {"level": "all", "delivery": "digest"}
    assert "you see the rest only on the site." in client.get(thread).text
    assert submit(client, thread, values).status_code == 303
    assert "Answers and mentions come as you chose under Notifications" in client.get("/").text
    assert (
        submit(client, space, {"level": "answers", "delivery": "at_once", "weekly": "y"}).status_code == 303
    )
    chosen = subscriptions.preferences_of(dirk.id)
    assert (chosen.frequency, dict(chosen.threads)) == (Frequency.WEEKLY, {talk.id: Delivery.DIGEST})
    assert dict(chosen.spaces) == {dirk.space.id: Delivery.AT_ONCE}
    # The box is for whoever gets no digest; the list of what is followed leaves mail alone.
    subscriptions.choose_frequency(dirk.id, Frequency.DAILY)
    submit(client, thread, {"level": "nothing"})
    submit(client, thread, {"level": "all", "delivery": "", "weekly": "y"})
    assert "At once, as you chose for its space." in client.get(thread).text
    assert submit(client, thread, {"level": "all", "delivery": "x"}).status_code == 422
    # To follow it goes before the space. What is stopped is not promised.
    promised = "But if you want to be told of everything, it is in your digest."
    subscriptions.choose_space(actor(dirk), dirk.space.id, Delivery.NOTHING)
    db.session.commit()
    assert promised in client.get(thread).text
    notice_choices.stop(dirk.id, "followed")
    db.session.commit()
    assert promised not in client.get(thread).text
    submit(client, thread, {"level": "all", "delivery": "at_once"})
    said = client.get("/").text
    assert ("comes by e-mail at once" in said, "do not come at once" in said) == (False, True)
    subscriptions.choose_thread(actor(dirk), talk.id, None)
    db.session.commit()
    chosen = subscriptions.preferences_of(dirk.id)
    assert (chosen.frequency, dict(chosen.threads)) == (Frequency.DAILY, {})
