"""What is told of reported posts, objections and deputies: rows of the table in `kinds.py`, in its order."""

from forum.domain.mailing.kind import Kind
from forum.infra.i18n import lazy

POST_REPORTS = (
    Kind(
        "change_asked",
        lazy("You are asked to change your post"),
        ("post.change_asked",),
        lazy("Its author"),
        undo=True,
    ),
    Kind(
        "objection_declined",
        lazy("Your post stays hidden"),
        ("objection.declined",),
        lazy("Its author, who objected"),
    ),
    Kind(
        "report_settled",
        lazy("What came of a post that you reported"),
        ("post_report.settled",),
        lazy("Who reported it"),
        undo=True,
    ),
    Kind(
        "deputy_needed",
        lazy("You are asked to look after a post, as the deputy of a space"),
        ("post.reported", "post.objected", "measure.objected", "leaving_out.objected"),
        lazy("The deputy of the space, where no other moderator may look after it, or is there"),
    ),
    Kind(
        "deputy_named",
        lazy("You are the deputy of a space"),
        ("deputy.named",),
        lazy("Who was named"),
    ),
)
