"""Stopping mail from a link in it: by pressing, never by looking, without signing in, one kind only, for good."""

import re
from datetime import timedelta

import pytest

from forum.domain.digests import link_changes, subscriptions
from forum.domain.mailing import notice_choices
from forum.domain.mailing.stops import ALL
from forum.domain.people import mail_links
from forum.infra import clock, rates, tokens
from forum.infra.db import db
from forum.jobs import worker
from forum.models.events import Event
from forum.models.notifications import Notification
from forum.models.subscriptions import Delivery, Frequency
from tests.factories import actor, make_member, make_space, sign_in, submit

ENGLISH = {"Accept-Language": "en"}
UNDO = re.compile(r'name="undo" value="([^"]+)"')
CHANGED = "What you get by e-mail was changed without signing in"


@pytest.fixture
def reader():
    """A member with a weekly digest."""
    member = make_member("Dirk", space=make_space("Aalst"))
    subscriptions.choose(actor(member), frequency=Frequency.WEEKLY)
    db.session.commit()
    return member


def path(member, stop="digest"):
    return f"/unsubscribe/{mail_links.unsubscribe_token(member.id, stop)}"


def stands(member):
    """How often the digest comes, and what is stopped."""
    db.session.expire_all()
    return subscriptions.choice_of(member.id).frequency, notice_choices.stopped_by(member.id)


def test_looking_changes_nothing(client, reader):
    for stop in ("digest", "cited", "notices"):
        for method in (client.get, client.head):
            assert method(path(reader, stop)).status_code == 200
    assert stands(reader) == (Frequency.WEEKLY, set())


def test_the_link_of_an_account_that_is_gone_changes_nothing_and_fails_nowhere(client, reader):
    for stop in ("digest", "notices"):
        address = f"/unsubscribe/{mail_links.unsubscribe_token(reader.id + 1, stop)}"
        assert "there is nothing to stop" in client.get(address, headers=ENGLISH).text
        assert client.post(address).status_code == 200
        answer = submit(client, f"{address}/choices", {"frequency": "never", "stopped": ["cited"]})
        assert answer.status_code == 303
    assert stands(reader) == (Frequency.WEEKLY, set())


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data", None])
def test_a_mail_client_stops_it_at_once_and_may_repeat_itself(client, reader, kind):
    for stop, after in (("cited", (Frequency.WEEKLY, {"cited"})), ("digest", (Frequency.NEVER, {"cited"}))):
        for _time in range(2):
            answer = client.post(
                path(reader, stop), data={"List-Unsubscribe": "One-Click"}, content_type=kind
            )
            assert answer.status_code == 200
            assert "Set-Cookie" not in answer.headers or "_user_id" not in answer.headers["Set-Cookie"]
        assert stands(reader) == after


def test_all_of_them_leaves_the_digest_and_what_is_chosen_again_comes(client, reader):
    client.post(path(reader, "notices"))
    frequency, stopped = stands(reader)
    assert (frequency, len(stopped) > 5, "digest" in stopped) == (Frequency.WEEKLY, True, False)
    assert notice_choices.is_stopped(reader.id, "of a later version")
    rest = sorted(stopped - {"answers"})
    assert submit(client, f"{path(reader, 'answers')}/choices", {"stopped": rest}).status_code == 303
    assert stands(reader) == (Frequency.WEEKLY, set(rest))


def test_the_page_says_what_stops_and_tells_a_stranger_nothing_else(client, reader):
    address = path(reader, "cited")
    page = client.get(address, headers=ENGLISH).get_data(as_text=True)
    assert f'action="{address}"' in page
    assert "What stops: e-mails about lessons in which you are quoted." in page
    assert "Every other e-mail keeps coming." in page
    assert [word for word in (reader.email, "Dirk", "Aalst") if word in page] == []
    client.post(address)
    again = client.get(address, headers=ENGLISH).get_data(as_text=True)
    assert "unsubscribed already" in again


def test_the_link_alone_changes_how_often_and_what_is_stopped(client, reader):
    notice_choices.choose(reader.id, {"mentions": Delivery.DIGEST})
    db.session.commit()
    address = f"{path(reader)}/choices"
    values = {"frequency": "monthly", "stopped": ["cited"]}
    assert submit(client, address, values).status_code == 303
    assert stands(reader) == (Frequency.MONTHLY, {"cited"})
    refused = submit(client, address, {"frequency": "hourly", "stopped": ["nonsense"]})
    assert refused.status_code == 422
    assert submit(client, address, {}).status_code == 303
    assert stands(reader) == (Frequency.MONTHLY, set())
    assert notice_choices.chosen(reader.id) == {"mentions": Delivery.DIGEST}, "as it was"


