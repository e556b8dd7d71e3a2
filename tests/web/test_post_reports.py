"""Reporting a post as pages: with and without an account; settling it, and what the author and the deputy get."""

from datetime import timedelta

import pytest

from forum.domain.desk.queues import reported
from forum.domain.moderation import hiding, post_reports
from forum.domain.moderation.post_reports import Said
from forum.domain.spaces import deputies
from forum.infra import clock, rates
from forum.infra.db import db
from forum.jobs import worker
from forum.models.post_reports import PostReport, ReportReason
from forum.models.spaces import Audience
from forum.models.threads import Thread
from tests.factories import actor, make_member, make_post, make_thread, sign_in, submit

OTHER = {"reason": "other", "words": ""}


@pytest.fixture
def post(gent, leen):
    thread = make_thread(gent, leen, audience=Audience.PUBLIC, title="Trial")
    post = make_post(thread, leen, "He lives in the Veldstraat.")
    db.session.commit()
    return post


def browser(client, member=None):
    db.session.commit()  # a refusal takes back what is not
    found = client.application.test_client()
    if member is not None:
        sign_in(found, member)
    return found


def at(post):
    return f"/threads/{post.thread_id}-trial?lang=en"


def test_a_visitor_reports_what_is_public_without_an_account_and_hears_that_no_answer_comes(
    app, client, gent, leen, post, monkeypatch
):
    monkeypatch.setitem(app.config, "RATES_ENABLED", True)
    rates.reset()
    address = f"/posts/{post.id}/reports"
    assert f'href="{address}/new"' in client.get(at(post)).text
    asked = client.get(f"{address}/new?lang=en").text
    assert "so you get no answer" in asked
    assert "You hear what came of it" not in asked
    for form in (OTHER, {"reason": "nonsense", "words": "My words"}, {"reason": "other", "words": "x" * 601}):
        refused = submit(client, address, form)
        assert (refused.status_code, form["words"] in refused.text) == (422, True)
    for _twice in range(2):
        answer = submit(client, address, {"reason": "identifies", "words": "That is my brother."})
        assert (answer.status_code, answer.location.partition("#")[2]) == (303, "post-2")
    assert [(row.reporter_id, row.words) for row in db.session.scalars(db.select(PostReport))] == [
        (None, "That is my brother.")
    ]
    statuses = [submit(client, address, {"reason": "spam", "words": str(n)}).status_code for n in range(12)]
    assert (statuses.count(303), statuses.count(429)) == (9, 3)
    closed = make_post(make_thread(gent, leen, audience=Audience.NETWORK), leen)
    db.session.commit()
    for path in (f"/posts/{closed.id}/reports/new", "/posts/999999/reports/new"):
        assert client.get(path).status_code == 404
    assert submit(client, f"/posts/{closed.id}/reports", {"reason": "spam"}).status_code == 404
    assert submit(client, address, {"_method": "DELETE"}).status_code == 404


def test_a_member_reports_changes_and_takes_it_back_and_nobody_else_sees_it(
    client, gent, leen, moderator, post
):
    noor = make_member("Noor", space=gent)
    member, author, mod = (browser(client, one) for one in (noor, leen, moderator))
    address = f"/posts/{post.id}/reports"
    assert f'href="{address}/new"' in member.get(at(post)).text
    assert f'href="{address}/new"' not in author.get(at(post)).text
    assert author.get(f"{address}/new").status_code == 403
    submit(member, address, {"reason": "hurtful", "words": "He is called names."})
    again = member.get(f"{address}/new").text
    assert all(
        words in again for words in ("He is called names.", "Take my report back", "You reported this post")
    )
    assert "He is called names." in member.get("/reports").text
    settling = mod.get(f"/posts/{post.id}/settlement").text
    assert all(
        words in settling for words in ("He is called names.", "Noor", "Veldstraat", "No published lesson")
    )
    for someone in (author, browser(client, make_member("Kim", space=gent))):
        pages = [
            someone.get(path)
            for path in (at(post), "/reports", "/notifications", f"/spaces/{gent.slug}/reports")
        ]
        assert not any("called names" in page.text for page in pages)
        assert pages[-1].status_code == someone.get(f"/posts/{post.id}/settlement").status_code == 403
    submit(member, address, {"_method": "DELETE"})
    gone = mod.get(f"/posts/{post.id}/settlement")
    assert (gone.status_code, "There is no open report about this post now" in gone.text) == (409, True)


