"""What each kind of reader gets of a published lesson, before and after each act on the words that it quotes.

In forms of the product. A lesson made from a thread that everybody read, and one that left a closed space by consent;
and the same with two lessons of the demo.
"""

import html
import re
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum import demo
from forum.domain.consents import settling
from forum.domain.doctor import counters, reviews, rows, words
from forum.domain.lessons import claims, lessons
from forum.infra import clock
from forum.infra.db import db
from forum.jobs import calendar
from forum.models.accounts import Member, NetworkAppointment
from forum.models.claims import Claim, Excerpt
from forum.models.consents import Consent, Masking
from forum.models.lessons import Lesson
from forum.models.spaces import Audience, Membership, Role
from forum.models.threads import Post, PostRevision, Thread
from forum.models.undo import UndoableAct
from tests import reviewed
from tests.factories import make_member, make_post, sign_in, submit
from tests.lesson_scenario import REPLY, WORDS, build
from tests.sweeps import few_of, once
from tests.web_pages import confirm

READERS = ("author", "member", "elsewhere", "visitor", "curator", "editor")
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
OTHERS = "half of them stayed"  # what somebody else said in the same thread: no act on the post takes it away
CHECKS = (
    *(words.quoted, words.agreed, words.consents, rows.lessons),
    *(reviews.four_eyes, reviews.answers, counters.library),
)
# By reader: words with a way to their thread, words alone, none, or no page.
WAY, ALONE, NONE, NO = "W", "A", "-", "n"
# Who does it, and the form; an erased account has none yet.
ACTS = {
    "narrow": ("curator", "/threads/{thread}/audience", {"audience": "space", "reason": "A name"}),
    "hide": ("curator", "/posts/{post}/hiding", {"reason": "A name"}),
    "take back": ("author", "/posts/{post}/withdrawal", {}),
    "withdraw": ("author", "/consents/excerpts/{excerpt}/removal", {}),
    "erase": ("author", "", {}),
}
# (the thread of the lesson, the act): before, right after, undone within ten minutes, settled; each as READERS.
TABLE = {
    ("open", "narrow"): ("WWWWWW", "WWAAWA", "WWWWWW", "WWAAWA"),
    ("open", "hide"): ("WWWWWW", "------", "WWWWWW", "------"),
    ("open", "take back"): ("WWWWWW", "------", "WWWWWW", "------"),
    ("open", "withdraw"): ("WWWWWW", "------", "WWWWWW", "------"),
    ("open", "erase"): ("WWWWWW", "------", "", "------"),
    ("closed", "hide"): ("WWAnWA", "---n--", "WWAnWA", "---n--"),
    ("closed", "take back"): ("WWAnWA", "---n--", "WWAnWA", "---n--"),
    ("closed", "withdraw"): ("WWAnWA", "---n--", "WWAnWA", "---n--"),
    ("closed", "erase"): ("WWAnWA", "---n--", "", "---n--"),
}
# By act on each of two lessons of the demo: a thread that the network reads, and a closed one, masked.
DEMO = {
    "les-2026-007": (
        "emine",
        "samira",
        dict.fromkeys(ACTS, ("WWWAWW", "------")) | {"narrow": ("WWWAWW", "WWAAWA")},
    ),
    "les-2026-002": ("bart", "yasmina", {act: ("WWAnWA", "---n--") for act in ACTS if act != "narrow"}),
}
FEW = (("open", "narrow"), ("open", "hide"), ("closed", "withdraw"))


@dataclass
class Stage:
    """A published lesson, one of its excerpts, and who looks."""

    client: object
    lesson: Lesson
    excerpt_id: int
    people: dict[str, Member]
    others: str = ""
    thread: Thread = field(init=False)
    post: Post = field(init=False)
    words: set[str] = field(init=False)

    def __post_init__(self):
        excerpt = db.session.get_one(Excerpt, self.excerpt_id)
        self.post = db.session.get_one(Post, db.session.get_one(PostRevision, excerpt.revision_id).post_id)
        self.thread = db.session.get_one(Thread, self.post.thread_id)
        agreed = select(Consent.words).where(Consent.id == excerpt.consent_id)
        self.words = {excerpt.words, *db.session.scalars(agreed)}
        db.session.commit()
        self.browsers = {name: self.client.application.test_client() for name in READERS}
        for name, person in self.people.items():
            sign_in(self.browsers[name], person)

    def seen(self):
        """One letter for each reader, the same on the page of the lesson and on that of its first version."""
        found = ""
        for name in READERS:
            cells = [self.cell(name, f"/lessons/{self.lesson.public_id}{which}") for which in ("", "/v/1.0")]
            assert len(set(cells)) == 1, (name, cells)
            found += cells[0]
        return found

    def cell(self, name, address):
        answer = self.browsers[name].get(address)
        if answer.status_code == 404:
            return NO
        page = answer.get_data(as_text=True)
        text = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())
        assert self.others in text, f"{name} lost words of somebody else"
        if not any(said in text for said in self.words):
            return NONE
        return WAY if f"/threads/{self.thread.id}-" in page else ALONE

    def do(self, act):
        """Return until when it can be undone."""
        by, form, values = ACTS[act]
        if not form:
            settling.erase(self.people[by].id)
            db.session.commit()
            return clock.now() + SECOND
        ids = {"thread": self.thread.id, "post": self.post.id, "excerpt": self.excerpt_id}
        press = confirm if act == "narrow" else submit
        assert press(self.browsers[by], form.format(**ids), values).status_code == 303
        act_of = select(UndoableAct).order_by(UndoableAct.id.desc()).limit(1)
        until = db.session.scalars(act_of).one().until
        db.session.commit()
        return until

    def undo(self, act):
        own = "/consents/excerpts" if act == "withdraw" else f"/threads/{self.thread.id}-{self.thread.slug}"
        browser = self.browsers[ACTS[act][0]]
        button = re.search(r'action="(/undo/\d+)"', browser.get(own).get_data(as_text=True))[1]
        assert submit(browser, button).status_code == 303

    def life(self, act):
        """What everybody sees at each of the four moments."""
        before = self.seen()
        until = self.do(act)
        after, undone = self.seen(), ""
        if ACTS[act][1]:
            with clock.at(until - SECOND):
                self.undo(act)
                undone = self.seen()
                until = self.do(act)
        with clock.at(until):
            calendar.settle_removals()
        with clock.at(until + DAY):
            settled = self.seen()
        db.session.expire_all()
        found = [one for check in CHECKS for one in check() if not one.warns]
        assert found == [], "the doctor is silent, whatever became of the words"
        return before, after, undone, settled