def test_the_link_of_an_old_letter_still_works_after_the_key_was_changed(app, client, reader, monkeypatch):
    with clock.at(clock.now() - timedelta(days=800)):
        old = [path(reader, "cited"), f"/unsubscribe/{tokens.sign('unsubscribe', {'m': reader.id})}"]
    monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", [app.config["SECRET_KEY"]])
    monkeypatch.setitem(app.config, "SECRET_KEY", "another-" + "y" * 32)
    assert [client.post(one).status_code for one in old] == [200, 200]
    assert stands(reader) == (Frequency.NEVER, {"cited"}), "one without a list is that of a digest"


@pytest.mark.parametrize("token", ["nonsense", "reset", "cut"])
def test_any_other_token_is_refused(client, reader, token):
    if token == "reset":
        token = mail_links.reset_token(reader)
    elif token == "cut":
        token = mail_links.unsubscribe_token(reader.id, "digest")[:-4]
    page = client.get(f"/unsubscribe/{token}", headers=ENGLISH)
    assert (page.status_code, "Nothing was stopped or changed." in page.text) == (404, True)
    assert client.post(f"/unsubscribe/{token}").status_code == 404
    assert submit(client, f"/unsubscribe/{token}/choices", {"frequency": "never"}).status_code == 404
    assert stands(reader) == (Frequency.WEEKLY, set())


def test_only_this_address_goes_without_a_token_of_the_session(app):
    exempt = app.extensions["csrf"]._exempt_views
    assert exempt == {"forum.web.unsubscribe.stop"}


def test_a_member_is_told_what_was_changed_with_a_link_alone_and_takes_it_back_with_one_click(client, reader):
    """Somebody has a mail that was forwarded: the reader sees it at the next sign-in, and it is as it was."""
    notice_choices.choose(reader.id, {"mentions": Delivery.DIGEST})
    db.session.commit()
    as_before = "/settings/notifications/as-before"
    was = stands(reader), notice_choices.chosen(reader.id)
    for _time in range(2):  # the second time there is nothing to tell
        client.post(path(reader, "notices"))
    worker.run_until_idle()
    told = db.select(Notification.kind, Notification.mail_at).where(Notification.member_id == reader.id)
    assert [tuple(row) for row in db.session.execute(told)] == [("mail_changed", None)]
    sign_in(client, reader)
    assert CHANGED in client.get("/", headers=ENGLISH).text
    assert "this was changed without signing in" in client.get("/settings/notifications").text
    assert CHANGED not in client.get("/", headers=ENGLISH).text, "read by opening where it leads"
    submit(client, as_before)
    assert (stands(reader), notice_choices.chosen(reader.id)) == was
    assert "this was changed without signing in" not in client.get("/settings/notifications").text
    client.post(path(reader, "cited"))  # by the reader, who knows
    worker.run_until_idle()
    assert len(db.session.execute(told).all()) == 1
    submit(client, as_before)
    assert "cited" in stands(reader)[1], "what was chosen since stays"


def test_turning_on_again_by_links_alone_is_refused_when_it_is_too_often_and_stopping_never(
    client, reader, monkeypatch, app
):
    """Else whoever has a forwarded mail fills without end what its reader is told. What changes nothing is not told."""
    monkeypatch.setitem(app.config, "RATES_ENABLED", True)
    monkeypatch.setattr(link_changes, "TURNED_ON", "2 per day")
    monkeypatch.setattr(link_changes, "TURNED_ON_FROM_ONE_PLACE", "4 per day")
    rates.reset()
    address = path(reader, "cited")

    def choose(client=client, address=address, **values):
        assert submit(client, f"{address}/choices", values, headers=ENGLISH).status_code == 303
        return "What you stopped is saved, and nothing else." in client.get(address, headers=ENGLISH).text

    def told():
        return db.session.scalar(db.select(db.func.count()).where(Event.name == "mail_choice.changed"))

    for turn in (1, 2):
        assert client.post(address).status_code == 200
        assert not choose(stopped=["cited"]), "nothing changed"
        assert not choose()
        assert (stands(reader), told()) == ((Frequency.WEEKLY, set()), 2 * turn)
    for _time in range(2):
        assert client.post(address).status_code == 200
        assert client.post(path(reader)).status_code == 200
        assert choose(frequency="daily", stopped=["answers"])
        assert stands(reader) == (Frequency.NEVER, {"cited", "answers"}), "what was stopped besides holds"
    assert told() == 7
    other = [make_member(name) for name in ("Ann", "Bea", "Cas")]
    refused = [choose(address=path(one), frequency="daily") for one in other]
    assert refused == [False, False, True], "from one place"
    owner = app.test_client()
    sign_in(owner, reader)
    assert not choose(owner, frequency="daily")
    assert (stands(reader), told()) == ((Frequency.DAILY, set()), 9), "who is signed in is not counted"
    rates.reset()


