"""What is told of threads and posts that get other readers or places: a part of the table in `kinds.py`."""

from forum.domain.mailing.kind import Kind
from forum.infra.i18n import lazy

AGREEMENT_ASKED = Kind(
    "agreement_asked",
    lazy("You are asked whether other people may read what you wrote"),
    ("agreement.asked", "response.changed", "summary.written"),
    lazy("Everybody who wrote in the thread, without the person who asks"),
)
THREAD_CAME = Kind(
    "thread_came",
    lazy("A moderator moved a thread to your space"),
    ("thread.moved",),
    lazy("The other moderators of the space to which it came"),
    undo=True,
    to_me=False,
    personal=False,
)
POST_MOVED = Kind(
    "post_moved",
    lazy("Your post stands in another thread"),
    ("thread.split", "thread.merged"),
    lazy("The authors of its posts; without the place, where they cannot read it there"),
    undo=True,
)
