"""A thread in Aalst, its moderator, a moderator of Gent and an editor: what tests of lessons start from."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from forum.domain.consents import consents
from forum.domain.lessons import claims, holding, lessons
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Body, Member, NetworkRole
from forum.models.consents import Consent, Masking
from forum.models.lessons import Lesson
from forum.models.spaces import Audience, Role, Space
from forum.models.themes import Axis, Need
from forum.models.threads import Outcome, Post, Thread
from forum.policy.actors import Actor
from tests import reviewed
from tests.factories import actor, make_member, make_post, make_space, make_thread

OPENING = "We rang everybody who had stopped. Almost all of them said the same thing: nobody talks with me."
REPLY = "With us half of them stayed. In one group it made no difference at all."
WORDS = "nobody talks with me"
FULL: dict[str, Any] = {
    "title": "Put talking in the roster",
    "one_sentence": "Give one colleague the time to talk.",
    "outcome": Outcome.WORKED,
    "axis": Axis.SOLIDARITY,
    "needs": [Need.STORIES],
    "recommendation": "Put half an hour in the roster.",
    "unknowns": "Whether it lasts.",
    "conditions": ["fixed teams"],
}


@dataclass
class LessonScenario:
    """The rows, and shortcuts to the verbs."""

    space: Space
    author: Member
    curator: Member
    second: Member
    reviewer: Member
    editor: Member
    reader: Member
    thread: Thread

    @property
    def post(self) -> Post:
        """The opening post of the thread."""
        return self.posts()[0]

    def posts(self) -> list[Post]:
        """All posts of the thread."""
        return list(
            db.session.scalars(select(Post).where(Post.thread_id == self.thread.id).order_by(Post.number))
        )

    def actor(self, name: str) -> Actor:
        """The actor behind one of the people."""
        return actor(getattr(self, name))

    def draft(
        self, *, text: str = "Contact keeps people", words: str = WORDS, stance: str = "supports"
    ) -> Lesson:
        """A draft with everything in it, resting on one excerpt."""
        lesson = lessons.draft(self.actor("curator"), self.thread.id, title=FULL["title"])
        claim = claims.add(self.actor("curator"), lesson.id, text=text)
        claims.quote(self.actor("curator"), claim.id, post_id=self.post.id, words=words, stance=stance)
        lessons.save(
            self.actor("curator"), lesson.id, saved_count=lessons.working(lesson).saved_count, **FULL
        )
        return lesson

    def share(self, lesson: Lesson, name: str = "second") -> None:
        """Its curator lets one of the people work on a draft as well."""
        holding.name_deputy(self.actor("curator"), lesson.id, member_id=getattr(self, name).id)

    def agree(self, lesson: Lesson, words: str = WORDS, **over: Any) -> Consent:
        """The author's yes to her words for the network, without her name."""
        return self.agree_to(self.post, lesson, words, **over)

    def agree_to(self, post: Post, lesson: Lesson, words: str, **over: Any) -> Consent:
        """The same of the author of any post."""
        values: dict[str, Any] = {
            "masking": Masking.MASKED,
            "city_shown": False,
            "shown_as": "somebody in a large city",
            "audience": Audience.NETWORK,
            "agreed": True,
            "note": "",
            "at": clock.now(),
        }
        return consents.record_answer(lesson.id, post.id, words=words, **(values | over))

    def published(self, audience: Audience = Audience.NETWORK, by: str = "reviewer") -> Lesson:
        """A lesson out in the world."""
        lesson = self.draft()
        lessons.submit(self.actor("curator"), lesson.id, audience=audience)
        reviewed.publish(self.actor(by), lesson.id)
        return lesson


def build(audience: Audience = Audience.NETWORK, *, replies: int = 1) -> LessonScenario:
    """People, a space and a thread with that audience."""
    space = make_space("Aalst", city="aalst")
    elsewhere = make_space("Gent", city="gent")
    author = make_member("Amina", space=space)
    curator = make_member("Cas", space=space, role=Role.MODERATOR)
    thread = make_thread(space, author, title="Why they stopped", body=OPENING, audience=audience)
    for _number in range(replies):
        make_post(thread, curator, REPLY)
    return LessonScenario(
        space=space,
        author=author,
        curator=curator,
        second=make_member("Sien", space=space, role=Role.MODERATOR),
        reviewer=make_member("Wout", space=elsewhere, role=Role.MODERATOR),
        editor=make_member("Els", network_role=NetworkRole.EDITOR, body=Body.NETWORK),
        reader=make_member("Rik", space=elsewhere),
        thread=thread,
    )
