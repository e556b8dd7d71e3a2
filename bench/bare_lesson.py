"""The smallest honest view of a lesson: the rows that its page shows, each kind by its key, in a plain template.

No rule asks who reads it, nothing is masked, counted or linked, and what its page weighs more is ready HTML. It is part
of the application in `limits`.
"""

from typing import Any

from flask import Blueprint, current_app, render_template, request
from sqlalchemy import Connection, bindparam, select

from forum.models.accounts import Capacity, Member
from forum.models.adoptions import AdoptionReport
from forum.models.claims import Claim, Excerpt
from forum.models.lessons import Lesson, LessonVersion
from forum.models.threads import Post, PostRevision

ENGINE = "bench_engine"  # of the application, with the database of the forum
SAME = "<p>The same words as before.</p>"

bp = Blueprint("bare_lesson", __name__)


def _rows(model: Any, key: Any) -> Any:
    return select(*model.__table__.c).where(key.in_(bindparam("keys", expanding=True)))


LESSON, VERSION = _rows(Lesson, Lesson.public_id), _rows(LessonVersion, LessonVersion.id)
CLAIMS, EXCERPTS = _rows(Claim, Claim.version_id), _rows(Excerpt, Excerpt.claim_id)
REVISIONS, POSTS = _rows(PostRevision, PostRevision.id), _rows(Post, Post.id)
REPORTS, PEOPLE = _rows(AdoptionReport, AdoptionReport.lesson_id), _rows(Member, Member.id)
CAPACITIES = _rows(Capacity, Capacity.id)


@bp.get("/lesson/<public_id>")
def show(public_id: str) -> str:
    """Fill the template; `weight` is how many bytes the page of the forum has."""
    with current_app.extensions[ENGINE].connect() as connection:
        page = render_template("lesson.html", **read(connection, public_id))
    missing = max(0, request.args.get("weight", 0, int) - len(page.encode()))
    return page + SAME * (missing // len(SAME))


def read(connection: Connection, public_id: str) -> dict[str, Any]:
    """Return the rows, one query for each kind."""

    def rows(query: Any, *keys: Any) -> dict[int, Any]:
        return {row.id: row for row in connection.execute(query, {"keys": list(set(keys) - {None})})}

    (lesson,) = rows(LESSON, public_id).values()
    claims = rows(CLAIMS, lesson.current_id)
    excerpts = rows(EXCERPTS, *claims)
    revisions = rows(REVISIONS, *(one.revision_id for one in excerpts.values()))
    posts = rows(POSTS, *(one.post_id for one in revisions.values()))
    reports = rows(REPORTS, lesson.id)
    said = [*posts.values(), *reports.values()]
    authors = (one.author_id for one in posts.values())
    reporters = (one.reporter_id for one in reports.values())
    return {
        "lesson": lesson,
        "version": rows(VERSION, lesson.current_id)[lesson.current_id],
        "claims": claims.values(),
        "excerpts": excerpts.values(),
        "posts": posts,
        "revisions": revisions,
        "reports": reports.values(),
        "people": rows(PEOPLE, lesson.curator_id, lesson.published_by_id, *authors, *reporters),
        "capacities": rows(CAPACITIES, *(one.capacity_id for one in said)),
    }
