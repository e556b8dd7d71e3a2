"""One's own posts: edited with every earlier version kept, withdrawn, put back."""

from dataclasses import dataclass

from forum.domain.mailing import events
from forum.domain.threads import mentions, post_store, quotes, rendering, sendings
from forum.infra import clock, rates, text
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.threads import Post, Thread
from forum.policy.actions import deny, may_delete, may_edit, may_put_back, require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict
from forum.policy.measures import refusal_unseen
from forum.policy.visibility import get_visible

MOST_CHANGES = "120 per hour"


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a post as typed, for the form that changes it."""

    post_id: int
    number: int
    thread_id: int
    thread_slug: str
    thread_title: str
    title: str
    body: str
    revision: int


def source(actor: Actor, post_id: int) -> Source:
    """Return the text of the actor's own post as it was last typed; NotFound, Forbidden."""
    thread, post = place(actor, post_id)
    require(may_edit(actor, post, thread))
    revision = post_store.latest_revision(post)
    return Source(
        post_id=post.id,
        number=post.number,
        thread_id=thread.id,
        thread_slug=thread.slug,
        thread_title=thread.title,
        title=revision.title,
        body=revision.body,
        revision=post.revision,
    )


def place(actor: Actor, post_id: int) -> tuple[Thread, Post]:
    """Return the thread and the post, hidden or not, when the actor may see them; NotFound."""
    post: Post = get_visible(Post, actor, post_id)
    thread: Thread = get_visible(Thread, actor, post.thread_id)
    return thread, post


def edit(
    actor: Actor,
    post_id: int,
    *,
    body: str,
    title: str | None = None,
    seen_revision: int,
    rendered: str | None = None,
    idempotency_key: str | None = None,
) -> Post:
    """Change one's own post; the same text again changes nothing. `rendered` as in `threads.start`.

    It counts also when it changes nothing, unless this very form, by its key, was accepted before.
    NotFound, Forbidden, Invalid at `title` or `body`, Conflict when it was changed since `seen_revision`, TooOften.
    """
    html = post_store.render_body(actor, body) if rendered is None else rendered
    body = text.typed(body)  # compared with what was kept of it
    thread, post = post_store.locked_post(actor, post_id)
    require(may_edit(actor, post, thread))
    before = post_store.latest_revision(post)
    heading = before.title
    if post.number == 1:
        heading = post_store.clean_title(before.title if title is None else title)
    is_same = (before.body, before.title) == (body, heading)
    if post.revision != seen_revision and not is_same:
        raise Conflict(_("This post was changed somewhere else while you were writing."))
    if not (is_same and sendings.was_accepted(actor, idempotency_key)):
        rates.spend("edit", f"member:{actor.id}", limit=MOST_CHANGES)
    if is_same:
        return post
    now = clock.now()
    post.revision += 1
    post.html, post.render_version, post.edited_at = html, text.RENDER_VERSION, now
    post_store.add_revision(post, body, html, title=heading, editor_id=actor.id, at=now)
    mentions.write(post, html)
    quotes.write(post, html, before=before.body)
    quotes.follow(post, text.plain(html))
    if post.number == 1:
        show_heading(thread, heading, html)
    db.session.flush()
    events.record("post.edited", post_id=post.id, revision=post.revision)
    return post


def take_back(actor: Actor, post_id: int) -> Post:
    """Withdraw one's own post. Its place stays; a thread in which nobody else has posted is withdrawn as a whole.

    NotFound, Forbidden.
    """
    thread, post = post_store.locked_post(actor, post_id)
    require(may_delete(actor, post))
    now = clock.now()
    post.deleted_at, post.html = now, ""
    if post.number == 1:
        thread.title = thread.summary = ""
        thread.slug = text.slug("")  # the address carries the title too
        if not post_store.others_wrote(thread):
            thread.withdrawn_at = now
    post_store.recount(thread)
    return post


def put_back(actor: Actor, post_id: int, *, rendered: rendering.Rendered | None = None) -> Post:
    """Show a withdrawn post of one's own again, with what `rendering.again` made; NotFound, Forbidden, TooOften."""
    thread, post = post_store.locked_post(actor, post_id)
    require(may_put_back(actor, post))
    if why := refusal_unseen(actor, thread.space_id):
        require(deny(why))
    rates.spend("edit", f"member:{actor.id}", limit=MOST_CHANGES)
    post.deleted_at = None
    if post.number == 1:
        thread.withdrawn_at = None
    rendering.show_again(actor, post, rendered)
    if post.number == 1:
        show_heading(thread, post_store.latest_revision(post).title, post.html)
    post_store.recount(thread)
    return post


def show_heading(thread: Thread, title: str, html: str) -> None:
    """Give a locked thread the title of its opening post, with all that is made of both."""
    thread.title = title
    thread.slug = text.slug(title)
    thread.summary = text.summary(text.plain(html))
