"""The history of a post as a page: the way to it, readable differences, hiding a version and undoing that."""

import re
from datetime import timedelta

from forum.domain.moderation import hiding, revisions
from forum.domain.threads import posts
from forum.infra import clock
from forum.infra.db import db
from forum.models.spaces import Audience, Role
from tests.factories import actor, make_member, make_post, make_thread, sign_in, submit
from tests.notices import react


def edited(gent, author, **over):
    post = make_post(make_thread(gent, author, **over), author, "We visit her in the Veldstraat.")
    posts.edit(actor(author), post.id, body="We visit her at home.", seen_revision=1)
    db.session.commit()
    return post


def test_the_note_of_an_edited_post_leads_to_what_it_said(client, gent, leen):
    post = edited(gent, leen, audience=Audience.PUBLIC)
    thread = client.get(f"/threads/{post.thread_id}", follow_redirects=True).text
    (address,) = re.findall(r'href="(/posts/\d+/revisions)"', thread)
    page = client.get(f"{address}?lang=en").text
    assert re.search(r"<del><span class=\"vh\">removed: </span>in the Veldstraat<", page)
    assert re.search(r"<ins><span class=\"vh\">added: </span>at home<", page)
    assert "Hide version" not in page
    assert client.get(f"/posts/{post.id}/revisions/1/hiding").status_code == 303, "to sign in"


def test_a_version_is_hidden_after_a_question_with_a_reason_and_shown_by_undo(client, gent, leen):
    post = edited(gent, leen)
    reader = client.application.test_client()
    sign_in(client, leen)
    sign_in(reader, make_member("Karim", space=gent))
    address = f"/posts/{post.id}/revisions"
    asked = client.get(f"{address}/1/hiding").text
    assert "Veldstraat" in asked
    assert reader.get(f"{address}/1/hiding").status_code == 403
    assert submit(reader, f"{address}/1/hiding", {"reason": "x"}).status_code == 403
    refused = submit(client, f"{address}/1/hiding", {"reason": ""})
    assert (refused.status_code, "Say why." in refused.text) == (422, True)
    assert submit(client, f"{address}/1/hiding", {"reason": "An address"}).location == address
    own = client.get(address).text
    assert "You hid version 1 of post 2." in own
    assert "An address" in own
    assert "Veldstraat" not in own
    others = reader.get(address).text
    assert "The author hid this version." in others
    assert "An address" not in others
    assert "Veldstraat" not in others
    assert client.get(f"{address}/1/hiding").status_code == 409
    undo = re.search(r'action="(/undo/\d+)"', own)[1]
    assert submit(client, undo).location == address
    assert "Veldstraat" in reader.get(address).text


def test_moderators_read_in_their_log_who_hid_a_version(client, gent, leen):
    post = edited(gent, leen)
    moderator = make_member("Mo", space=gent, role=Role.MODERATOR)
    db.session.commit()
    sign_in(client, moderator)
    submit(client, f"/posts/{post.id}/revisions/1/hiding", {"reason": "An address"})
    log = client.get(f"/spaces/{gent.slug}/moderation/log").text
    assert "Mo hid an earlier version of post 2 in" in log
    assert "Veldstraat" not in log


def test_the_page_costs_few_queries_however_long_the_history(client, gent, leen, count_queries):
    post = edited(gent, leen)
    sign_in(client, leen)
    client.get(f"/posts/{post.id}/revisions")
    with count_queries() as few:
        client.get(f"/posts/{post.id}/revisions")
    for number in range(2, 30):
        posts.edit(actor(leen), post.id, body=f"Text {number}.", seen_revision=number)
    db.session.commit()
    with count_queries() as many:
        client.get(f"/posts/{post.id}/revisions")
    assert many.count <= few.count <= 8


def test_a_version_shows_what_it_quoted_as_long_as_that_can_be_read(client, gent, leen):
    thread = make_thread(gent, leen)
    first, second = (
        make_post(thread, leen, f"{word} we ring. Then we come by.") for word in ("First", "Again")
    )
    mark = f"[quote {first.number}: 0-12]"
    post = make_post(thread, leen, f"{mark}\n\nSo do we.\n\n    [quote {second.number}: 0-5]")
    posts.edit(actor(leen), post.id, body="So do we, since May.", seen_revision=1)
    db.session.commit()
    sign_in(client, make_member("Karim", space=gent))
    address = f"/posts/{post.id}/revisions"

    def version(number):
        return client.get(address).text.split(f'id="version-{number}"')[1].partition("</li>")[0]

    assert "First we ring." in version(1)
    assert "Again" not in version(1), "in code it is no quote"
    assert "Quoted in this version" not in version(2)
    hiding.hide(actor(make_member("Mo", space=gent, role=Role.MODERATOR)), first.id, reason="A name.")
    db.session.commit()
    assert "First we ring." not in version(1)
    assert "This text can no longer be read." in version(1)


def test_a_hidden_version_leads_its_author_from_their_notices_to_the_reason(client, gent, leen):
    post = edited(gent, leen)
    moderator = make_member("Mo", space=gent, role=Role.MODERATOR)
    revisions.hide(actor(moderator), post.id, 1, reason="An address")
    react()
    address = f"/posts/{post.id}/revisions"
    sign_in(client, leen)
    with clock.at(clock.now() + timedelta(minutes=10)):
        notices = client.get("/notifications").text
        assert "hid an earlier version of your post" in notices
        assert f'href="{address}"' in notices
        assert '<q dir="auto">An address</q>' in notices
        assert "Veldstraat" not in notices
        assert "An address" in client.get(address).text
        assert 'class="is-new"' not in client.get("/notifications").text, "by opening what it leads to"
        reader = client.application.test_client()
        sign_in(reader, make_member("Karim", space=gent))
        assert "An address" not in reader.get("/notifications").text
        hiding.hide(actor(moderator), post.id, reason="All of it")
        assert '<q dir="auto">An address</q>' in client.get("/notifications").text, "it is still theirs"
