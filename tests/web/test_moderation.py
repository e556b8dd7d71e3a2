"""Moderation as pages: a question with a reason, the list of what is hidden, and the log."""

from forum.domain.moderation import hiding, locking
from forum.infra.db import db
from forum.models.spaces import Role
from tests.factories import actor, make_member, make_post, make_space, make_thread, sign_in, submit


def words(answer):
    return answer.get_data(as_text=True)


def test_hiding_asks_why_and_the_author_reads_it(client, gent, leen, moderator):
    post = make_post(make_thread(gent, leen), leen, "He lives in the Veldstraat.")
    sign_in(client, moderator)
    assert "Veldstraat" in words(client.get(f"/posts/{post.id}/hiding"))
    refused = submit(client, f"/posts/{post.id}/hiding", {"reason": " "})
    assert (refused.status_code, "Say why" in words(refused)) == (422, True)
    answer = submit(client, f"/posts/{post.id}/hiding", {"reason": "Somebody can be recognised"})
    assert "Show again" in words(client.get(answer.location))
    author = client.application.test_client()
    sign_in(author, leen)
    shown = words(author.get(answer.location))
    assert "Reason: Somebody can be recognised" in shown
    assert "Veldstraat" in shown
    submit(client, f"/posts/{post.id}/hiding", {"_method": "delete"})
    assert "Reason:" not in words(author.get(answer.location))


def test_others_may_not_hide(client, gent, leen):
    post = make_post(make_thread(gent, leen), leen)
    sign_in(client, leen)
    assert client.get(f"/posts/{post.id}/hiding").status_code == 403
    assert submit(client, f"/posts/{post.id}/hiding", {"reason": "No"}).status_code == 403


def test_the_log_shows_what_was_done_and_what_is_hidden_or_closed(client, gent, leen, moderator):
    thread = make_thread(gent, leen, title="A talk")
    post = make_post(thread, leen)
    hiding.hide(actor(moderator), post.id, reason="Names a client")
    locking.lock(actor(moderator), thread.id, reason="Done for now")
    db.session.commit()
    sign_in(client, moderator)
    shown = words(client.get(f"/spaces/{gent.slug}/moderation"))
    for piece in (
        "Wouter hid contribution 2 in “A talk”.",
        "Wouter closed “A talk”.",
        "Names a client",
        "Done for now",
    ):
        assert piece in shown
    assert "Contribution 2 by Leen" in shown
    assert "Reopen" in shown


def test_the_log_is_for_moderators_of_that_space(client, gent, leen):
    sign_in(client, leen)
    assert client.get(f"/spaces/{gent.slug}/moderation").status_code == 403
    other = client.application.test_client()
    sign_in(other, make_member("Els", space=make_space("Aalst"), role=Role.MODERATOR))
    assert other.get(f"/spaces/{gent.slug}/moderation").status_code == 403
    assert client.application.test_client().get(f"/spaces/{gent.slug}/moderation").status_code == 303
