"""The pages that the checks of accessibility and HTML visit, and who visits them."""

from flask import Flask

from forum.domain.mailing.mail_queue import queue_mail
from forum.domain.moderation import post_reports
from forum.domain.moderation.post_reports import Said
from forum.domain.people import feed_keys
from forum.domain.people.feed_keys import Feed
from forum.domain.threads import bookmarks, posts
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.feeds import FeedKind
from forum.models.foretellings import Foretelling
from forum.models.lessons import Lesson, LessonState
from forum.models.mail import Lane, MailState, OutgoingMail
from forum.models.missed import MissedSearch
from forum.models.nominations import Nomination
from forum.models.post_reports import ReportReason
from forum.models.responses import ThreadResponse
from forum.models.spaces import Space
from forum.models.summaries import SummaryVersion
from forum.models.themes import Tag
from forum.models.threads import Post, Thread
from tests.browser import afterlife_places, held_places, left_out_places, regrouping_places
from tests.factories import actor

VISITOR = (
    "/",
    "/lessons",
    "/threads",
    "/axes/solidaire-stadspolis",
    "/lessons?axis=solidaire-stadspolis",
    "/lessons?confidence=fair&applied=gent&sort=applied",
    "/lessons?axis=nonsense",
    "/coverage",
    "/unknowns",
    "/cahiers",
    "/cahiers/cahier-1-wonen-zonder-drempel",
    "/lessons/les-2026-001",
    "/lessons/les-2026-001/v/1.0",
    "/lessons/les-2026-001/related",
    "/lessons/les-2026-001/compare?from=1.0&to=1.1",
    "/spaces",
    "/search?q=%22bezoek",
    "/accounts/sign-in",
    "/accounts/join",
    "/accounts/forgot",
    "/help",
    "/accessibility",
    "/privacy",
    "/nowhere",
    "/design",
    "/mailbox",
)
MEMBER = (
    "/",
    "/spaces",
    "/threads?need=stories&voices=field&state=unread",
    "/threads/new",
    "/threads/new?title=Wijkbudget+in+de+buurt",
    "/threads/1/related",
    "/drafts",
    "/people",
    "/people?q=aannemer&city=leuven",
    "/people?q=school",
    "/people?q=zzzz",
    "/search",
    "/search?q=bezoek",
    "/search?q=bezoek&kind=threads&city=gent",
    "/search?q=zzzz",
    "/search?q=axis:nonsense",
    "/members/annelies",
    "/members/annelies/posts",
    "/members/annelies/lessons",
    "/members/sofie",
    "/settings/offer",
    "/bookmarks",
    "/notifications",
    "/settings/following",
    "/settings/notifications",
    "/settings/digest",
    "/settings/profile",
    "/settings/security",
    "/reports",
    "/policy",
    "/policy/1",
    "/spaces/gent/rules",
    "/settings/sessions",
    "/settings/feeds",
    "/coverage",
    "/unknowns",
    "/unknowns?show=answered",
)


def for_visitor(app: Flask) -> list[str]:
    """Pages of somebody who is not signed in."""
    return [*VISITOR]


def thread(app: Flask, *, city: str | None = None) -> str:
    """The address of a thread that every member may answer, or of one in the space of a city."""
    with app.app_context():
        query = db.select(Thread).order_by(Thread.id)
        if city:
            query = query.join(Space, Space.id == Thread.space_id).where(Space.city == city)
        found = db.session.scalars(query).first()
        db.session.remove()
    return f"/threads/{found.id}-{found.slug}"


