"""Every form of the forum, sent by outsiders with the numbers of a closed city: refused as if nothing were there."""

import itertools
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from forum.domain.digests import subscriptions
from forum.domain.mailing import mail_queue
from forum.domain.people import sessions
from forum.domain.spaces import invitations
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Capacity, SignIn
from forum.models.adoptions import AdoptionReport
from forum.models.cahiers import Cahier
from forum.models.claims import Claim, Excerpt, Stance
from forum.models.consents import ConsentAnswer, ConsentRequest, ConsentRound
from forum.models.disputes import CounterEvidence
from forum.models.foretellings import Foretelling
from forum.models.handovers import HandOver
from forum.models.held import HeldPost, PointedOut, WatchedWord
from forum.models.mail import Lane, MailState, OutgoingMail
from forum.models.measures import SpaceMeasure
from forum.models.missed import MissedSearch
from forum.models.notes import SpaceNote
from forum.models.regrouping import Agreement
from forum.models.responses import ThreadResponse
from forum.models.reviewing import ReviewComment
from forum.models.sealing import Sealing
from forum.models.spaces import Audience, Membership, Role
from forum.models.themes import Tag, TagMerge
from forum.models.threads import PostRevision, Thread
from forum.models.undo import UndoableAct, UndoKind
from forum.models.unknowns import Unknown
from tests.attack.test_strange_input import RIGHT, path_of, rules
from tests.factories import actor, csrf_for, sign_in, submit
from tests.rules.leak_scenario import MARKERS
from tests.sweeps import few_of, on_one_database, once

OUTSIDERS = (
    "visitor", "member of another city", "guest elsewhere", "former member", "moderator elsewhere", "suspended member",
    "guest whose time is over",
)  # fmt: skip
ON_BOTH = ("moderator elsewhere",)  # who gets furthest
METHODS = ("", "DELETE")
# Who had rights there, and who gets furthest, send every form to every number, and take away too; the others send every
# form to some of the numbers. All of it is for the proof.
WHOLE = ("former member", *ON_BOTH)
OTHERS = tuple(person for person in OUTSIDERS if person not in WHOLE)
SENT = [(person, method) for method in METHODS for person in OUTSIDERS]
FEW = [(person, method) for method in METHODS for person in WHOLE]
NOWHERE = {"cahier_slug": "nowhere", "slug": "nowhere", "public_id": "les-1999-999", "token": "not-a-token"}
NOBODY = "2147483000"


@pytest.fixture
def app(salted_app):
    return salted_app


@pytest.fixture
def world(salted, session):
    """The salted network, with an invitation, a device of insiders and a letter that failed beside it."""
    made = salted()
    invitations.invite(actor(made.moderator), made.closed.id, email="gast@stad.example", role=Role.GUEST)
    sessions.begin(made.insider, device="Hers")
    mail_queue.queue_mail("password_changed", key="failed", lane=Lane.DIRECT, member_id=made.insider.id)
    db.session.execute(update(OutgoingMail).values(state=MailState.FAILED))
    now = clock.now()
    until = now + timedelta(minutes=10)
    db.session.add(
        UndoableAct(
            kind=UndoKind.HIDE,
            actor_id=made.moderator.id,
            post_id=made.post.id,
            before={},
            at=now,
            until=until,
        )
    )
    db.session.add(agreed(made))
    tag_id = db.session.scalar(select(Tag.id).limit(1))
    names = {"old_name": MARKERS[0], "new_name": MARKERS[0]}
    db.session.add(
        TagMerge(
            tag_id=tag_id, into_id=tag_id, editor_id=made.moderator.id, merged_at=now, before={}, **names
        )
    )
    db.session.add(MissedSearch(mark="x", words=MARKERS[0], first_month=now, last_month=now))
    db.session.commit()
    return made


def agreed(made) -> ConsentRequest:
    """A yes that its author can take back: the draft that it is for is not out."""
    now = clock.now()
    closed = ConsentRound(
        lesson_id=made.draft.id, version_id=made.draft.working_id, audience=Audience.NETWORK, title=MARKERS[0],
        opened_at=now, opened_by_id=made.moderator.id, last_day=now.date(), remind_at=now, closes_at=now, closed_at=now,
    )  # fmt: skip
    db.session.add(closed)
    db.session.flush()
    revision_id = db.session.scalar(select(PostRevision.id).where(PostRevision.post_id == made.post.id))
    words = dict.fromkeys(("claim_text", "said", "words", "as_name", "as_function", "as_masked"), MARKERS[0])
    return ConsentRequest(
        round_id=closed.id, post_id=made.post.id, revision_id=revision_id, start_at=0, end_at=2, sha256="0" * 64,
        author_id=made.insider.id, stance=Stance.SUPPORTS, said_when="2026", answer=ConsentAnswer.NAME, **words,
    )  # fmt: skip


