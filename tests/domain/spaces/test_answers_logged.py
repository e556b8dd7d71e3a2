"""Who confirmed, refused or ended what somebody speaks as stands in the log of a space that answers for it only."""

from datetime import date

import pytest
from sqlalchemy import select, update

from forum.domain.audit import log as audit_log
from forum.domain.audit import own, undoable
from forum.domain.moderation import set_aside, undo
from forum.domain.people import capacities, mail_links
from forum.domain.spaces import confirmations, invitations, join_requests, memberships
from forum.infra.db import db
from forum.models.accounts import Body, Capacity, Level, NetworkRole
from forum.models.moderation import Action, ModerationAction
from forum.models.spaces import Role, SpaceKind
from forum.policy.errors import NotFound
from tests.factories import actor, join, make_member, make_space, make_thread, sign_in


def hold(member, city, function="coach"):
    """A capacity that waits."""
    common = {"function": function, "level": Level.FIELD, "body": Body.CITY, "starts_on": date(2025, 1, 1)}
    return capacities.add(member.id, city=city, **common).id


@pytest.fixture
def town(session):
    """Gent, Aalst and an unlisted group with a moderator each, an administrator, and Noor, who belongs to all three."""
    spaces = {
        "gent": make_space("Gent", city="gent"),
        "aalst": make_space("Aalst", city="aalst"),
        "still": make_space("Stil", kind=SpaceKind.GROUP, unlisted=True),
    }
    people = {
        code: make_member(code.title(), space=space, role=Role.MODERATOR) for code, space in spaces.items()
    }
    people["beheer"] = make_member("Beheer", network_role=NetworkRole.ADMIN)
    noor = make_member("Noor")
    for space in spaces.values():
        join(noor, space)
    return spaces, people, noor


def read(town):
    """What the moderators of each space read in its log, the oldest line first."""
    spaces, people, _noor = town
    return {
        code: [
            (line.action, line.actor_name, line.subject_name, line.reason, line.job)
            for line in reversed(audit_log.page(actor(people[code]), space.id).rows)
        ]
        for code, space in spaces.items()
    }


def test_each_answer_is_one_line_where_the_space_answers_for_it(town):
    spaces, people, noor = town
    gent, still, beheer = (actor(people[name]) for name in ("gent", "still", "beheer"))
    of_gent, refused, of_nobody = hold(noor, "gent"), hold(noor, "gent", "mayor"), hold(noor, None, "guide")
    for _time in range(2):
        confirmations.confirm(gent, of_gent)
        confirmations.refuse(gent, refused, reason="We do not know you.")
        confirmations.end(beheer, of_gent)
        confirmations.confirm(still, of_nobody)
    unproven = hold(make_member("Unproven", confirmed_at=None), "gent")
    for who, number in (("aalst", of_gent), ("gent", unproven), ("beheer", unproven)):
        with pytest.raises(NotFound):
            confirmations.end(actor(people[who]), number)
    assert read(town) == {
        "gent": [
            ("confirm_capacity", "Gent", "Noor", "", "coach"),
            ("refuse_capacity", "Gent", "Noor", "We do not know you.", "mayor"),
            ("end_capacity", "Beheer", "Noor", "", "coach"),
        ],
        "aalst": [],
        "still": [("confirm_capacity", "Still", "Noor", "", "guide")],
    }
    # The words stand in the capacity alone: where they are emptied, with their member, the log has none either.
    db.session.execute(update(Capacity).where(Capacity.member_id == noor.id).values(function=""))
    of_before = {"space_id": spaces["gent"].id, "subject_id": noor.id}  # 0017
    audit_log.record(gent, Action.END_CAPACITY, **of_before)
    assert [line[-1] for line in read(town)["gent"]] == [""] * 4


def test_what_no_space_answers_for_stands_in_the_log_of_none(town):
    _spaces, people, noor = town
    for member, city in ((noor, "genk"), (make_member("Belongs nowhere"), None)):
        confirmations.confirm(actor(people["beheer"]), hold(member, city))
    assert read(town) == {"gent": [], "aalst": [], "still": []}
    assert db.session.scalars(select(ModerationAction.space_id)).all() == [None, None]


def test_what_an_administrator_answers_about_a_guest_is_read_where_they_are_hosted(town):
    spaces, people, _noor = town
    guest, line = make_member("Guest", space=spaces["still"]), ("Beheer", "Guest", "", "guide")
    join(guest, make_space("Elsewhere", kind=SpaceKind.GROUP))  # after it: one line, in the first
    held = hold(guest, None, "guide")
    confirmations.confirm(actor(people["beheer"]), held)
    assert read(town) == {"gent": [], "aalst": [], "still": [("confirm_capacity", *line)]}
    join(people["beheer"], spaces["aalst"], Role.MODERATOR)
    join(guest, spaces["gent"])
    join(guest, spaces["aalst"])
    confirmations.end(actor(people["beheer"]), held)
    assert read(town)["aalst"] == [("end_capacity", *line)], "of several the one that she moderates"
    assert read(town)["gent"] == []


