"""Who hears that a lesson rests on her words: its authors who may see it, its curator not."""

from forum.domain.inbox import notices
from forum.domain.mailing import events
from forum.infra import mailer
from forum.infra.db import db
from forum.jobs import worker
from forum.models.claims import Claim, Excerpt, Stance
from forum.models.spaces import Audience
from forum.models.threads import PostRevision
from tests.domain.digests.test_digests import make_lesson
from tests.factories import actor, make_member, make_post, make_space, make_thread


def quote(lesson, *posts):
    claim = Claim(version_id=lesson.current_id, position=1, text="It takes time")
    db.session.add(claim)
    db.session.flush()
    for post in posts:
        revision = db.session.scalars(db.select(PostRevision).where(PostRevision.post_id == post.id)).one()
        db.session.add(
            Excerpt(
                claim_id=claim.id, revision_id=revision.id, start_at=0, end_at=4, words=revision.plain[:4],
                sha256="0" * 64, stance=Stance.SUPPORTS,
            )
        )  # fmt: skip
    db.session.flush()


def published(*, audience=Audience.NETWORK):
    """A lesson of Aalst on words of its curator, of a colleague and of somebody who left."""
    space = make_space("Aalst")
    curator, author = make_member("Curator", space=space), make_member("Ann", space=space)
    left = make_member("Left")
    thread = make_thread(space, author)
    posts = [make_post(thread, person) for person in (author, curator, left)]
    lesson = make_lesson(space, curator, audience=audience)
    quote(lesson, *posts)
    events.record("lesson.published", lesson_id=lesson.id, version_id=lesson.current_id)
    db.session.commit()
    return lesson, curator, author, left


def test_an_author_finds_it_on_her_page_and_in_her_mail():
    mailer.sent().clear()
    lesson, curator, author, _left = published()
    worker.run_until_idle()
    notice = notices.page(actor(author)).rows[0]
    assert (notice.kind, notice.public_id) == ("cited", lesson.public_id)
    assert "cited" not in [group.kind for group in notices.page(actor(curator)).rows]
    told = {message["To"]: message["Subject"] for message in mailer.sent()}
    assert told.keys() == {author.email, curator.email}
    assert told[author.email] != told[curator.email], "its curator hears that it is published"
    mailer.sent().clear()


def test_whoever_may_not_see_the_lesson_hears_nothing():
    mailer.sent().clear()
    _lesson, _curator, _author, left = published(audience=Audience.SPACE)
    worker.run_until_idle()
    assert notices.page(actor(left)).rows == []
    assert left.email not in [message["To"] for message in mailer.sent()]
    mailer.sent().clear()
