"""A name left out stands nowhere, in whatever order threads got their titles: split, merged, retitled, undone."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import JSON, String, select

from forum.domain.moderation import deleting, leaving_out, retitling, sealing, undo
from forum.domain.regrouping import merging, splitting
from forum.domain.regrouping.splitting import Asked
from forum.domain.threads import page as thread_page
from forum.domain.threads import posts
from forum.infra import clock
from forum.infra.db import Model, db
from forum.models.spaces import Audience, Role
from forum.models.threads import Post, PostRevision, Thread
from forum.models.undo import UndoableAct
from forum.policy.errors import DomainError, Invalid
from tests.domain.indexing.truth import assert_true_index
from tests.factories import actor, make_member, make_post, make_thread
from tests.sweeps import few_of, once

WORLDS, FEW, ON_BOTH, STEPS = 200, 12, 3, 8
NAME = "Jan Peeters"


class World:
    """Threads of which titles tell a name, those who wrote there, and moderators who did not."""

    def __init__(self, gent):
        self.writers = [make_member(f"Writer {number}", space=gent) for number in range(2)]
        self.mod = make_member("Mo", space=gent, role=Role.MODERATOR)
        self.threads = [
            make_thread(gent, each, title=f"{NAME} and {number}", body="Nothing of anybody.")
            for number, each in enumerate([*self.writers, self.writers[0]])
        ]
        for thread in self.threads:
            for _each in range(2):
                make_post(thread, self.writers[1], "Neither here.")

    def standing(self):
        """The threads in which posts stand."""
        return [one for one in self.threads if one.merged_at is None and one.title]


def title(chance):
    return chance.choice([f"Of {NAME}", "Of nobody", f"{NAME} once more"])


def split(world, chance, thread):
    numbers = [post.number for post in of(thread) if post.number > 1]
    wish = Asked(tuple(chance.sample(numbers, min(1, len(numbers)))), title(chance), Audience.NETWORK)
    seen = splitting.planned(actor(world.mod), thread.id, wish).digest
    world.threads.append(
        splitting.split(actor(world.mod), thread.id, wish, seen=seen, reason="It tells of somebody.")
    )


def merge(world, chance, thread):
    into = chance.choice(world.standing())
    seen = merging.planned(actor(world.mod), thread.id, into.id).digest
    merging.merge(actor(world.mod), thread.id, into.id, seen=seen, reason="It tells of somebody.")


def retitle(world, chance, thread):
    retitling.retitle(actor(world.mod), thread.id, title=title(chance), reason="Plain.")


def edit(world, chance, thread):
    post = chance.choice(of(thread))
    author = next(one for one in world.writers if one.id == post.author_id)
    body = f"Nothing {chance.random()}."
    posts.edit(actor(author), post.id, title=title(chance), body=body, seen_revision=post.revision)


def take_back(world, chance, _thread):
    undo.undo(actor(world.mod), chance.choice(acts()))


def of(thread):
    return db.session.scalars(select(Post).where(Post.thread_id == thread.id).order_by(Post.number)).all()


def acts():
    """What may still be undone, and the act before none."""
    return [*db.session.scalars(select(UndoableAct.id).order_by(UndoableAct.id)), 0]


def walk(world, chance):
    for _step in range(STEPS):
        step = chance.choice((split, split, merge, merge, retitle, edit, take_back, take_back))
        try:
            with db.session.begin_nested():
                step(world, chance, chance.choice(world.standing()))
        except DomainError:
            pass


def stands_in(words=NAME):
    """Every column of every table in which the words stand, but for what was kept for an undo alone."""
    db.session.flush()
    found = set()
    for table in Model.metadata.sorted_tables:
        texts = [one for one in table.columns if isinstance(one.type, String | JSON)]
        for row in db.session.execute(select(*texts)) if texts else ():
            told = [one if isinstance(one, str) else json.dumps(one) for one in row]
            found |= {str(column) for column, said in zip(texts, told, strict=True) if shown_in(words, said)}
    return found


def shown_in(words, said):
    said = said.casefold()
    return words.casefold() in said or words.casefold().replace(" ", "-") in said


def headings(world):
    """What stands above a post, or is the title of its thread, stands in its latest text as well."""
    query = (
        select(Post, PostRevision.title, Thread.title.label("of_thread"))
        .join(PostRevision, (PostRevision.post_id == Post.id) & (PostRevision.number == Post.revision))
        .join(Thread, Thread.id == Post.thread_id)
    )
    for post, said, of_thread in db.session.execute(query.execution_options(populate_existing=True)):
        assert (post.heading, of_thread)[post.number == 1] == said


@pytest.mark.parametrize("number", once(few_of(range(WORLDS), *range(FEW)), *range(ON_BOTH)))
def test_a_name_left_out_stands_nowhere_and_no_undo_brings_it_back(session, chance, gent, number):
    world = World(gent)
    walk(world, chance)
    headings(world)
    assert_true_index()
    for post_id in db.session.scalars(select(Post.id).order_by(Post.id)).all():
        try:
            with db.session.begin_nested():
                leaving_out.leave_out(actor(world.mod), post_id, words=NAME, reason="Privacy.")
        except Invalid:  # it is not told there
            continue
    assert stands_in() <= {"sealing.kept"}
    assert_true_index()
    since = db.session.scalars(select(UndoableAct).order_by(UndoableAct.id)).all()
    for act in chance.sample(since, len(since)):
        if act.kind not in ("leave_out",):
            try:
                with db.session.begin_nested():
                    undo.undo(actor(world.mod), act.id)
            except DomainError:
                continue
    assert stands_in() <= {"sealing.kept"}
    assert_true_index()
    with clock.at(clock.now() + timedelta(minutes=11)):
        sealing.forget_due(db.session.flush)
        assert stands_in() == set()


@pytest.mark.both_databases
def test_a_title_under_which_a_thread_was_merged_is_found_by_who_leaves_words_out(gent):
    world = World(gent)
    into, thread = world.threads[:2]
    merge_into(world, thread, into)
    old_opening = next(post for post in of(into) if post.heading)
    number = old_opening.number
    wish = Asked((number,), "Of nobody", Audience.NETWORK)
    seen = splitting.planned(actor(world.mod), into.id, wish).digest
    splitting.split(actor(world.mod), into.id, wish, seen=seen, reason="It tells of somebody.")
    undo.undo(actor(world.mod), acts()[-2])
    shown = thread_page.page(actor(world.writers[0]), into.id).posts
    assert [post.heading for post in shown if post.heading] == [f"{NAME} and 1"]
    leaving_out.leave_out(actor(world.mod), old_opening.id, words=NAME, reason="Privacy.")
    shown = thread_page.page(actor(world.writers[0]), into.id).posts
    assert not [post.heading for post in shown if NAME in post.heading]


@pytest.mark.both_databases
def test_what_was_deleted_is_not_brought_back_by_undoing_a_split(gent):
    world = World(gent)
    into, thread = world.threads[:2]
    merge_into(world, thread, into)
    old_opening = next(post for post in of(into) if post.heading)
    wish = Asked((old_opening.number,), "Of nobody", Audience.NETWORK)
    seen = splitting.planned(actor(world.mod), into.id, wish).digest
    splitting.split(actor(world.mod), into.id, wish, seen=seen, reason="It tells of somebody.")
    act_id = acts()[-2]
    deleting.delete(actor(world.mod), old_opening.id, reason="Privacy.")
    undo.undo(actor(world.mod), act_id)
    assert f"{NAME} and 1" not in [post.heading for post in of(into)]
    assert stands_in(f"{NAME} and 1") <= {"sealing.kept"}


def merge_into(world, thread, into):
    seen = merging.planned(actor(world.mod), thread.id, into.id).digest
    merging.merge(actor(world.mod), thread.id, into.id, seen=seen, reason="It tells of somebody.")
