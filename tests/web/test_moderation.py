"""Moderation as pages: a question with a reason, the list of what is hidden, and what may stand in mails."""

import re

from forum.domain.moderation import hiding, locking
from forum.infra.db import db
from forum.models.spaces import MailPolicy, Role
from tests.factories import actor, make_member, make_post, make_space, make_thread, sign_in, submit


def words(answer):
    return answer.get_data(as_text=True)


def test_hiding_asks_why_and_the_author_reads_it(client, gent, leen, moderator):
    post = make_post(make_thread(gent, leen), leen, "He lives in the Veldstraat.")
    sign_in(client, moderator)
    asked = words(client.get(f"/posts/{post.id}/hiding"))
    assert "Veldstraat" in asked
    assert "After that its author gets an e-mail with your reason, unless" in asked
    refused = submit(client, f"/posts/{post.id}/hiding", {"reason": " "})
    assert (refused.status_code, "Say why" in words(refused)) == (422, True)
    answer = submit(client, f"/posts/{post.id}/hiding", {"reason": "Somebody can be recognised"})
    assert "#" not in answer.location, "the way to undo it stands above the posts"
    hidden = words(client.get(answer.location))
    assert "You can undo this until" in hidden
    assert "Show again" in hidden
    assert "Only the author and those who moderate can still read" in hidden
    author = client.application.test_client()
    sign_in(author, leen)
    shown = words(author.get(answer.location))
    assert "Reason: Somebody can be recognised" in shown
    assert "Only you and those who moderate can still read" in shown
    assert "Veldstraat" in shown
    submit(client, f"/posts/{post.id}/hiding", {"_method": "delete"})
    assert "Reason:" not in words(author.get(answer.location))
    again = submit(client, f"/posts/{post.id}/hiding", {"_method": "delete"})
    assert (again.status_code, "This post is not hidden." in words(client.get(again.location))) == (303, True)
    assert submit(author, f"/posts/{post.id}/hiding", {"_method": "delete"}).status_code == 403
    submit(client, f"/posts/{post.id}/hiding", {"reason": "Did you ask him?"})
    assert "Reason: Did you ask him? Only you and" in words(author.get(answer.location))


def test_others_may_not_hide(client, gent, leen):
    post = make_post(make_thread(gent, leen), leen)
    sign_in(client, leen)
    assert client.get(f"/posts/{post.id}/hiding").status_code == 403
    refused = submit(client, f"/posts/{post.id}/hiding", {"reason": "No"})
    assert (refused.status_code, "You may see this, but not do this." in words(refused)) == (403, True)


def test_one_page_has_what_is_hidden_or_closed_and_leads_to_the_log(client, gent, leen, moderator):
    thread = make_thread(gent, leen, title="A thread")
    post = make_post(thread, leen)
    hiding.hide(actor(moderator), post.id, reason="Names a client")
    locking.lock(actor(moderator), thread.id, reason="Done for now")
    db.session.commit()
    sign_in(client, moderator)
    shown = words(client.get(f"/spaces/{gent.slug}/moderation/posts"))
    assert f'href="/spaces/{gent.slug}/moderation/log"' in shown
    assert "Reason: Names a client" in shown
    assert "Post 2 by Leen" in shown
    assert "Thread by Leen" in shown
    assert shown.count('<article class="record">') == 2
    assert "Reopen" in shown


def test_the_page_is_for_moderators_of_that_space(client, gent, leen):
    sign_in(client, leen)
    refused = client.get(f"/spaces/{gent.slug}/moderation/posts")
    assert refused.status_code == 403
    assert "You cannot open this page." in words(refused)
    assert "You may see this, but not do this." not in words(refused)
    other = client.application.test_client()
    sign_in(other, make_member("Els", space=make_space("Aalst"), role=Role.MODERATOR))
    assert other.get(f"/spaces/{gent.slug}/moderation/posts").status_code == 403
    assert client.application.test_client().get(f"/spaces/{gent.slug}/moderation/posts").status_code == 303


def test_moderators_choose_what_of_their_space_may_stand_in_mails(client, gent, leen, moderator):
    address = f"/spaces/{gent.slug}/mail-policy"
    sign_in(client, leen)
    assert client.get(address).status_code == submit(client, address, {"policy": "full"}).status_code == 403
    sign_in(client, moderator)
    assert f'href="{address}"' in words(client.get(f"/spaces/{gent.slug}/moderation"))
    assert 'value="usual"' in re.search(r"<input checked[^>]*>", words(client.get(address))).group()
    refused = submit(client, address, {"policy": "all of it"})
    assert (refused.status_code, "Not a valid choice" in words(refused)) == (422, True)
    for chosen, kept in (("link", MailPolicy.LINK), ("usual", None), ("usual", None)):
        assert submit(client, address, {"policy": chosen}).status_code == 303
        db.session.refresh(gent)
        assert gent.mail_policy == kept
    logged = words(client.get(f"/spaces/{gent.slug}/moderation/log"))
    start = f"{moderator.name} changed what may stand in e-mails from “"
    assert re.findall(f"{start}(.*?)” to “(.*?)”", logged) == [
        ("Only that there is something new", "As usual in the network"),
        ("As usual in the network", "Only that there is something new"),
    ], "who, from and to, the latest first; choosing the same again is no change"
    assert "Reason:" not in logged
