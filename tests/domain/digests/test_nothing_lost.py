"""What was meant for a mail that did not go out, or happened in a long pause, is told in the next letter."""

from datetime import timedelta

import pytest

from forum.domain.digests import digests, windows
from forum.domain.mailing import mail_queue
from forum.infra import clock
from forum.infra.db import db
from forum.jobs import letters
from forum.jobs.letter_content import NothingToSend
from forum.models.mail import Lane, MailState, OutgoingMail
from forum.models.subscriptions import Digest, DigestChoice, DigestState, Frequency
from tests.domain.digests.test_digests import make_lesson
from tests.factories import LONG_AGO, make_member, make_post, make_space, make_thread
from tests.notices import tell_of

END = LONG_AGO + timedelta(days=210, hours=-4)  # a Monday at seven in Brussels
WEEK = timedelta(days=7)


@pytest.fixture
def karim_and_story(gent, leen):
    karim = make_member("Karim", space=make_space("Genk"))
    thread = make_thread(gent, karim, title="Told", at=END - WEEK / 2)
    post = make_post(thread, karim, at=END - WEEK / 3)
    db.session.add(DigestChoice(member_id=leen.id, frequency=Frequency.WEEKLY, chosen_at=LONG_AGO))
    db.session.flush()
    return karim, thread, post


def test_what_was_to_come_at_once_and_did_not_is_in_the_digest(gent, leen, karim_and_story):
    """A mail that was stopped in time says nothing; one that still waits tells it, and the digest does not too."""
    _karim, _thread, post = karim_and_story
    with clock.at(post.created_at):
        row = tell_of(leen, post, "mention", mail_at=post.created_at)
        mail_queue.queue_mail("notices", key="notices.1", lane=Lane.NOTICE, member_id=leen.id)
        mail = db.session.scalars(db.select(OutgoingMail).filter_by(key="notices.1")).one()
    windows.open_all(END)
    digest = db.session.scalars(db.select(Digest).filter_by(member_id=leen.id)).one()
    for state, mail_id, count in (
        (MailState.QUEUED, None, 1),
        (MailState.CANCELLED, None, 2),
        (MailState.SENT, mail.id, 1),
        (MailState.FAILED, mail.id, 2),
    ):
        mail.state, row.mail_id = state, mail_id
        db.session.flush()
        assert [item.new_count for item in digests.compose(digest).entries] == [count], state


def test_what_is_older_than_a_month_waits_for_a_letter_with_something_in_it(gent, leen, karim_and_story):
    karim, *_story = karim_and_story
    choice = db.session.get_one(DigestChoice, leen.id)
    choice.frequency = Frequency.DAILY
    told = {"member_id": leen.id, "period": "old", "starts_at": END - 2 * WEEK, "ends_at": END - WEEK}
    db.session.add(Digest(**told, state=DigestState.SENT, created_at=END))
    db.session.flush()

    def next_letter(days):
        windows.open_all(END + timedelta(days=days))
        mail = db.session.scalars(db.select(OutgoingMail).filter_by(state=MailState.QUEUED)).one()
        digest = db.session.get_one(Digest, mail.payload["digest_id"])
        try:
            letter = letters.letter_for(mail).digest
        except NothingToSend as nothing:
            mail.state = MailState.CANCELLED
            digests.mark_skipped(digest, nothing.reason)
            return nothing.reason
        mail.state = MailState.SENT
        digests.mark_sent(digest.id, letter)
        return len(letter.entries), len(letter.lessons), letter.older_threads

    assert next_letter(60) == windows.ONLY_OLDER
    make_lesson(gent, karim, at=END)
    assert next_letter(61) == (0, 1, 1), "also a lesson from before"
    assert next_letter(62) == windows.EMPTY
