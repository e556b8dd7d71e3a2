"""A post without some of its words, as its new text: where they stood, a mark says that a moderator left them out."""

from dataclasses import dataclass

from sqlalchemy import select

from forum.domain.threads import post_store, posts
from forum.infra import left_out, text
from forum.infra.db import db
from forum.infra.i18n import _, locale
from forum.models.threads import Post, PostRevision, Thread
from forum.policy.actions import require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict, Invalid
from forum.policy.words import may_leave_out

WORDS_MAX = 200


@dataclass(frozen=True, slots=True)
class Shortened:
    """What a text of a post, the present one then, becomes without these words."""

    post_id: int
    thread_id: int
    revision: int
    words: str
    mark: str
    body: str
    html: str
    title: str
    places: int

    @property
    def plain(self) -> str:
        """Its readable text."""
        return text.plain(self.html)


def asked(actor: Actor, post_id: int) -> tuple[Thread, Post]:
    """Return a post and its thread where the actor could leave words out of it, for the form; NotFound, Forbidden."""
    thread, post = posts.place(actor, post_id)
    require(may_leave_out(actor, post, thread))
    return thread, post


def of(actor: Actor, post_id: int, *, words: str) -> Shortened:
    """Return a post without these words, before anything is locked; nothing is written.

    NotFound, Forbidden, Invalid at `words` where they do not stand in it, or are too few; TooOften.
    """
    _thread, post = asked(actor, post_id)
    words = clean_words(words)
    revision = post_store.latest_revision(post)
    post_store.count_rendering(actor)
    mark = left_out.MARKS.get(locale(), left_out.MARKS["nl"])
    found = left_out.spans(words, revision.plain)
    in_title = left_out.spans(words, revision.title)
    if not found and not in_title and not _stood(words, post):
        raise Invalid("words", _("This does not stand in the post."))
    body, html = _without(words, revision.body, revision.plain, mark)
    return Shortened(
        post_id=post.id,
        thread_id=post.thread_id,
        revision=post.revision,
        words=words,
        mark=mark,
        body=body,
        html=html,
        title=left_out.without(words, revision.title, mark, Thread.TITLE_MAX),
        places=len(found) + len(in_title),
    )


def _stood(words: str, post: Post) -> bool:
    """Whether a title tells them under which it stood: above it now, or before its thread was split or merged."""
    earlier = select(PostRevision.title).where(PostRevision.post_id == post.id)
    return any(left_out.holds(words, each) for each in (post.heading, *db.session.scalars(earlier)))


def clean_words(words: str) -> str:
    """Return the words that somebody typed to be left out; Invalid at `words`."""
    clean = text.one_line(words)
    if not left_out.is_enough(clean):
        raise Invalid("words", _("Type what must go, two characters at least."))
    if len(clean) > WORDS_MAX:
        raise Invalid("words", _("At most %(limit)d characters at a time.", limit=WORDS_MAX))
    return clean


def refuse_changed(post: Post, shortened: Shortened) -> None:
    """Refuse what was made of another text of the post than stands there now, which is locked; Conflict.

    A post that moved meanwhile may have another title: it opens a thread, or does so no longer.
    """
    made_of = (shortened.post_id, shortened.thread_id, shortened.revision)
    if (post.id, post.thread_id, post.revision) != made_of:
        raise Conflict(_("This post was changed somewhere else in the meantime. Look at it once more."))


def _without(words: str, body: str, plain: str, mark: str) -> tuple[str, str]:
    """The Markdown and its HTML: with its layout where it shows just the words that are left, else without.

    Layout can stand within a name, and an address can tell it: then only the readable text stays.
    """
    kept = left_out.replaced(plain, left_out.spans(words, plain), mark)
    shown = left_out.escaped(mark)
    with_layout = left_out.replaced(body, left_out.spans(words, body), shown)
    for source in (with_layout, left_out.escaped(kept)):
        html = _rendered(source)
        if html and _same(text.plain(html), kept) and not _is_told(words, source.replace(shown, ""), html):
            return source, html
    short = left_out.escaped(left_out.replaced(plain, left_out.spans(words, plain), left_out.SHORT))
    html = _rendered(short)
    if html and not _is_told(words, short, html):
        return short, html
    return shown, text.render(shown)


def _rendered(source: str) -> str:
    try:
        return text.render(source)
    except text.TooLong:
        return ""


def _same(one: str, other: str) -> bool:
    return one.split() == other.split()


def _is_told(words: str, source: str, html: str) -> bool:
    """Whether the words still stand in what was typed or in an address, marks taken out."""
    bare = html
    for mark in left_out.MARKS.values():
        bare = bare.replace(mark, "")
    return (
        left_out.holds(words, source)
        or left_out.holds(words, bare)
        or left_out.holds(words, text.plain(bare))
    )
