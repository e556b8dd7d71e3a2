"""Acts and undos on one thread, in any order: what was sealed nobody reads again, unless its very act was undone."""

import random
from collections import Counter
from itertools import count

from sqlalchemy import select

from forum.domain.moderation import (
    deleting,
    hiding,
    leaving_out,
    locking,
    pinning,
    retitling,
    revisions,
    taking_back,
    undo,
)
from forum.domain.threads import classification, history, posts
from forum.domain.threads import page as thread_page
from forum.infra.db import db
from forum.models.sealing import Sealing
from forum.models.spaces import Audience, Role
from forum.models.themes import Axis, Need
from forum.models.threads import Post, PostRevision, Thread
from forum.models.undo import UndoableAct
from forum.policy.errors import DomainError, NotFound
from tests import other_readers
from tests.factories import actor, join, make_member, make_post, make_space, make_thread

STEPS = 25
_words = count(1)


def fresh():
    return f"Naam{next(_words)}x"


class Walk:
    """A thread of which Leen began and Karim answered, two moderators, and what each standing act sealed."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.gent, self.aalst = make_space("Gent", city="gent"), make_space("Aalst", city="aalst")
        self.leen, self.karim = make_member("Leen", space=self.gent), make_member("Karim", space=self.gent)
        self.moderators = [make_member(name, space=self.gent, role=Role.MODERATOR) for name in ("Mo", "Wim")]
        join(self.leen, self.aalst)
        for one in self.moderators:
            join(one, self.aalst, Role.MODERATOR)
        self.thread = make_thread(self.gent, self.leen, title=f"About {fresh()}", body=f"I met {fresh()}.")
        if self.chance.random() < 0.7:
            make_post(self.thread, self.karim, f"And I met {fresh()} and {fresh()}.")
        self.sealed, self.done = {}, Counter()

    def posts(self):
        found = select(Post).where(Post.thread_id == self.thread.id).order_by(Post.number)
        return db.session.scalars(found.execution_options(populate_existing=True)).all()

    def texts(self, post):
        query = select(PostRevision).where(PostRevision.post_id == post.id).order_by(PostRevision.number)
        return db.session.scalars(query.execution_options(populate_existing=True)).all()

    def names(self, post, *, ever):
        texts = self.texts(post) if ever else self.texts(post)[-1:]
        said = " ".join(f"{one.title} {one.plain}" for one in texts)
        return {word.strip(".,") for word in said.split() if word.startswith("Naam")}

    def step(self):
        verb = self.chance.choice(VERBS)
        try:
            with db.session.begin_nested():
                verb(self, actor(self.chance.choice(self.moderators)), self.chance.choice(self.posts()))
            self.done[verb.__name__] += 1
        except DomainError:
            db.session.expire_all()

    def seal(self, names):
        act = db.session.scalars(select(UndoableAct.id).order_by(UndoableAct.id.desc()).limit(1)).one()
        self.sealed[act] = names

    def gone(self):
        undone = db.session.scalars(select(UndoableAct.id).where(UndoableAct.undone_at.is_not(None))).all()
        return set().union(*(names for act, names in self.sealed.items() if act not in undone))

    def readable(self):
        """All that anybody gets of the thread, and all that stands in the tables that pages read."""
        db.session.expire_all()
        found = [str(row) for row in db.session.execute(select(Thread.title, Thread.slug, Thread.summary))]
        found += [str(row) for row in db.session.execute(select(Post.html))]
        columns = (PostRevision.title, PostRevision.plain, PostRevision.body)
        found += [str(row) for row in db.session.execute(select(*columns))]
        for reader in (self.leen, self.karim, *self.moderators):
            who = actor(reader)
            try:
                page = thread_page.page(who, self.thread.id)
                found.append(f"{page.title} {[str(post.html) for post in page.posts]}")
                found += [str(history.of_post(who, post.id).versions) for post in page.posts]
            except NotFound:
                continue
        return " ".join(found).lower()


def leave_out(walk, who, post):
    name = walk.chance.choice(sorted(walk.names(post, ever=False)) or ["nobody"])
    leaving_out.leave_out(who, post.id, words=name, reason="A name")
    walk.seal({name})


def delete(walk, who, post):
    names = walk.names(post, ever=True)
    deleting.delete(who, post.id, reason="A name")
    walk.seal(names)


def hide(walk, who, post):
    hiding.hide(who, post.id, reason="Loud")


def restore(walk, who, post):
    hiding.restore(who, post.id)


def retitle(walk, who, post):
    retitling.retitle(
        who, walk.thread.id, title=f"{walk.thread.title} and {fresh()}"[-150:], reason="Clearer"
    )


def hide_revision(walk, who, post):
    revisions.hide(who, post.id, walk.chance.choice(walk.texts(post)).number, reason="A name")


def edit(walk, who, post):
    by = actor(walk.leen if post.number == 1 else walk.karim)
    source = posts.source(by, post.id)
    posts.edit(by, post.id, body=f"{source.body} And {fresh()}.", seen_revision=source.revision)


def take_back(walk, who, post):
    taking_back.take_back(actor(walk.leen if post.number == 1 else walk.karim), post.id)


def put_back(walk, who, post):
    taking_back.put_back(actor(walk.leen if post.number == 1 else walk.karim), post.id)


def move(walk, who, post):
    place = walk.chance.choice([walk.gent, walk.aalst])
    classification.move(actor(walk.leen), walk.thread.id, place.id, audience=Audience.SPACE)


def readers(walk, who, post):
    by = walk.chance.choice([who, actor(walk.leen)])
    other_readers.set_audience(by, walk.thread.id, audience=walk.chance.choice(list(Audience)))


def pin(walk, who, post):
    walk.chance.choice([pinning.pin, pinning.unpin])(who, walk.thread.id)


def lock(walk, who, post):
    walk.chance.choice([locking.lock, locking.reopen])(who, walk.thread.id)


def classify(walk, who, post):
    about = {"need": walk.chance.choice(list(Need)), "axis": walk.chance.choice(list(Axis))}
    classification.classify(who, walk.thread.id, tags=[], **about)


def undo_one(walk, who, post):
    open_ = (UndoableAct.undone_at.is_(None), UndoableAct.thread_id == walk.thread.id)
    acts = db.session.scalars(select(UndoableAct).where(*open_)).all()
    if not acts:
        raise NotFound
    act = walk.chance.choice(acts)
    members = {one.id: one for one in (walk.leen, walk.karim, *walk.moderators)}
    undo.undo(actor(members[act.actor_id]), act.id)


SEALING = (leave_out, delete, retitle, edit)
OTHERS = (hide, restore, hide_revision, take_back, put_back, move, readers, pin, lock, classify)
VERBS = [*SEALING * 2, *OTHERS, *[undo_one] * 8]


def test_after_any_acts_and_undos_nobody_reads_what_is_sealed(session):
    done = Counter()
    for seed in range(6):
        walk = Walk(seed)
        for number in range(STEPS):
            walk.step()
            text, gone = walk.readable(), walk.gone()
            assert not [name for name in gone if name.lower() in text], (seed, number)
        done += walk.done
    kept = str(db.session.scalars(select(Sealing.kept).where(Sealing.ended_at.is_not(None))).all())
    assert "Naam" not in kept
    assert done["undo_one"] > done["leave_out"] > 0 < done["delete"]
