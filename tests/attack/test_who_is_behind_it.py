"""Side doors 11, 13 and 20 of other forums, where moderators act: standing that ended, whose words, names.

Each is tried by who may and by who may not; what leaves as e-mail is read where a server on loopback took it.
"""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from forum.domain.held_posts import choosing, sending
from forum.domain.held_posts.choosing import Choice
from forum.domain.moderation import hiding, measure_objections, narrowing, objections, post_reports, settling
from forum.domain.moderation.post_reports import Said
from forum.domain.moderation.settling import Verdict
from forum.domain.people import accounts
from forum.domain.regrouping import answering
from forum.domain.spaces import deputies, join_requests, measures, memberships, person_page
from forum.domain.spaces.measures import Decision
from forum.domain.threads import nominations
from forum.infra import clock, days
from forum.infra.db import db
from forum.jobs import calendar, event_processing, worker
from forum.models.accounts import NetworkRole
from forum.models.desk import DeskNote
from forum.models.held import HeldPost
from forum.models.measures import MeasureKind
from forum.models.notes import SpaceNote
from forum.models.post_reports import PostReport, PostSettlement, ReportOutcome, ReportReason
from forum.models.regrouping import Agreement
from forum.models.spaces import Audience, Role
from forum.models.threads import Post
from tests.attack.test_doors_of_moderators import letters_to
from tests.attack.test_side_doors_of_moderation import MARK, WORDS, after_undo, met
from tests.factories import actor, make_member, make_post, make_space, make_thread, sign_in, submit
from tests.sweeps import few_of

NAME = MARK.capitalize()


def work(moment):
    """Let the worker and the calendar of the mornings do what is due at a moment."""
    with clock.at(moment):
        event_processing.process_due()
        calendar.mail_desks()
        db.session.commit()
        worker.run_until_idle()
        db.session.commit()


def morning(workday):
    """Eight o'clock of a Monday, of that many weeks from now."""
    start = clock.now().replace(hour=7, minute=30, second=0, microsecond=0)
    return start + timedelta(days=(7 - start.weekday()) % 7 + 7 * workday)


def a_member(els, wouter, gent):
    memberships.set_role(actor(wouter), gent.id, els.id, role=Role.MEMBER)


def a_guest(els, wouter, gent):
    memberships.set_role(actor(wouter), gent.id, els.id, role=Role.GUEST)


def removed(els, wouter, gent):
    memberships.remove(actor(wouter), gent.id, els.id, reason="Thank you.")


def suspended(els, wouter, gent):
    admin = make_member("Bas", network_role=NetworkRole.ADMIN)
    accounts.suspend(actor(admin), els.id, reason="For now.")


@pytest.mark.parametrize("demote", few_of([a_member, a_guest, removed, suspended], a_member))
def test_side_door_11_who_moderates_no_more_hears_nothing_of_the_desk(
    app, gent, leen, moderator, smtp, demote
):
    els, genk = make_member("Els", space=gent, role=Role.MODERATOR), make_space("Genk", city="genk")
    for which in ("before", "after"):
        asker = make_member(f"{NAME} {which}", space=genk)
        asked = join_requests.request_to_join(actor(asker), gent.id, message=WORDS)
        if which == "before":
            event_processing.process_due()
            work(clock.now())
            assert MARK in letters_to(smtp, els).casefold(), "she was told while she moderated"
            # Another waits for the worker, and the mail of the morning for its hour, when she is demoted.
    smtp.received.clear()
    demote(els, moderator, gent)
    known = {"slug": [gent.slug], "member_id": [asker.id], "handle": [els.handle], "request_id": [asked.id]}
    work(clock.now() + timedelta(minutes=11))
    work(morning(2))
    assert MARK not in letters_to(smtp, els).casefold()
    assert "wacht" not in letters_to(smtp, els), "no mail of the morning"
    assert MARK in letters_to(smtp, moderator).casefold()
    of_space = {one for one in met(app, moderator, **known) if one != "/people"}
    assert {"/desk", "/notifications"} <= of_space
    if demote is not suspended:
        her_pages = met(app, els, **known)
        assert {one for one in her_pages if "people" not in one and "search" not in one} == set()


