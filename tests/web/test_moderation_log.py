"""The log as pages: whole for moderators, without names for members, each author's own, figures for editors; files."""

import csv
import re
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest

from forum.domain.audit import exports
from forum.domain.audit import log as audit_log
from forum.domain.moderation import hiding, locking
from forum.domain.responses import hiding as sentence_hiding
from forum.domain.responses import responses
from forum.domain.spaces import mail_rules, memberships
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import NetworkRole
from forum.models.moderation import Action
from forum.models.responses import ResponseKind, ThreadResponse
from forum.models.spaces import Audience, MailPolicy, Role
from forum.models.threads import Post
from tests.factories import actor, join, make_member, make_post, make_space, make_thread, sign_in

MARCH = datetime(2026, 3, 4, 12, tzinfo=UTC)


def words(answer):
    return " ".join(answer.get_data(as_text=True).split())


def rows(answer):
    text = answer.get_data(as_text=True)
    assert text.startswith("\ufeff")
    return list(csv.reader(StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))


def seen_by(client, member, path):
    browser = client.application.test_client()
    if member is not None:
        sign_in(browser, member)
    return browser.get(path)


@pytest.fixture
def done(gent, leen, moderator):
    """A space in which something of every sort was done; its address, and a second moderator."""
    thread = make_thread(gent, leen, title="A thread")
    post = make_post(thread, leen, "He lives in the Veldstraat.")
    second = make_member("Sien", space=gent, role=Role.MODERATOR)
    with clock.at(MARCH):
        hiding.hide(actor(moderator), post.id, reason="=Names a client")
        locking.lock(actor(second), thread.id, reason="Done for now")
        mail_rules.choose(actor(second), gent.id, MailPolicy.LINK)
        gone = make_member("Noor", space=gent)
    with clock.at(MARCH + timedelta(days=3)):
        memberships.remove(actor(moderator), gent.id, gone.id, reason="Works elsewhere")
    db.session.commit()
    return f"/spaces/{gent.slug}/moderation/log", gone, second


def test_moderators_read_everything_by_kind_person_and_day(client, gent, leen, moderator, done):
    path, gone, second = done
    shown = words(seen_by(client, moderator, path))
    for piece in (
        "Wouter hid post 2 in “A thread”.", "Sien closed “A thread”.", "Wouter removed Noor from this space.",
        "Reason: =Names a client", "Reason: Done for now", "moderator · <a",
    ):  # fmt: skip
        assert piece in shown
    for asked, there, not_there in (
        ("kind=lock", ["closed “A"], ["hid post", "removed Noor"]),
        (f"person={gone.id}", ["removed Noor"], ["closed “A", "hid post"]),
        (f"person={second.id}", ["closed “A", "Sien changed what may stand"], ["hid post"]),
        ("since=2026-03-05", ["removed Noor"], ["closed “A"]),
        ("until=2026-03-04&kind=", ["closed “A", "hid post"], ["removed Noor"]),
        ("kind=suspend", ["Nothing of this stands in the log."], ["closed “A"]),
    ):
        shown = words(seen_by(client, moderator, f"{path}?{asked}"))
        assert [piece for piece in there if piece not in shown] == [], asked
        assert [piece for piece in not_there if piece in shown] == [], asked
    for wrong, sentence in (
        ("since=2026-03-05&until=2026-03-01", "Choose a last day that is not before the first one."),
        ("kind=dance", "Not a valid choice"),
        (f"person={leen.id + 90_000}", "Not a valid choice"),
    ):
        for address in (path, f"{path}.csv"):
            answer = seen_by(client, moderator, f"{address}?{wrong}")
            assert (answer.status_code, sentence in words(answer)) == (422, True)


def test_members_read_what_was_done_and_nothing_of_a_person(client, gent, leen, moderator, done):
    path, _gone, _second = done
    hidden = make_thread(gent, make_member("Karim", space=gent), title="Recognisable")
    opening = db.select(Post.id).where(Post.thread_id == hidden.id, Post.number == 1)
    hiding.hide(actor(moderator), db.session.scalar(opening), reason="Why")
    db.session.commit()
    shown = words(seen_by(client, leen, path))
    for piece in (
        "A moderator hid post 2 in “A thread”.", "A moderator closed “A thread”.",
        "A moderator changed what may stand in e-mails", "A moderator hid post 1 in “a thread that is no longer here”.",
    ):  # fmt: skip
        assert piece in shown
    log = shown.split("dayline", 1)[1].split("</main>")[0]
    for left_out in (
        "Wouter",
        "Sien",
        "Noor",
        "Names a client",
        "Done for now",
        "Works elsewhere",
        "Recognisable",
    ):
        assert left_out not in log
    assert seen_by(client, leen, f"{path}.csv").status_code == 403
    assert "removed" not in words(seen_by(client, leen, f"{path}?kind=remove")).split("dayline", 1)[1]
    elsewhere = make_member("Els", space=make_space("Aalst"), role=Role.MODERATOR)
    guest = make_member("Hanne", space=gent, role=Role.GUEST)
    editor = make_member("Ed", network_role=NetworkRole.EDITOR)
    db.session.commit()
    for person in (elsewhere, guest, editor):
        for address in (path, f"{path}.csv"):
            assert seen_by(client, person, address).status_code == 403
    assert seen_by(client, None, path).status_code == 303


