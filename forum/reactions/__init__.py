"""Floor 4: reactions to events; they run in the worker, after the commit, each at most once by a constraint."""

from collections.abc import Callable, Mapping

from forum.models.events import Event
from forum.reactions import capacities, consents, lessons, mail, members, posts, responses, reviews, summaries

Reaction = Callable[[Event], None]

REACTIONS: Mapping[str, tuple[Reaction, ...]] = {
    "invitation.sent": (mail.invitation_sent,),
    "access.requested": (mail.access_requested,),
    "member.already_registered": (mail.member_already_registered,),
    "password.forgotten": (mail.password_forgotten,),
    "password.changed": (mail.password_changed,),
    "join.requested": (members.join_requested,),
    "join.answered": (members.join_answered,),
    "role.given": (members.role_changed,),
    "role.taken": (members.role_changed,),
    "guest.ends_soon": (members.guest_ends_soon,),
    "guest.ended": (members.guest_ended,),
    "capacity.confirmed": (capacities.count_posts, capacities.count_reports, members.capacity_answered),
    "capacity.refused": (members.capacity_answered,),
    "capacity.ended": (members.capacity_answered,),
    "drafts.warned": (members.drafts_warned,),
    "mail_choice.changed": (members.mail_changed,),
    "post.created": (posts.created,),
    "post.edited": (posts.edited,),
    "post.hidden": (posts.hidden,),
    "post.restored": (posts.restored,),
    "response.given": (responses.given,),
    "response.hidden": (responses.moderated,),
    "response.restored": (responses.moderated,),
    "summary.asked": (summaries.asked,),
    "thread.locked": (posts.thread_changed,),
    "thread.reopened": (posts.thread_changed,),
    "thread.moved": (posts.thread_changed,),
    "thread.narrowed": (posts.thread_narrowed,),
    "lesson.published": (lessons.published,),
    "lesson.lost_words": (lessons.lost_words,),
    "lesson.returned": (lessons.returned,),
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