def stage(client, opened):
    """A lesson on words of an author, and on those of somebody else in the same thread."""
    audience = Audience.PUBLIC if opened == "open" else Audience.SPACE
    scenario = build(audience, replies=0)
    speaker = make_member("Bo", space=scenario.space)
    reply = make_post(scenario.thread, speaker, REPLY)
    lesson, curator = scenario.draft(), scenario.actor("curator")
    excerpt_id = db.session.scalars(select(Excerpt.id)).one()
    claim = claims.add(curator, lesson.id, text="Half come back")
    claims.quote(curator, claim.id, post_id=reply.id, words=OTHERS, stance="supports")
    wide = Audience.PUBLIC if opened == "open" else Audience.NETWORK
    if opened == "closed":
        terms = {"masking": Masking.FUNCTION, "shown_as": "a field worker", "city_shown": True}
        scenario.agree(lesson, **terms)
        scenario.agree_to(reply, lesson, OTHERS, **terms)
    lessons.submit(curator, lesson.id, audience=wide)
    reviewed.publish(scenario.actor("editor"), lesson.id, recognised=False)
    people = {
        "author": scenario.author,
        "member": make_member("Mia", space=scenario.space),
        "elsewhere": scenario.reader,
        "curator": scenario.curator,
        "editor": scenario.editor,
    }
    return Stage(client, lesson, excerpt_id, people, others=OTHERS)


@pytest.mark.both_databases
@pytest.mark.parametrize(("opened", "act"), once(few_of(TABLE, *FEW), FEW[2]))
def test_what_each_reader_gets_of_a_lesson(client, session, opened, act):
    made = stage(client, opened)
    assert WORDS in made.words
    assert made.life(act) == TABLE[opened, act]


def words_of(public_id, author):
    """The first excerpt of an author in a lesson."""
    query = (
        select(Excerpt, Lesson, Post.author_id, Thread.space_id)
        .join(Claim, Claim.id == Excerpt.claim_id)
        .join(Lesson, Lesson.current_id == Claim.version_id)
        .join(PostRevision, PostRevision.id == Excerpt.revision_id)
        .join(Post, Post.id == PostRevision.post_id)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Member, Member.id == Post.author_id)
        .where(Lesson.public_id == public_id, Member.handle == author)
        .order_by(Excerpt.id)
        .limit(1)
    )
    return db.session.execute(query).one()


def demo_stage(client, public_id):
    author, speaker, _acts = DEMO[public_id]
    excerpt, lesson, author_id, space_id = words_of(public_id, author)
    elsewhere = words_of(public_id, speaker).Excerpt
    editor = db.session.scalars(select(Member).where(Member.handle == "simon")).one()
    known = (author_id, lesson.curator_id, editor.id)
    inside = select(Membership.member_id).where(
        Membership.space_id == space_id, Membership.ended_at.is_(None)
    )
    people = select(Member).where(Member.handle.is_not(None), Member.id.not_in(known)).order_by(Member.handle)
    full = people.where(Member.id.in_(select(Membership.member_id).where(Membership.role != Role.GUEST)))
    outside = full.where(Member.id.not_in(inside), Member.id.not_in(select(NetworkAppointment.member_id)))
    found = {
        "author": db.session.get_one(Member, author_id),
        "member": db.session.scalars(people.where(Member.id.in_(inside)).limit(1)).one(),
        "elsewhere": db.session.scalars(outside.limit(1)).one(),
        "curator": db.session.get_one(Member, lesson.curator_id),
        "editor": editor,
    }
    agreed = db.session.scalar(select(Consent.words).where(Consent.id == elsewhere.consent_id))
    return Stage(client, lesson, excerpt.id, found, others=" ".join((agreed or elsewhere.words).split()))


@pytest.mark.proof
@pytest.mark.parametrize(("public_id", "act"), [(one, act) for one, row in DEMO.items() for act in row[2]])
def test_the_same_of_lessons_of_the_demo(app, client, session, monkeypatch, public_id, act):
    monkeypatch.setitem(app.config, "DEMO", True)
    demo.load(with_password=False)
    before, after = DEMO[public_id][2][act]
    made = demo_stage(client, public_id)
    assert made.life(act) == (before, after, before if ACTS[act][1] else "", after)
