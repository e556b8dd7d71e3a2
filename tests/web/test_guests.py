"""Guests with a last day, on the pages: chosen, shown, changed, and over at that moment without anything having run."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.people import mail_links
from forum.domain.spaces import guests, join_requests
from forum.infra import clock, days
from forum.infra.db import db
from forum.infra.i18n import force_locale, short_day
from forum.models.spaces import Audience, Invitation, JoinRequest, Membership, Role
from tests.factories import actor, make_member, make_space, make_thread, sign_in, submit

pytestmark = pytest.mark.both_databases
DAY = timedelta(days=1)


def role_of(member, space):
    query = select(Membership).where(Membership.member_id == member.id, Membership.space_id == space.id)
    return db.session.scalars(query).one()


def in_words(day):
    with force_locale("en"):
        return short_day(day)


def test_a_guest_reads_until_their_end_and_nothing_from_that_moment_on(client, gent, moderator):
    guest = make_member("Gast", space=gent, role=Role.GUEST)
    inside = make_thread(gent, moderator, audience=Audience.SPACE)
    make_thread(make_space("Aalst", city="aalst"), moderator, audience=Audience.NETWORK)
    ends_at = role_of(guest, gent).ends_at = days.end_of(days.today() + 40 * DAY)
    db.session.commit()
    pages = (f"/spaces/{gent.slug}", f"/threads/{inside.id}-{inside.slug}", f"/members/{moderator.handle}")
    with clock.at(ends_at - timedelta(seconds=1)):
        last = in_words(guests.last_day(ends_at))
        sign_in(client, guest)
        assert [client.get(page).status_code for page in pages] == [200, 200, 200]
        assert f"You are a guest here until {last}." in client.get(pages[0]).text
        assert f"until {last}" in client.get(f"/members/{guest.handle}").text
    with clock.at(ends_at):
        assert [client.get(page).status_code for page in pages] == [404, 404, 404]
        assert client.get(f"/spaces/{gent.slug}/members").status_code == 404
        answer = submit(client, f"/threads/{inside.id}/replies", {"body": "Still here?"})
        assert answer.status_code == 404
        assert inside.title not in client.get("/").text + client.get("/threads").text


def test_a_moderator_invites_a_guest_until_a_day_and_the_letter_and_page_say_it(client, gent, moderator):
    sign_in(client, moderator)
    people, until = f"/spaces/{gent.slug}/members", days.today() + 20 * DAY
    assert f'value="{guests.usual_until()}"' in client.get(people).text, "half a year is offered"
    sent = {"email": "gast@b.example", "role": "guest", "locale": "en", "note": ""}
    for wrong, said in (
        ("2020-01-01", "Choose today or a later day."),
        ("31/12", "Choose a day, or leave this empty."),
    ):
        answer = submit(client, f"/spaces/{gent.slug}/invitations", {**sent, "until": wrong})
        assert answer.status_code == 422
        assert said in answer.text
        assert 'value="gast@b.example"' in answer.text, "nothing typed is lost"
        assert f'value="{wrong}"' in answer.text
    submit(client, f"/spaces/{gent.slug}/invitations", {**sent, "until": str(until)})
    invitation = db.session.scalars(select(Invitation)).one()
    assert f"guest until {in_words(until)}" in client.get(people).text
    fresh = client.application.test_client()
    page = fresh.get(f"/invitations/{mail_links.invitation_token(invitation)}").text
    assert "Je doet mee als gast tot en met" in page, "the page of a visitor is Dutch"
    assert guests.last_day(invitation.ends_at) == until


@pytest.mark.parametrize("role", ["member", "moderator"])
def test_a_last_day_that_was_chosen_for_who_is_no_guest_is_asked_back_at_its_field(
    client, gent, moderator, role
):
    sign_in(client, moderator)
    sent = {"email": "lid@b.example", "role": role, "locale": "en", "note": ""}
    chosen = str(days.today() + 20 * DAY)
    answer = submit(client, f"/spaces/{gent.slug}/invitations", {**sent, "until": chosen})
    assert answer.status_code == 422
    assert 'id="until-error"' in answer.text
    assert "Only a guest has a last day." in answer.text
    assert f'value="{chosen}"' in answer.text
    assert not db.session.scalars(select(Invitation)).all()
    offered = {**sent, "until": str(guests.usual_until())}
    assert submit(client, f"/spaces/{gent.slug}/invitations", offered).status_code == 303
    invitation = db.session.scalars(select(Invitation)).one()
    assert (invitation.role, invitation.ends_at) == (role, None)


def test_a_request_is_answered_with_a_last_day_and_a_wrong_one_is_said_at_its_field(client, gent, moderator):
    asker = make_member("Vraag", space=make_space("Aalst", city="aalst"))
    request = join_requests.request_to_join(actor(asker), gent.id)
    db.session.commit()
    sign_in(client, moderator)
    answers = f"/requests/{request.id}/answer"
    answer = submit(client, answers, {"answer": "guest", "until": "2020-01-01"})
    assert answer.status_code == 422
    assert (
        f'id="until-request-{request.id}" name="until" value="2020-01-01" aria-invalid="true"' in answer.text
    )
    assert f'id="until-request-{request.id}-error"' in answer.text
    assert db.session.get_one(JoinRequest, request.id).answered_at is None
    until = days.today() + DAY
    assert submit(client, answers, {"answer": "guest", "until": str(until)}).status_code == 303
    assert guests.last_day(role_of(asker, gent).ends_at) == until


def test_a_moderator_lengthens_and_removes_an_end_and_others_may_not(client, gent, moderator):
    guest, member = make_member("Gast", space=gent, role=Role.GUEST), make_member("Lid", space=gent)
    suspended = make_member("Weg", space=gent, role=Role.MODERATOR, suspended_at=clock.now())
    far = make_member("Ver", space=make_space("Aalst", city="aalst"), role=Role.MODERATOR)
    db.session.commit()
    end, until = f"/spaces/{gent.slug}/members/{guest.id}/end", days.today() + 9 * DAY
    for person, status in ((member, 403), (guest, 403), (far, 403)):
        sign_in(client, person)
        assert submit(client, end, {"until": str(until)}).status_code == status
    assert suspended.suspended_at is not None
    sign_in(client, moderator)
    people = f"/spaces/{gent.slug}/members"
    assert submit(client, end, {"until": str(until)}).status_code == 303
    assert f"guest until {in_words(until)}" in client.get(people).text
    wrong = submit(client, end, {"until": "2020-01-01"})
    assert wrong.status_code == 422
    assert f'id="until-{guest.id}" name="until" value="2020-01-01" aria-invalid="true"' in wrong.text
    assert submit(client, end, {"until": ""}).status_code == 303
    db.session.expire_all()
    assert role_of(guest, gent).ends_at is None
    other = f"/spaces/{gent.slug}/members/{member.id}/end"
    assert submit(client, other, {"until": str(until)}).status_code == 409
