"""Mentions: `@handle` reaches and draws who may read the post; for everybody else it is a word."""

import pytest
from sqlalchemy import select

from forum.domain.moderation import hiding
from forum.domain.threads import mentions, posts, threads
from forum.domain.threads import page as thread_page
from forum.infra import clock, text
from forum.infra.db import db
from forum.models.following import Mention
from forum.models.spaces import Audience
from forum.policy.errors import Invalid
from tests import other_readers
from tests.factories import actor, make_member, make_space, make_thread


def reply(author, thread, body):
    return threads.reply(actor(author), thread.id, body=body, idempotency_key=None)


def drawn(reader, post):
    page = thread_page.page(actor(reader) if reader else None, post.thread_id)
    return next(view.html for view in page.posts if view.id == post.id)


def test_only_who_may_read_a_post_is_mentioned_and_drawn(gent, leen, moderator):
    thread = make_thread(gent, leen, audience=Audience.SPACE)
    elsewhere = make_member("Wim", space=make_space("Leuven", city="leuven"))
    gone = make_member("Piet", space=gent, suspended_at=clock.now())
    post = reply(
        leen,
        thread,
        f"@{moderator.handle.upper()} @{elsewhere.handle} @{gone.handle} @nobody-here, and me: @{leen.handle}.",
    )
    assert mentions.mentioned(post.id) == [moderator.id]
    first, last = (
        f'<b class="mention" dir="auto" data-typed="{len(one.handle) + 1}">@{one.name}</b>'
        for one in (moderator, leen)
    )
    assert drawn(leen, post) == (
        f'<p dir="auto">{first} @{elsewhere.handle} @{gone.handle} @nobody-here, and me: {last}.</p>'
    )
    moderator.name = "<b>Now</b>"
    db.session.flush()
    assert "@&lt;b&gt;Now&lt;/b&gt;</b>" in drawn(leen, post)
    moderator.suspended_at = clock.now()
    db.session.flush()
    assert (mentions.mentioned(post.id), f"@{moderator.handle.upper()} @" in drawn(leen, post)) == ([], True)


def test_an_edit_adds_and_removes_and_only_who_is_new_is_new(gent, leen, moderator):
    wim = make_member("Wim", space=gent)
    post = reply(leen, make_thread(gent, leen), f"Ask @{moderator.handle}.")
    assert mentions.newly_mentioned(post.id, 1) == [moderator.id]
    posts.edit(actor(leen), post.id, body=f"Ask @{moderator.handle} or @{wim.handle}.", seen_revision=1)
    assert mentions.newly_mentioned(post.id, 2) == [wim.id]
    assert mentions.mentioned(post.id) == sorted([moderator.id, wim.id])
    posts.edit(actor(leen), post.id, body=f"Ask @{wim.handle}.", seen_revision=2)
    assert (mentions.mentioned(post.id), mentions.newly_mentioned(post.id, 3)) == ([wim.id], [])
    hiding.hide(actor(moderator), post.id, reason="Too loud")
    assert mentions.mentioned(post.id) == []
    assert "@Wim</b>" in drawn(leen, post)  # who may read the hidden post sees it as it was
    hiding.restore(actor(moderator), post.id)
    posts.take_back(actor(leen), post.id)
    assert mentions.mentioned(post.id) == []
    posts.put_back(actor(leen), post.id)
    assert (mentions.mentioned(post.id), mentions.newly_mentioned(post.id, 3)) == ([wim.id], [])


def test_who_may_not_read_the_thread_any_more_is_neither_told_nor_drawn(gent, leen, moderator):
    wim = make_member("Wim", space=make_space("Leuven", city="leuven"))
    thread = make_thread(gent, leen, audience=Audience.NETWORK)
    post = reply(leen, thread, f"Ask @{wim.handle}.")
    assert (mentions.mentioned(post.id), "@Wim<" in drawn(leen, post)) == ([wim.id], True)
    other_readers.set_audience(actor(moderator), thread.id, audience=Audience.SPACE)
    assert (mentions.mentioned(post.id), f"@{wim.handle}." in drawn(leen, post)) == ([], True)


def test_the_opening_post_of_a_thread_that_is_put_back_mentions_again(gent, leen, moderator):
    thread = make_thread(gent, leen)
    opening = thread_page.page(actor(leen), thread.id).posts[0].id
    posts.edit(actor(leen), opening, body=f"For @{moderator.handle}", seen_revision=1)
    posts.take_back(actor(leen), opening)
    assert mentions.mentioned(opening) == []
    posts.put_back(actor(leen), opening)
    assert mentions.mentioned(opening) == [moderator.id]


def test_too_many_handles_are_refused_whoever_they_are(gent, leen):
    thread = make_thread(gent, leen)
    many = " ".join(f"@nobody-{number}" for number in range(mentions.MOST))
    reply(leen, thread, f"{many} @NOBODY-1 `@code`")
    with pytest.raises(Invalid) as refused:
        reply(leen, thread, f"{many} @nobody-more")
    assert refused.value.field == "body"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("@leen", ["leen"]),
        ("(@leen), @wim-2: @LEEN's **@an**", ["leen", "wim-2", "an"]),
        ("> @leen\n\n- @wim\n\n| a |\n|-|\n| @an |", ["leen", "wim", "an"]),
        ("`@leen` and\n\n```\n@leen\n```", []),
        ("leen@gent.be @leen.be @leen@gent.be x@leen é@leen @leené @leen_x @@leen /@leen", []),
        ("[@leen](https://gent.be) https://gent.be/@leen <https://gent.be/@leen> ![@leen](/a.png)", []),
        ("@" + "a" * 40, ["a" * 40]),
        ("@" + "a" * 41 + " @-leen @ leen @", []),
        ("<span>@leen</span> \ufdd1x", ["leen"]),
    ],
)
def test_a_handle_stands_by_itself_in_the_text(body, found):
    html = text.render(body)
    assert text.handles(html) == found
    assert text.plain(html) == text.plain(text.to_html(html))
    assert "<span" not in text.to_html(html)


def test_a_post_that_is_rendered_anew_gets_its_mentions(app, gent, leen, moderator):
    post = reply(leen, make_thread(gent, leen), f"Ask @{moderator.handle}.")
    db.session.execute(db.delete(Mention))
    post.html, post.render_version = f"<p>Ask @{moderator.handle}.</p>", 2
    db.session.flush()
    assert app.test_cli_runner().invoke(args=["rerender"]).exit_code == 0
    assert db.session.scalars(select(Mention.member_id)).all() == [moderator.id]
