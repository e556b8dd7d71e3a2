"""Leaving a space from its list of people; and the way in of a deputy."""

import pytest

from forum.domain.desk import numbers
from forum.domain.moderation import post_reports
from forum.domain.moderation.post_reports import Said
from forum.domain.spaces import deputies
from forum.infra.db import db
from forum.models.post_reports import ReportReason
from forum.models.spaces import Role
from tests.factories import actor, make_member, make_space, make_thread, sign_in, submit


@pytest.fixture
def as_(client):
    """`as_(member)` signs in; returns the client."""

    def become(member):
        db.session.commit()
        sign_in(client, member)
        return client

    return become


def test_a_member_leaves_and_the_only_moderator_names_another_in_the_form(as_, gent, leen, moderator):
    noor, path = make_member("Noor", space=gent), f"/spaces/{gent.slug}/leave"
    client = as_(noor)
    assert path in client.get(f"/spaces/{gent.slug}/members").text
    assert 'name="handle"' not in client.get(path).text
    assert submit(client, path, {}).status_code == 303
    assert gent.id not in actor(noor).roles
    client = as_(moderator)
    assert 'name="handle"' in client.get(path).text
    refused = submit(client, path, {"handle": "nobody"})
    assert refused.status_code == 422
    assert 'value="nobody"' in refused.text
    assert submit(client, path, {"handle": f"@{leen.handle}"}).status_code == 303
    assert (actor(leen).roles, actor(moderator).roles) == ({gent.id: Role.MODERATOR}, {})


def test_a_deputy_has_a_way_in_with_a_number_and_others_have_none(as_, gent, leen, moderator):
    thread = make_thread(gent, moderator)
    deputies.name(actor(moderator), gent.id, handle=leen.handle)
    noor = make_member("Noor", space=gent)
    assert "/deputy" not in as_(noor).get("/").text
    assert as_(noor).get("/deputy").status_code == 404
    client = as_(leen)
    assert 'href="/deputy"' in client.get("/").text
    assert "Gent" in client.get("/deputy").text
    post = db.session.execute(
        db.text("SELECT id FROM post WHERE thread_id = :id"), {"id": thread.id}
    ).scalar()
    post_reports.report(actor(noor), post, Said(ReportReason.WRONG))
    assert numbers.keep(actor(leen)) == 1
    shown = as_(leen).get("/deputy").text
    assert f"/spaces/{gent.slug}/reports" in shown
    assert "1<span" in "".join(shown.split('href="/deputy"', 1)[1].split("</a>")[0].split())
    # Who moderates elsewhere finds it beside the desk.
    aalst = make_space("Aalst", city="aalst")
    els = make_member("Els", space=aalst, role=Role.MODERATOR)
    db.session.flush()
    assert 'href="/deputy"' not in as_(els).get("/desk").text


def test_it_ends_with_the_membership(as_, gent, leen, moderator):
    deputies.name(actor(moderator), gent.id, handle=leen.handle)
    assert actor(leen).deputy_in == {gent.id}
    submit(as_(leen), f"/spaces/{gent.slug}/leave", {})
    assert actor(leen).deputy_in == frozenset()
