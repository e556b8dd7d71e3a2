"""What waits ten minutes before anybody hears of it is told to nobody when another verb than its undo ended it."""

import uuid
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from forum.domain.held_posts import choosing, deciding, sending, waiting
from forum.domain.held_posts.choosing import Choice
from forum.domain.lessons import confirming, ending, lessons, reports
from forum.domain.lessons import undo as lesson_undo
from forum.domain.lessons.report_words import Answers
from forum.domain.mailing.kinds import KINDS
from forum.domain.moderation import archiving, hiding, locking, post_reports, settling, taking_back
from forum.domain.moderation.post_reports import Said
from forum.domain.moderation.settling import Verdict
from forum.domain.regrouping import moving
from forum.domain.regrouping.moving import Chosen
from forum.domain.spaces import measures, memberships
from forum.domain.spaces.measures import Decision
from forum.domain.threads import classification, rendering
from forum.infra import clock, days
from forum.infra.db import db
from forum.jobs import worker
from forum.models.adoptions import AdoptionReport
from forum.models.mail import MailState, OutgoingMail
from forum.models.measures import MeasureKind, SpaceMeasure
from forum.models.notifications import Notification
from forum.models.post_reports import ReportOutcome, ReportReason
from forum.models.spaces import Audience, Role
from forum.policy.actors import actor_of
from tests import other_readers, reviewed
from tests.factories import actor, join, make_member, make_post, make_space, make_thread
from tests.lesson_scenario import FULL, build

SAID = Answers("worked", what_was_done="We rang.", what_came="Well.")
ELSEWHERE = ("genk", "leuven")


@dataclass
class Story:
    """A scenario with the lesson or the thread that something is done to."""

    scenario: Any
    subject: Any = None

    def actor(self, name):
        return self.scenario.actor(name)


def published():
    scenario = build()
    return Story(scenario, scenario.published())


def applied():
    story = published()
    for city in ELSEWHERE:
        kim = make_member("Kim", space=make_space(f"{city}s", city=city), city=city)
        reports.report(actor(kim), story.subject.public_id, SAID, city=city)
    return story


def in_review():
    scenario = build()
    make_post(scenario.thread, scenario.reviewer)
    lesson = scenario.draft()
    lessons.submit(
        scenario.actor("curator"), lesson.id, audience=Audience.NETWORK, asked_id=scenario.reviewer.id
    )
    return Story(scenario, lesson)


def alone():
    """A thread in which nobody else wrote, so that its author may move it."""
    scenario = build()
    return Story(scenario, make_thread(scenario.space, scenario.author, audience=Audience.NETWORK))


def withdraw(story):
    ending.withdraw(story.actor("second"), story.subject.public_id, reason="Gone.")


def confirm(story):
    confirming.confirm(story.actor("editor"), story.subject.public_id)


def hide(story):
    hiding.hide(story.actor("curator"), story.scenario.post.id, reason="A name.")


def take_back(story):
    taking_back.take_back(story.actor("author"), story.scenario.post.id)


def narrow(story):
    other_readers.set_audience(story.actor("curator"), story.subject.id, audience=Audience.SPACE)


def show(story):
    post_id = story.scenario.post.id
    again = rendering.again(story.actor("second"), post_id)
    hiding.restore(story.actor("second"), post_id, rendered=again)


def put_back(story):
    post_id = story.scenario.post.id
    again = rendering.again(story.actor("author"), post_id)
    taking_back.put_back(story.actor("author"), post_id, rendered=again)


def bring_back(story):
    ending.bring_back(story.actor("editor"), story.subject.public_id)


def renew(story):
    curator, lesson = story.actor("curator"), story.subject
    draft = lessons.revise(curator, lesson.id)
    lessons.save(
        curator,
        lesson.id,
        saved_count=draft.saved_count,
        **{**FULL, "title": "Anew"},
        change_note="All of it.",
    )
    lessons.submit(curator, lesson.id, audience=Audience.NETWORK)
    reviewed.publish(story.actor("reviewer"), lesson.id)


def last_report(story):
    own = select(AdoptionReport).where(AdoptionReport.lesson_id == story.subject.id)
    report = db.session.scalars(own.order_by(AdoptionReport.id.desc())).first()
    return actor_of(report.reporter_id), report


def take_report_back(story):
    reporter, report = last_report(story)
    reports.take_back(reporter, story.subject.public_id, report.id)


def change_report(story):
    reporter, report = last_report(story)
    reports.change(reporter, story.subject.public_id, report.id, replace(SAID, outcome="failed"))


def go_on_badly(story):
    reporter, report = last_report(story)
    reports.go_on(reporter, story.subject.public_id, report.id, replace(SAID, outcome="failed"))


def move(story):
    space = make_space("Deinze", city="deinze")
    join(story.scenario.author, space)
    classification.move(story.actor("author"), story.subject.id, space.id, audience=Audience.NETWORK)


def move_on(story):
    there = make_space("Aalst", city="aalst")
    make_member("Eva", space=there, role=Role.MODERATOR)
    join(story.scenario.curator, there)
    chosen = Chosen(there.id, Audience.NETWORK)
    who = story.actor("curator")
    seen = moving.asked(who, story.subject.id, chosen).digest
    moving.move(who, story.subject.id, chosen, seen=seen, reason="It belongs there.")


