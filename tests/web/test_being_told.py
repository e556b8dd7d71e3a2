"""From a reply to home, the list and the mailbox, once each, with every stop tried; and from a hidden post to why."""

import re
from datetime import timedelta

import pytest

from forum.domain.lessons import review_requests
from forum.infra import clock, mailer
from forum.infra.db import db
from forum.jobs import worker
from forum.models.spaces import Role
from forum.models.threads import Post
from forum.models.undo import UndoableAct
from tests import lesson_scenario
from tests.factories import make_member, make_post, make_space, make_thread, sign_in, submit
from tests.web.test_notice_settings import FORM

ENGLISH = {"Accept-Language": "en"}
LATER = timedelta(minutes=15)  # than bundling and undo


@pytest.fixture
def gent():
    mailer.sent().clear()
    yield make_space("Gent", city="gent")
    mailer.sent().clear()


@pytest.fixture
def browser(app):
    """`browser(member)`: a browser in which they are signed in."""

    def opened(member):
        db.session.commit()
        client = app.test_client()
        sign_in(client, member)
        return client

    return opened


def work():
    """Let the worker do what is due now, and what is when bundling and undo are over."""
    db.session.commit()
    worker.run_until_idle()
    with clock.at(clock.now() + LATER):
        worker.run_until_idle()
    return [(message["To"], message["Subject"]) for message in mailer.sent()]


def count(client, path, words):
    return client.get(path, headers=ENGLISH).text.count(words)


def test_an_answer_reaches_home_the_list_and_the_mailbox_once_and_each_stop_holds(browser, gent):
    ann, bert = make_member("Ann", space=gent), make_member("Bert", space=gent)
    thread = make_thread(gent, ann, title="Who rings back?")
    reader, writer = browser(ann), browser(bert)

    def answer(words):
        mailer.sent().clear()
        body = f"{words} @{ann.handle}"
        submit(writer, f"/threads/{thread.id}/replies", {"body": body})
        return work()

    assert answer("We did it twice.") == [(ann.email, "Bert mentioned you in “Who rings back?”")]
    letter = mailer.sent()[0]
    assert count(reader, "/notifications", "We did it twice.") == 1
    assert count(reader, "/", "mentioned you") == 1
    assert count(browser(bert), "/notifications", "We did it twice.") == 0
    stop = re.search(r"<https?://[^/]+(/unsubscribe/[^>]+)>", letter["List-Unsubscribe"])[1]
    reader.get(stop)
    assert len(answer("And once more.")) == 1, "looking stops nothing"
    assert reader.post(stop, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert answer("It is an answer too.") == [(ann.email, "Bert replied in “Who rings back?”")]
    stop = re.search(r"<https?://[^/]+(/unsubscribe/[^>]+)>", mailer.sent()[0]["List-Unsubscribe"])[1]
    assert reader.post(stop, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert answer("A third time.") == []
    assert count(reader, "/notifications", "A third time.") == 1, "in the house it stands all the same"
    submit(reader, f"/threads/{thread.id}/following", {"level": "nothing"})
    assert answer("Into a muted thread.") == []
    assert count(reader, "/notifications", "Into a muted thread.") == 0


def test_a_review_asked_by_name_reaches_whom_it_names_once_and_each_stop_holds(browser):
    scenario = lesson_scenario.build()
    wout, els = scenario.reviewer, scenario.editor
    make_post(scenario.thread, wout)
    maker, reader, other = browser(scenario.curator), browser(wout), browser(els)

    def ask():
        mailer.sent().clear()
        lesson = scenario.draft()
        db.session.commit()
        asked = {"audience": "network", "reviewer": str(wout.id)}
        assert submit(maker, f"/workbench/{lesson.id}/submission", asked).status_code == 303
        told = work()
        lines = {
            "/": f'href="/workbench/{lesson.id}"',
            "/notifications": f'href="/workbench/{lesson.id}"><span>',
        }
        for path, line in lines.items():
            assert count(reader, path, line) == 1, "in the house it stands, whatever was stopped"
            assert count(other, path, line) == 0, "who is not asked is told nothing"
        review_requests.end(lesson.working_id)
        return told

    assert ask() == [(wout.email, "Will you check a lesson?")]
    letter = mailer.sent()[0].get_body(("plain",)).get_content()
    links, settings = re.findall(r"//[^/]+(/unsubscribe/\S+)", letter), "/settings/notifications"
    stops = [(link, {"List-Unsubscribe": "One-Click"}) for link in links]
    assert len(stops) == 2, "of this kind, and of all"
    for page, values in [*stops, (settings, FORM | {"stop_reviews": "nothing"})]:
        reader.get(page)
        assert len(ask()) == 1, "looking stops nothing"
        assert submit(reader, page, values).status_code in (200, 303)
        assert ask() == []
        submit(reader, settings, FORM)


def test_whose_post_is_hidden_reads_why_unless_it_is_undone_within_ten_minutes(browser, gent):
    ann, mia = make_member("Ann", space=gent), make_member("Mia", space=gent, role=Role.MODERATOR)
    thread = make_thread(gent, mia)
    reader, moderator = browser(ann), browser(mia)
    submit(reader, f"/threads/{thread.id}/replies", {"body": "At number 12."})
    post_id = db.session.scalars(db.select(Post.id).where(Post.author_id == ann.id)).one()
    work()
    mailer.sent().clear()
    for undone in (True, False):
        submit(moderator, f"/posts/{post_id}/hiding", {"reason": "A house number"})
        if undone:
            act_id = db.session.scalars(db.select(UndoableAct.id)).one()
            submit(moderator, f"/undo/{act_id}")
        told = work()
        with clock.at(clock.now() + LATER):
            assert count(reader, "/notifications", "A house number") == (0 if undone else 1)
        assert [to for to, _subject in told] == ([] if undone else [ann.email])