def closed_numbers(world) -> dict[str, list[str]]:
    """For each argument of a route the numbers of what is closed."""

    def of(model, *where):
        return [str(one) for one in db.session.scalars(select(model.id).where(*where))]

    return {
        "slug": [world.unlisted.slug],  # that the other one exists, members of the network may know
        "thread_id": of(
            Thread,
            Thread.space_id.in_([world.closed.id, world.unlisted.id]),
            Thread.audience != Audience.PUBLIC,
        ),
        "post_id": [str(world.post.id), str(world.post.id + 1), str(world.post.id + 2)],
        "space_id": [str(world.unlisted.id)],
        "version": ["1"],
        "kind": ["mute"],
        "lesson_id": [str(world.draft.id), str(world.kept.id)],
        "public_id": [world.kept.public_id],
        "member_id": [str(world.insider.id), str(world.moderator.id)],
        "unknown_id": of(Unknown, Unknown.lesson_id == world.kept.id),
        "cahier_slug": list(db.session.scalars(select(Cahier.slug))),
        "claim_id": of(Claim, Claim.version_id == world.draft.working_id),
        "excerpt_id": of(Excerpt)[:1],
        "comment_id": of(ReviewComment),
        "invitation_id": ["1"],
        "request_id": ["1", *of(ConsentRequest)],
        "mail_id": of(OutgoingMail, OutgoingMail.key == "failed"),
        "sign_in_id": of(SignIn, SignIn.member_id == world.insider.id),
        "offer_id": of(HandOver),
        "response_id": of(ThreadResponse),
        "act_id": of(UndoableAct),
        "note_id": of(SpaceNote),
        "held_id": of(HeldPost),
        "agreement_id": of(Agreement),
        "measure_id": of(SpaceMeasure),
        "sealing_id": of(Sealing),
        "word_id": of(WatchedWord),
        "item_id": of(PointedOut),
        "report_id": of(AdoptionReport, AdoptionReport.lesson_id == world.kept.id),
        "evidence_id": of(CounterEvidence, CounterEvidence.lesson_id == world.kept.id),
        "foretelling_id": of(Foretelling),
        "item_key": [f"theme-{world.thread.id}"],
        "merge_id": of(TagMerge),
        "missed_id": of(MissedSearch),
        "capacity_id": of(Capacity, Capacity.member_id == world.insider.id),
        "token": ["not-a-token"],
        "draft_id": [str(number) for number in world.begun[:2]],  # the third is of one of the outsiders
    }


def attempts(app, world) -> Iterator[tuple[str, str]]:
    """Each address that takes forms and has a number in it: the one that is closed, and one that leads nowhere."""
    known = closed_numbers(world)
    for rule in rules(app, "POST"):
        names = sorted(rule.arguments)
        if not names:
            continue
        nowhere = path_of(rule, {name: NOWHERE.get(name, NOBODY) for name in names})
        for values in itertools.product(*(known[name] for name in names)):
            yield path_of(rule, dict(zip(names, values, strict=True))), nowhere


@pytest.mark.parametrize(
    ("person", "method"),
    once(few_of(SENT, *FEW), *((person, method) for person in ON_BOTH for method in METHODS)),
)
def test_a_closed_number_is_a_number_of_nothing(app, world, person, method):
    pairs = list(attempts(app, world))
    assert len(pairs) > 20
    assert told(app, world, person, method, pairs) == []


@on_one_database
@pytest.mark.parametrize("person", OTHERS)
def test_nor_to_others_whatever_form_they_send(app, world, person):
    """Each sends every form to another part of the closed numbers; what they may take away is for the proof."""
    forms, number = defaultdict(list), OTHERS.index(person)
    for closed, nowhere in attempts(app, world):
        forms[nowhere].append((closed, nowhere))
    assert len(forms) > 20
    pairs = [
        pair for some in forms.values() for pair in some[number :: len(OTHERS)] or [some[number % len(some)]]
    ]
    assert told(app, world, person, "", pairs) == []


