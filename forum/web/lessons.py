"""The library and the pages of lessons: the current version, older ones, and what changed between them."""

from typing import Any

from flask import Blueprint, render_template, request, url_for

from forum.domain.lessons import comparison
from forum.domain.lessons import library as shelf
from forum.domain.lessons import page as lesson_page
from forum.domain.lessons.library import Choice
from forum.domain.themes import labels
from forum.web.http.access import anyone, open_to
from forum.web.http.current_user import viewer

bp = Blueprint("lessons", __name__)
NAMES: dict[str, Any] = {
    "outcome": labels.OUTCOMES,
    "axis": labels.AXES,
    "need": labels.NEEDS,
}


@bp.get("/lessons")
@open_to(anyone)
def index():
    chosen = Choice.of(**{name: request.args.get(name) for name in shelf.KNOWN})
    wishes = {name: getattr(chosen, name) for name in shelf.KNOWN}
    page = shelf.page(viewer(), **wishes, cursor=request.args.get("after"))
    counts = shelf.counts(viewer(), chosen)
    return render_template(
        "lessons/index.html",
        page=page,
        total=counts.total,
        chosen=chosen,
        filters={name: _filter(name, wishes, counts.by[name]) for name in shelf.KNOWN},
        is_filtered=any(wishes.values()),
        older=url_for("lessons.index", **wishes, after=page.next_cursor) if page.next_cursor else None,
        newer=url_for("lessons.index", **wishes) if request.args.get("after") else None,
    )


@bp.get("/lessons/<public_id>")
@open_to(anyone)
def show(public_id: str):
    return render_template("lessons/show.html", page=lesson_page.page(viewer(), public_id))


@bp.get("/lessons/<public_id>/v/<number>")
@open_to(anyone)
def version(public_id: str, number: str):
    return render_template("lessons/show.html", page=lesson_page.page(viewer(), public_id, number))


@bp.get("/lessons/<public_id>/compare")
@open_to(anyone)
def compare(public_id: str):
    found = comparison.compare(
        viewer(), public_id, older=request.args.get("from"), newer=request.args.get("to")
    )
    return render_template("lessons/compare.html", found=found)


def _filter(name: str, wishes: dict[str, str | None], counts: dict[str, int]) -> list[tuple[Any, ...]]:
    """The links of one filter; the first takes it off. Values that would show nothing are left out, unless chosen."""
    current = wishes[name]
    others = {other: value for other, value in wishes.items() if other != name}
    items: list[tuple[Any, ...]] = [(None, None, url_for("lessons.index", **others), current is None, None)]
    for code, count in counts.items():
        if count or code == current:
            words = NAMES[name][code] if name in NAMES else labels.city_name(code)
            address = url_for("lessons.index", **others, **{name: code})
            items.append((code, words, address, code == current, count))
    return items
