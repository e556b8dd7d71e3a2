"""What is told of reports, objections, deputies and posts that waited, in the sentences of `notice_sentences.py`."""

from collections.abc import Mapping
from typing import Any

from forum.infra.i18n import lazy

MODERATION: Mapping[str, tuple[Any, Any]] = {
    "post_appeared": (
        lazy("Your post in “%(title)s” can be read now"),
        lazy("Somebody looked at it for %(space)s, and others read it now"),
    ),
    "post_refused": (
        lazy("Your post in “%(title)s” did not appear"),
        lazy("Somebody looked at it for %(space)s, and says why it did not appear"),
    ),
    "agreement_asked": (
        lazy("You are asked whether other people may read what you wrote in “%(title)s”"),
        lazy("A moderator of %(space)s asks whether other people may read what you wrote"),
    ),
    "thread_came": (
        lazy("“%(title)s” came to your space"),
        lazy("A moderator moved a thread to %(space)s, which you moderate"),
    ),
    "post_moved": (
        lazy("Your post stands in “%(title)s” now"),
        lazy("A moderator of %(space)s moved your post to this thread"),
    ),
    "change_asked": (
        lazy("You are asked to change your post in “%(title)s”"),
        lazy("You are asked to change your post in %(space)s: there you read why"),
    ),
    "objection_declined": (
        lazy("Your post in “%(title)s” stays hidden"),
        lazy("Somebody looked at your objection in %(space)s, and says why the post stays hidden"),
    ),
    "post_deleted": (
        lazy("Your post in “%(title)s” was deleted"),
        lazy("A moderator of %(space)s deleted your post, and says why"),
    ),
    "words_left_out": (
        lazy("Words were left out of your post in “%(title)s”"),
        lazy("A moderator of %(space)s left words out of your post, and says why"),
    ),
    "left_out_kept": (
        lazy("What was left out of your post in “%(title)s” stays out"),
        lazy("Somebody looked at your objection in %(space)s, and says why the words stay out"),
    ),
    "left_out_lifted": (
        lazy("Words should not have been left out of your post in “%(title)s”"),
        lazy("Somebody looked at your objection in %(space)s, and agrees: you can write the words anew"),
    ),
    "thread_retitled": (
        lazy("Your thread is called “%(title)s” now"),
        lazy("A moderator of %(space)s gave your thread another title, and says why"),
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
    "measure_warned": (
        lazy("A moderator of %(space)s wants to tell you something"),
        lazy("A moderator of %(space)s warns you, and says why"),
    ),
    "measure_taken": (
        lazy("A moderator of %(space)s decided about what you write there"),
        lazy("A moderator of %(space)s says what changes for you, until when and why; you can object"),
    ),
    "measure_ended": (
        lazy("What a moderator of %(space)s decided about you ended"),
        lazy("Everything in %(space)s is as before for you"),
    ),
    "measure_kept": (
        lazy("What a moderator of %(space)s decided about you stays"),
        lazy("Somebody else looked at your objection in %(space)s, and says why it stays"),
    ),
    "deputy_named": (
        lazy("You are the deputy of %(space)s"),
        lazy(
            "You look after what the moderators of %(space)s may not look after, "
            "and after what waits while they are all away"
        ),
    ),
}
UNNAMED: Mapping[str, Any] = {
    "agreement_asked": lazy("You are asked whether other people may read what you wrote in %(space)s"),
    "post_moved": lazy("A post of yours stands in another thread of %(space)s now"),
    "post_appeared": lazy("A post of yours in %(space)s can be read now"),
    "post_refused": lazy("A post of yours in %(space)s did not appear"),
    "change_asked": lazy("You are asked to change a post of yours in %(space)s"),
    "objection_declined": lazy("A post of yours in %(space)s stays hidden"),
    "post_deleted": lazy("A post of yours in %(space)s was deleted"),
    "words_left_out": lazy("Words were left out of a post of yours in %(space)s"),
    "left_out_kept": lazy("What was left out of a post of yours in %(space)s stays out"),
    "left_out_lifted": lazy("Words should not have been left out of a post of yours in %(space)s"),
    "thread_retitled": lazy("A thread of yours in %(space)s has another title"),
}
_WROTE = lazy("You get this e-mail because you wrote the text.")
_ABOUT_YOU = lazy("You get this e-mail because it is about you.")
_DEPUTY = lazy("You get this e-mail because you are the deputy of the space.")
WHY: Mapping[str, Any] = {
    "post_appeared": _WROTE,
    "post_refused": _WROTE,
    "agreement_asked": _WROTE,
    "thread_came": lazy("You get this e-mail because you moderate the space."),
    "post_moved": _WROTE,
    "change_asked": _WROTE,
    "objection_declined": _WROTE,
    "post_deleted": _WROTE,
    "words_left_out": _WROTE,
    "left_out_kept": _WROTE,
    "left_out_lifted": _WROTE,
    "thread_retitled": _WROTE,
    "report_settled": lazy("You get this e-mail because you reported a post."),
    "deputy_needed": _DEPUTY,
    "deputy_named": _DEPUTY,
    **dict.fromkeys(("measure_warned", "measure_taken", "measure_ended", "measure_kept"), _ABOUT_YOU),
}