def test_side_door_11_who_stands_in_no_more_hears_nothing_of_what_is_the_moderators_own(
    app,
    gent,
    leen,
    moderator,
    smtp,
):
    els = make_member("Els", space=gent)
    thread = make_thread(gent, leen)
    own = [make_post(thread, moderator, f"Mine, {number}.") for number in (1, 2)]
    deputies.name(actor(moderator), gent.id, handle=els.handle)
    for minutes in (5, 10):
        work(clock.now() + timedelta(minutes=minutes))
    smtp.received.clear()
    browser = app.test_client()
    sign_in(browser, els)
    for post, stands_in in zip(own, (True, False), strict=True):
        if not stands_in:
            deputies.end(actor(moderator), gent.id)
        post_reports.report(actor(leen), post.id, Said(ReportReason.OTHER, WORDS))
        for minutes in (15, 20):
            work(clock.now() + timedelta(minutes=minutes))
        page = browser.get(f"/posts/{post.id}/settlement")
        assert (page.status_code == 200, MARK in page.text.casefold()) == (stands_in, stands_in)
        assert bool(letters_to(smtp, els)) is stands_in
        smtp.received.clear()
    assert browser.get(f"/posts/{own[0].id}/settlement").status_code in (403, 404), (
        "nor of the first any more"
    )


def rows():
    """How much there is of what only moderators write, and what became of what waits for them."""
    counted = [DeskNote, PostSettlement, SpaceNote, Post]
    numbers = [db.session.scalar(select(func.count()).select_from(model)) for model in counted]
    db.session.expire_all()
    return numbers, [one.outcome for one in db.session.scalars(select(HeldPost))]


def test_side_door_13_only_moderators_write_where_only_moderators_read(app, gent, leen, moderator):
    karim = make_member("Karim", space=gent)
    thread = make_thread(gent, leen, audience=Audience.NETWORK, axis=None)
    hidden_story = make_thread(gent, leen, audience=Audience.NETWORK)
    post, hidden = make_post(thread, karim, WORDS), make_post(thread, karim, WORDS)
    hiding.hide(actor(moderator), hidden.id, reason="A name.")
    opening = db.session.scalars(select(Post).where(Post.thread_id == hidden_story.id)).one()
    hiding.hide(actor(moderator), opening.id, reason="A name.")
    post_reports.report(actor(leen), post.id, Said(ReportReason.OTHER, WORDS))
    choosing.choose(actor(moderator), gent.id, Choice(everybody_until=days.today() + timedelta(days=1)))
    held = [
        sending.reply(
            actor(karim),
            thread.id,
            body=f"{WORDS} {n}",
            idempotency_key=f"2f4c1c0e-0000-4000-8000-00000000000{n}",
        )
        for n in (1, 2)
    ]
    choosing.choose(actor(moderator), gent.id, Choice())
    genk = make_space("Genk", city="genk")
    els = make_member("Els", space=gent)
    deputies.name(actor(moderator), gent.id, handle=els.handle)
    former = make_member("Rik", space=gent, role=Role.MODERATOR)
    memberships.set_role(actor(moderator), gent.id, former.id, role=Role.MEMBER)
    db.session.commit()
    sent = {
        f"/desk/items/reported-{post.id}/notes": {"words": "Watch him."},
        f"/desk/items/reported-{post.id}/taking": {},
        f"/spaces/{gent.slug}/moderation/people/{karim.id}/notes": {"words": "Watch him."},
        f"/spaces/{gent.slug}/moderation/held/{held[0].id}/approval": {"seen": "1"},
        f"/spaces/{gent.slug}/moderation/held/{held[1].id}/refusal": {"seen": "1", "reason": "A name."},
        f"/posts/{post.id}/settlement": {"outcome": "left"},
        f"/spaces/{gent.slug}/notes": {"title": "Hello", "body": "Words."},
    }
    answer = {"body": "An answer.", "idempotency_key": "2f4c1c0e-0000-4000-8000-000000000009"}
    below_hidden = f"/threads/{hidden_story.id}/replies"
    others = {
        "member": leen, "author": karim, "deputy": els, "former moderator": former, "visitor": None,
        "guest": make_member("Hanne", space=gent, role=Role.GUEST),
        "moderator elsewhere": make_member("Mia", space=genk, role=Role.MODERATOR),
        "editor": make_member("Bo", network_role=NetworkRole.EDITOR),
    }  # fmt: skip
    before = rows()
    for name, member in others.items():
        browser = app.test_client()
        if member is not None:
            sign_in(browser, member)
        for address, values in {**sent, below_hidden: answer}.items():
            if address == below_hidden and member is leen:
                continue  # it is her own story, and she reads it still
            told = submit(browser, address, values)
            refused = told.status_code in (403, 404) or (member is None and told.status_code in (302, 303))
            assert refused, (name, address, told.status_code)
        assert rows() == before, name
    # What somebody quotes of a hidden post by its number is not there, and their post is one as any other.
    browser, key = app.test_client(), "2f4c1c0e-0000-4000-8000-000000000010"
    sign_in(browser, leen)
    told = submit(
        browser,
        f"/threads/{thread.id}/replies",
        {"body": f"[quote {hidden.number}: 0-9]\nSo.", "idempotency_key": key},
    )
    assert told.status_code == 303
    quoting = db.session.scalars(select(Post).where(Post.idempotency_key == key)).one()
    page = app.test_client()
    sign_in(page, others["moderator elsewhere"])
    shown = page.get(f"/threads/{thread.id}-{thread.slug}").text
    assert f'id="post-{quoting.number}"' in shown
    assert shown.casefold().count(MARK) == 1, "in the post that stands, and nowhere else"
    sign_in(browser := app.test_client(), moderator)
    for address, values in sent.items():
        assert submit(browser, address, values).status_code in (302, 303), address
    assert rows() != before


