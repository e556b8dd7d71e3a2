"""Who is told of an act on their post reads in one line on which house rule it rests, as far as they may."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.held_posts import choosing, deciding, sending
from forum.domain.held_posts.choosing import Choice
from forum.domain.house_rules import acceptance, publishing
from forum.domain.house_rules.publishing import Text
from forum.domain.inbox import notices
from forum.domain.moderation import deleting, hiding, leaving_out, settling
from forum.domain.moderation.post_reports import Said, report
from forum.domain.moderation.settling import Verdict
from forum.infra import clock, days, i18n
from forum.infra.db import db
from forum.jobs import event_processing, letters
from forum.models.accounts import Member
from forum.models.house_rules import HouseRule
from forum.models.mail import OutgoingMail
from forum.models.post_reports import ReportOutcome, ReportReason
from forum.models.spaces import MailPolicy
from forum.models.threads import Thread
from tests.factories import actor, make_member, make_post, make_thread
from tests.letter_check import parts

RULE = "House rule 1: Nobody is named"


@pytest.fixture
def town(gent, leen, moderator):
    """Rules of Gent, a post of Leen, and the number of the rule as a form sends it."""
    publishing.publish(actor(moderator), gent.id, Text("## Nobody is named\n\nNo names.", ""), seen=0)
    post = make_post(make_thread(gent, make_member("Karim", space=gent)), leen, "Ask Jan Peeters.")
    db.session.commit()
    return post, str(db.session.scalars(select(HouseRule.id)).one())


def hide(who, space, post, rule):
    hiding.hide(actor(who), post.id, reason="A name.", rule=rule)


def delete(who, space, post, rule):
    deleting.delete(actor(who), post.id, reason="A name.", rule=rule)


def leave_out(who, space, post, rule):
    leaving_out.leave_out(actor(who), post.id, words="Jan Peeters", reason="A name.", rule=rule)


def ask(who, space, post, rule):
    report(actor(make_member("Ruth", space=space)), post.id, Said(ReportReason.WRONG))
    settling.settle(actor(who), post.id, Verdict(ReportOutcome.ASKED, "A name.", "", rule))


def refuse(who, space, post, rule):
    tomorrow = days.today() + timedelta(days=1)
    choosing.choose(actor(who), space.id, Choice(everybody_until=tomorrow))
    author = actor(db.session.get_one(Member, post.author_id))
    acceptance.accept(author, space.id, 1)
    held = sending.reply(author, post.thread_id, body="Jan Peeters.", idempotency_key=str(uuid.uuid4()))
    deciding.refuse(actor(who), held.id, seen=held.revision, reason="A name.", rule=rule)


def lines(author):
    """What the author reads of it on their page of notices, then."""
    with clock.at(clock.now() + timedelta(minutes=40)), i18n.force_locale("en"):
        return [line for group in notices.page(actor(author)).rows for line in group.lines]


def mailed(author):
    """The text and the HTML of the letters that the author gets in half an hour."""
    db.session.commit()
    event_processing.process_due()
    with clock.at(clock.now() + timedelta(minutes=40)):
        mails = select(OutgoingMail).where(OutgoingMail.member_id == author.id)
        return [parts(letters.letter_for(mail).message) for mail in db.session.scalars(mails)]


@pytest.mark.parametrize("act", [hide, delete, leave_out, ask, refuse], ids=lambda act: act.__name__)
def test_a_letter_and_a_notice_name_the_rule_and_lead_to_it(session, gent, leen, moderator, town, act):
    act(moderator, gent, *town)
    [(plain, html)] = mailed(leen)
    for part in (plain, html):
        assert (RULE in part, f"/spaces/{gent.slug}/rules/1" in part, "No names." in part) == (
            True,
            True,
            False,
        )
    assert [line.rule for line in lines(leen)] == [RULE]


def test_no_rule_where_it_rests_on_none_or_the_space_keeps_titles_out_of_mail(
    session, gent, leen, moderator, town
):
    post, rule = town
    second = make_post(db.session.get_one(Thread, post.thread_id), leen, "And Jan Peeters too.")
    leave_out(moderator, gent, post, "other")
    gent.mail_policy = MailPolicy.LINK
    leave_out(moderator, gent, second, rule)
    for part in (part for letter in mailed(leen) for part in letter):
        assert "House rule" not in part
    assert {line.post_id: line.rule for line in lines(leen)} == {post.id: "", second.id: RULE}


def test_each_notice_names_the_rule_of_its_own_act(session, gent, leen, moderator, town):
    post, rule = town
    with clock.at(clock.now() - timedelta(hours=1)):
        leaving_out.leave_out(actor(moderator), post.id, words="Peeters", reason="A name.", rule=rule)
    leaving_out.leave_out(actor(moderator), post.id, words="Jan", reason="One more.", rule="other")
    db.session.commit()
    event_processing.process_due()
    assert sorted(line.rule for line in lines(leen)) == ["", RULE]
