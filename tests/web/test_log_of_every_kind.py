"""Each line of the log says who, in which role, what, on what, by which rule and when: on the page and in the file."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from forum.domain.audit import log as audit_log
from forum.domain.audit.kinds import CODED, KINDS, ROLES
from forum.domain.audit.roles import OF_NETWORK
from forum.domain.house_rules import publishing
from forum.domain.house_rules.publishing import Text
from forum.domain.moderation import post_reports, settling
from forum.domain.moderation.post_reports import Said
from forum.domain.moderation.settling import Verdict
from forum.infra import clock, i18n
from forum.infra.db import db
from forum.models.house_rules import HouseRule
from forum.models.moderation import Action, ActorRole
from forum.models.post_reports import ReportOutcome, ReportReason
from tests.factories import actor, make_member, make_post, make_thread, sign_in

# Kinds that hold a code, with one that they may hold.
CODES = {
    Action.HAND_OVER: "lesson", Action.MAIL_POLICY: "usual link", Action.NOTE: "written",
    Action.SETTLE_REPORT: "left", Action.REOPEN_REPORT: "left", Action.SPLIT: "0", Action.MERGE: "0",
    Action.UNSPLIT: "0", Action.UNMERGE: "0",
    Action.HOLDING: "nobody newcomers", Action.END_MEASURE: "mute", Action.WATCH_WORDS: "added",
    Action.DEPUTY: "named", Action.RULES: "2", Action.AWAY: "2026-12-01/2026-12-06",
}  # fmt: skip
# Of no space, so in the log of none.
NOWHERE = {Action.CAHIER}
ABOUT_PEOPLE = {
    *(Action.ROLE, Action.REMOVE, Action.SUSPEND, Action.READMIT, Action.HAND_OVER, Action.ADMIT),
    *(Action.NOT_ADMIT, Action.DEPUTY, Action.WARN_MEMBER, Action.HOLD_MEMBER, Action.MUTE_MEMBER),
    *(Action.END_MEASURE, Action.KEEP_MEASURE, Action.REFUSE_POST, Action.HOLD_AGAIN, Action.APPROVE_POST),
    *(Action.CONFIRM_CAPACITY, Action.REFUSE_CAPACITY, Action.END_CAPACITY, Action.ANSWER_UNDONE),
}
OF_SPACE = {Action.MAIL_POLICY, Action.NOTE, Action.HOLDING, Action.WATCH_WORDS, Action.RULES, Action.AWAY}
SPRING = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.fixture
def logged(gent, leen, moderator):
    """One line of each kind in the log of Gent, all by one house rule, a minute apart."""
    publishing.publish(actor(moderator), gent.id, Text("## =Nobody is named\n\nNo names.", ""), seen=0)
    rule_id = db.session.scalars(select(HouseRule.id)).one()
    thread = make_thread(gent, leen, title="A thread")
    make_post(thread, leen)
    kinds = [action for action in Action if action not in NOWHERE]
    for number, action in enumerate(kinds):
        with clock.at(SPRING + timedelta(minutes=number)):
            is_about = action not in (ABOUT_PEOPLE | OF_SPACE) or action in {Action.APPROVE_POST}
            audit_log.record(
                actor(moderator),
                action,
                **({"thread": thread, "post_number": 2} if is_about else {"space_id": gent.id}),
                subject_id=leen.id if action in ABOUT_PEOPLE else None,
                rule_id=rule_id,
                reason=CODES[action] if action in CODED else "",
            )
    db.session.commit()
    return kinds


def role(action, language):
    """As what a moderator of Gent does it, in words."""
    with i18n.force_locale(language):
        return str(ROLES[OF_NETWORK.get(action, ActorRole.MODERATOR)])


def browser(client, member):
    found = client.application.test_client()
    sign_in(found, member)
    return found


def sentences(client, gent):
    """Each line on the pages of the log, the latest first: its moment, its sentence, and what stands below."""
    path, found = f"/spaces/{gent.slug}/moderation/log?until=2026-03-05&lang=en", []
    while path:
        page = BeautifulSoup(client.get(path).text, "html.parser")
        found += page.select("ol.rows--hours > li")
        older = page.select_one("[rel=next]")
        path = older["href"] if older else None
    return [" ".join(line.get_text(" ").split()) for line in found]


def test_each_kind_says_all_of_it_on_the_page_and_in_the_file(client, gent, leen, moderator, logged):
    mod = browser(client, moderator)
    lines = sentences(mod, gent)
    assert len(lines) == len(logged)
    for line, action in zip(lines, reversed(logged), strict=True):
        about = "Leen" if action in ABOUT_PEOPLE else gent.name if action in OF_SPACE else "“A thread”"
        assert "Wouter" in line, action
        assert role(action, "en") in line, action
        assert "House rule 1: =Nobody is named" in line, action
        assert action in OF_SPACE or about in line, action
        assert line[2] == ":", (action, line)
    # A kind without words of its own would say those of another one.
    said = [line.partition(" House rule")[0][5:] for line in lines]
    assert [one for one in said if said.count(one) > 1] == []
    for language, head in (
        ("en", ["House rule", "Version of the house rules"]),
        ("nl", ["Huisregel", "Versie van de huisregels"]),
    ):
        moderator.locale = language
        db.session.commit()
        text = mod.get(f"/spaces/{gent.slug}/moderation/log.csv?until=2026-03-05").text
        names, *rows = csv.reader(StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";")
        assert names[-2:] == head
        assert {tuple(row[-2:]) for row in rows} == {("1. =Nobody is named", "1")}
        assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
        with i18n.force_locale(language):
            assert [row[2] for row in rows] == [str(KINDS[action].name) for action in reversed(logged)]
        for row, action in zip(rows, reversed(logged), strict=True):
            assert (row[0], row[3], row[4]) == ("2026-03-04", "Wouter", role(action, language)), action
            assert row[5] == ("Leen" if action in ABOUT_PEOPLE else ""), action


def test_an_author_never_reads_who_reported_the_post(client, gent, leen, moderator):
    ruth = make_member("Ruth", space=gent)
    post = make_post(make_thread(gent, moderator), leen, "He lives next door.")
    for outcome, reason in (
        (ReportOutcome.ASKED, "Leave it out."),
        (ReportOutcome.HIDDEN, "It still stands."),
    ):
        post_reports.report(actor(ruth), post.id, Said(ReportReason.WRONG, "Zo is het niet."))
        settling.settle(actor(moderator), post.id, Verdict(outcome, reason, "Dank."))
    db.session.commit()
    with clock.at(clock.now() + timedelta(minutes=11)):  # what can be undone is not told yet
        mine = browser(client, leen).get("/moderation/mine?lang=en").text.split("<main")[1]
    assert ("It still stands." in mine, "asked the author of post 2" in mine) == (True, True)
    for kept in ("Ruth", "reported", "Zo is het niet.", "Dank.", "Wouter"):
        assert kept not in mine
    assert (
        "reported of post 2"
        in browser(client, moderator).get(f"/spaces/{gent.slug}/moderation/log?lang=en").text
    )
