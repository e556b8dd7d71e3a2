"""What is drawn once for many letters reaches nobody to whom it would not be drawn just so."""

import re
from dataclasses import fields
from datetime import timedelta
from html import unescape

import pytest

from forum.domain.digests import digests, windows
from forum.domain.digests.composing import Composer
from forum.domain.digests.items import Because, LessonNews, ThreadNews
from forum.domain.digests.letter import LeftOut
from forum.domain.mailing import mail_claims
from forum.domain.people import mail_links
from forum.domain.people.bylines import Byline
from forum.domain.threads import posts
from forum.infra import clock
from forum.infra.connections import reading
from forum.infra.db import db
from forum.infra.i18n import force_locale
from forum.jobs import digest_content, letters
from forum.jobs.composed_digests import ComposedDigests
from forum.models.following import Mention
from forum.models.mail import Lane
from forum.models.spaces import Audience, MailPolicy
from forum.models.subscriptions import Digest, DigestChoice, Frequency
from forum.models.themes import Need
from forum.models.threads import ReadMark
from tests.domain.digests.test_digests import BEFORE, CHOSEN, MONDAY
from tests.factories import actor, join, make_member, make_post, make_space, make_thread


def with_digest(name, space, **over):
    member = make_member(name, space=space, **over)
    db.session.add(DigestChoice(member_id=member.id, frequency=Frequency.WEEKLY, chosen_at=CHOSEN))
    return member


def claimed():
    with clock.at(MONDAY):
        windows.open_all(MONDAY)
        db.session.commit()
        mails = mail_claims.claim(Lane.BULK, owner="here", most=50)
    db.session.commit()
    return mails


def made(mails):
    """The letters of these mails, composed together: by member, HTML and text."""
    composed, found = ComposedDigests(), {}
    for position, mail in enumerate(mails):
        with clock.at(MONDAY), reading():
            maker = composed.maker(mail, mails[position + 1 :])
            assert maker is not None
            letter = letters.letter_for(mail, maker)
            found[letter.digest.member_id] = (letter.html, letter.text)
            db.session.rollback()
    return found


def forget_drawn():
    for kept in (
        digest_content._frames,
        digest_content._item,
        digest_content._line,
        digest_content._line_frames,
    ):
        kept.cache_clear()


def test_readers_of_one_batch_get_what_each_would_get_alone(session):
    aalst, genk = make_space("Aalst", city="aalst"), make_space("Genk", city="genk")
    quiet = make_space("Gent", city="gent", mail_policy=MailPolicy.LINK)
    ann = make_member("Ann Author", space=aalst)
    asker = with_digest("Asker", aalst, locale="en", timezone="Europe/Brussels")
    story = make_thread(aalst, asker, title="Open story", at=BEFORE)
    for _ in range(3):
        make_post(story, ann, at=BEFORE + timedelta(minutes=5))
    make_thread(genk, ann, title="Genk inside", body="Genk words", audience=Audience.SPACE, at=BEFORE)
    make_thread(quiet, ann, title="Unsaid title", body="Unsaid words", at=BEFORE)
    # Eleven at night in Brussels, the next day in Tokyo.
    late = BEFORE.replace(hour=22, minute=0)
    make_thread(aalst, ann, title="Who knows", need=Need.STORIES, at=late)
    near, inside = with_digest("Near", aalst, locale="en"), with_digest("Inside", genk, locale="en")
    flemish = with_digest("Vlaming", aalst, locale="nl", timezone="Europe/Brussels")
    far = with_digest("Far", aalst, locale="nl", timezone="Asia/Tokyo")
    ahead = with_digest("Ahead", aalst, locale="en")
    db.session.add(ReadMark(member_id=ahead.id, thread_id=story.id, last_number=2, read_at=BEFORE))
    readers = (asker, near, inside, flemish, far, ahead)
    mails = claimed()
    forget_drawn()
    together = made(mails)
    assert together.keys() == {reader.id for reader in readers}
    again = made(mails[::-1])
    assert again == together, "whoever comes first decides nothing"
    for mail in mails:
        forget_drawn()
        assert made([mail]) == {mail.member_id: together[mail.member_id]}
    for reader in readers:
        for part in together[reader.id]:
            assert ("Genk inside" in part, "Genk words" in part) == (reader is inside, False)
            assert "Unsaid" not in part
            assert ("answered your story" in part) == (reader is asker)
            assert ("#post-3" in part, "Nieuw" in part or "nieuw" in part) == (
                reader is ahead,
                reader in (flemish, far),
            )
    assert together[flemish.id] != together[far.id], "the day of a story is that of the reader's zone"