def test_it_is_settled_from_the_list_with_what_was_typed_kept_and_undone_there(
    client, gent, leen, moderator, post
):
    noor = make_member("Noor", space=gent)
    post_reports.report(actor(noor), post.id, Said(ReportReason.WRONG, "It is not so."))
    mod, here = browser(client, moderator), f"/spaces/{gent.slug}/reports"
    assert f'href="/posts/{post.id}/settlement"' in mod.get(here).text
    for form in ({"answer": "Thank you"}, {"outcome": "asked", "answer": "Thank you"}, {"outcome": "no"}):
        refused = submit(mod, f"/posts/{post.id}/settlement", form)
        assert (refused.status_code, form.get("answer", "") in refused.text) == (422, True)
    settled = {"outcome": "asked", "reason": "Which year was it?", "answer": "Thank you"}
    answer = submit(mod, f"/posts/{post.id}/settlement", settled)
    assert (answer.status_code, answer.location) == (303, here)
    listed = mod.get(here).text
    assert "You settled what was reported of post 2." in listed
    assert f'href="/posts/{post.id}/settlement"' not in listed
    author = browser(client, leen)
    assert author.get(f"/posts/{post.id}/request").status_code == 404
    with clock.at(clock.now() + timedelta(minutes=11)):
        worker.run_until_idle()
        told = author.get("/notifications").text
        assert f'href="/posts/{post.id}/request"' in told
        asked = author.get(f"/posts/{post.id}/request").text
        assert all(words in asked for words in ("Which year was it?", "Change your post"))
        assert browser(client, noor).get(f"/posts/{post.id}/request").status_code == 404
        own = browser(client, noor)
        assert 'href="/reports"' in own.get("/notifications").text
        assert all(words in own.get("/reports").text for words in ("asked to change it", "Thank you"))
    log = mod.get(f"/spaces/{gent.slug}/moderation").text
    assert "asked the author of post 2" in log
    assert "Noor" not in log


def test_an_objection_goes_to_the_deputy_who_sees_nothing_else(client, gent, leen, moderator, post):
    noor = make_member("Noor", space=gent)
    mod, author, deputy = (browser(client, one) for one in (moderator, leen, noor))
    page = f"/spaces/{gent.slug}/moderation/deputy"
    assert "no deputy" in mod.get(f"/spaces/{gent.slug}/moderation").text
    refused = submit(mod, page, {"handle": "@nobody"})
    assert (refused.status_code, "@nobody" in refused.text) == (422, True)
    assert submit(mod, page, {"handle": f"@{noor.handle}"}).status_code == 303
    assert author.get(page).status_code == 403
    hiding.hide(actor(moderator), post.id, reason="A street.")
    db.session.commit()
    address = f"/posts/{post.id}/objection"
    assert f'href="{address}"' in author.get(at(post)).text
    assert f'href="{address}"' not in mod.get(at(post)).text
    assert submit(author, address, {"words": " "}).status_code == 422
    assert "Object to this" in author.get(at(post)).text
    submit(author, address, {"words": "Everybody lives there."})
    assert "within five working days" in author.get(address).text
    objected = author.get(at(post)).text
    assert ("Your objection" in objected, "Object to this" in objected) == (True, False)
    assert "Your objection" not in mod.get(at(post)).text
    assert mod.get(f"{address}/decision").status_code == 403
    decide = deputy.get(f"{address}/decision").text
    assert all(words in decide for words in ("Veldstraat", "A street.", "Everybody lives there."))
    assert deputy.get(f"/spaces/{gent.slug}/moderation").status_code == 403
    assert submit(deputy, f"{address}/decision", {"answer": ""}).status_code == 422
    submit(deputy, f"{address}/decision", {"answer": "It is the house."})
    assert "It is the house." in author.get(address).text
    submit(mod, page, {"_method": "DELETE"})
    assert deputies.of_space(gent.id) is None
    assert deputy.get(f"/spaces/{gent.slug}/reports").status_code == 403


def test_an_objection_that_nobody_can_look_at_is_promised_no_answer(client, gent, leen, moderator, post):
    author = browser(client, leen)
    hiding.hide(actor(moderator), post.id, reason="A street.")
    db.session.commit()
    address = f"/posts/{post.id}/objection"
    sent = author.get(submit(author, address, {"words": "Everybody lives there."}).location).text
    assert "Your objection is sent." in sent
    assert "nobody other than the person who hid it can look at it yet" in sent
    assert "Somebody else" not in sent


def test_the_list_costs_the_same_however_much_waits(client, gent, leen, moderator, post, count_queries):
    noor, mod, seen = make_member("Noor", space=gent), browser(client, moderator), []
    thread = db.session.get_one(Thread, post.thread_id)
    for number in range(3):
        for _more in range(number * 3):
            other = make_post(thread, leen)
            post_reports.report(actor(noor), other.id, Said(ReportReason.WRONG))
        db.session.commit()
        with count_queries() as queries:
            mod.get(f"/spaces/{gent.slug}/reports")
        seen.append(queries.count)
    assert len(set(seen[1:])) == 1
    assert seen[-1] <= 8
    rows = db.session.execute(reported.waiting(actor(moderator), [gent.id])).all()
    assert len(rows) == 9
