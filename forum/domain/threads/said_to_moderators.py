"""What members said to moderators of a post: the reports of others, and objections of its author."""

from sqlalchemy import update

from forum.infra.db import db
from forum.models.post_reports import PostObjection, PostReport


def erase(member_id: int) -> None:
    """Empty what a member said there: their account is erased. That they said something still counts."""
    for row, who in ((PostReport, PostReport.reporter_id), (PostObjection, PostObjection.author_id)):
        db.session.execute(
            update(row)
            .where(who == member_id)
            .values(words="")
            .execution_options(synchronize_session="fetch")
        )
