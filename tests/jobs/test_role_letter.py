"""The mail to somebody who got another role in a space: which role, where it leads, and if something waits there."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.moderation import post_reports
from forum.domain.moderation.post_reports import Said
from forum.domain.spaces import memberships, unmoderated
from forum.infra import clock
from forum.infra.db import db
from forum.jobs import letters
from forum.models.accounts import NetworkRole
from forum.models.mail import OutgoingMail
from forum.models.post_reports import ReportReason
from forum.models.spaces import Role
from tests.factories import actor, make_member, make_post, make_space, make_thread
from tests.letter_check import parts
from tests.notices import react

DESK = "/moderation"


def letter_of(member):
    """Subject, text and HTML of the last mail to somebody."""
    react()
    db.session.commit()
    query = select(OutgoingMail).where(OutgoingMail.member_id == member.id).order_by(OutgoingMail.id.desc())
    with clock.at(clock.now() + timedelta(minutes=11)):
        message = letters.letter_for(db.session.scalars(query).first()).message
    plain, html = parts(message)
    return message["Subject"], " ".join(plain.split()), " ".join(html.split())


@pytest.mark.parametrize(
    ("locale", "subject", "waits"),
    [
        ("en", "You moderate Gent now", "Something waits there for a moderator."),
        ("nl", "Je modereert nu Gent", "Daar wacht iets op een moderator."),
    ],
)
def test_who_is_made_a_moderator_reads_that_and_that_something_waits(session, locale, subject, waits):
    space = make_space("Gent")
    leen = make_member("Leen", space=space, locale=locale)
    post = make_post(make_thread(space, make_member("Karim", space=space)), make_member("Kim", space=space))
    post_reports.report(actor(leen), post.id, Said(ReportReason.SPAM))
    admin = make_member("Adem", network_role=NetworkRole.ADMIN)
    unmoderated.name(actor(admin), space.id, handle=leen.handle)
    found, *texts = letter_of(leen)
    assert found.replace("\u2068", "").replace("\u2069", "") == subject
    for text in texts:
        assert (waits in text, f"/spaces/{space.slug}{DESK}" in text) == (True, True)


def test_of_another_role_it_says_which_and_of_nothing_that_waits(session):
    space = make_space("Gent")
    mia = make_member("Mia", space=space, role=Role.MODERATOR)
    leen = make_member("Leen", space=space, locale="en")
    for role, said in ((Role.MODERATOR, "you moderate it now"), (Role.MEMBER, "you are a full member now")):
        memberships.set_role(actor(mia), space.id, leen.id, role=role)
        _subject, plain, html = letter_of(leen)
        for text in (plain, html):
            assert (said in text, "Something waits" in text) == (True, False)
        assert (f"/spaces/{space.slug}{DESK}" in plain) == (role == Role.MODERATOR)
