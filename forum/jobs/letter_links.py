"""Full addresses in letters: they are read outside any request."""

from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from werkzeug.routing import Map, MapAdapter

from forum.domain.digests.items import ThreadNews
from forum.domain.inbox.notice_letter import Item
from forum.domain.threads.numbering import page_of
from forum.models.spaces import Role

# About what the reader reported themselves: it leads to the form in which they go on with that.
AT_AFFIRMATION = frozenset({"still_true", "overdue", "signalled"})
AT_EVIDENCE = frozenset({"evidence_brought", "disputed", "evidence_declined"})
OWN_REPORTS = frozenset({"report_asked", "foretelling_due"})
# The page about one post of theirs, where its author reads why.
AT_OWN_POST = {
    "change_asked": "settling.asked",
    "objection_declined": "objections.new",
    "post_deleted": "objections.new",
    "words_left_out": "rewording.told",
    "left_out_kept": "rewording.told",
    "left_out_lifted": "rewording.told",
    "thread_retitled": "rewording.told",
}


def link(endpoint: str, **values: Any) -> str:
    """Return the full address of a page: letters are read outside any request."""
    config = current_app.config
    return _address(current_app.url_map, config["BASE_URL"], endpoint, tuple(values), *values.values())


# typed: 1 and True are equal and lead to different addresses.
@lru_cache(maxsize=8192, typed=True)
def _address(url_map: Map, base_url: str, endpoint: str, names: tuple[str, ...], *values: Any) -> str:
    """An address, which stands in both parts of a letter and in those of many members."""
    named = dict(zip(names, values, strict=True))
    return str(_adapter(url_map, base_url).build(endpoint, named, method="GET", force_external=True))


@lru_cache(maxsize=4)
def _adapter(url_map: Map, base_url: str) -> MapAdapter:
    """What builds addresses: a letter has dozens, and binding costs more than building."""
    base = urlsplit(base_url)
    return url_map.bind(base.netloc, base.path or "/", url_scheme=base.scheme or "http")


def thread_link(thread: ThreadNews) -> str:
    """Return the full address of the first new post; the title is not in it where no mail may say that."""
    return post_link(thread.id, thread.slug, thread.first_new)


def post_link(thread_id: int, slug: str, number: int) -> str:
    """Return the full address of a post by its number; of the top of its thread for the first, and without a slug."""
    if not slug:
        return link("threads.short", thread_id=thread_id)
    page = {"page": page_of(number)} if page_of(number) > 1 else {}
    address = link("threads.show", thread_id=thread_id, slug=slug, **page)
    return f"{address}#post-{number}" if number > 1 else address


def notice_link(item: Item) -> str:
    """Return the full address of what a notice is about: the very post, or its thread where no title may be said."""
    if item.post_id is not None and item.kind in AT_OWN_POST:
        return link(AT_OWN_POST[item.kind], post_id=item.post_id)
    if item.kind.startswith("measure_") or item.kind == "role_taken":
        return link("moderation_log.mine")
    if item.kind == "agreement_asked":
        return link("agreements.index")
    if item.thread_id is not None:
        return post_link(item.thread_id, item.slug, item.number)
    if item.lesson_id is not None:
        if item.public_id and item.kind in OWN_REPORTS:
            return link("reports.again", public_id=item.public_id)
        if item.public_id and item.kind in AT_AFFIRMATION:
            return link("ageing.ask", public_id=item.public_id)
        if item.public_id and item.kind in AT_EVIDENCE:
            return link("disputes.index", public_id=item.public_id)
        page = {"public_id": item.public_id} if item.public_id else {"lesson_id": item.lesson_id}
        return link("lessons.show" if item.public_id else "workbench.show", **page)
    if item.space_slug:
        if item.role and item.role.role == Role.MODERATOR:
            return link("desk.of_space", slug=item.space_slug)
        at = "settling.index" if item.kind in {"deputy_needed", "deputy_named"} else "spaces.show"
        return link(at, slug=item.space_slug)
    return link("post_reports.own" if item.kind == "report_settled" else "home.index")