def test_authors_read_what_was_done_to_what_they_wrote_and_never_by_whom(client, gent, leen, moderator, done):
    karim = make_member("Karim", space=gent)
    other = make_thread(gent, karim, title="Of Karim", audience=Audience.SPACE)
    own = make_post(other, leen, "Mine.")
    hiding.hide(actor(moderator), make_post(other, karim, "His.").id, reason="Not for Leen")
    hiding.hide(actor(moderator), own.id, reason="Too long")
    locking.lock(actor(moderator), other.id, reason="Of his")
    db.session.commit()
    shown = words(seen_by(client, leen, "/moderation/mine"))
    for piece in (
        "A moderator hid post 2 in “A thread”.", "Reason: =Names a client", "A moderator closed “A thread”.",
        "A moderator hid post 2 in “Of Karim”.", "Reason: Too long", gent.name,
    ):  # fmt: skip
        assert piece in shown
    log = shown.split("dayline", 1)[1].split("</main>")[0]
    for left_out in (
        "Wouter",
        "Sien",
        "Not for Leen",
        "Done for now",
        "closed “Of Karim”",
        "Works elsewhere",
    ):
        assert left_out not in log
    assert "Nobody did anything with what you wrote." in words(
        seen_by(client, make_member("Bo", space=gent), "/moderation/mine")
    )
    memberships.remove(actor(moderator), gent.id, leen.id, reason="Moved")
    make_space("Aalst")
    join(leen, make_space("Genk"))
    db.session.commit()
    after = words(seen_by(client, leen, "/moderation/mine"))
    assert "A moderator hid post 2 in “a thread that is no longer here”." in after
    assert "Of Karim" not in after, "what they can read no longer has neither its title nor its reason"
    assert "Too long" not in after
    assert after.count("Moved") == 1, "why they were removed, above the log, is theirs to read"
    assert "Wouter" not in after.split("</main>")[0]


def test_who_said_a_sentence_reads_that_it_was_hidden(client, gent, leen, moderator):
    karim = make_member("Karim", space=gent)
    thread = make_thread(gent, karim, title="A story")
    responses.respond(actor(leen), thread.id, kind=ResponseKind.ALSO, sentence="At the Veldstraat too")
    sentence = db.session.scalars(db.select(ThreadResponse)).one()
    sentence_hiding.hide(actor(moderator), sentence.id, reason="A street")
    db.session.commit()
    shown = words(seen_by(client, leen, "/moderation/mine"))
    assert "A moderator hid the sentence of Leen with “A story”." in shown
    assert "Reason: A street" in shown
    assert "hid the sentence" not in words(seen_by(client, karim, "/moderation/mine"))
    for_members = words(seen_by(client, karim, f"/spaces/{gent.slug}/moderation/log"))
    assert "A moderator hid the sentence of somebody with “A story”." in for_members


def test_editors_read_numbers_of_months_that_are_over_and_no_small_ones(client, gent, leen, moderator):
    editor = make_member("Ed", network_role=NetworkRole.EDITOR)
    secret = make_space("Stilte", unlisted=True, widest=Audience.SPACE)
    keeper = make_member("Kee", space=secret, role=Role.MODERATOR)
    for month, turns in ((MARCH, 3), (MARCH + timedelta(days=31), 4)):
        with clock.at(month):
            for where, who in ((gent, moderator), (secret, keeper)):
                thread = make_thread(where, who, audience=Audience.SPACE)
                for turn in range(turns):
                    locking.lock(actor(who), thread.id)
                    if turn < 2 or month > MARCH:
                        locking.reopen(actor(who), thread.id)
                    else:
                        thread.locked_at = None
    db.session.commit()
    with clock.at(MARCH + timedelta(days=40)):  # in April
        shown = words(seen_by(client, editor, "/moderation/figures"))
        assert "Thread closed: 3 · everything else, each: fewer than 3" in shown
        assert "Thread reopened" not in shown, "twice is not told"
        assert "Nothing was done 3 times or more in any other space." in shown
        assert ">march<" in shown.lower()
        assert "Stilte" not in shown
        assert "Wouter" not in shown.split("<main")[1]
        same = words(seen_by(client, editor, "/moderation/figures?month=2026-04"))
        assert "Thread closed: 4" not in same, "that month is not over"
        told = rows(seen_by(client, editor, "/moderation/figures.csv?since=2026-01-01&until=2026-12-31"))
        assert told[0] == ["Month", "Space", "What", "How often"]
        assert ["2026-03", gent.name, "Thread closed", "3"] in told
        assert ["2026-03", gent.name, "Everything else, each", "fewer than 3"] in told
        assert {row[0] for row in told[1:]} == {"2026-03"}
        assert not any("Stilte" in row or "Thread reopened" in row for row in told)
        for person in (moderator, leen):
            for address in ("/moderation/figures", "/moderation/figures.csv"):
                assert seen_by(client, person, address).status_code == 403
    with clock.at(MARCH + timedelta(days=70)):
        later = words(seen_by(client, editor, "/moderation/figures"))
        assert "Thread closed: 4" in later
        assert "?month=2026-03" in later
        assert (
            seen_by(client, editor, "/moderation/figures.csv?since=2026-05-01&until=2026-04-01").status_code
            == 422
        )


