"""What a post quotes of another post of its thread: kept as a place in a revision of that one, never as words.

A line `[quote 5: 120-188]` in what was typed stands for it. The words are drawn from there whenever the post is read
(`draw`): a post that is hidden or withdrawn empties every quote of it by that alone, an edit that took the words out
(`follow`) in its transaction. They stand in no text of whoever quotes, so that lists, mails and lessons have nothing of
them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Integer, Select, and_, bindparam, case, delete, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from forum.domain.threads import mentions, moved_quotes
from forum.infra import text
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.in_lists import in_list
from forum.infra.rows import insert_new
from forum.infra.statements import cached, select_rows
from forum.infra.text import Mark
from forum.models.accounts import Member
from forum.models.spaces import Audience
from forum.models.threads import Post, PostQuote, PostRevision, Thread
from forum.policy.actors import Actor
from forum.policy.errors import Invalid
from forum.policy.visibility import get_visible

MOST = 10  # in a post
SHOWN = 600  # characters of one, at most


@dataclass(frozen=True, slots=True)
class Quote:
    """A quoted passage as readers get it now: no words where they cannot be read any more."""

    number: int  # of the quoted post; 0 for a mark that leads nowhere
    name: str = ""
    words: str = ""
    is_changed: bool = False  # the post, since
    by: int = 0  # the number of the post that quotes it; 0 while there is none
    thread_id: int = 0
    elsewhere: bool = False  # in another thread, to which a moderator moved one of the two posts


NOWHERE = Quote(0)


def check(html: str) -> None:
    """Invalid at `body` for HTML of `text.render` with too many quotes, wherever they lead."""
    if len(text.marks(html)) > MOST:
        raise Invalid("body", _("Quote at most %(limit)d passages in one post.", limit=MOST))


def write(post: Post, html: str, *, before: str | None = None) -> None:
    """Keep what a post with this HTML quotes; its thread is locked. A mark that leads nowhere is kept as nothing.

    `before`: as it was typed until now, where that changes.
    """
    marks = text.marks(html)[:MOST]
    if not marks and post.revision == 1:
        return
    kept = moved_quotes.kept(post, marks, before)
    db.session.execute(delete(PostQuote).where(PostQuote.post_id == post.id))
    found = _passages(post.thread_id, marks, but=post.number)
    rows = [
        {"post_id": post.id, "position": position, **(kept.get(mark) or found[mark].columns)}
        for position, mark in enumerate(marks)
        if mark in kept or mark in found
    ]
    insert_new(PostQuote, rows)


def follow(post: Post, plain: str) -> None:
    """Empty the quotes of a post whose words its new text has not, and fill those that it has again; it is locked."""
    query = (
        select(PostQuote, PostRevision.plain)
        .join(PostRevision, PostRevision.id == PostQuote.revision_id)
        .where(PostRevision.post_id == post.id)
    )
    for quote, said in db.session.execute(query):
        quote.stands = _stands(said[quote.start_at : quote.end_at], plain)


def flagged_wrongly(first_thread_id: int, last_thread_id: int) -> list[PostQuote]:
    """Return quotes in these threads whose words are gone though they are said to stand, or the other way round.

    None of a post that was withdrawn: of that one nothing is drawn. To mend one is to turn its flag.
    """
    newest = aliased(PostRevision)
    query = (
        select(PostQuote, PostRevision.plain, newest.id, newest.plain)
        .join(PostRevision, PostRevision.id == PostQuote.revision_id)
        .join(Post, Post.id == PostRevision.post_id)
        .join(newest, and_(newest.post_id == Post.id, newest.number == Post.revision))
        .where(Post.thread_id.between(first_thread_id, last_thread_id), Post.deleted_at.is_(None))
        .order_by(PostQuote.post_id, PostQuote.position)
    )
    return [
        quote
        for quote, said, newest_id, now in db.session.execute(query)
        if quote.stands
        != (quote.revision_id == newest_id or _stands(said[quote.start_at : quote.end_at], now))
    ]


def draw(htmls: Mapping[int, str]) -> dict[int, Any]:
    """Return the HTML of posts, by their ids, with the names of whom they mention and the words that they quote.

    As in `views.PostView`. A query where any quotes, and one where any has a handle, also in what it quotes.
    """
    quoting = [post_id for post_id, html in htmls.items() if text.marks(html)]
    rows = select_rows(_drawn(), {"post_ids": quoting, "most": SHOWN + 1}).all() if quoting else []
    named = {post_id for post_id, html in htmls.items() if text.handles(html)}
    names = mentions.names_in([*named, *{row.quoted_id for row in rows if "@" in (row.words or "")} - named])
    quotes = {(row.post_id, row.position): _quote(row, names.get(row.quoted_id)) for row in rows}
    drawn: dict[int, Any] = {}
    for post_id, html in htmls.items():
        found = [quotes.get((post_id, place), NOWHERE) for place in range(len(text.marks(html)))]
        drawn[post_id] = _filled(html, names.get(post_id), found)
    return drawn


def preview(thread_id: int | None, html: str, names: Mapping[str, str]) -> Any:
    """Return the HTML of a post that is not there yet, in a thread that its writer sees; None for a new one."""
    marks = text.marks(html)
    found = _quotes(thread_id, marks) if thread_id is not None else {}
    return _filled(html, names, [found.get(mark, NOWHERE) for mark in marks])


def in_text(thread_id: int, source: str) -> list[tuple[Mark, Quote]]:
    """Return what a text that is being typed quotes, each passage once, as readers would get it now.

    In a thread that its writer sees: a query, two where any has an @, none where it quotes nothing.
    """
    return in_texts(thread_id, [source])[0]


def in_texts(thread_id: int, sources: Iterable[str], but: int = 0) -> list[list[tuple[Mark, Quote]]]:
    """Return the same for several texts of one thread at once, those of post `but`, which does not quote itself."""
    named = [list(dict.fromkeys(text.typed_marks(source)))[:MOST] for source in sources]
    found = _quotes(thread_id, [mark for marks in named for mark in marks], but)
    return [[(mark, found.get(mark, NOWHERE)) for mark in marks] for marks in named]


def seen_in_text(actor: Actor, thread_id: int, source: str) -> list[tuple[Mark, Quote]]:
    """Return the same where it is not known yet whether the actor sees the thread; NotFound."""
    thread: Thread = get_visible(Thread, actor, thread_id)
    return in_text(thread.id, source)


def _filled(html: str, names: Mapping[str, str] | None, quotes: Sequence[Quote]) -> Any:
    if not quotes:
        return text.to_html(html, names)
    each = iter(quotes)
    return tuple(next(each) if part is None else part for part in text.parts(html, names))


def _quotes(thread_id: int, marks: Iterable[Mark], but: int = 0) -> dict[Mark, Quote]:
    """What marks lead to, as a post with them would be drawn."""
    found = _passages(thread_id, marks, but)
    names = mentions.names_in([one.row.post_id for one in found.values() if "@" in one.words])
    return {mark: one.as_quote(names.get(one.row.post_id)) for mark, one in found.items()}


def _quote(row: Any, names: Mapping[str, str] | None) -> Quote:
    words = text.with_names(row.words or "", names or {})
    return Quote(
        row.quoted_number,
        row.name,
        _cut(words),
        is_changed=row.is_changed,
        by=row.number,
        thread_id=row.quoted_thread_id,
        elsewhere=row.quoted_thread_id != row.thread_id,
    )


def _cut(words: str) -> str:
    return words if len(words) <= SHOWN else text.summary(words, SHOWN)


@dataclass(frozen=True, slots=True)
class _Passage:
    row: Any
    start: int
    end: int

    @property
    def words(self) -> str:
        return str(self.row.plain[self.start : self.end])

    @property
    def stands(self) -> bool:
        return self.row.revision == self.row.newest or _stands(self.words, self.row.now)

    @property
    def columns(self) -> dict[str, Any]:
        return {
            "revision_id": self.row.id,
            "start_at": self.start,
            "end_at": self.end,
            "stands": self.stands,
        }

    def as_quote(self, names: Mapping[str, str] | None) -> Quote:
        """The quote as a preview shows it, with the names of whom the post mentions."""
        words = _cut(text.with_names(self.words, names or {})) if self.stands else ""
        changed = self.row.revision != self.row.newest
        return Quote(self.row.number, self.row.name, words, is_changed=changed)


def _stands(words: str, plain: str) -> bool:
    return next(text.locate(words, plain), None) is not None


def _passages(thread_id: int, marks: Iterable[Mark], but: int = 0) -> dict[Mark, _Passage]:
    """The places that marks lead to, in posts of a thread that can be read at this moment (one query)."""
    wanted = {(mark.number, mark.revision) for mark in marks if mark.number != but}
    if not wanted:
        return {}
    newest = aliased(PostRevision)
    query = (
        select(
            PostRevision.id,
            PostRevision.post_id,
            PostRevision.plain,
            PostRevision.number.label("revision"),
            Post.number,
            Post.revision.label("newest"),
            newest.plain.label("now"),
            Member.name,
        )
        .join(Post, Post.id == PostRevision.post_id)
        .join(newest, and_(newest.post_id == Post.id, newest.number == Post.revision))
        .join(Member, Member.id == Post.author_id)
        .where(
            Post.thread_id == thread_id,
            Post.hidden_at.is_(None),
            Post.deleted_at.is_(None),
            tuple_(Post.number, PostRevision.number).in_(wanted),
        )
    )
    rows = {(row.number, row.revision): row for row in db.session.execute(query)}
    found = {}
    for mark in marks:
        row = rows.get((mark.number, mark.revision))
        place = text.letters(row.plain, mark.start, mark.end) if row is not None else None
        if place is not None:
            found[mark] = _Passage(row, *place)
    return found


@cached
def _drawn() -> Select[Any]:
    """What the posts `post_ids` quote; the words, `most` characters of them, only of what can be read now."""
    quoting, quoted, here, there = aliased(Post), aliased(Post), aliased(Thread), aliased(Thread)
    # Whoever reads the one reads the other.
    as_wide = or_(there.audience == here.audience, here.audience == Audience.SPACE)
    as_many = or_(there.audience == Audience.PUBLIC, and_(there.space_id == here.space_id, as_wide))
    stands = and_(there.hidden_at.is_(None), there.withdrawn_at.is_(None))
    can_be_read = and_(PostQuote.stands, quoted.hidden_at.is_(None), quoted.deleted_at.is_(None))
    length = PostQuote.end_at - PostQuote.start_at
    most: Any = bindparam("most", type_=Integer)
    words = func.substr(PostRevision.plain, PostQuote.start_at + 1, case((length < most, length), else_=most))
    query: Any = (
        select(
            PostQuote.post_id,
            PostQuote.position,
            quoting.number,
            quoting.thread_id,
            quoted.id.label("quoted_id"),
            quoted.number.label("quoted_number"),
            quoted.thread_id.label("quoted_thread_id"),
            Member.name,
            case((can_be_read, words), else_="").label("words"),
            (quoted.revision != PostRevision.number).label("is_changed"),
        )
        .join(quoting, quoting.id == PostQuote.post_id)
        .join(PostRevision, PostRevision.id == PostQuote.revision_id)
        .join(quoted, quoted.id == PostRevision.post_id)
        .join(here, here.id == quoting.thread_id)
        .join(there, there.id == quoted.thread_id)
        .join(Member, Member.id == quoted.author_id)
        .where(in_list(PostQuote.post_id, "post_ids"), or_(here.id == there.id, and_(as_many, stands)))
    )
    return cast(Select[Any], query)