def test_a_name_or_a_right_that_changed_since_is_in_no_letter_after_that(session):
    aalst, genk = make_space("Aalst", city="aalst"), make_space("Genk", city="genk")
    ann = make_member("Ann Author", space=aalst)
    make_thread(aalst, ann, title="Open story", at=BEFORE)
    make_thread(genk, ann, title="Genk inside", audience=Audience.SPACE, at=BEFORE)
    near = with_digest("Near", aalst)
    place = join(near, genk)
    mails = claimed()
    for part in made(mails)[near.id]:
        assert "Ann Author" in part
        assert "Genk inside" in part
    ann.name, aalst.mail_policy = "Somebody Else", MailPolicy.TITLE
    db.session.delete(place)
    db.session.commit()
    for part in made(mails)[near.id]:
        assert "Somebody Else" in part
        assert "Ann Author" not in part
        assert "Genk inside" not in part


def test_a_title_that_was_changed_since_the_candidates_were_read_is_in_no_letter(session):
    aalst = make_space("Aalst", city="aalst")
    ann = make_member("Ann Author", space=aalst)
    story = make_thread(aalst, ann, title="What happened to Mrs Peeters", at=BEFORE)
    readers = [with_digest(name, aalst) for name in ("First", "Second")]
    windows.open_all(MONDAY)
    rows = db.session.scalars(db.select(Digest).order_by(Digest.id)).all()
    composer, found = Composer(), []
    for row in rows:
        (make,) = digests.compose_many([row], composer).values()
        found.append(make().entries[0])
        posts.show_heading(story, "What happened to somebody", "<p>Words</p>")
        db.session.flush()
    assert len(readers) == len(found)
    assert [(one.title, one.slug) for one in found] == [
        ("What happened to Mrs Peeters", "what-happened-to-mrs-peeters"),
        ("What happened to somebody", "what-happened-to-somebody"),
    ]


def test_a_mention_is_by_who_wrote_it_and_not_by_who_wrote_last(session):
    aalst = make_space("Aalst", city="aalst")
    ann, bert, cis = (make_member(name, space=aalst) for name in ("Ann", "Bert", "Cis"))
    reader = with_digest("Reader", aalst, locale="en")
    thread = make_thread(aalst, ann, at=BEFORE)
    named = make_post(thread, bert, at=BEFORE + timedelta(minutes=1))
    make_post(thread, ann, at=BEFORE + timedelta(minutes=2))
    db.session.add(Mention(post_id=named.id, member_id=reader.id, handle="r", revision=1))
    assert at_monday(reader) == [("Ann", "Bert mentioned you")]
    make_post(thread, cis, at=BEFORE + timedelta(minutes=3))
    assert at_monday(reader) == [("Cis", "You are mentioned")], "of many only who wrote last has a name"


def at_monday(reader):
    db.session.flush()
    with clock.at(MONDAY), force_locale("en"):
        return [(one.newest_by.name, one.what) for one in digests.preview(actor(reader)).entries]


def test_no_name_and_no_title_is_a_hole_of_the_frame_or_cuts_an_item(session):
    aalst = make_space("Aalst & <b>", city="aalst")
    odd = '\ue000unsubscribe_url\ue001 <!--cut--> & "it\'s" \xa0 <i>'
    ann = make_member(f"Ann {odd}", space=aalst)
    make_thread(aalst, ann, title=f"Story {odd}", body=odd, need=Need.STORIES, at=BEFORE)
    readers = [with_digest(name, aalst, locale="en") for name in (f"Reader {odd}", "Other")]
    found = made(claimed())
    for reader in readers:
        html, text = found[reader.id]
        shown = unescape(re.sub(r"<style>.*?</style>|<[^>]+>", "", html, flags=re.DOTALL))
        for part in (shown, text):
            assert f"Hello {reader.name}\n" in part
            assert part.count(f"Story {odd}") == part.count("Story"), "in the title and in the item"
            assert "In Aalst & <b>, where you belong" in part
        tokens = [re.findall(r"/unsubscribe/([\w.-]+)", part) for part in (html, text)]
        assert tokens[0] == tokens[1]
        assert len(tokens[0]) == 1
        assert mail_links.unsubscribing(tokens[0][0]).member_id == reader.id


@pytest.mark.parametrize("kind", [ThreadNews, LessonNews, Because, Byline, LeftOut])
def test_no_value_of_an_item_is_left_out_of_what_it_is_kept_by(kind):
    assert kind.__hash__ is not object.__hash__
    assert all(field.compare and field.hash is not False for field in fields(kind))
