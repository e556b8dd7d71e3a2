"""The addresses of things."""

from typing import Any

from flask import url_for

from forum.domain.threads.page import PAGE_SIZE


def page_of(number: int) -> int:
    """Return the page of its thread on which a post stands; numbers are never reused, so this is arithmetic."""
    return (number - 1) // PAGE_SIZE + 1


def to_thread(thread: Any, *, number: int | None = None) -> str:
    """Return the address of a thread, or of one post in it. `thread` is a row or card with id and slug."""
    page = page_of(number) if number else 1
    return url_for(
        "threads.show",
        thread_id=thread.id,
        slug=thread.slug,
        page=page if page > 1 else None,
        _anchor=f"post-{number}" if number else None,
    )


def to_page(thread: Any, page: int) -> str:
    """Return the address of one page of a thread, by its number."""
    number = page if page > 1 else None
    return url_for("threads.show", thread_id=thread.id, slug=thread.slug, page=number)


def to_space(space: Any) -> str:
    """Return the address of a space, by row or anything with a slug."""
    return url_for("spaces.show", slug=space.slug)


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
