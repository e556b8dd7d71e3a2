"""Every kind of letter: in its reader's words, with the headers that mail systems ask for, and nothing of others."""

import base64
import contextlib
import itertools
import re
from datetime import timedelta
from urllib.parse import unquote

import pytest

from forum.domain.audit import undoable
from forum.domain.consents import rounds
from forum.domain.desk import long_unattended
from forum.domain.digests import subscriptions, windows
from forum.domain.lessons import lessons, review_requests
from forum.domain.mailing import bounces, mail_queue, notice_choices
from forum.domain.mailing.kinds import stop_of_letter
from forum.domain.moderation import hiding, revisions
from forum.domain.people import capacities, mail_links
from forum.domain.spaces import deputies, stand_ins
from forum.domain.threads import posts
from forum.infra import clock, days, lmtp
from forum.infra.db import db
from forum.jobs import incoming, letter_kinds, letters
from forum.jobs.letter_content import NothingToSend
from forum.models.absences import ModeratorAbsence
from forum.models.accounts import Capacity, Member, NetworkRole
from forum.models.bounces import BounceKind
from forum.models.drafts import Draft
from forum.models.lessons import ReviewRequest
from forum.models.mail import Lane, OutgoingMail
from forum.models.nobody_there import StandIn, UnattendedSpace
from forum.models.spaces import Audience, Invitation, JoinRequest, Role, Space
from forum.models.subscriptions import Frequency
from forum.models.undo import UndoableAct, UndoKind
from tests import consent_scenario, lesson_scenario, letter_check
from tests.domain.digests.test_digests import make_lesson
from tests.factories import actor, ask_for_access, make_member, make_post, make_space, make_thread
from tests.letter_check import parts
from tests.notices import tell_by_mail
from tests.sweeps import once

SECURITY = (
    "invitation",
    "confirm_email",
    "already_member",
    "reset_password",
    "password_changed",
    "address_works",
)
REVIEW = (
    "review_request",
    "review_reminder",
    "review_declined",
    "review_lapsed",
    "review_shortened",
    "review_weakened",
)
CONSENT = ("consent_request", "consent_reminder", "consent_withdrawn", "consent_closed")
NOBODY_THERE = ("deputy_stands_in", "space_unattended")
NOTICES = "notices"  # its stop is that of what it carries
NO_LIST = tuple(kind for kind in sorted(letter_kinds.KINDS) if kind != NOTICES and not stop_of_letter(kind))


def queued(kind, *, member=None, invitation=None, asked=None, **payload):
    mail_queue.queue_mail(
        kind,
        key=f"{kind}.1",
        member_id=member.id if member else None,
        invitation_id=invitation.id if invitation else None,
        access_request_id=asked.id if asked else None,
        lane=Lane.NOTICE,
        payload=payload,
    )
    return db.session.scalars(db.select(OutgoingMail).where(OutgoingMail.key == f"{kind}.1")).one()


def invite(space, keeper, **over):
    values = {
        "space_id": space.id, "email": "an@people.test", "role": Role.MEMBER, "locale": "en",
        "invited_by_id": keeper.id, "responsible_id": keeper.id,
        "invited_at": clock.now(), "expires_at": clock.now() + timedelta(days=28),
    }  # fmt: skip
    row = Invitation(**(values | over))
    db.session.add(row)
    db.session.flush()
    return row


def knock(space, person, **over):
    row = JoinRequest(space_id=space.id, member_id=person.id, asked_at=clock.now(), message="May I?", **over)
    db.session.add(row)
    db.session.flush()
    return row


def drafts_that_lapse(person, told_at):
    then = clock.now() - timedelta(days=340)
    for number, no_access_since in enumerate((None, clock.now() - timedelta(days=24))):
        moments = {"changed_at": then, "warned_at": told_at, "check_at": clock.now()}
        db.session.add(
            Draft(
                member_id=person.id, idempotency_key=f"k{number}", form="reply", subject_id=1, fields={"body": "x"},
                no_access_since=no_access_since, **moments,
            )
        )  # fmt: skip
    db.session.flush()


