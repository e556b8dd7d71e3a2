"""Random splits, merges and undoings in random worlds: what each person reads, and has read, stays as it was shown."""

from dataclasses import dataclass, field

import pytest
from sqlalchemy import select

from forum.domain.doctor import counters, rows
from forum.domain.lessons import claims, lessons
from forum.domain.moderation import hiding, undo
from forum.domain.regrouping import merging, splitting
from forum.domain.regrouping.splitting import Asked
from forum.domain.threads import read_marks
from forum.domain.threads.unread_queries import marked, read_up_to, unread
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.claims import Excerpt
from forum.models.spaces import Audience, Role, Space
from forum.models.threads import Post, PostRevision, ReadMark, Thread
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.actors import actor_of
from forum.policy.errors import DomainError
from forum.policy.visibility import visible
from tests.factories import actor, make_member, make_post, make_space, make_thread
from tests.sweeps import few_of, once

WORLDS, FEW, ON_BOTH, STEPS = 200, 20, 4, 10


@dataclass
class World:
    """A space with threads, those who read them, and a moderator who wrote nothing."""

    space: Space
    moderator: Member
    writers: list[Member]
    people: list[Member]
    threads: list[Thread] = field(default_factory=list)

    def reads(self):
        """The posts that each can read, a visitor included."""
        return {
            one.id if one else None: set(
                db.session.scalars(visible(Post, actor_of(one.id) if one else None, Post.id))
            )
            for one in (*self.people, None)
        }

    def is_new(self):
        """The posts that are new for each member."""
        return {one.id: self._new(one) for one in self.people}

    def _new(self, one):
        query = (
            visible(Post, actor(one), Post.id)
            .join(Thread, Thread.id == Post.thread_id)
            .outerjoin(ReadMark, marked(one.id))
            .where(Post.created_at > read_up_to(one.id), unread(one.id))
        )
        return set(db.session.scalars(query))

    def standing(self):
        """The threads in which posts stand."""
        return [thread for thread in self.threads if thread.merged_at is None]


def made(chance):
    space, elsewhere = make_space("Gent", city="gent"), make_space("Genk", city="genk")
    writers = [make_member(f"Writer {number}", space=space) for number in range(2)]
    writers.append(make_member("Guest", space=space, role=Role.GUEST))
    moderator = make_member("Mo", space=space, role=Role.MODERATOR)
    others = [make_member("Network", space=elsewhere), make_member("Nobody")]
    world = World(space, moderator, writers, [*writers, moderator, *others])
    for _thread in range(3):
        audience = chance.choice(list(Audience))
        thread = make_thread(
            space, chance.choice(writers), audience=audience, body="Words that are quoted here."
        )
        for _post in range(chance.randint(0, 5)):
            make_post(thread, chance.choice(writers), "Words that are quoted here.")
        world.threads.append(thread)
    lesson = lessons.draft(actor(moderator), world.threads[0].id, title="A lesson")
    for post in db.session.scalars(select(Post).where(Post.thread_id == world.threads[0].id)):
        claim = claims.add(actor(moderator), lesson.id, text=f"Claim {post.number}")
        claims.quote(actor(moderator), claim.id, post_id=post.id, words="are quoted", stance="supports")
    return world


def chosen(chance, thread):
    query = select(Post.number).where(Post.thread_id == thread.id, Post.number > 1)
    numbers = list(db.session.scalars(query))
    return tuple(chance.sample(numbers, chance.randint(1, len(numbers)))) if numbers else ()


def split(world, chance, thread):
    levels = [level for level in Audience if level.rank <= thread.audience.rank]
    wish = Asked(chosen(chance, thread), "Another matter", chance.choice(levels))
    plan = splitting.planned(actor(world.moderator), thread.id, wish)
    world.threads.append(
        splitting.split(
            actor(world.moderator), thread.id, wish, seen=plan.digest, reason="It tells of somebody."
        )
    )
    return plan


def merge(world, chance, thread):
    into = chance.choice(world.standing())
    plan = merging.planned(actor(world.moderator), thread.id, into.id)
    merging.merge(
        actor(world.moderator), thread.id, into.id, seen=plan.digest, reason="It tells of somebody."
    )
    return plan


def quiet_step(world, chance, thread):
    """Somebody reads, writes or hides something."""
    who = actor(chance.choice(world.people))
    first = chance.randint(1, thread.last_number)
    last = chance.randint(first, thread.last_number)
    try:
        read_marks.mark_read(who, thread.id, first=first, last=last)
    except DomainError:
        pass
    if chance.random() < 0.3:
        make_post(thread, chance.choice(world.writers))
    if chance.random() < 0.2:
        posts = db.session.scalars(select(Post).where(Post.thread_id == thread.id, Post.number > 1)).all()
        if posts and (post := chance.choice(posts)).hidden_at is None:
            hiding.hide(actor(world.moderator), post.id, reason="Loud.")


def lost_as_shown(plan, before, after):
    """The members who lose sight of posts are as many as the plan said, and nobody sees more."""
    going = {post.id for post in plan.posts}
    lost = [one for one, seen in before.items() if one and going <= seen and not going & after[one]]
    return len(lost) == plan.lost.count and all(after[one] <= seen for one, seen in before.items())


def check(world, new_before):
    """What always holds: counts, marks, texts and sources are right, and nothing read is new or the other way."""
    db.session.flush()
    found = [*counters.threads(), *counters.read_marks(), *rows.texts(), *rows.lessons()]
    assert found == []
    reads, is_new = world.reads(), world.is_new()
    for one, before in new_before.items():
        assert is_new[one] == before & reads[one]
    excerpts = select(Excerpt, PostRevision).join(PostRevision, PostRevision.id == Excerpt.revision_id)
    for excerpt, revision in db.session.execute(excerpts):
        assert revision.plain[excerpt.start_at : excerpt.end_at] == "are quoted"


def undone(world, before, new_before):
    """Undoing a moment later gives back exactly what each read, and had read."""
    kinds = (UndoKind.SPLIT, UndoKind.MERGE)
    query = select(UndoableAct).where(UndoableAct.kind.in_(kinds)).order_by(UndoableAct.id.desc())
    undo.undo(actor(world.moderator), db.session.scalars(query).first().id)
    assert world.reads() == before
    check(world, new_before)


@pytest.mark.parametrize("number", once(few_of(range(WORLDS), *range(FEW)), *range(ON_BOTH)))
def test_what_each_reads_and_has_read_is_as_it_was_shown(session, chance, number):
    world = made(chance)
    did = 0
    for _step in range(STEPS):
        thread = chance.choice(world.standing())
        if thread.hidden_at is None and chance.random() < 0.5:
            quiet_step(world, chance, thread)
            continue
        before, new_before = world.reads(), world.is_new()
        try:
            plan = chance.choice((split, merge))(world, chance, thread)
        except DomainError:
            plan = None
        if plan is None:
            assert world.reads() == before
            continue
        did += 1
        assert lost_as_shown(plan, before, world.reads())
        check(world, new_before)
        if chance.random() < 0.3:
            undone(world, before, new_before)
    assert did or number, "else nothing was looked at"
