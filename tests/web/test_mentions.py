"""Mentions on pages: drawn for all who read, and nothing told about others."""

import pytest
from sqlalchemy import select

from forum.domain.threads import mentions, posts, threads
from forum.infra.db import db
from forum.models.spaces import Audience, Role
from forum.models.threads import Post
from tests.factories import actor, make_member, make_space, make_thread, sign_in, submit

pytestmark = pytest.mark.both_databases


@pytest.fixture
def leuven():
    return make_space("Leuven", city="leuven")


def previewed(client, body, form="reply", subject=0, **more):
    fields = {"body": body, "draft_form": form, "draft_subject": subject, **more}
    return submit(client, "/previews", fields).json["html"]


def test_a_handle_of_who_may_not_read_is_a_word_like_any_other(client, gent, leen, leuven):
    wim = make_member("Wim", space=leuven, handle="wim-wims")
    guest = make_member("Greta", space=leuven, role=Role.GUEST, handle="greta-gast")
    closed = make_thread(gent, leen, audience=Audience.SPACE)
    public = make_thread(gent, leen, audience=Audience.PUBLIC)
    sign_in(client, leen)
    for thread, name in ((closed, wim.handle), (public, guest.handle)):
        pages = []
        for handle in (name, "nobody-at-all"):
            drawn = previewed(client, f"Ask @{handle}.", subject=thread.id)
            post = threads.reply(actor(leen), thread.id, body=f"Ask @{handle}.", idempotency_key=None)
            db.session.commit()
            page = client.get(f"/threads/{thread.id}-{thread.slug}")
            shown = page.text[page.text.index(f'data-post="{post.id}"') :].partition('<div class="prose')[2]
            pages.append((drawn.replace(handle, "x"), shown.partition("</div>")[0].replace(handle, "x")))
        assert pages[0] == pages[1]
        assert ["Ask @x." in html for html in pages[0]] == [True, True]


def test_a_guest_who_tries_handles_learns_of_nobody_and_reaches_nobody_whom_they_do_not_meet(
    client, gent, leen, leuven
):
    make_member("Wim", space=leuven, handle="wim-wims")
    guest = make_member("Greta", space=gent, role=Role.GUEST)
    thread = make_thread(gent, leen, audience=Audience.NETWORK)
    sign_in(client, guest)
    text = f"Ask @wim-wims or @{leen.handle}."
    drawn = previewed(client, text, subject=thread.id)
    assert ("Ask @wim-wims or <b" in drawn, "@Leen</b>" in drawn) == (True, True)
    post = threads.reply(actor(guest), thread.id, body=text, idempotency_key=None)
    assert mentions.mentioned(post.id) == [leen.id]


def test_who_may_read_is_drawn_with_the_name_of_now_for_every_reader(app, client, gent, leen, leuven):
    wim = make_member("Wim", space=leuven, handle="wim-wims")
    thread = make_thread(gent, leen, audience=Audience.PUBLIC)
    sign_in(client, leen)
    named = '<b class="mention" dir="auto" data-typed="9">@Wim</b>'
    story = {"title": "T", "need": "action", "axis": "solidaire-stadspolis", "preview": "1"}
    where = {"draft_form": "story", "draft_subject": gent.id, "body": "Ask @Wim-Wims."}
    for audience, is_named in (("network", True), ("space", False), ("", False)):
        shown = submit(client, f"/spaces/{gent.slug}/threads", {**story, **where, "audience": audience}).text
        assert (named in shown, "Ask @Wim-Wims." in shown) == (is_named, True), audience
        assert (named in previewed(client, "@wim-wims", "story", gent.id, audience=audience)) == is_named
    answer = submit(
        client,
        f"/threads/{thread.id}/replies",
        {"body": "Ask @wim-wims.", "kind": "", "idempotency_key": "", "draft_form": "reply"},
    )
    assert answer.status_code == 303
    address = f"/threads/{thread.id}-{thread.slug}"
    assert f"Ask {named}." in client.get(address).text
    wim.name = "Wim <i>Wims</i>"  # no fragment keeps the other one
    db.session.commit()
    visitor = app.test_client()
    for reader in (wim, leen):
        sign_in(client, reader)
        for page in (client.get(address), visitor.get(address)):
            assert "@Wim &lt;i&gt;Wims&lt;/i&gt;</b>." in page.text
    # The form that changes it has the words as they were typed.
    post = thread_post(thread, 2)
    assert "Ask @wim-wims." in client.get(f"/posts/{post.id}/revisions/new").text
    assert named in previewed(client, "@wim-wims", "edit", post.id).replace(
        "Wim &lt;i&gt;Wims&lt;/i&gt;", "Wim"
    )


def test_only_a_page_with_a_handle_costs_one_statement_more(client, gent, leen, leuven, count_queries):
    wim = make_member("Wim", space=leuven)
    counts = []
    for bodies in (["None."] * 3, ["@nobody."] * 3, [f"@{wim.handle} and @{leen.handle}."] * 6):
        thread = make_thread(gent, leen, audience=Audience.NETWORK)
        for body in bodies:
            threads.reply(actor(leen), thread.id, body=body, idempotency_key=None, once_more=True)
        sign_in(client, wim)
        address = f"/threads/{thread.id}-{thread.slug}"
        client.get(address)
        with count_queries() as seen:
            client.get(address)
        counts.append(seen.count)
    assert counts == [counts[0], counts[0] + 1, counts[0] + 1]


def test_too_many_handles_are_refused_at_the_field_with_the_text_kept(client, gent, leen):
    thread = make_thread(gent, leen)
    sign_in(client, leen)
    body = " ".join(f"@nobody-{number}" for number in range(21))
    answer = submit(
        client, f"/threads/{thread.id}/replies", {"body": body, "kind": "", "idempotency_key": ""}
    )
    assert (answer.status_code, answer.text.count("Mention at most 20 people")) == (422, 2)
    assert body in answer.text
    post = thread_post(thread)
    change = {"body": body, "seen_revision": 1, "title": "T"}
    assert submit(client, f"/posts/{post.id}/revisions", change).status_code == 422
    assert posts.source(actor(leen), post.id).revision == 1


def thread_post(thread, number=1):
    return db.session.scalars(select(Post).where(Post.thread_id == thread.id, Post.number == number)).one()