@pytest.fixture
def mail_of(session):
    """A queued mail of a kind, with everything that it is about."""

    def make(kind, locale="en"):
        space = make_space("Aalst", city="aalst")
        keeper = make_member("Marleen", space=space, role=Role.MODERATOR, locale=locale)
        person = make_member("Dirk <b>", space=space, locale=locale)
        if kind == "invitation":
            row = invite(space, keeper, locale=locale, note="Come & see")
            return queued(kind, invitation=row)
        if kind == "confirm_email":
            return queued(kind, asked=ask_for_access(city="aalst", locale=locale))
        if kind in {"join_request", "desk_due"}:
            request = knock(space, make_member("Karim"))
            request.asked_at -= timedelta(days=30)
            return queued(kind, member=keeper, request_id=request.id)
        if kind == "join_answered":
            row = knock(space, person, answered_at=clock.now(), accepted=True)
            return queued(kind, member=person, request_id=row.id)
        if kind in {"lesson_lost_words", "post_hidden", "version_hidden", *NOBODY_THERE}:
            how = _nobody_there_mail if kind in NOBODY_THERE else _hiding_mail
            return how(kind, space, keeper, person)
        if kind in {"cited", "lesson_returned", "lesson_published"}:
            lesson = make_lesson(space, keeper)
            to = person if kind == "cited" else keeper
            return queued(kind, member=to, lesson_id=lesson.id, version_id=lesson.current_id)
        if kind == "drafts_lapse":
            told_at = clock.now()
            drafts_that_lapse(person, told_at)
            return queued(kind, member=person, told_at=told_at.isoformat())
        if kind in CONSENT + REVIEW:
            return (_consent_mail if kind in CONSENT else _review_mail)(kind, locale)
        if kind in {"digest", NOTICES}:
            return (_digest_mail if kind == "digest" else _answer_mail)(space, keeper, person)
        if kind.startswith("capacity_") or kind == "still_right":
            return _capacity_mail(kind, keeper, person)
        return _stopped_mail(person) if kind == "address_works" else queued(kind, member=person)

    return make


def _answer_mail(space, keeper, person):
    return notice_mail(person, make_post(make_thread(space, person), keeper))


def notice_mail(person, *posts, kind="answer"):
    """A mail about posts that a member is told of."""
    tell_by_mail(person, *posts, kind=kind)
    return queued(NOTICES, member=person)


def _nobody_there_mail(kind, space, keeper, person):
    today = days.today()
    db.session.add(
        ModeratorAbsence(member_id=keeper.id, first_day=today, last_day=today, said_at=clock.now())
    )
    if kind == "deputy_stands_in":
        deputies.name(actor(keeper), space.id, handle=person.handle)
        stand_ins.look()
        row = db.session.scalars(db.select(StandIn)).one()
        return queued(kind, member=person, stand_in_id=row.id)
    administrator = make_member("Adem", network_role=NetworkRole.ADMIN, locale=keeper.locale)
    long_unattended.look()
    row = db.session.scalars(db.select(UnattendedSpace)).one()
    return queued(kind, member=administrator, unattended_ids=str(row.id))


def _stopped_mail(person):
    bounces.record(person.email, BounceKind.PERMANENT, report="1", member_id=person.id, sent_at=clock.now())
    return queued("address_works", member=person, since=actor(person).mail_stopped_at.isoformat())


def _hiding_mail(kind, space, keeper, person):
    post = make_post(make_thread(space, keeper), person)
    if kind == "version_hidden":
        posts.edit(actor(person), post.id, body="We visit them.", seen_revision=1)
        revisions.hide(actor(keeper), post.id, 1, reason="Names a <client>")
    else:
        hiding.hide(actor(keeper), post.id, reason="Names a <client>")
    act = db.session.scalars(db.select(UndoableAct)).one()
    if kind in {"post_hidden", "version_hidden"}:
        return queued(kind, member=person, post_id=post.id, act_id=act.id)
    lesson = make_lesson(space, keeper)
    ids = {"lesson_id": lesson.id, "version_id": lesson.current_id, "act_id": act.id}
    return queued(kind, member=keeper, **ids)


