"""Where the excerpts of a lesson stand, as selectors of the W3C Web Annotation Data Model.

Recommendation of 23 February 2017, https://www.w3.org/TR/2017/REC-annotation-model-20170223/: sections 4.2.4 (Text
Quote Selector) and 4.2.5 (Text Position Selector, counted from 0 in characters). Both are worked out from the text of
the post whenever they are asked for: nobody's words are stored a second time.

Only who reads the thread now gets a place and what stands around it, and only of the text that stands there now. All
others get the exact words that the page of the lesson shows them. Words that were adapted with their author are no
quotation, so they have no selector at all.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import select

from forum.domain.lessons import page as lesson_page
from forum.domain.lessons.report_list import PostLink
from forum.domain.lessons.views import ExcerptView, LessonPage
from forum.infra.db import db
from forum.models.claims import Claim, Excerpt
from forum.models.threads import PostRevision
from forum.policy.actors import Actor

AROUND = 32  # characters before and after, which tell equal words apart


class TextPosition(NamedTuple):
    """`plain[start:end]` of the text of a post."""

    start: int
    end: int


class TextQuote(NamedTuple):
    """The words themselves, between what stands before and after them."""

    exact: str
    prefix: str = ""
    suffix: str = ""


class Selected(NamedTuple):
    """An excerpt as one reader gets it; `position` and `post` only for who reads its thread."""

    claim: int
    claim_text: str
    stance: str
    quote: TextQuote
    position: TextPosition | None = None
    post: PostLink | None = None


def selectors(plain: str, start: int, end: int) -> tuple[TextPosition, TextQuote]:
    """Return both selectors of `plain[start:end]`."""
    before, after = plain[max(0, start - AROUND) : start], plain[end : end + AROUND]
    return TextPosition(start, end), TextQuote(plain[start:end], before, after)


def of_lesson(reader: Actor | None, public_id: str) -> tuple[LessonPage, list[Selected]]:
    """Return the page of a published lesson, and its excerpts as this reader gets them there (one more query).

    NotFound, and Gone, where the page is.
    """
    page = lesson_page.page(reader, public_id)
    return page, list(_selected(page))


def _selected(page: LessonPage) -> Iterator[Selected]:
    places = _places(page.version.id)
    for claim in page.claims:
        for view, (plain, start, end) in zip(claim.excerpts, places.get(claim.number, []), strict=True):
            if not view.words or view.adapted:
                continue
            if _reads_there(view):
                position, quote = selectors(plain, start, end)
                yield Selected(claim.number, claim.text, view.stance, quote, position, view.post)
            else:
                yield Selected(claim.number, claim.text, view.stance, TextQuote(view.words))


def _reads_there(view: ExcerptView) -> bool:
    return view.post is not None and not view.edited


def _places(version_id: int) -> dict[int, list[Any]]:
    """The text and the place of each excerpt of a version by its claim, in the order of the page."""
    query = (
        select(Claim.position, PostRevision.plain, Excerpt.start_at, Excerpt.end_at)
        .join(Excerpt, Excerpt.claim_id == Claim.id)
        .join(PostRevision, PostRevision.id == Excerpt.revision_id)
        .where(Claim.version_id == version_id)
        .order_by(Claim.position, Excerpt.id)
    )
    rows = db.session.execute(query).all()
    return {
        position: [tuple(row)[1:] for row in group] for position, group in groupby(rows, lambda row: row[0])
    }
