"""On the page of what was done with one's own posts: where an objection is possible, and what came of one."""

import re
from datetime import timedelta

import pytest

from forum.domain.moderation import deleting, hiding, leaving_out, leaving_out_objections, objections, undo
from forum.domain.spaces import measures
from forum.domain.spaces.measures import Decision
from forum.infra import clock
from forum.infra.db import db
from forum.models.measures import MeasureKind
from forum.models.sealing import Sealing
from forum.models.spaces import Role
from forum.models.undo import UndoableAct
from tests.factories import actor, make_member, make_post, make_thread, sign_in, submit

MINE = "/moderation/mine?lang=en"
WAITS, RIGHT, STAYS = "Nobody decided on it yet.", "and you were right.", "It was decided that this stays."


def page(client, member):
    db.session.commit()
    browser = client.application.test_client()
    sign_in(browser, member)
    return browser, browser.get(MINE).text


def links(text):
    return re.findall(r'href="(/(?:posts|left-out)/\d+/objection)">Object to this', text)


@pytest.mark.both_databases
def test_what_is_hidden_or_deleted_leads_to_an_objection_once_and_says_what_came_of_it(
    client, gent, leen, moderator
):
    second = make_member("Sien", space=gent, role=Role.MODERATOR)
    karim = make_member("Karim", space=gent)
    thread = make_thread(gent, karim)
    hidden, gone, undone = (make_post(thread, leen, words) for words in ("One.", "Two.", "Three."))
    hiding.hide(actor(moderator), hidden.id, reason="Names somebody")
    deleting.delete(actor(moderator), gone.id, reason="Names somebody")
    hiding.hide(actor(moderator), undone.id, reason="By mistake")
    hiding.restore(actor(moderator), undone.id)
    browser, text = page(client, leen)
    assert sorted(links(text)) == sorted(f"/posts/{post.id}/objection" for post in (hidden, gone))
    assert links(page(client, karim)[1]) == links(page(client, moderator)[1]) == []
    for address in links(text):
        assert submit(browser, address, {"words": "It names nobody."}).status_code == 303
    text = page(client, leen)[1]
    assert (links(text), text.count(WAITS)) == ([], 2)
    objections.restore(actor(second), hidden.id)
    objections.keep_hidden(actor(second), gone.id, answer="It does.")
    text = page(client, leen)[1]
    assert (links(text), text.count(WAITS), text.count(RIGHT), text.count(STAYS)) == ([], 0, 1, 1)
    assert "Sien" not in text
    hiding.hide(actor(moderator), hidden.id, reason="Again")
    text = page(client, leen)[1]
    assert links(text) == [f"/posts/{hidden.id}/objection"], "each time can be objected to, once"
    assert text.count(RIGHT) == 1
    deleting.delete(actor(moderator), hidden.id, reason="Also again")
    text = page(client, leen)[1]
    assert links(text) == [f"/posts/{hidden.id}/objection"], "of two times the last"
    latest = db.session.scalars(db.select(UndoableAct.id).order_by(UndoableAct.id.desc())).first()
    undo.undo(actor(moderator), latest)
    assert links(page(client, leen)[1]) == [f"/posts/{hidden.id}/objection"]


@pytest.mark.both_databases
def test_words_left_out_and_measures_do_so_once_nobody_can_undo_them(client, gent, leen, moderator):
    second = make_member("Sien", space=gent, role=Role.MODERATOR)
    post = make_post(make_thread(gent, moderator), leen, "Ask Jan Peeters in the Veldstraat.")
    leaving_out.leave_out(actor(moderator), post.id, words="Jan Peeters", reason="Names somebody")
    measured = measures.take(actor(moderator), gent.id, leen.id, Decision(MeasureKind.HOLD, "Calm down."))
    text = page(client, leen)[1]
    assert (links(text), "Object to this" in text) == ([], False), "as long as it can be undone"
    leaving_out.leave_out(actor(moderator), post.id, words="Veldstraat", reason="Says where")
    first, last = db.session.scalars(db.select(Sealing.id).order_by(Sealing.id)).all()
    with clock.at(clock.now() + timedelta(minutes=11)):
        browser, text = page(client, leen)
        assert links(text) == [f"/left-out/{each}/objection" for each in (last, first)]
        measure = f"/moderation/mine/{measured.id}"
        assert f'href="{measure}">Object to this' in text
        assert submit(browser, f"/left-out/{first}/objection", {"words": "He agreed."}).status_code == 303
        assert submit(browser, measure, {"words": "I was calm."}).status_code == 303
        text = page(client, leen)[1]
        assert (links(text), text.count(WAITS)) == ([f"/left-out/{last}/objection"], 2)
        assert text.index("Names somebody") < text.rindex(WAITS), "it stands at the act that it is about"
        leaving_out_objections.lift(actor(second), first)
        text = page(client, leen)[1]
        assert (text.count(WAITS), text.count(RIGHT)) == (1, 1)