def for_moderator(app: Flask) -> list[str]:
    """Pages of sofie, who moderates Antwerpen: all that a member has, and the desks."""
    with app.app_context():
        space = db.session.scalars(db.select(Space).where(Space.city == "antwerpen")).one()
        thread = db.session.scalars(
            db.select(Thread).where(Thread.space_id == space.id).order_by(Thread.id)
        ).first()
        without_axis = db.session.scalars(
            db.select(Thread).where(Thread.space_id == space.id, Thread.axis.is_(None))
        ).one()
        post = db.session.scalars(db.select(Post).where(Post.thread_id == thread.id, Post.number == 2)).one()
        response = db.session.scalars(
            db.select(ThreadResponse).join(Thread).where(Thread.space_id == space.id)
        ).first()
        changed = db.session.scalars(
            db.select(Post).where(Post.thread_id == thread.id, Post.number == 3)
        ).one()
        if changed.revision == 1:
            text = "Zo was het niet. Later bleek dat het aan de uren lag."
            posts.edit(
                actor(db.session.get_one(Member, changed.author_id)), changed.id, body=text, seen_revision=1
            )
        sofie = db.session.scalars(db.select(Member).where(Member.handle == "sofie")).one()
        bookmarks.keep(actor(sofie), post.id, note="Voor de ploeg van maandag")
        reported = db.session.scalars(
            db.select(Post).where(Post.thread_id == thread.id, Post.number == 4)
        ).one()
        reader = db.session.scalars(db.select(Member).where(Member.handle == "hasan")).one()
        post_reports.report(actor(reader), reported.id, Said(ReportReason.WRONG, "Dat klopt niet."))
        db.session.commit()
        afterlife = afterlife_places.pages(actor(sofie), space.id)
        held = held_places.pages(actor(sofie), space, thread)
        regrouping = regrouping_places.pages(sofie, space)
        left_out = left_out_places.pages(sofie, space)
        summarised = db.session.scalars(db.select(SummaryVersion.thread_id)).first()
        nominated = db.session.scalar(
            db.select(Nomination.thread_id).join(Thread).where(Thread.space_id == space.id)
        )
        foretelling_id, foretold = db.session.execute(
            db.select(Foretelling.id, Lesson)
            .join(Lesson, Lesson.id == Foretelling.lesson_id)
            .order_by(Foretelling.due_on)
        ).first()
        draft = db.session.scalars(
            db.select(Lesson).where(Lesson.space_id == space.id, Lesson.state != LessonState.PUBLISHED)
        ).first()
        db.session.remove()
    pages = [
        *MEMBER,
        f"/spaces/{space.slug}",
        f"/spaces/{space.slug}?need=stories",
        f"/posts/{changed.id}/revisions",
        f"/posts/{post.id}/bookmark",
        f"/spaces/{space.slug}/members",
        f"/spaces/{space.slug}/notes",
        f"/spaces/{space.slug}/notes/new",
        f"/spaces/{space.slug}/notes/welcome",
        f"/spaces/{space.slug}/members?name=so&city={space.city}",
        f"/spaces/{space.slug}/members?name=zz&role=guest",
        f"/spaces/{space.slug}/moderation",
        f"/spaces/{space.slug}/moderation/log",
        f"/spaces/{space.slug}/moderation/log?since=2026-03-02&until=2026-03-01",
        "/moderation/mine",
        "/moderation/figures",
        f"/spaces/{space.slug}/moderation/posts",
        "/desk",
        f"/spaces/{space.slug}/moderation/deputy",
        "/settings/absence",
        f"/spaces/{space.slug}/leave",
        f"/spaces/{space.slug}/reports",
        f"/posts/{reported.id}/settlement",
        f"/posts/{reported.id}/reports/new",
        "/threads?axis=unknown",
        f"/threads/{without_axis.id}-{without_axis.slug}",
        f"/threads/{without_axis.id}/classification",
        f"/spaces/{space.slug}/threads/new",
        f"/threads/{thread.id}-{thread.slug}",
        f"/threads/{thread.id}/following",
        f"/threads/{thread.id}/classification",
        f"/threads/{thread.id}/split?from=2",
        f"/threads/{thread.id}/merge",
        f"/threads/{thread.id}/archive",
        f"/spaces/{space.slug}/archive",
        f"/threads/{thread.id}-{thread.slug}?answer=2&quote=2.1:0-9",
        f"/posts/{post.id}/hiding",
        f"/posts/{post.id}/deletion",
        f"/posts/{post.id}/left-out",
        f"/threads/{thread.id}/title",
        f"/posts/{post.id}/quotation",
        f"/posts/{post.id}/quotation?choose=1",
        f"/posts/{post.id}/evidence?revision=1&start=0&end=20",
        f"/threads/{response.thread_id}/responses",
        f"/responses/{response.id}/hiding",
        f"/threads/{summarised}",
        f"/threads/{summarised}/summary",
        f"/threads/{thread.id}/summary/versions/new",
        *afterlife,
        *held,
        *regrouping,
        *left_out,
        "/workbench",
        "/workbench?queue=nominated",
        f"/threads/{nominated}/nomination/closing",
        "/hand-over",
        "/lessons",
        "/lessons/les-2026-002",
        "/lessons/les-2026-009",
        "/lessons/les-2026-004/reports",
        "/lessons/les-2026-004/reports/new",
        f"/lessons/{foretold.public_id}",
        f"/lessons/{foretold.public_id}/foretellings/{foretelling_id}",
    ]
    return pages + (
        [
            f"/workbench/{draft.id}",
            f"/workbench/{draft.id}?part=text",
            f"/workbench/{draft.id}?part=thread&cite=1",
            f"/workbench/{draft.id}?part=review",
            f"/workbench/{draft.id}/steps",
            f"/workbench/{draft.id}/deputy",
        ]
        if draft
        else []
    )


