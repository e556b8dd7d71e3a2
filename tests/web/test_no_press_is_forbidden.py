"""Whoever is shown a link or a button may press it: no page of a space leads its reader to a 403."""

import re
from collections import Counter
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from forum.domain.moderation import archiving, hiding, locking, taking_back
from forum.domain.regrouping import agreements, authors, regroupings
from forum.domain.spaces import deputies, measures
from forum.domain.spaces.measures import Decision
from forum.infra import days
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.measures import MeasureKind
from forum.models.spaces import Audience, Role
from forum.models.threads import Post, Thread
from tests import desk_scenario, pressing
from tests.factories import actor, csrf_for, join, make_member, make_post, make_space, make_thread, sign_in
from tests.sweeps import few_of, on_one_database

PEOPLE = ("moderator", "deputy", "muted", "held", "member", "guest")
ALIKE = 2  # links of one kind that are followed from a page: to posts, to people
FEW_STATES = (
    "read by space",
    "of moderator",
    "of muted alone",
    "of held alone",
    "archived",
    "opening hidden",
)
# What is of no space; signing out would end the walk.
BEYOND = ("/accounts/", "/static/", "/mailbox", "/settings/", "/help", "/feeds")


@pytest.fixture
def town(session):
    """A space in which everything waits, a thread in each state, and somebody of each kind."""
    desk = desk_scenario.plant()
    people = {"moderator": desk.sien, "who decided": desk.wouter}
    for name in PEOPLE[1:]:
        role = Role.GUEST if name == "guest" else Role.MEMBER
        people[name] = make_member(name.title(), space=desk.space, role=role)
    join(desk.sien, make_space("Genk", city="genk"))
    threads = states(desk, people)
    deputies.name(actor(desk.sien), desk.space.id, handle=people["deputy"].handle)
    until = days.today() + timedelta(days=3)
    for name, kind in (("muted", MeasureKind.MUTE), ("held", MeasureKind.HOLD)):
        measures.take(actor(desk.wouter), desk.space.id, people[name].id, Decision(kind, "Loud.", until))
    db.session.commit()
    return desk, {name: who.id for name, who in people.items()}, threads


def states(desk, people):
    """The id of a thread in each state, in which a few people wrote."""
    found, wouter, member = {}, actor(desk.wouter), people["member"]

    def begun(name, by, **over):
        thread = make_thread(desk.space, by, title=name, **over)
        for who in ("member", "muted", "held", "deputy"):
            make_post(thread, people[who], f"What {who} says.")
        found[name] = thread.id
        return thread

    def opening(thread):
        return db.session.scalars(select(Post.id).where(Post.thread_id == thread.id, Post.number == 1)).one()

    for audience in Audience:
        begun(f"read by {audience.value}", desk.lessons.author, audience=audience)
    for name, who in people.items():
        begun(f"of {name}", who, audience=Audience.SPACE)
        found[f"of {name} alone"] = make_thread(desk.space, who, title=name, audience=Audience.SPACE).id
    locking.lock(wouter, begun("closed", member).id)
    away = begun("archived", member)
    archiving.archive(wouter, away.id, seen=archiving.planned(wouter, away.id).digest)
    hiding.hide(wouter, opening(begun("opening hidden", member)), reason="A name.")
    taking_back.take_back(actor(member), opening(begun("opening taken back", member)))
    for name, who in people.items():
        found[f"taken back by {name}"] = make_thread(desk.space, who, title=f"{name} goes").id
        taking_back.take_back(actor(who), opening(db.session.get_one(Thread, found[f"taken back by {name}"])))
    asked = begun("asked about", member, audience=Audience.SPACE)
    agreements.ask(wouter, regroupings.readers(asked, Audience.NETWORK), authors.of_thread(asked.id))
    return found


def read(answer):
    page = BeautifulSoup(answer.get_data(as_text=True), "html.parser")
    for unseen in page.select("template, [hidden]"):
        unseen.decompose()  # a script makes others like it
    return page


class Walk:
    """What one person meets who follows every link and presses every button, each once."""

    def __init__(self, client, token):
        self.client, self.token = client, token
        self.seen, self.pressed, self.refused = set(), set(), []

    def note(self, answer, what, where):
        if answer.status_code in (403, 404, 405) or answer.status_code >= 500:
            why = read(answer).select_one("main")
            self.refused.append(
                (answer.status_code, what, where, why.get_text(" ", strip=True)[:140] if why else "")
            )

    def open(self, address, where, *, follow):
        """Look at a page, press everything on it, and follow its links for so many steps."""
        if address in self.seen or address.startswith(BEYOND):
            return
        self.seen.add(address)
        answer = self.client.get(address, follow_redirects=True)
        if where or answer.status_code != 404:  # of a place that they do not see nobody told them
            self.note(answer, address, where)
        page = read(answer)
        self.press_all(page, address, more=1)
        if follow:
            alike = Counter()
            for link in dict.fromkeys(pressing.links(page)):
                alike[kind := re.sub(r"\d+[^/?]*", "N", link.partition("?")[0])] += 1
                if alike[kind] <= ALIKE:
                    self.open(link, address, follow=follow - 1)

    def press_all(self, page, at, *, more):
        for press in pressing.presses(page, at):
            if press.kind in self.pressed or press.address.startswith(BEYOND):
                continue
            self.pressed.add(press.kind)
            with pressing.as_if_never():
                answer = pressing.send(self.client, press, self.token)
                self.note(answer, (press.method, press.address, press.fields), at)
                if more:
                    self.press_all(read(answer), at, more=more - 1)


CASES = [(name, part) for name in PEOPLE for part in ("a few threads", "other threads", "menus")]
CASES += [(name, part) for name in ("moderator", "who decided") for part in ("the desk", "the list")]
CASES += [("deputy", "the list")]
IN_EVERY_RUN = (
    *((name, "a few threads") for name in ("moderator", "muted", "held")),
    *(("moderator", "the desk"), ("deputy", "the list"), ("muted", "menus")),
)


def places(part, desk, threads):
    """Where a part of the walk begins."""
    if part == "the desk":
        return [f"/desk?item={key}" for key in desk.items.values()]
    if part == "the list":
        return [f"/spaces/{desk.space.slug}/reports"]
    if part == "menus":
        return ["/", f"/spaces/{desk.space.slug}", "/threads/new", "/waiting-posts", "/moderation/mine"]
    few = part == "a few threads"
    return [f"/threads/{thread_id}" for state, thread_id in threads.items() if (state in FEW_STATES) == few]


@on_one_database
@pytest.mark.parametrize(("name", "part"), few_of(CASES, *IN_EVERY_RUN))
def test_nothing_that_is_offered_is_forbidden(client, town, name, part):
    desk, people, threads = town
    begin = places(part, desk, threads)
    sign_in(client, db.session.get_one(Member, people[name]))
    walk = Walk(client, csrf_for(client))
    for place in begin:
        walk.open(place, "", follow=1)
    assert len(walk.seen) > len(begin)
    assert walk.pressed
    assert not walk.refused, "\n".join(map(str, walk.refused))