def archive(story):
    who, thread_id = story.actor("curator"), story.subject.id
    archiving.archive(who, thread_id, seen=archiving.planned(who, thread_id).digest)


def archived():
    story = alone()
    story.subject.archived_at = clock.now()
    return story


def take_out(story):
    archiving.bring_back(story.actor("curator"), story.subject.id)


def widen(story):
    other_readers.set_audience(story.actor("author"), story.subject.id, audience=Audience.NETWORK)


def ask_back(story):
    lesson_undo.ask_back(story.actor("curator"), story.subject.id)


def return_it(story):
    lessons.send_back(story.actor("reviewer"), story.subject.id, note="One more look.")


def reported():
    story = published()
    post_reports.report(story.actor("reader"), story.scenario.post.id, Said(ReportReason.WRONG))
    return story


def ask_change(story):
    verdict = Verdict(ReportOutcome.ASKED, reason="Leave the street out.")
    settling.settle(story.actor("second"), story.scenario.post.id, verdict)


def held():
    scenario, tomorrow = build(), days.today() + timedelta(days=1)
    choosing.choose(scenario.actor("second"), scenario.space.id, Choice(everybody_until=tomorrow))
    by, key = scenario.actor("author"), str(uuid.uuid4())
    return Story(scenario, sending.reply(by, scenario.thread.id, body="More.", idempotency_key=key))


def refuse_post(story):
    deciding.refuse(story.actor("second"), story.subject.id, seen=1, reason="It names somebody.")


def throw_away(story):
    waiting.throw_away(story.actor("author"), story.subject.id)


def in_space():
    scenario = build()
    return Story(scenario, scenario.space)


def mute(story):
    decision = Decision(MeasureKind.MUTE, "Calm down.", days.today() + timedelta(days=1))
    measures.take(story.actor("second"), story.subject.id, story.scenario.author.id, decision)


def remove(story):
    memberships.remove(
        story.actor("second"), story.subject.id, story.scenario.author.id, reason="Works elsewhere."
    )


def lock(story):
    locking.lock(story.actor("curator"), story.subject.id)


def reopen(story):
    locking.reopen(story.actor("second"), story.subject.id)


def end_measure(story):
    measures.end(story.actor("second"), db.session.scalars(select(SpaceMeasure.id)).one())


# Of each kind that waits: the story, what was done, and all verbs but its undo after which it is no longer so.
WAITING = {
    "post_hidden": (published, hide, (show,)),
    # Nothing but their undo ends these.
    **dict.fromkeys(("post_deleted", "words_left_out", "thread_retitled")),
    "version_hidden": None,  # nothing but its undo shows an earlier text again
    "thread_narrowed": (alone, narrow, (move, widen)),
    "thread_archived": (alone, archive, (take_out,)),
    "thread_unarchived": (archived, take_out, (archive,)),
    "thread_locked": (alone, lock, (reopen,)),
    "thread_moved": (alone, move_on, (move,)),
    "thread_came": (alone, move_on, (move,)),
    "lost_words": (published, take_back, (put_back,)),
    "review_shortened": (in_review, take_back, (put_back, ask_back, return_it)),
    "review_weakened": (in_review, take_back, (put_back, ask_back, return_it)),
    "change_asked": (reported, ask_change, (hide, take_back)),
    "report_settled": (reported, hide, (show,)),
    "nomination_closed": None,  # said again or taken up, it was closed all the same
    "post_moved": None,  # to move them back tells it once more
    "post_refused": (held, refuse_post, (throw_away,)),
    "measure_taken": (in_space, mute, (end_measure,)),
    "role_taken": (in_space, remove, (end_measure,)),
    "lesson_confirmed": (applied, confirm, (take_report_back, change_report, go_on_badly)),
    "lesson_ended": (published, withdraw, (bring_back, renew)),
}
ENDED = [(kind, end) for kind, row in WAITING.items() if row for end in row[2]]


def test_every_kind_that_waits_is_looked_at():
    assert set(WAITING) == {name for name, kind in KINDS.items() if kind.undo}


def work(later=timedelta()):
    db.session.commit()
    with clock.at(clock.now() + later):
        worker.run_until_idle()


def told(kind):
    """Who was told of it, and how many mails of that kind still leave."""
    rows = db.session.scalars(select(Notification.member_id).where(Notification.kind == kind)).all()
    letters = (OutgoingMail.kind.like(f"%{kind}"), OutgoingMail.state == MailState.QUEUED)
    return list(rows), list(db.session.scalars(select(OutgoingMail.id).where(*letters)))


@pytest.mark.parametrize("late", [False, True], ids=["told at once", "worker comes late"])
@pytest.mark.parametrize(("kind", "end"), ENDED)
def test_what_another_verb_ended_is_told_to_nobody(session, kind, end, late):
    make, do, _ends = WAITING[kind]
    story = make()
    work()
    do(story)
    if not late:
        work()
        assert told(kind)[0], "else nothing could be forgotten"
    with clock.at(clock.now() + timedelta(minutes=15 if late else 1)):
        end(story)
        db.session.commit()
        work(timedelta(minutes=30))
    assert told(kind) == ([], [])