def test_letting_in_and_leaving_are_logged_as_far_as_the_space_answers(town):
    spaces, people, noor = town
    aalst = actor(people["aalst"])
    shown = hold(noor, "aalst")
    hold(noor, "gent")
    confirmations.confirm_let_in(aalst, noor.id, spaces["aalst"].id, capacity_id=shown)
    confirmations.end_in(aalst, spaces["aalst"].id, noor.id)
    found = read(town)
    # The member of the factory speaks for no city, which each of their spaces may end.
    assert [line[0] for line in found["aalst"]] == ["confirm_capacity", "end_capacity", "end_capacity"]
    assert (found["gent"], found["still"]) == ([], [])


def test_an_invitation_is_logged_in_its_space_and_an_academic_where_they_are_hosted(town):
    spaces, people, noor = town
    guest = make_member("Guest")
    hold(guest, "gent")
    gent = actor(people["gent"])
    row = invitations.invite(gent, spaces["gent"].id, email=guest.email, role=Role.MEMBER)
    invitations.accept_as(actor(guest), mail_links.invitation_token(row))
    academic = db.session.get_one(Capacity, hold(noor, "gent"))
    academic.body = Body.ACADEMIC
    db.session.flush()
    confirmations.confirm(actor(people["still"]), academic.id)
    assert read(town) == {
        "gent": [("confirm_capacity", "Gent", "Guest", "", "coach")],
        "aalst": [],
        "still": [("confirm_capacity", "Still", "Noor", "", "coach")],
    }
    logs = {code: audit_log.page(actor(people[code]), spaces[code].id).rows for code in ("gent", "still")}
    assert {code: rows[0].by_invitation for code, rows in logs.items()} == {"gent": True, "still": False}


SENTENCES = {
    "en": (
        "Gent confirmed what Noor speaks as.",
        "Gent did not confirm what Noor speaks as.",
        "Gent ended what Noor",
        "Capacity: coach · city of Gent",
        "Gent removed Noor from this space.",
    ),
    "nl": (
        "Gent bevestigde de hoedanigheid van Noor.",
        "Gent bevestigde de hoedanigheid van Noor niet.",
        "Gent beëindigde de hoedanigheid van Noor.",
        "Hoedanigheid: coach · stad Gent",
        "Gent verwijderde Noor uit deze ruimte.",
    ),
}


@pytest.mark.parametrize("locale", SENTENCES)
def test_the_page_of_the_log_says_it_in_both_languages_to_moderators_only(town, client, locale):
    spaces, people, noor = town
    gent, held = people["gent"], hold(noor, "gent")
    confirmations.confirm(actor(gent), held)
    confirmations.end(actor(gent), held)
    confirmations.refuse(actor(gent), hold(noor, "gent"), reason="Unknown here.")
    memberships.remove(actor(gent), spaces["gent"].id, noor.id, reason="Works elsewhere.")
    gent.locale = locale
    db.session.commit()
    sign_in(client, gent)
    page = client.get(f"/spaces/{spaces['gent'].slug}/moderation/log").text
    for sentence in SENTENCES[locale]:
        assert sentence in page
    assert "Unknown here." in page
    sign_in(client, noor)
    assert client.get(f"/spaces/{spaces['gent'].slug}/moderation/log").status_code == 403


def test_an_answer_that_is_undone_is_a_line_as_well(town):
    spaces, people, noor = town
    gent = actor(people["gent"])
    confirmations.refuse(gent, hold(noor, "gent"), reason="We do not know you.", with_undo=True)
    kim = make_member("Kim", space=spaces["aalst"])
    asked = join_requests.request_to_join(actor(kim), spaces["gent"].id, message="I do home visits.")
    join_requests.answer(gent, asked.id, role=Role.MEMBER, with_undo=True)
    story = make_thread(spaces["gent"], noor, title="Who rings back?")
    set_aside.story(gent, story.id)
    for act in undoable.open_acts(gent):
        undo.undo(gent, act.id)
    lines = [(action, who, about) for action, who, about, _reason, _job in read(town)["gent"]]
    assert lines[-3:] == [
        ("needs_answer", "Gent", None),
        ("answer_undone", "Gent", "Kim"),
        ("answer_undone", "Gent", "Noor"),
    ]
    told = {line.action for line in audit_log.page_without_names(actor(noor), spaces["gent"].id).rows}
    assert told == {"set_aside", "needs_answer"}
    assert [line.action for line in own.page(actor(noor)).rows] == ["needs_answer", "set_aside"]