def for_reviewer(app: Flask) -> list[str]:
    """Pages of wouter, who is asked to check a lesson of another city."""
    with app.app_context():
        checked = db.session.scalars(db.select(Lesson).where(Lesson.state == LessonState.IN_REVIEW)).first()
        db.session.remove()
    at = f"/workbench/{checked.id}"
    return ["/workbench", at, f"{at}?comment=title", f"{at}?as=author"]


def for_editor(app: Flask) -> list[str]:
    """Pages of eva, who merges the tags of the network, sees what people miss and reads in a feed reader."""
    with app.app_context():
        one, other = db.session.scalars(db.select(Tag.slug).order_by(Tag.id).limit(2))
        now = clock.now()
        if db.session.scalar(db.select(MissedSearch.id).where(MissedSearch.mark == "x")) is None:
            db.session.add(MissedSearch(mark="x", words="groene daken", first_month=now, last_month=now))
        eva = actor(db.session.scalars(db.select(Member).where(Member.handle == "eva")).one())
        lessons = Feed(FeedKind.LESSONS)
        feed_keys.make(eva, lessons, seen=feed_keys.mark_of(feed_keys.of_member(eva).get(lessons)))
        db.session.commit()
        db.session.remove()
    return [
        "/settings/feeds/ending?feed=lessons",
        "/coverage/missed",
        "/cahiers",
        "/cahiers/new",
        "/cahiers/cahier-2-wat-minder-lukte",
        "/cahiers/cahier-2-wat-minder-lukte/edition",
        "/cahiers/cahier-2-wat-minder-lukte/removal",
        "/tags",
        f"/tags/{one}",
        f"/tags/{one}?into={other}",
        "/spaces/netwerkplein",
    ]


def for_administrator(app: Flask) -> list[str]:
    """Pages of beheer, with letters that wait for somebody."""
    with app.app_context():
        member = db.session.scalars(db.select(Member)).first()
        for state in (MailState.FAILED, MailState.UNCERTAIN):
            if queue_mail("reset_password", key=f"{state}", lane=Lane.DIRECT, member_id=member.id):
                mail = db.session.scalars(db.select(OutgoingMail).order_by(OutgoingMail.id.desc())).first()
                mail.state, mail.reason = state, f"550 {'x' * 90}"
        db.session.commit()
        db.session.remove()
    return ["/admin/system", "/admin/members", "/admin/spaces"]