def test_who_had_no_digest_before_somebody_changed_it_has_chosen_nothing_again(client, reader):
    other = make_member("Ann")
    submit(client, f"{path(other)}/choices", {"frequency": "daily", "stopped": []})
    worker.run_until_idle()
    sign_in(client, other)
    submit(client, "/settings/notifications/as-before")
    assert subscriptions.choice_of(other.id) is None


@pytest.mark.both_databases
@pytest.mark.parametrize("stop", ["digest", "cited", "mentions.answers", "notices"])
def test_what_a_link_stopped_is_taken_back_as_it_was_and_nothing_besides(client, reader, stop):
    notice_choices.choose(reader.id, {"mentions": Delivery.DIGEST, "reviews": Delivery.NOTHING})
    db.session.commit()
    address, was = path(reader, stop), (*stands(reader), notice_choices.chosen(reader.id))
    undo = UNDO.search(client.post(address, headers=ENGLISH).text)[1]
    said = tokens.read(link_changes.UNDO, undo)
    assert {key: type(value) for key, value in said.items()} == {"m": int, "l": str, "e": int}, (
        "not how it was"
    )
    assert said["l"] == stop
    assert not UNDO.search(client.post(address).text), "nothing was stopped then"
    stopped = stands(reader)
    # By another link, changed, of somebody else, or a day later.
    other = path(reader, "roles"), path(make_member("Ann"), stop), address, address
    for where, token, hours in zip(other, (undo, undo, undo[:-3], undo), (0, 0, 0, 25), strict=True):
        with clock.at(clock.now() + timedelta(hours=hours)):
            answer = submit(client, f"{where}/undo", {"undo": token}, headers=ENGLISH)
        assert answer.status_code == 303
        assert stands(reader) == stopped
    assert client.post(f"{address}/undo", data={"undo": undo}).status_code == 403, "no form of ours"
    for _time in range(2):
        submit(client, f"{address}/undo", {"undo": undo}, headers=ENGLISH)
        assert "You get the same by e-mail as before." in client.get(address, headers=ENGLISH).text
        assert (*stands(reader), notice_choices.chosen(reader.id)) == was
    worker.run_until_idle()
    kinds = db.session.scalars(db.select(Notification.kind).where(Notification.member_id == reader.id))
    assert list(kinds) == ["mail_changed"] * 2, "both are told"
    client.post(address)
    submit(client, f"{path(reader)}/choices", {"frequency": "daily", "stopped": ["answers", "roles"]})
    chosen = stands(reader)
    submit(client, f"{address}/undo", {"undo": undo})
    assert stands(reader) == chosen, "chosen since"


def test_taking_back_counts_as_turning_on_unless_the_member_is_signed_in(client, reader, monkeypatch, app):
    monkeypatch.setitem(app.config, "RATES_ENABLED", True)
    monkeypatch.setattr(link_changes, "TURNED_ON", "1 per day")
    rates.reset()
    address = path(reader, "cited")

    def stop_and_take_back(client):
        undo = UNDO.search(client.post(address).text)[1]
        submit(client, f"{address}/undo", {"undo": undo}, headers=ENGLISH)
        said = client.get(address, headers=ENGLISH).text
        return "Nothing was changed. Without signing in" not in said, "cited" not in stands(reader)[1]

    assert [stop_and_take_back(client) for _time in range(2)] == [(True, True), (False, False)]
    notice_choices.choose(reader.id, {"cited": Delivery.AT_ONCE})
    owner = app.test_client()
    sign_in(owner, reader)
    assert [stop_and_take_back(owner) for _time in range(2)] == [(True, True)] * 2
    rates.reset()
    worker.run_until_idle()
    kinds = db.session.scalars(db.select(Notification.kind).where(Notification.member_id == reader.id))
    assert list(kinds) == ["mail_changed"] * 3, "not of what they did themselves"


def test_what_all_stops_already_is_no_change_that_is_told_or_taken_back(client, reader):
    """As of a kind that came later: what was chosen for all holds for it."""
    notice_choices.choose(reader.id, {ALL.name: Delivery.NOTHING})
    db.session.commit()
    stopped = stands(reader)[1]
    for stop in ("cited", "mentions.answers", "notices"):
        assert not UNDO.search(client.post(path(reader, stop)).text)
    submit(client, f"{path(reader)}/choices", {"stopped": sorted(stopped)})
    assert stands(reader) == (Frequency.WEEKLY, stopped)
    assert db.session.scalar(db.select(db.func.count()).where(Event.name == "mail_choice.changed")) == 0
