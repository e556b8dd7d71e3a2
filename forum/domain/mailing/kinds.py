"""Who is told of what: one table of kinds, by which rows are written, letters stopped, settings drawn and documented.

`docs/notifications.md` shows the same table. Every event that is recorded has a row here.
"""

from collections.abc import Mapping
from typing import Any

from forum.domain.mailing.absence_kinds import ABSENCES
from forum.domain.mailing.capacity_kinds import CAPACITIES
from forum.domain.mailing.dispute_kinds import AFTER
from forum.domain.mailing.hand_over_kinds import HAND_OVERS
from forum.domain.mailing.held_kinds import HELD
from forum.domain.mailing.kind import Kind
from forum.domain.mailing.measure_kinds import MEASURES
from forum.domain.mailing.nomination_kinds import NOMINATION_CLOSED, NOMINATION_PUBLISHED
from forum.domain.mailing.permission_kinds import PERMISSION
from forum.domain.mailing.post_report_kinds import POST_REPORTS
from forum.domain.mailing.regrouping_kinds import AGREEMENT_ASKED, POST_MOVED, THREAD_CAME
from forum.domain.mailing.report_kinds import REPORTS
from forum.domain.mailing.sealed_kinds import SEALED
from forum.domain.mailing.stops import DIGEST, STOPS, Stop
from forum.domain.mailing.unknown_kinds import ANSWERED
from forum.infra.i18n import lazy
from forum.models.mail import Lane
from forum.models.subscriptions import Delivery

_MAKERS = lazy("Who makes the lesson, and who sent it for review")
_ASKED = lazy("Who is asked to check the lesson")
_ONCE, _SAID = lazy("Who started the thread, once until they opened it"), lazy("Who said it")
_WRITES = lazy("Who is asked")
_ADDRESS = lazy("Whom the e-mail address belongs to")


def _of_hidden(what: str, label: Any) -> Kind:
    name = f"{what}_hidden"
    return Kind(name, label, (f"{what}.hidden",), lazy("Its author"), letters=(name,), undo=True)


def _of_thread(name: str, label: Any, event: str, *, undo: bool = False) -> Kind:
    who = lazy("Who started the thread and who follows every post of it, as far as they can read it then")
    return Kind(name, label, (event,), who, stop="threads", undo=undo, to_me=False, personal=False)


def _of_guest(name: str, label: Any, event: str, *, here: bool = False) -> Kind:
    if here:
        return Kind(name, label, (event,), lazy("The moderators of the space"), default=Delivery.NOTHING)
    return Kind(name, label, (event,), lazy("The guest"), stop="roles")