def test_a_file_has_the_lines_that_the_page_shows_with_no_formula_and_no_more_than_fit(
    client, gent, moderator, done, monkeypatch
):
    path, gone, _second = done
    answer = seen_by(client, moderator, f"{path}.csv?until=2026-03-05")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="log-{gent.slug}.csv"'
    assert answer.mimetype == "text/csv"
    head, *told = rows(answer)
    assert head[:5] == ["Day", "Hour", "What", "By whom", "Role"]
    assert [row[2] for row in told] == ["What may stand in e-mails", "Thread closed", "Hidden"]
    hidden = dict(zip(head, told[-1], strict=True))
    assert (hidden["Day"], hidden["Hour"], hidden["By whom"]) == ("2026-03-04", "13:00", "Wouter")
    assert (hidden["Thread"], hidden["Post"], hidden["Reason"]) == ("A thread", "2", "'=Names a client")
    assert dict(zip(head, told[0], strict=True))["Details"] == "mail_policy: usual → link"
    monkeypatch.setattr(exports, "PIECE", 1)
    assert len(rows(seen_by(client, moderator, f"{path}.csv"))) == 5
    monkeypatch.setattr(exports, "MOST", 3)
    refused = seen_by(client, moderator, f"{path}.csv")
    assert (refused.status_code, "A file holds at most 3 lines." in words(refused)) == (422, True)
    assert len(rows(seen_by(client, moderator, f"{path}.csv?person={gone.id}"))) == 2


@pytest.mark.both_databases
def test_the_log_is_told_by_day_with_hours_in_the_time_zone_of_the_reader(client, gent, leen, moderator):
    thread = make_thread(gent, leen, title="A thread")
    late, early = datetime(2026, 3, 4, 22, 50, tzinfo=UTC), datetime(2026, 3, 4, 23, 10, tzinfo=UTC)
    with clock.at(late):
        locking.lock(actor(moderator), thread.id)
    with clock.at(early):  # the next day in Brussels
        locking.reopen(actor(moderator), thread.id)
    sign_in(client, moderator)
    with clock.at(early + timedelta(hours=2)):
        shown = words(client.get(f"/spaces/{gent.slug}/moderation/log"))
    parts = (">today<", ">00:10<", "reopened “A thread”", ">yesterday<", ">23:50<", "closed “A thread”")
    places = [shown.index(part) for part in parts]
    assert places == sorted(places)


def test_a_long_log_is_paged_and_costs_the_same(client, count_queries, gent, leen, moderator):
    log = f"/spaces/{gent.slug}/moderation/log"
    assert "No moderator has stepped in here yet." in words(seen_by(client, moderator, log))
    assert "dayline" not in words(seen_by(client, moderator, log))
    thread = make_thread(gent, leen, title="A thread")

    def cost(member, path):
        browser = client.application.test_client()
        sign_in(browser, member)
        browser.get(path)
        with count_queries() as seen:
            answer = browser.get(path)
        return seen.count, answer

    def costs():
        return [cost(*each)[0] for each in ((moderator, log), (leen, log), (leen, "/moderation/mine"))]

    locking.lock(actor(moderator), thread.id)
    db.session.commit()
    once = costs()
    for _turn in range(20):
        locking.reopen(actor(moderator), thread.id)
        locking.lock(actor(moderator), thread.id, reason="Again")
    for number in range(8):
        audit_log.record(
            actor(moderator),
            Action.ROLE,
            space_id=gent.id,
            subject_id=make_member(f"M {number}", space=gent).id,
        )
    db.session.commit()
    assert costs() == once
    assert max(once) <= 9
    for person, per_page, whole in ((moderator, 30, 49), (leen, 30, 41)):
        path, found = log, []
        while path:
            _count, answer = cost(person, path)
            found.append(answer.text.count("<li><time "))
            older = re.search(r'href="([^"]+)" rel="next"', answer.text)
            path = older.group(1).replace("&amp;", "&") if older else None
        assert (found[0], sum(found)) == (per_page, whole)