def _review_mail(kind, locale):
    scenario = lesson_scenario.build()
    for person in (scenario.curator, scenario.reviewer):
        person.locale = locale
    make_post(scenario.thread, scenario.reviewer)
    lesson = scenario.draft()
    lessons.submit(
        scenario.actor("curator"), lesson.id, audience=Audience.NETWORK, asked_id=scenario.reviewer.id
    )
    request = db.session.scalars(db.select(ReviewRequest)).one()
    if kind == "review_declined":
        review_requests.decline(scenario.actor("reviewer"), lesson.id)
    to = (
        scenario.curator
        if kind in ("review_declined", "review_lapsed", "review_weakened")
        else scenario.reviewer
    )
    act = undoable.note(actor(scenario.author), UndoKind.TAKE_BACK)
    return queued(kind, member=to, request_id=request.id, act_id=act.id)


def _consent_mail(kind, locale):
    scenario = consent_scenario.build(names=("Amina",))
    for person in (scenario.curator, scenario.authors["Amina"]):
        person.locale = locale
    asked = scenario.ask()
    if kind == "consent_withdrawn":
        rounds.withdraw_round(scenario.actor("curator"), scenario.lesson.id)
    if kind == "consent_closed":
        scenario.close(asked)
    to = scenario.curator if kind == "consent_closed" else scenario.authors["Amina"]
    return queued(kind, member=to, round_id=asked.id)


def _capacity_mail(kind, keeper, person):
    held = db.session.scalars(db.select(Capacity).where(Capacity.member_id == person.id)).one()
    if kind == "capacity_refused":
        held.confirmed_at, held.refused_at, held.refused_reason = None, clock.now(), "We do not know you."
    elif kind == "capacity_ended":
        capacities.end(held, by_id=keeper.id)
    elif kind == "still_right":
        held.confirmed_at = clock.now() - timedelta(days=366)
        return queued(kind, member=person)
    return queued(kind, member=person, capacity_id=held.id)


def _digest_mail(space, keeper, person):
    then = clock.now() - timedelta(days=30)
    with clock.at(then):
        subscriptions.choose(actor(person), frequency=Frequency.DAILY)
    at = clock.now() - timedelta(hours=36)
    for number in range(3):
        make_thread(space, keeper, title=f"Story {number} <i>", at=at)
        talk = make_thread(make_space(f"Gent {number}"), keeper, title=f"Talk {number}", at=at)
        make_post(talk, make_member("Lotte"), at=at)
    make_lesson(space, keeper, at=at)
    windows.open_all(clock.now())
    return db.session.scalars(db.select(OutgoingMail).where(OutgoingMail.kind == "digest")).one()


@pytest.mark.parametrize("locale", once(["nl", "en"], "nl"))
@pytest.mark.parametrize("kind", sorted(letter_kinds.KINDS))
def test_every_kind_is_a_whole_letter_in_both_languages(mail_of, kind, locale):
    mail = mail_of(kind, locale)
    message = letters.letter_for(mail).message
    plain, html = parts(message)
    assert letter_check.faults(message, stoppable=kind not in NO_LIST) == []
    assert message["Message-ID"] == mail.message_id
    assert mail.message_id.endswith("@forum.test>")
    assert message["Subject"].strip()
    assert f'<html lang="{"nl-BE" if locale == "nl" else "en"}"' in html
    assert "Dirk <b>" not in html
    assert "Story 0 <i>" not in html
    assert "&lt;" not in plain
    assert "http://forum.test/" in plain
    lines = plain.splitlines()
    for line, following in itertools.pairwise(lines):
        if kind in (*REVIEW, *CONSENT) and line.startswith(("Dag ", "Hello ")):
            assert following == "", "the first sentence is a paragraph of its own"


