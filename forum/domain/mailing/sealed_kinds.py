"""What authors are told of words that a moderator took away or changed: rows of the table in `kinds.py`."""

from forum.domain.mailing.kind import Kind
from forum.infra.i18n import lazy

SEALED = (
    Kind(
        "post_deleted",
        lazy("A moderator deleted your post"),
        ("post.sealed",),
        lazy("Its author"),
        undo=True,
    ),
    Kind(
        "words_left_out",
        lazy("A moderator left words out of your post"),
        ("post.shortened",),
        lazy("Its author"),
        undo=True,
    ),
    Kind(
        "left_out_kept",
        lazy("What was left out of your post stays out"),
        ("leaving_out.kept",),
        lazy("Its author, who objected"),
    ),
    Kind(
        "left_out_lifted",
        lazy("Words should not have been left out of your post"),
        ("leaving_out.lifted",),
        lazy("Its author, who objected"),
    ),
    Kind(
        "thread_retitled",
        lazy("A moderator gave your thread another title"),
        ("thread.retitled",),
        lazy("Who started the thread"),
        undo=True,
    ),
)