def told(app, world, person: str, method: str, pairs: list[tuple[str, str]]) -> list[str]:
    """What an outsider learns from the answers to forms sent to closed numbers, beside those to numbers of nothing."""
    browser, member = app.test_client(), world.outsiders[person]
    if member is not None:
        sign_in(browser, member)
    token = csrf_for(browser)
    fields = {
        **RIGHT,
        "_method": method,
        "csrf_token": token,
        "claim_id": closed_numbers(world)["claim_id"][0],
    }
    learnt, absent = (
        [],
        {nowhere: browser.post(nowhere, data=fields).status_code for _closed, nowhere in pairs},
    )
    for closed, nowhere in pairs:
        here, there = browser.post(closed, data=fields), absent[nowhere]
        said = here.get_data(as_text=True) + str(here.headers)
        if here.status_code < 400 or here.status_code != there:
            learnt.append(f"{here.status_code} {closed}, {there} {nowhere}")
        learnt += [f"{marker} on {closed}" for marker in MARKERS if marker in said and marker not in closed]
    return learnt


@pytest.mark.parametrize("person", once(OUTSIDERS, *ON_BOTH))
def test_a_space_that_one_may_know_of_takes_nothing_but_a_knock(app, world, person):
    browser, member = app.test_client(), world.outsiders[person]
    if member is not None:
        sign_in(browser, member)
    for rule in rules(app, "POST"):
        # What they want to be told of it is theirs alone, and tells them of nothing that they may not read.
        if "slug" in rule.arguments and rule.endpoint not in {
            "members.request_to_join",
            "following.follow_space",
        }:
            path = path_of(rule, {"slug": world.closed.slug, "member_id": str(world.insider.id)})
            for method in ("", "DELETE"):
                assert submit(browser, path, {**RIGHT, "_method": method}).status_code in {403, 404, 405}, (
                    path
                )


def test_numbers_of_others_in_the_fields_of_ones_own_forms(app, world):
    """A thread to hear of, a thread to quote from, a post: named in a form, they are nothing either."""
    outsider, browser = world.outsiders["moderator elsewhere"], app.test_client()
    sign_in(browser, outsider)
    page = f"/settings/digest?thread={world.thread.id}"
    foreign = f"threads_{world.thread.id}"
    assert submit(browser, page, {"frequency": "weekly", foreign: "digest"}).status_code == 303
    assert subscriptions.preferences_of(outsider.id).threads == {}
    assert foreign not in browser.get(page).get_data(as_text=True)
    tried = submit(browser, page, {"frequency": "weekly", foreign: "digest", "preview": "1"}).text
    assert (foreign in tried, "Show preview" in tried) == (False, True)
    letter = "/settings/digest/letter?frequency=weekly"
    # At one moment: the links of a letter are signed with the second.
    with clock.at(clock.now()):
        assert browser.get(f"{letter}&{foreign}=at_once").data == browser.get(letter).data
    for number in (world.thread.id, 2147483000):
        page = submit(browser, f"/threads/{number}/replies", {"body": "Words."})
        assert page.status_code == 404


def test_fields_that_a_form_does_not_have_change_nothing(app, world):
    browser = app.test_client()
    insider = world.insider
    sign_in(browser, insider)
    more = {
        "role": "moderator", "author_id": str(world.moderator.id), "space_id": str(world.unlisted.id), "member_id": "1",
        "network_role": "admin", "email": "ander@stad.example", "approved_at": "", "handle": "x", "kind": "moderation",
    }  # fmt: skip
    form = {**RIGHT, **more, "idempotency_key": "attack-1", "name": insider.name}
    assert submit(browser, f"/spaces/{world.closed.slug}/threads", form).status_code == 303
    thread = db.session.scalars(select(Thread).order_by(Thread.id.desc()).limit(1)).one()
    assert (thread.author_id, thread.space_id) == (insider.id, world.closed.id)
    assert submit(browser, "/settings/profile", form).status_code == 303
    db.session.refresh(insider)
    assert (insider.email, insider.handle) != ("ander@stad.example", "x")
    assert actor(insider).network_roles == frozenset()
    assert Role.MODERATOR not in actor(insider).roles.values()
    reply = submit(browser, f"/threads/{world.thread.id}/replies", {"body": "x", "kind": "moderation"})
    assert reply.status_code == 422


def test_the_once_of_somebody_else_gives_nothing_of_hers(app, world):
    """The mark of one sending counts for its author only."""
    other = world.outsiders["member of another city"]
    theirs = world.thread.idempotency_key
    browser = app.test_client()
    sign_in(browser, other)
    space = db.session.scalar(
        select(Membership.space_id).where(Membership.member_id == other.id, Membership.ended_at.is_(None))
    )
    slug = db.session.get_one(type(world.closed), space).slug
    sent = submit(browser, f"/spaces/{slug}/threads", {**RIGHT, "idempotency_key": theirs})
    assert sent.status_code == 303
    assert sent.location != f"/threads/{world.thread.id}-{world.thread.slug}"
