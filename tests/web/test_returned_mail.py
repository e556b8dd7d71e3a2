"""Mail that comes back: its owner reads so on every page, shows that the address works again, and gets mail again."""

from datetime import timedelta

from forum.domain.mailing import bounces
from forum.infra import clock
from forum.infra.db import db
from forum.jobs import letters
from forum.models.bounces import BounceKind
from forum.models.mail import OutgoingMail
from tests.factories import csrf_for, make_member, make_space, sign_in


def stop(member, report="1"):
    bounces.record(
        member.email, BounceKind.PERMANENT, report=report, member_id=member.id, sent_at=clock.now()
    )
    db.session.commit()


def letter():
    mail = db.session.scalars(db.select(OutgoingMail).where(OutgoingMail.kind == "address_works")).one()
    message = letters.letter_for(mail).message
    words = message.get_body(("plain",)).get_content()
    return message, words.partition("http://forum.test")[2].split()[0]


def read(client, path):
    return client.get(path, headers={"Accept-Language": "en"}).get_data(as_text=True)


def test_whose_mail_comes_back_reads_so_everywhere_until_a_letter_arrived(client, count_queries):
    member = make_member("Leen", space=make_space("Gent", city="gent"))
    sign_in(client, member)
    assert "comes back" not in read(client, "/spaces")
    stop(member)
    for path in ("/", "/spaces", "/settings/security"):
        page = read(client, path)
        assert f"E-mail to {member.email} comes back since" in page
        assert "It works again" in page
    asked = client.post("/settings/address/trial", data={"csrf_token": csrf_for(client), "next": "/spaces"})
    assert asked.headers["Location"] == "/spaces"
    client.post("/settings/address/trial", data={"csrf_token": csrf_for(client)})
    message, path = letter()
    assert message["To"] == member.email
    page = read(client, "/spaces")
    assert "open the link in it" in page
    assert "It works again" not in page
    visitor = client.application.test_client()
    assert "Now you have read one there" in read(visitor, path)
    assert "comes back since" in read(client, "/spaces")  # looking changes nothing
    assert visitor.post(path, data={"csrf_token": csrf_for(visitor)}).status_code == 303
    assert f"From now on e-mail goes to {member.email} again." in read(visitor, path)
    assert "comes back" not in read(client, "/spaces")
    with clock.at(clock.now() + timedelta(days=1)):
        stop(member, "2")
        assert visitor.get(path).status_code == 404  # it proves nothing of today
        assert visitor.post(path, data={"csrf_token": csrf_for(visitor)}).status_code == 404
        assert bounces.is_stopped(member.email)


def test_the_banner_costs_nothing_where_mail_arrives(client, count_queries):
    member = make_member("Leen", space=make_space("Gent", city="gent"))
    sign_in(client, member)
    read(client, "/spaces")
    with count_queries() as before:
        read(client, "/spaces")
    with count_queries() as seen:
        client.post("/settings/address/trial", data={"csrf_token": csrf_for(client)})
    assert not any("outgoing_mail" in each for each in before.statements)
    assert not any("INSERT" in each for each in seen.statements)  # nothing to ask for


def test_administrators_read_how_many_addresses_get_nothing_and_not_which(client):
    member = make_member("Leen")
    admin = make_member("Beheer", network_role="admin")
    sign_in(client, admin)
    assert "gets no e-mail" not in read(client, "/admin/system")
    stop(member)
    page = read(client, "/admin/system")
    assert "1 address gets no e-mail" in page
    assert member.email not in page
    said = client.application.test_cli_runner().invoke(args=["mail", "status"]).output
    assert "1 addresses get no mail" in said
    assert member.email not in said