def language_of(mail, chosen, seen):
    """The language of the letter when its recipient chose one, and saw their last page in another."""
    recipient = db.session.get_one(Member, mail.member_id)
    recipient.locale, recipient.locale_seen = chosen, seen
    db.session.flush()
    return parts(letters.letter_for(mail).message)[1].partition('<html lang="')[2].partition('"')[0]


def test_l1_a_chosen_language_goes_first_and_that_of_the_forum_last(mail_of):
    mail = mail_of("password_changed")
    for chosen, seen, language in [
        ("nl", "en", "nl-BE"), ("en", "nl", "en"), (None, "nl", "nl-BE"), (None, None, "nl-BE"), ("xx", None, "nl-BE")
    ]:  # fmt: skip
        assert language_of(mail, chosen, seen) == language


def without(name):
    return lambda mail: mail.__delitem__(name)


def instead(name, value):
    return lambda mail: mail.replace_header(name, value)


@pytest.mark.parametrize(
    ("plant", "said"),
    [
        (without("List-Unsubscribe"), "no way out"),
        (without("List-Help"), "no help"),
        (instead("List-Post", "<mailto:all@forum.test>"), "a list to write to"),
        (lambda mail: mail._headers.append(("Reply-To", "ann@people.test")), "somebody else reads it"),
        (instead("List-Id", "<Aalst & co.forum.test>"), "no list"),
        (without("X-Auto-Response-Suppress"), "a machine may answer it"),
        (instead("Message-ID", "<mail-12@forum.test>"), "a name that counts or is not ours"),
        (instead("References", "<lesson-5@forum.test>"), "threads by something else than a mark"),
        (lambda mail: mail._headers.append(("Date", "today")), "Date 2 times"),
        (lambda mail: mail.get_body(("plain",)).set_content("Said here: http://forum.test/a"), "an address inside"),
        (lambda mail: mail.get_body(("plain",)).set_content("A\n\nB\n\nC\n---\n"), "a line of marks only"),
        (lambda mail: mail.get_body(("plain",)).set_content("A\n\nB\n\nHello None,\n"), "a value that is not there"),
        (lambda mail: mail.get_body(("plain",)).set_content("A\n\nB\n\n\nC\n"), "more than one empty line"),
        (lambda mail: mail.get_body(("plain",)).set_content("A\nB\n\n<p dir='auto'>C</p>\n"), "HTML in the text"),
        (lambda mail: mail.get_body(("plain",)).set_content("Said here alone\n"), "HTML does not say: Said here alone"),
        (lambda mail: mail.get_body(("html",)).set_content("x" * 61_000, subtype="html"), "bytes"),
    ],
)  # fmt: skip
def test_the_checker_of_mails_finds_what_is_wrong(mail_of, plant, said):
    message = letters.letter_for(mail_of("cited")).message
    plant(message)
    assert said in "\n".join(letter_check.faults(message, stoppable=True))


@pytest.mark.parametrize("kind", ["digest", "cited", NOTICES])
def test_what_comes_unasked_can_be_stopped_from_any_mail_client(mail_of, kind):
    message = letters.letter_for(mail_of(kind)).message
    stop = {NOTICES: "answers"}.get(kind, kind)
    assert message["List-Id"] == f"<{stop}.forum.test>"
    token = message["List-Unsubscribe"].strip("<>").removeprefix("http://forum.test/unsubscribe/")
    assert mail_links.unsubscribing(token).stop == stop


