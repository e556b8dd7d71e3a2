"""A story told in a closed space, a lesson made from it, and the authors who are asked."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from forum.domain.consents import answers, closing, rounds
from forum.domain.consents.passages import Wording
from forum.domain.lessons import claims, lessons
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.claims import Claim, Excerpt
from forum.models.consents import Consent, ConsentAnswer, ConsentRequest, ConsentRound, Masking
from forum.models.lessons import Lesson
from forum.models.spaces import Audience, Role, Space
from forum.models.threads import Post, Thread
from forum.policy.actors import Actor
from tests.factories import actor, make_member, make_post, make_space, make_thread
from tests.lesson_scenario import FULL

NAMES = ("Amina", "Bart", "Chris")
SAID = {
    "Amina": "In Aalst we rang all eleven who stopped. Nobody talks with me, they said.",
    "Bart": "Half of them came back after one call. The letter alone brought nobody.",
    "Chris": "My team keeps a list of who has not been seen. It takes ten minutes a week.",
}
QUOTED = {
    "Amina": "In Aalst we rang all eleven who stopped",
    "Bart": "Half of them came back after one call",
    "Chris": "My team keeps a list of who has not been seen",
}
CLAIMS = {name: f"Claim on what number {number} said" for number, name in enumerate(NAMES, 1)}


@dataclass
class ConsentScenario:
    """The rows, and shortcuts to the verbs."""

    space: Space
    curator: Member
    authors: dict[str, Member]
    thread: Thread
    posts: dict[str, Post]
    lesson: Lesson
    elsewhere: Space
    others: dict[str, Member] = field(default_factory=dict)

    @property
    def opening(self) -> Post:
        """The opening post, which the curator wrote."""
        query = select(Post).where(Post.thread_id == self.thread.id, Post.number == 1)
        return db.session.scalars(query).one()

    def actor(self, name: str) -> Actor:
        """The actor behind one of the people."""
        people = {"curator": self.curator, **self.authors, **self.others}
        return actor(people[name])

    def ask(
        self, audience: Audience = Audience.NETWORK, wordings: dict[int, Wording] | None = None
    ) -> ConsentRound:
        """Open a round."""
        return rounds.open_round(self.actor("curator"), self.lesson.id, audience, wordings)

    def request(self, name: str) -> ConsentRequest:
        """The latest question to one of the authors."""
        query = select(ConsentRequest).where(ConsentRequest.author_id == self.authors[name].id)
        return db.session.scalars(query.order_by(ConsentRequest.round_id.desc()).limit(1)).one()

    def say(self, name: str, answer: ConsentAnswer | str, **more: Any) -> bool:
        """Let an author answer."""
        return answers.answer(self.actor(name), self.request(name).id, answer=answer, **more)

    def close(self, round_: ConsentRound) -> None:
        """Let the term pass."""
        with clock.at(round_.closes_at):
            while closing.close_due(clock.now()):
                pass

    def excerpts(self) -> set[str]:
        """What the draft rests on now."""
        query = select(Excerpt.words).join(Claim, Claim.id == Excerpt.claim_id)
        return set(db.session.scalars(query.where(Claim.version_id == self.lesson.working_id)))

    def excerpt_id(self, name: str) -> int:
        """The id of the excerpt from one of the authors."""
        query = select(Excerpt.id).join(Claim, Claim.id == Excerpt.claim_id)
        mine = query.where(Claim.version_id == self.lesson.working_id, Excerpt.words == QUOTED[name])
        return db.session.scalars(mine).one()

    def claims(self) -> list[Claim]:
        """The claims of the draft."""
        query = select(Claim).where(Claim.version_id == self.lesson.working_id).order_by(Claim.position)
        return list(db.session.scalars(query))

    def consents(self) -> dict[str, Consent]:
        """What holds, by the name of the author."""
        names = {member.id: name for name, member in {**self.authors, "curator": self.curator}.items()}
        query = select(Consent).where(Consent.lesson_id == self.lesson.id)
        return {names[row.author_id]: row for row in db.session.scalars(query)}


def build(names: tuple[str, ...] = NAMES) -> ConsentScenario:
    """People, a thread that only the space reads, and a complete draft that quotes each author once."""
    space, elsewhere = make_space("Aalst", city="aalst"), make_space("Gent", city="gent")
    curator = make_member("Cas", space=space, role=Role.MODERATOR)
    with clock.at(clock.now() - timedelta(days=30)):
        authors = {name: make_member(name, space=space) for name in names}
        thread = make_thread(
            space, curator, title="Who rings back?", body="What did you try?", audience=Audience.SPACE
        )
        posts = {name: make_post(thread, authors[name], SAID[name]) for name in names}
    maker = actor(curator)
    lesson = lessons.draft(maker, thread.id, title=FULL["title"])
    for name in names:
        claim = claims.add(maker, lesson.id, text=CLAIMS[name])
        claims.quote(maker, claim.id, post_id=posts[name].id, words=QUOTED[name], stance="supports")
    lessons.save(maker, lesson.id, saved_count=lessons.working(lesson).saved_count, **FULL)
    others = {
        "second": make_member("Sien", space=space, role=Role.MODERATOR),
        "colleague": make_member("Koen", space=space),
        "reviewer": make_member("Wout", space=elsewhere, role=Role.MODERATOR),
        "reader": make_member("Rik", space=elsewhere),
    }
    return ConsentScenario(space, curator, authors, thread, posts, lesson, elsewhere, others)


__all__ = ["CLAIMS", "NAMES", "QUOTED", "SAID", "ConsentScenario", "Masking", "build"]
