"""What is told of reports, objections, deputies and posts that waited, in the sentences of `notice_sentences.py`."""

from collections.abc import Mapping
from typing import Any

from forum.infra.i18n import lazy

MODERATION: Mapping[str, tuple[Any, Any]] = {
    "post_appeared": (
        lazy("Your post in “%(title)s” can be read now"),
        lazy("A moderator of %(space)s let your post appear"),
    ),
    "post_refused": (
        lazy("Your post in “%(title)s” did not appear"),
        lazy("A moderator of %(space)s did not let your post appear, and says why"),
    ),
    "change_asked": (
        lazy("You are asked to change your post in “%(title)s”"),
        lazy("A moderator of %(space)s asks you to change your post, and says why"),
    ),
    "objection_declined": (
        lazy("Your post in “%(title)s” stays hidden"),
        lazy("Somebody looked at your objection in %(space)s, and says why the post stays hidden"),
    ),
    # It never has a title or a space: its label is said.
    "report_settled": (
        lazy("What came of a post that you reported"),
        lazy("What came of a post that you reported"),
    ),
    "deputy_needed": (
        lazy("You are asked to look after a post in %(space)s"),
        lazy("You are the deputy of %(space)s: nobody else may look after this post"),
    ),
    "deputy_named": (
        lazy("You are the deputy of %(space)s"),
        lazy("You look after posts in %(space)s that its only moderator may not look after"),
    ),
}
UNNAMED: Mapping[str, Any] = {
    "post_appeared": lazy("A post of yours in %(space)s can be read now"),
    "post_refused": lazy("A post of yours in %(space)s did not appear"),
    "change_asked": lazy("You are asked to change a post of yours in %(space)s"),
    "objection_declined": lazy("A post of yours in %(space)s stays hidden"),
}
_WROTE = lazy("You get this e-mail because you wrote the text.")
_DEPUTY = lazy("You get this e-mail because you are the deputy of the space.")
WHY: Mapping[str, Any] = {
    "post_appeared": _WROTE,
    "post_refused": _WROTE,
    "change_asked": _WROTE,
    "objection_declined": _WROTE,
    "report_settled": lazy("You get this e-mail because you reported a post."),
    "deputy_needed": _DEPUTY,
    "deputy_named": _DEPUTY,
}
