"""A small network with a closed city and an unlisted group, salted with markers that must never come out.

`build()` returns who looks and where the bait lies. Every way out (pages, digests, mail, log) is walked in
`test_leak_walk.py`.
"""

import uuid
from dataclasses import dataclass, field
from datetime import timedelta

from forum.domain.consents import consents
from forum.domain.digests import subscriptions
from forum.domain.lessons import claims, lessons
from forum.domain.moderation import hiding
from forum.domain.threads import threads
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.consents import Masking
from forum.models.lessons import Lesson
from forum.models.spaces import Audience, Membership, Role, Space, SpaceKind
from forum.models.subscriptions import Frequency
from forum.models.themes import Axis, Need
from forum.models.threads import Outcome, Post, Thread
from tests.factories import actor, join, make_member, make_space

TITLE = "zwartetitelmerk"
BODY = "zwartwoordmerk"
REPLY = "zwartantwoordmerk"
HIDDEN = "zwartverborgenmerk"
TAG = "zwartlabelmerk"
DRAFT = "zwartconceptmerk"
CLAIM = "zwartbeweringmerk"
NAME = "zwartenaammerk"
REASON = "zwarteredenmerk"
CONSENT = "zwartetoestemmingmerk"
SPEAKER = "Zwartstem"
KEPT = "zwartelesmerk"
MARKERS = (TITLE, BODY, REPLY, HIDDEN, TAG, DRAFT, CLAIM, NAME, REASON, CONSENT, SPEAKER, KEPT)
# What consent lets out, in the words agreed upon, without the talk it came from.
AGREED = "nobody on the floor talks with me"


@dataclass
class World:
    """The rows that the walk needs."""

    closed: Space
    unlisted: Space
    thread: Thread
    post: Post
    draft: Lesson
    lesson: Lesson
    kept: Lesson
    insider: Member
    moderator: Member
    outsiders: dict[str, Member | None] = field(default_factory=dict)


def build() -> World:
    """Make the network through the house's own verbs."""
    closed = make_space("Aalst", city="aalst")
    elsewhere = make_space("Gent", city="gent")
    group = make_space("Wonen", kind=SpaceKind.GROUP, default=Audience.NETWORK)
    unlisted = make_space(NAME, kind=SpaceKind.GROUP, unlisted=True, description=NAME)
    insider = make_member(SPEAKER, space=closed)
    moderator = make_member("Marleen", space=closed, role=Role.MODERATOR)
    join(moderator, unlisted, Role.MODERATOR)
    editor = make_member("Wouter", space=elsewhere, role=Role.MODERATOR)
    thread = _talk(closed, insider, moderator)
    threads.start(
        actor(moderator), unlisted.id, title=f"Inside {NAME}", body=NAME, need=Need.FACTS,
        axis=Axis.DENSITY, audience=Audience.SPACE, tags=(NAME,), idempotency_key=str(uuid.uuid4()),
    )  # fmt: skip
    post = db.session.scalars(db.select(Post).where(Post.thread_id == thread.id, Post.number == 1)).one()
    draft = _draft(moderator, thread, post)
    lesson = _published(moderator, editor, thread, post, title="Put talking in the roster", words=AGREED)
    second = make_member("Ruben", space=closed, role=Role.MODERATOR)
    kept = _published(
        moderator, second, thread, post, title=f"Ours alone {KEPT}", words=BODY, audience=Audience.SPACE
    )
    former = make_member("Former", space=elsewhere)
    _left(former, closed)
    suspended = make_member("Suspended", space=closed)
    outsiders = {
        "visitor": None,
        "member of another city": make_member("Karim", space=elsewhere),
        "guest elsewhere": make_member("Hanne", space=group, role=Role.GUEST),
        "former member": former,
        "moderator elsewhere": make_member("Leen", space=elsewhere, role=Role.MODERATOR),
        "suspended member": suspended,
    }
    for person in [*outsiders.values(), insider]:
        if person is not None:
            subscriptions.choose(actor(person), frequency=Frequency.WEEKLY)
    suspended.suspended_at = clock.now()
    db.session.commit()
    return World(closed, unlisted, thread, post, draft, lesson, kept, insider, moderator, outsiders)


def _talk(closed: Space, insider: Member, moderator: Member) -> Thread:
    thread = threads.start(
        actor(insider), closed.id, title=f"Trial {TITLE}", body=f"On the work floor {AGREED} here. {BODY}",
        need=Need.STORIES, axis=Axis.SOLIDARITY, audience=Audience.SPACE, tags=(TAG,),
        idempotency_key=str(uuid.uuid4()),
    )  # fmt: skip
    threads.reply(
        actor(moderator), thread.id, body=f"We saw it too. {REPLY}", idempotency_key=str(uuid.uuid4())
    )
    hidden = threads.reply(
        actor(insider), thread.id, body=f"He lives at {HIDDEN}", idempotency_key=str(uuid.uuid4())
    )
    hiding.hide(actor(moderator), hidden.id, reason=REASON)
    return thread


def _draft(curator: Member, thread: Thread, post: Post) -> Lesson:
    lesson = lessons.draft(actor(curator), thread.id, title=f"Not yet {DRAFT}")
    claim = claims.add(actor(curator), lesson.id, text=f"They need time {CLAIM}")
    claims.quote(actor(curator), claim.id, post_id=post.id, words=BODY, stance="supports")
    return lesson


def _published(
    curator: Member,
    publisher: Member,
    thread: Thread,
    post: Post,
    *,
    title: str,
    words: str,
    audience: Audience = Audience.NETWORK,
) -> Lesson:
    """A lesson on words from the closed city; one for the network has consent, its speaker masked."""
    lesson = lessons.draft(actor(curator), thread.id, title=title)
    claim = claims.add(actor(curator), lesson.id, text="Contact keeps people")
    excerpt = claims.quote(actor(curator), claim.id, post_id=post.id, words=words, stance="supports")
    lessons.save(
        actor(curator),
        lesson.id,
        saved_count=lessons.working(lesson).saved_count,
        title=title,
        one_sentence="Give one colleague the time.",
        outcome=Outcome.WORKED,
        axis=Axis.SOLIDARITY,
        needs=[Need.STORIES],
        context="A work floor.",
        what_was_done="We asked.",
        result="More stayed.",
        recommendation="Put it in the roster.",
        unknowns="Whether it lasts.",
        conditions=["a fixed day"],
    )
    if audience != Audience.SPACE:
        consents.record_answer(
            lesson.id,
            post.id,
            words=excerpt.words,
            masking=Masking.MASKED,
            city_shown=False,
            shown_as="somebody in a large city",
            audience=audience,
            agreed=True,
            note=CONSENT,
            at=clock.now(),
        )
    lessons.submit(actor(curator), lesson.id, audience=audience)
    lessons.publish(actor(publisher), lesson.id)
    return lesson


def _left(member: Member, space: Space) -> None:
    since = clock.now() - timedelta(days=90)
    db.session.add(
        Membership(
            member_id=member.id, space_id=space.id, role=Role.MEMBER, since_at=since, ended_at=clock.now()
        )
    )
    db.session.flush()