@pytest.mark.parametrize("reader", few_of(["author", "member", "elsewhere"], "author"))
def test_side_door_20_no_list_and_no_line_names_who_spoke_to_moderators(
    app, gent, leen, moderator, mia, smtp, reader
):
    """They reported, nominated, refused, objected and were muted: moderators know who, and nobody else does."""
    karim, secret = make_member("Karim", space=gent), make_member(NAME, space=gent)
    els = make_member("Els", space=gent, role=Role.MODERATOR)
    thread = make_thread(gent, leen, audience=Audience.SPACE, title="A street")
    post, own = make_post(thread, karim, "The one next door."), make_post(thread, secret, "And with us.")
    who = {"author": karim, "member": leen, "elsewhere": mia}[reader]
    known = {
        "thread_id": [thread.id], "post_id": [post.id], "slug": [gent.slug, thread.slug], "number": [2, 3],
        "handle": [karim.handle], "member_id": [karim.id],
    }  # fmt: skip
    db.session.commit()
    named = met(app, who, **known)
    post_reports.report(actor(secret), post.id, Said(ReportReason.HURTFUL, "It hurts."))
    nominations.nominate(actor(secret), thread.id)
    narrowing.ask_authors(actor(moderator), thread.id, audience=Audience.NETWORK)
    after_undo()
    agreement = db.session.scalars(select(Agreement).where(Agreement.author_id == secret.id)).one()
    seen = answering.digest_of(actor(secret), agreement.id)
    answering.answer(actor(secret), agreement.id, agreed=False, seen=seen)
    hiding.hide(actor(moderator), own.id, reason="A name.")
    objections.make(actor(secret), own.id, words="It is no name.")
    decision = Decision(MeasureKind.MUTE, "Too loud.", days.today() + timedelta(days=3))
    muted = measures.take(actor(moderator), gent.id, secret.id, decision)
    person_page.write(actor(moderator), gent.id, secret.id, words="Speak with them.")
    after_undo()
    with clock.at(clock.now() + timedelta(minutes=12)):
        measure_objections.make(actor(secret), muted.id, words="I was asked to.")
    db.session.commit()
    browser = app.test_client()
    sign_in(browser, moderator)
    for place in (f"/desk?item=reported-{post.id}", f"/spaces/{gent.slug}/moderation/people/{secret.id}"):
        assert MARK in browser.get(place).text.casefold(), "moderators know who"
    assert met(app, who, **known) <= named
    settling.settle(actor(els), post.id, Verdict(ReportOutcome.ASKED, "A name.", answer="We asked."))
    objections.keep_hidden(actor(els), own.id, answer="It is one.")
    with clock.at(clock.now() + timedelta(minutes=13)):
        measure_objections.keep(actor(els), muted.id, answer="You were.")
    nominations.close(actor(els), thread.id, reason="Not now.")
    after_undo()
    assert met(app, who, **known) <= named
    assert letters_to(smtp, secret), "who reported hears what came of it"
    assert MARK not in letters_to(smtp, who).casefold()
    assert db.session.scalar(select(PostReport.reporter_id)) == secret.id