def test_a_mail_to_the_way_back_stops_the_same_list_and_nothing_of_others(app, mail_of, monkeypatch):
    mail = mail_of("cited")
    assert "mailto" not in letters.letter_for(mail).message["List-Unsubscribe"], "nobody would read it"
    monkeypatch.setitem(app.config, "BOUNCE_ADDRESS", "returned@forum.test")
    message = letters.letter_for(mail).message
    assert letter_check.faults(message, stoppable=True) == []
    mail.sent_at = clock.now()
    db.session.flush()
    https, mailto = message["List-Unsubscribe"].split(", ")
    assert https.startswith("<http://forum.test/unsubscribe/")
    address, _, subject = mailto.strip("<>").removeprefix("mailto:").partition("?subject=")
    door = incoming.Reports(app)

    def bring(said, to=address):
        letter = lmtp.Letter("dirk@people.test", to, f"Subject: {said}\r\n\r\n".encode())
        assert (door.knows(to), door.take(letter)) == (True, incoming.TAKEN)

    forged = address.replace("+", "+1")
    for said, to in (
        ("Re: You are quoted", address),
        ("unsubscribe everything", address),
        (unquote(subject), forged),
    ):
        bring(said, to)
        assert notice_choices.stopped_by(mail.member_id) == set()
    bring(unquote(subject))
    assert notice_choices.stopped_by(mail.member_id) == {"cited"}
    bring("unsubscribe answers.mentions.digest.nonsense")
    assert set(notice_choices.chosen(mail.member_id)) == {"cited", "answers", "mentions"}, "as of a bundle"


def test_letters_about_one_thing_belong_together_for_one_reader_and_tell_nobody_what_it_is(mail_of):
    mail = mail_of("cited")
    first = letters.letter_for(mail).message["References"]
    mail.kind = "lesson_returned"
    assert letters.letter_for(mail).message["References"] == first
    mail.member_id = make_member("Ann", space=db.session.scalars(db.select(Space)).first()).id
    assert letters.letter_for(mail).message["References"] not in (None, first)


@pytest.mark.parametrize("kind", once(sorted(letter_kinds.KINDS), "digest"))
def test_l1_every_letter_is_in_the_language_last_seen_and_can_be_stopped_in_whatever_lane(mail_of, kind):
    mail = mail_of(kind)
    if kind not in {"invitation", "confirm_email"}:  # to who has no account yet
        assert language_of(mail, None, "en") == "en"
    for mail.lane in Lane:
        message = letters.letter_for(mail).message
        assert (message["List-Unsubscribe"] is None) == (kind in NO_LIST)
        for part in parts(message):
            assert "None" not in part


def test_a_letter_is_the_same_letter_when_it_is_made_again(mail_of):
    mail = mail_of("digest")
    first, second = letters.letter_for(mail), letters.letter_for(mail)
    assert first.message["Message-ID"] == second.message["Message-ID"]
    assert first.digest.items == second.digest.items
    assert len(first.digest.items) == len(set(first.digest.items)) == 7


def seen_outside(message):
    """Every header of a letter and every address in it, with what stands readable in their signed parts."""
    headers = [f"{name}: {value}" for name, value in message.items() if name != "Date"]
    addresses = [address for part in parts(message) for address in re.findall(r"https?://[^\s\"<>]+", part)]
    seen = [*headers, *addresses]
    for piece in re.findall(r"[\w-]{4,}", " ".join(seen)):
        with contextlib.suppress(ValueError):
            seen.append(base64.urlsafe_b64decode(piece + "=" * (-len(piece) % 4)).decode("latin-1"))
    return "\n".join(seen)


def test_what_is_seen_outside_includes_what_is_signed(mail_of):
    mail = mail_of("reset_password")
    assert f'"m":{mail.member_id},' in seen_outside(letters.letter_for(mail).message)


@pytest.mark.parametrize("kind", once(sorted(letter_kinds.KINDS), "digest"))
def test_no_letter_carries_the_number_of_its_event_or_of_its_mail(mail_of, kind):
    """Whoever gets two letters could else count what happened in between, to all others."""
    first = mail_of(kind)
    event_id, mail_id = 7654321, 8765432
    row = mail_queue.mail_row(
        kind, key=f"{kind}.{event_id}", lane=first.lane, member_id=first.member_id, payload=first.payload
    )
    others = {"invitation_id": first.invitation_id, "id": mail_id}
    second = OutgoingMail(**row | others | {"access_request_id": first.access_request_id})
    db.session.delete(first)
    db.session.flush()
    db.session.add(second)
    db.session.flush()
    seen = seen_outside(letters.letter_for(second).message)
    assert second.message_id in seen
    assert [number for number in (event_id, mail_id) if str(number) in seen] == []


