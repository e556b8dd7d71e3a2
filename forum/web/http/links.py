"""The addresses of things."""

from typing import Any

from flask import current_app, url_for

from forum.domain.threads.numbering import page_of


def absolute(path: str) -> str:
    """Return the full address of a path on this site, whatever host somebody asked for."""
    return f"{current_app.config['BASE_URL'].rstrip('/')}{path}"


def to_thread(thread: Any, *, number: int | None = None) -> str:
    """Return the address of a thread, or of one post in it. `thread` is a row or card with id and slug."""
    return to_post(thread.id, thread.slug, number) if number else to_page(thread, 1)


def to_post(thread_id: int, slug: str, number: int, **query: Any) -> str:
    """Return the address of a post by its number, on the page on which it stands."""
    page = page_of(number)
    query = {"page": page if page > 1 else None, "_anchor": f"post-{number}", **query}
    return url_for("threads.show", thread_id=thread_id, slug=slug, **query)


def in_thread(thread_id: int, number: int, seen_from: int) -> str:
    """Return the address of a post by its number, as it is on a page of its thread on which another one stands."""
    page, anchor = page_of(number), f"post-{number}"
    return (
        f"#{anchor}"
        if page == page_of(seen_from)
        else url_for("threads.short", thread_id=thread_id, page=page, _anchor=anchor)
    )


def to_page_of(thread: Any, number: int) -> str:
    """Return the address of the top of the page with a post: what was done to it a moment ago is undone there."""
    return to_page(thread, page_of(number))


def to_unread(card: Any) -> str:
    """Return the address of the first new post for whoever read a part of the thread; of its top for others."""
    number = card.first_unread
    return to_thread(card, number=number if number and number > 1 else None)


def to_page(thread: Any, page: int) -> str:
    """Return the address of one page of a thread, by its number."""
    number = page if page > 1 else None
    return url_for("threads.show", thread_id=thread.id, slug=thread.slug, page=number)


def to_space(space: Any) -> str:
    """Return the address of a space, by row or anything with a slug."""
    return url_for("spaces.show", slug=space.slug)


def to_axis(axis: str) -> str:
    """Return the address of the page of an axis, by its code."""
    return url_for("axes.show", axis=axis)


def to_need(need: str) -> str:
    """Return the address of all threads for one need, by its code."""
    return url_for("overview.index", need=need)


def to_lesson(public_id: str, *, claim: int | None = None) -> str:
    """Return the address of a published lesson, or of one claim in it."""
    return url_for("lessons.show", public_id=public_id, _anchor=f"c{claim}" if claim else None)


def to_draft(lesson: Any) -> str:
    """Return the address of the workbench of a lesson."""
    return url_for("workbench.show", lesson_id=lesson.id)


def own_path(target: str | None) -> str | None:
    """Return `target` when it is a path on this site, else None: `next=` may never lead elsewhere."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return None
    return None if any(ord(letter) < 33 for letter in target) else target
