"""What a letter of a digest costs when many are made together."""

import statistics
import tracemalloc
from datetime import timedelta

import pytest

from forum.domain.digests import windows
from forum.domain.mailing import mail_claims
from forum.infra import clock
from forum.infra.connections import reading
from forum.infra.db import db
from forum.infra.rows import insert_new
from forum.jobs import letters
from forum.jobs.composed_digests import ComposedDigests
from forum.models.accounts import Member
from forum.models.mail import Lane
from forum.models.spaces import Membership, Role
from forum.models.subscriptions import DigestChoice, Frequency
from tests.factories import LONG_AGO, make_member, make_space, make_thread

FEW, MEMBERS = 250, 2_000
STATEMENTS = 2  # a letter, on average
STRAIGHT = 1.1  # times as much a letter, or a batch, among eight times as many members


def members_of(spaces, first, last):
    """Members who get a digest each week, without a function: so many are made at once."""
    rows = [
        {
            "handle": f"lid-{number}",
            "name": f"Lid {number}",
            "sort_key": f"lid {number:05d}",
            "email": f"lid-{number}@people.test",
            "password_stamp": f"{number:032d}",
            "locale": "nl",
            "timezone": "Europe/Brussels",
            "created_at": LONG_AGO,
            "confirmed_at": LONG_AGO,
            "approved_at": LONG_AGO,
            "all_read_at": LONG_AGO,
        }
        for number in range(first, last)
    ]
    ids = [
        row.id
        for at in range(0, len(rows), 500)
        for row in insert_new(Member, rows[at : at + 500], Member.id)
    ]
    for at in range(0, len(ids), 500):
        some = ids[at : at + 500]
        insert_new(
            Membership,
            [
                {
                    "member_id": one,
                    "space_id": spaces[one % len(spaces)].id,
                    "role": Role.MEMBER,
                    "since_at": LONG_AGO,
                }
                for one in some
            ],
        )
        insert_new(
            DigestChoice,
            [
                {
                    "member_id": one,
                    "frequency": Frequency.WEEKLY,
                    "chosen_at": clock.now() - timedelta(days=9),
                }
                for one in some
            ],
        )


def made_for(count_queries):
    """Make the letters of all whose window is due: of whom, how many statements, and the most memory of a batch."""
    windows.open_all(clock.now())
    db.session.commit()
    made, composed, statements, peaks = [], ComposedDigests(), 0, []
    while mails := mail_claims.claim(Lane.BULK, owner="here", most=50):
        db.session.commit()
        tracemalloc.start()
        with count_queries() as seen:
            for position, mail in enumerate(mails):
                with reading():
                    maker = composed.maker(mail, mails[position + 1 :])
                    made.append(letters.letter_for(mail, maker).digest.member_id)
                    db.session.rollback()
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        # Without the savepoints of the test's own session.
        statements += sum(one.lstrip("( \n").startswith(("SELECT", "WITH")) for one in seen.statements)
    return made, statements, statistics.median(peaks)


@pytest.mark.proof
def test_a_letter_takes_few_statements_and_no_more_memory_however_many_are_made(count_queries):
    spaces = [make_space(name) for name in ("Aalst", "Genk", "Gent")]
    author = make_member("Ann", space=spaces[0])
    for number in range(40):
        at = clock.now() - timedelta(days=1 + number % 12)
        make_thread(spaces[number % 3], author, title=f"T{number}", at=at)
    members_of(spaces, 0, FEW)
    few, few_statements, few_peak = made_for(count_queries)
    members_of(spaces, FEW, FEW + MEMBERS)
    made, statements, peak = made_for(count_queries)
    assert (len(set(few)), len(set(made))) == (len(few), len(made)) == (FEW, MEMBERS)
    assert few_statements <= STATEMENTS * FEW
    assert statements <= STATEMENTS * MEMBERS
    # A letter of many takes no more than one of few: in a straight line, at most.
    assert statements / MEMBERS <= few_statements / FEW * STRAIGHT
    assert peak <= few_peak * STRAIGHT
