"""A restored copy holds its mail, and sends nothing that was due before the restore once it is released."""

from forum.domain.mailing import hold, mail_claims, mail_queue
from forum.infra import clock
from forum.infra.db import db
from forum.models.mail import Lane, MailState, OutgoingMail
from forum.models.maintenance import RestoredCopy
from forum.models.subscriptions import Digest, DigestState
from tests.domain.mailing.test_mail_queue import DAY, HOUR, MINUTE, SECOND, claim, queue
from tests.factories import LONG_AGO, make_member


def test_a_restored_copy_holds_all_mail_and_then_sends_only_what_falls_due_after_the_restore(session):
    restored, member_id = LONG_AGO + HOUR, make_member().id
    with clock.at(LONG_AGO):
        queue("p1", member_id=member_id)
    queue("due at that moment", member_id=member_id, due_at=restored)
    assert (hold.restored_copy(), hold.holding_copy(), hold.release()) == (None, None, None)
    db.session.add(RestoredCopy(id=1, backup_made_at=LONG_AGO + MINUTE, restored_at=restored))
    db.session.flush()
    with clock.at(restored + MINUTE):
        queue("after", member_id=member_id)
        queue("of an old event", member_id=member_id, due_at=restored)
        assert hold.is_held()
        assert hold.holding_copy().restored_at == hold.restored_at() == restored
        assert not mail_claims.anything_due(Lane.DIRECT)
        assert claim() == []
        assert hold.release() == 2
        assert hold.release() is None
        assert hold.holding_copy() is None
        assert hold.restored_copy().released_at == clock.now()
        assert [each.key for each in claim()] == ["after"]
        assert not queue("of an old event", member_id=member_id)
        queue("of another old event", member_id=member_id, due_at=restored - DAY)
        assert claim() == []
    cancelled = db.select(OutgoingMail.key).where(
        OutgoingMail.state == MailState.CANCELLED, OutgoingMail.reason == "restored"
    )
    assert set(db.session.scalars(cancelled)) == {
        "p1", "due at that moment", "of an old event", "of another old event",
    }  # fmt: skip


def test_a_restored_copy_gives_its_letters_other_names_than_the_forum_it_is_a_copy_of(session):
    def named():
        queue("a.1", member_id=make_member("Leen").id)
        mail = db.session.scalars(db.select(OutgoingMail).where(OutgoingMail.key == "a.1")).one()
        name = mail.message_id
        db.session.delete(mail)
        db.session.flush()
        return name

    own = named()
    copy = RestoredCopy(id=1, backup_made_at=clock.now() - DAY, restored_at=clock.now() - DAY)
    db.session.add(copy)
    db.session.flush()
    restored = named()
    assert named() == restored != own
    copy.restored_at = clock.now()
    db.session.flush()
    assert named() not in {own, restored}


def test_mail_of_before_and_after_a_restore_can_be_queued_together(session):
    now = clock.now()
    db.session.add(RestoredCopy(id=1, backup_made_at=now, restored_at=now, released_at=now))
    db.session.flush()
    member_id = make_member().id
    rows = [
        mail_queue.mail_row("digest", key=key, lane=Lane.BULK, member_id=member_id, due_at=due_at)
        for key, due_at in (("after", now + SECOND), ("before", now))
    ]
    assert mail_queue.queue_rows(rows) == 2
    found = {mail.key: (mail.state, mail.reason) for mail in db.session.scalars(db.select(OutgoingMail))}
    assert found == {"after": (MailState.QUEUED, ""), "before": (MailState.CANCELLED, hold.RESTORED)}


def test_windows_of_digests_that_ended_before_the_restore_are_skipped_by_the_release(session):
    now, member_id = clock.now(), make_member().id
    ends = {"before": now - SECOND, "then": now, "after": now + SECOND, "went out": now - SECOND}
    for period, ends_at in ends.items():
        state = DigestState.SENT if period == "went out" else DigestState.QUEUED
        window = Digest(member_id=member_id, period=period, state=state, created_at=now)
        window.starts_at, window.ends_at = ends_at - DAY, ends_at
        db.session.add(window)
    db.session.add(RestoredCopy(id=1, backup_made_at=now, restored_at=now))
    db.session.flush()
    assert hold.release() == 0
    db.session.expire_all()
    assert {each.period: (each.state, each.reason) for each in db.session.scalars(db.select(Digest))} == {
        "before": (DigestState.SKIPPED, "restored"),
        "then": (DigestState.SKIPPED, "restored"),
        "after": (DigestState.QUEUED, ""),
        "went out": (DigestState.SENT, ""),
    }
