"""Floor 4: reactions to events; they run in the worker, after the commit, each at most once by a constraint."""

from collections.abc import Callable, Mapping

from forum.models.events import Event
from forum.reactions import capacities, consents, mail, notify, reviews

Reaction = Callable[[Event], None]

REACTIONS: Mapping[str, tuple[Reaction, ...]] = {
    "invitation.sent": (mail.invitation_sent,),
    "access.requested": (mail.access_requested,),
    "member.already_registered": (mail.member_already_registered,),
    "password.forgotten": (mail.password_forgotten,),
    "password.changed": (mail.password_changed,),
    "join.requested": (mail.join_requested,),
    "join.answered": (mail.join_answered,),
    "capacity.confirmed": (capacities.count_posts, capacities.count_reports, mail.capacity_answered),
    "capacity.refused": (mail.capacity_answered,),
    "capacity.ended": (mail.capacity_answered,),
    "lesson.published": (notify.lesson_published, mail.lesson_published, reviews.published),
    "lesson.lost_words": (mail.lesson_lost_words,),
    "lesson.returned": (mail.lesson_returned,),
    "post.hidden": (mail.post_hidden,),
    "review.requested": (reviews.requested,),
    "review.reminded": (reviews.reminded,),
    "review.declined": (reviews.declined,),
    "review.shortened": (reviews.shortened,),
    "review.lapsed": (reviews.lapsed,),
    "consent_round.opened": (consents.opened,),
    "consent_round.reminded": (consents.reminded,),
    "consent_round.withdrawn": (consents.withdrawn,),
    "consent_round.closed": (consents.closed,),
}
