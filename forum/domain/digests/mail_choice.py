"""How posts of one thread or space reach somebody's mailbox: what they chose for it, and what would hold without."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select

from forum.domain.digests import precedence, subscriptions
from forum.domain.digests.precedence import Rule, ThreadFacts
from forum.domain.digests.subscriptions import DigestPreferences
from forum.domain.mailing import notice_choices
from forum.domain.mailing.kinds import KINDS
from forum.infra.db import db
from forum.models.spaces import Space
from forum.models.subscriptions import Delivery, Frequency
from forum.models.themes import ThreadTag
from forum.models.threads import Thread
from forum.policy.actors import Actor
from forum.policy.visibility import get_visible

FOLLOWED = KINDS["followed"]
BY_KIND = "followed"  # as they chose for all that they follow


@dataclass(frozen=True, slots=True)
class MailChoice:
    """`own`: chosen for this very thread or space. `usual`: what holds without that, `because` of which rule.

    `stops_followed`: they stopped mail about what they follow, so that nothing of it comes at once.
    """

    own: Delivery | None
    usual: Delivery
    because: str
    stops_followed: bool
    has_digest: bool

    @property
    def effective(self) -> Delivery:
        """What holds now."""
        return self.own or self.usual

    @property
    def brings_all(self) -> bool:
        """Whether they are told of every post unless they chose what: because of a subscription that says at once."""
        return self.effective == Delivery.AT_ONCE and (self.own is not None or self.because != BY_KIND)


def of_thread(actor: Actor, thread_id: int) -> MailChoice:
    """Return how posts of a thread reach the actor's mailbox; NotFound (six queries)."""
    thread: Thread = get_visible(Thread, actor, thread_id)
    preferences = subscriptions.preferences_of_many([actor.id])[actor.id]
    tag_ids = db.session.scalars(select(ThreadTag.tag_id).where(ThreadTag.thread_id == thread.id)).all()
    facts = ThreadFacts(thread.id, thread.space_id, thread.axis, tag_ids)
    others = {key: how for key, how in preferences.threads.items() if key != thread.id}
    return _choice(actor, preferences.threads.get(thread.id), replace(preferences, threads=others), facts)


def of_space(actor: Actor, space: Space) -> MailChoice:
    """Return how posts of a space, which the actor may see, reach their mailbox (three queries).

    A theme, a tag or a thread for which they chose something else goes its own way.
    """
    preferences = subscriptions.preferences_of_many([actor.id])[actor.id]
    none: Mapping[int, Delivery] = {}
    # Without thread, theme and tag: what is chosen for all that nothing more particular is said of.
    alone = replace(preferences, threads=none, spaces=none, tags=none, axes={})
    facts = ThreadFacts(0, space.id, axis=None)
    return _choice(actor, preferences.spaces.get(space.id), alone, facts)


def _choice(actor: Actor, own: Delivery | None, without: DigestPreferences, facts: ThreadFacts) -> MailChoice:
    of_kind = notice_choices.delivery(notice_choices.chosen(actor.id), str(FOLLOWED.stop), FOLLOWED.default)
    own_space = facts.space_id in actor.roles
    usual = precedence.delivery(without, facts, own_space=own_space)
    because: str = precedence.reasons(without, facts, own_space=own_space)[0].rule
    if because in (Rule.OWN_SPACE, Rule.ELSEWHERE) and of_kind == Delivery.AT_ONCE:
        usual, because = Delivery.AT_ONCE, BY_KIND
    return MailChoice(
        own=own,
        usual=usual,
        because=because,
        stops_followed=of_kind == Delivery.NOTHING,
        has_digest=without.frequency != Frequency.NEVER,
    )
