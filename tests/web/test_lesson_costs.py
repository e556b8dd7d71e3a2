"""What the page of a lesson asks of the database: at most eight queries, in every state and for every reader."""

from datetime import timedelta

import pytest

from forum.domain.lessons import ageing, confirming, disputes, ending, lessons, reports
from forum.domain.lessons import page as lesson_page
from forum.domain.lessons.foretellings import Expected
from forum.domain.lessons.report_words import Answers
from forum.infra import days
from forum.infra.db import db
from forum.models.accounts import Body, NetworkRole
from forum.models.spaces import Audience
from tests import consent_scenario, lesson_scenario, reviewed
from tests.factories import actor, make_member, make_space, sign_in

pytestmark = pytest.mark.both_databases
MOST = 8
READERS = ("visitor", "reader", "author", "curator", "second", "editor", "reporter")


class Story:
    """A published lesson with all who read it, by what they are to it."""

    def __init__(self, lesson, people):
        self.lesson, self.people = lesson, people
        self.public_id = lesson.public_id

    def actor(self, name):
        return actor(self.people[name])

    @property
    def root(self):
        """The first claim."""
        return lesson_page.page(self.actor("curator"), self.public_id).claims[0].root


def opened():
    """Made from a thread that everybody reads."""
    scenario = lesson_scenario.build(Audience.PUBLIC)
    lesson = scenario.published(Audience.PUBLIC, by="editor")
    names = ("author", "curator", "second", "editor", "reader")
    return Story(lesson, {name: getattr(scenario, name) for name in names})


def masked():
    """Made from a closed thread, of which one author stands masked, and one of the same city does not."""
    scenario = consent_scenario.build(("Amina", "Bart"))
    scenario.ask()
    scenario.say("Amina", "masked")
    scenario.say("Bart", "name")
    lessons.submit(scenario.actor("curator"), scenario.lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("reviewer"), scenario.lesson.id, recognised=False)
    editor = make_member("Els", network_role=NetworkRole.EDITOR, body=Body.NETWORK)
    people = {**scenario.others, "curator": scenario.curator, "author": scenario.authors["Amina"]}
    return Story(scenario.lesson, {**people, "editor": editor})


def reported(story, *outcomes):
    """Applied in some cities, once with something foretold, and once taken back after that."""
    for number, outcome in enumerate(outcomes):
        city = ("genk", "leuven", "brugge")[number]
        kim = make_member("Kim", space=make_space(f"{city}s", city=city), city=city)
        foretold = Expected("better", days.today() + timedelta(days=9)) if outcome == "running" else None
        said = Answers(outcome, what_was_done="We rang.", what_came="Well.")
        made = reports.report(actor(kim), story.public_id, said, city=city, expected=foretold)
        if foretold is not None and number:
            reports.take_back(actor(kim), story.public_id, made.id)
        story.people["reporter"] = kim


def plain(story):
    """As it was published."""


def applied(story):
    reported(story, "worked", "adapted", "worked")


def foretold(story):
    reported(story, "running", "running")


def confirmed(story):
    applied(story)
    confirming.confirm(story.actor("editor"), story.public_id)


def disputed(story):
    for words in ("Not here.", "Nor here."):
        evidence = disputes.bring(story.actor("reader"), story.public_id, claim=story.root, words=words)
        disputes.accept(story.actor("curator"), story.public_id, evidence.id)
        disputes.reply(story.actor("author"), story.public_id, evidence.id, words="It was so.")
    disputes.bring(story.actor("reader"), story.public_id, claim=story.root, words="It waits.")


def signalled(story):
    for name in ("reader", "author"):
        ageing.signal(story.actor(name), story.public_id, reason="The rule is gone.")


def withdrawn(story):
    ending.withdraw(story.actor("editor"), story.public_id, reason="Gone.")


def superseded(story):
    other = lesson_scenario.build(Audience.PUBLIC)
    by = other.published(Audience.PUBLIC, by="editor").public_id
    if not lesson_page.page(story.actor("curator"), story.public_id).origin.masked:
        ending.supersede(story.actor("editor"), story.public_id, by=by, reason="A better one.")


def everything(story):
    applied(story)
    reported(story, "running", "running")
    disputed(story)
    signalled(story)
    withdrawn(story)


STATES = (plain, applied, foretold, confirmed, disputed, signalled, withdrawn, superseded, everything)


@pytest.mark.parametrize("made", [opened, masked])
@pytest.mark.parametrize("state", STATES)
def test_a_page_asks_at_most_eight_questions_whoever_reads_it(client, session, count_queries, made, state):
    story = made()
    state(story)
    db.session.commit()
    costs = {}
    for name in READERS:
        member = story.people.get(name)
        if member is None and (name != "visitor" or made is masked):
            continue
        if member is not None:
            sign_in(client, member)
        path = f"/lessons/{story.public_id}"
        assert client.get(path).status_code == 200, name
        with count_queries() as seen:
            assert client.get(path).status_code == 200
        costs[name] = seen.count
    assert len(costs) >= 4
    assert max(costs.values()) <= MOST, costs