# Of several reasons for one event, the first in this order is told.
_TABLE = (
    Kind(
        "mention",
        lazy("A mention"),
        ("post.created", "post.edited"),
        lazy("Members whom the post mentions"),
        stop="mentions",
        personal=False,
    ),
    Kind(
        "answer",
        lazy("An answer to your story"),
        ("post.created",),
        lazy("Who started the thread"),
        stop="answers",
        personal=False,
    ),
    Kind(
        "followed",
        lazy("A post in what you follow"),
        ("post.created",),
        lazy("Members who follow every post of the thread, or of its space"),
        stop="followed",
        default=Delivery.DIGEST,
        to_me=False,
        personal=False,
    ),
    _of_hidden("post", lazy("Your post was hidden")),
    Kind("post_restored", lazy("Your post is shown again"), ("post.restored",), lazy("Its author")),
    _of_hidden("version", lazy("An earlier version of your post was hidden")),
    *POST_REPORTS,
    *SEALED,
    *HELD,
    *MEASURES,
    POST_MOVED,
    Kind(
        "responded",
        lazy("Short responses to your story"),
        ("response.given",),
        _ONCE,
        stop="responses",
        personal=False,
    ),
    Kind("response_hidden", lazy("Your sentence with a story was hidden"), ("response.hidden",), _SAID),
    Kind(
        "response_restored", lazy("Your sentence with a story is shown again"), ("response.restored",), _SAID
    ),
    NOMINATION_CLOSED,
    Kind("summary_asked", lazy("You are asked to write where a thread stands"), ("summary.asked",), _WRITES),
    _of_thread("thread_locked", lazy("A thread was closed"), "thread.locked", undo=True),
    _of_thread("thread_reopened", lazy("A thread was opened again"), "thread.reopened"),
    _of_thread("thread_archived", lazy("A thread was archived"), "thread.archived", undo=True),
    _of_thread("thread_unarchived", lazy("A thread came out of the archive"), "thread.unarchived", undo=True),
    _of_thread("thread_narrowed", lazy("A thread has fewer readers"), "thread.narrowed", undo=True),
    _of_thread("thread_moved", lazy("A thread moved to another space"), "thread.moved", undo=True),
    THREAD_CAME,
    AGREEMENT_ASKED,
    *PERMISSION,
    Kind(
        "cited",
        lazy("You are quoted in a lesson"),
        ("lesson.published",),
        lazy("The authors whom it quotes"),
        stop="cited",
        letters=("cited",),
    ),
    Kind(
        "published",
        lazy("Your lesson is published"),
        ("lesson.published",),
        _MAKERS,
        stop="own_lessons",
        letters=("lesson_published",),
    ),
    NOMINATION_PUBLISHED,
    ANSWERED,
    Kind(
        "returned",
        lazy("Your lesson came back with a note"),
        ("lesson.returned",),
        lazy("Who makes the lesson"),
        stop="own_lessons",
        letters=("lesson_returned",),
    ),
    Kind(
        "lost_words",
        lazy("A lesson lost an excerpt"),
        ("lesson.lost_words",),
        lazy("Who makes the lesson, and the editors"),
        stop="own_lessons",
        letters=("lesson_lost_words",),
        undo=True,
    ),
    Kind(
        "review_asked",
        lazy("You are asked to check a lesson"),
        ("review.requested", "review.reminded"),
        _ASKED,
        stop="reviews",
        letters=("review_request", "review_reminder"),
    ),
    Kind(
        "review_shortened",
        lazy("A lesson that you check lost an excerpt"),
        ("review.shortened",),
        _ASKED,
        stop="reviews",
        letters=("review_shortened",),
        undo=True,
    ),
    Kind(
        "review_weakened",
        lazy("Your lesson in review lost an excerpt"),
        ("review.shortened",),
        _MAKERS,
        stop="own_lessons",
        letters=("review_weakened",),
        undo=True,
    ),
    Kind(
        "review_declined",
        lazy("Somebody will not check your lesson"),
        ("review.declined",),
        _MAKERS,
        stop="own_lessons",
        letters=("review_declined",),
    ),
    Kind(
        "review_lapsed",
        lazy("Nobody has checked your lesson yet"),
        ("review.lapsed",),
        _MAKERS,
        stop="own_lessons",
        letters=("review_lapsed",),
    ),
    *REPORTS,
    *AFTER,
    Kind(
        "join_requested",
        lazy("Somebody asks to join a space that you moderate"),
        ("join.requested",),
        lazy("The moderators of the space"),
        stop="requests",
        letters=("join_request",),
    ),
    Kind(
        "join_answered",
        lazy("An answer to your request to join"),
        ("join.answered",),
        lazy("Who asked"),
        letters=("join_answered",),
    ),
    Kind(
        "role_given",
        lazy("You have another role in a space"),
        ("role.given",),
        lazy("Who has it"),
        stop="roles",
    ),
    Kind(
        "role_taken",
        lazy("You no longer have a role in a space"),
        ("role.taken",),
        lazy("Who had it"),
        undo=True,
    ),
    _of_guest("role_ends", lazy("Your time as a guest in a space ends in a week"), "guest.ends_soon"),
    _of_guest("role_over", lazy("Your time as a guest in a space is over"), "guest.ended"),
    _of_guest("guest_ends", lazy("Somebody's time as a guest ends in a week"), "guest.ends_soon", here=True),
    _of_guest("guest_over", lazy("Somebody's time as a guest is over"), "guest.ended", here=True),
    *HAND_OVERS,
    *ABSENCES,
    *CAPACITIES,
    Kind(
        "desk_due",
        lazy("Something is due on your moderation desk"),
        (),
        lazy("Moderators of a space, in the morning, unless they are away; deputies"),
        stop="desk",
        letters=("desk_due",),
        lane=Lane.BULK,
        in_house=False,
    ),
    Kind(
        "drafts_lapse",
        lazy("Some of your drafts will be deleted"),
        ("drafts.warned",),
        lazy("Who wrote them"),
        letters=("drafts_lapse",),
    ),
    Kind(
        "mail_changed",
        lazy("What you get by e-mail was changed without signing in"),
        ("mail_choice.changed",),
        lazy("Whose e-mails they are"),
        default=Delivery.NOTHING,
    ),
    Kind(
        "invitation",
        lazy("An invitation to a space"),
        ("invitation.sent",),
        _ADDRESS,
        letters=("invitation",),
        lane=Lane.DIRECT,
        in_house=False,
    ),
    Kind(
        "account",
        lazy("Your account and your password"),
        ("access.requested", "member.already_registered", "password.forgotten", "password.changed"),
        _ADDRESS,
        letters=("confirm_email", "already_member", "reset_password", "password_changed", "address_works"),
        lane=Lane.DIRECT,
        in_house=False,
    ),
    Kind(
        DIGEST,
        lazy("The digest"),
        (),
        lazy("Members who chose how often"),
        stop=DIGEST,
        default=Delivery.DIGEST,
        letters=("digest",),
        lane=Lane.BULK,
        in_house=False,
        to_me=False,
    ),
)
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _TABLE}
_OF_LETTER = {letter: kind for kind in _TABLE for letter in kind.letters}

# In the payload of a mail: as which others it leaves, the strongest first, where its own kind is stopped.
ELSE = "else"


def stop_of_letter(letter: str) -> Stop | None:
    """Return what a member can stop so that a mail of this kind no longer comes; None where nothing can."""
    kind = _OF_LETTER.get(letter)
    return STOPS[kind.stop] if kind is not None and kind.stop is not None else None