def test_message_ids_of_neighbours_are_strangers_and_each_stays_what_it_is(session):
    def message_id(number):
        return mail_queue.mail_row("confirm_email", key=f"confirm_email.{number}", lane=Lane.DIRECT)[
            "message_id"
        ]

    made = [message_id(number) for number in range(1, 1001)]
    assert made == [message_id(number) for number in range(1, 1001)]
    assert len(set(made)) == 1000
    assert all(re.fullmatch(r"<[\w-]{22}@forum\.test>", one) for one in made)
    for one, other in itertools.pairwise(made):
        assert sum(a == b for a, b in zip(one[1:23], other[1:23], strict=True)) < 8


def test_message_ids_of_another_forum_are_others(app, session):
    own = mail_queue.mail_row("digest", key="digest.7", lane=Lane.BULK)["message_id"]
    kept, app.config["SECRET_KEY"] = app.config["SECRET_KEY"], "another"
    try:
        assert mail_queue.mail_row("digest", key="digest.7", lane=Lane.BULK)["message_id"] != own
    finally:
        app.config["SECRET_KEY"] = kept


def test_no_name_can_add_a_header(session):
    space = make_space("Aalst\r\nBcc: all@people.test")
    keeper = make_member("Eve\r\nBcc: all@people.test", space=space)
    message = letters.letter_for(queued("invitation", invitation=invite(space, keeper))).message
    assert message["Bcc"] is None
    assert b"\nBcc:" not in message.as_bytes().split(b"\r\n\r\n")[0]


@pytest.mark.parametrize(
    ("over", "reason"),
    [("withdrawn_at", "withdrawn"), ("accepted_at", "accepted"), ("expires_at", "expired")],
)
def test_an_invitation_that_no_longer_stands_is_not_sent(session, over, reason):
    space = make_space()
    row = invite(space, make_member(space=space), **{over: clock.now() - timedelta(minutes=1)})
    with pytest.raises(NothingToSend) as obsolete:
        letters.letter_for(queued("invitation", invitation=row))
    assert obsolete.value.reason == reason


def test_whoever_confirmed_already_is_not_asked_again(session):
    make_space("Gent", city="gent")
    owner = make_member()
    with pytest.raises(NothingToSend, match="confirmed"):
        letters.letter_for(queued("confirm_email", asked=ask_for_access(email=owner.email)))


def test_a_moderator_no_longer_hears_who_knocks(mail_of):
    mail = mail_of("join_request")
    db.session.execute(db.text("UPDATE membership SET ended_at = since_at WHERE role = 'moderator'"))
    with pytest.raises(NothingToSend, match="not visible"):
        letters.letter_for(mail)


def test_a_lesson_that_she_may_not_see_any_more_is_not_named(mail_of):
    mail = mail_of("cited")
    db.session.execute(db.text("UPDATE lesson SET audience = 'space'"))
    db.session.execute(db.text("UPDATE membership SET ended_at = since_at WHERE role = 'member'"))
    with pytest.raises(NothingToSend, match="not visible"):
        letters.letter_for(mail)


def test_what_is_stopped_does_not_come_and_what_is_not_does(mail_of):
    mail = mail_of("cited")
    subscriptions.stop(mail.member_id)
    notice_choices.stop(mail.member_id, "answers")
    assert letters.letter_for(mail).message["List-Id"] == "<cited.forum.test>"
    notice_choices.stop(mail.member_id, "cited")
    with pytest.raises(NothingToSend, match="stopped"):
        letters.letter_for(mail)


def test_a_suspended_member_gets_no_letter_at_all(mail_of):
    mail = mail_of("password_changed")
    db.session.execute(db.text("UPDATE member SET suspended_at = created_at"))
    with pytest.raises(NothingToSend, match="suspended"):
        letters.letter_for(mail)
