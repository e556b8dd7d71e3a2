"""Counter-evidence: who brings it, who decides, who replies under which name, and how a dispute ends."""

from contextlib import suppress

import pytest
from sqlalchemy import select

from forum.domain.consents import settling
from forum.domain.lessons import dispute_list, disputes, lessons, own_cases, page, reports, undo
from forum.domain.lessons.report_words import Answers
from forum.domain.moderation import hiding
from forum.infra import clock
from forum.infra.db import db
from forum.jobs import worker
from forum.models.disputes import CounterEvidence
from forum.models.lesson_steps import LessonStep
from forum.models.notifications import Notification
from forum.models.spaces import Audience, Membership, Role
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from tests import reviewed
from tests.factories import actor, make_member, make_space, make_thread
from tests.lesson_scenario import build

WORDS = "With us nobody came."
PEOPLE = ("author", "curator", "second", "reader", "editor")


@pytest.fixture
def scenario(session):
    """A published lesson, and Griet of Brugge who knows otherwise."""
    scenario = build()
    scenario.lesson = scenario.published()
    scenario.griet = make_member("Griet", space=make_space("Brugge", city="brugge"), city="brugge")
    scenario.public_id = scenario.lesson.public_id
    scenario.root = page.page(scenario.actor("reader"), scenario.public_id).claims[0].root
    db.session.commit()
    return scenario


def brought(scenario, who=None, words=WORDS, **more):
    """What somebody brings against the only claim."""
    who = who or actor(scenario.griet)
    return disputes.bring(who, scenario.public_id, claim=scenario.root, words=words, **more)


def seen(scenario, reader):
    """What a reader gets beside the claim, and whether the head says disputed."""
    shown = page.page(reader, scenario.public_id)
    return [one.words for one in shown.claims[0].counters], shown.disputed


def told(kind):
    """Who was told, once all is done."""
    db.session.commit()
    worker.run_until_idle()
    return set(db.session.scalars(select(Notification.member_id).where(Notification.kind == kind)))


def steps(scenario):
    """The kinds of the last lines of the log."""
    kinds = select(LessonStep.kind).where(LessonStep.lesson_id == scenario.lesson.id).order_by(LessonStep.id)
    return [kind.value for kind in db.session.scalars(kinds)]


def test_it_waits_for_its_author_and_the_makers_and_then_stands_for_all(scenario):
    griet, second, public_id = actor(scenario.griet), scenario.actor("second"), scenario.public_id
    evidence = brought(scenario)
    assert brought(scenario) is evidence
    with pytest.raises(Conflict):
        brought(scenario, words="Something else.")
    for other in (None, scenario.actor("reader"), scenario.actor("editor"), scenario.actor("author")):
        if other is not None:
            assert seen(scenario, other) == ([], [])
            with pytest.raises(NotFound):
                disputes.accept(other, public_id, evidence.id)
    for knows in (griet, second, scenario.actor("curator")):
        assert seen(scenario, knows) == ([WORDS], [])
    with pytest.raises(Forbidden):
        disputes.accept(griet, public_id, evidence.id)
    assert told("evidence_brought") == {scenario.curator.id, scenario.second.id}
    for _twice in range(2):
        disputes.accept(second, public_id, evidence.id)
    with pytest.raises(Conflict):
        disputes.decline(second, public_id, evidence.id, reason="No.")
    assert seen(scenario, scenario.actor("reader")) == ([WORDS], [1])
    assert scenario.lesson.disputed_at is not None
    assert told("disputed") == {scenario.author.id, scenario.curator.id}
    assert told("evidence_accepted") == {scenario.griet.id}
    with pytest.raises(Forbidden):
        disputes.take_back(griet, public_id, evidence.id)
    assert steps(scenario).count("dispute") == 1


def test_what_is_declined_is_read_by_its_author_with_the_reason_and_what_waits_is_taken_back(scenario):
    griet, second, public_id = actor(scenario.griet), scenario.actor("second"), scenario.public_id
    evidence = brought(scenario)
    with pytest.raises(Invalid):
        disputes.decline(second, public_id, evidence.id, reason=" ")
    for _twice in range(2):
        disputes.decline(second, public_id, evidence.id, reason="It is about something else.")
    (one,) = page.page(griet, public_id).evidence
    assert (one.accepted, one.declined_because) == (False, "It is about something else.")
    assert page.page(scenario.actor("reader"), public_id).evidence == ()
    assert told("evidence_declined") == {scenario.griet.id}
    again = brought(scenario, words="And yet.")
    for _twice in range(2):
        disputes.take_back(griet, public_id, again.id)
    assert db.session.scalars(select(CounterEvidence.words)).all() == [WORDS]
    with pytest.raises(Forbidden, match="andere moderator"):
        disputes.accept(
            scenario.actor("second"), public_id, brought(scenario, who=scenario.actor("second")).id
        )


def test_nobody_turns_down_what_speaks_against_their_own_where_another_moderator_can(scenario):
    public_id, curator, second = scenario.public_id, scenario.actor("curator"), scenario.actor("second")
    db.session.query(Membership).filter_by(member_id=scenario.author.id).update({"role": Role.MODERATOR})
    author = actor(scenario.author)  # quoted by the claim
    first = brought(scenario)
    for judge in (curator, author):
        with pytest.raises(Forbidden, match="andere moderator"):
            disputes.decline(judge, public_id, first.id, reason="No.")
    disputes.accept(curator, public_id, first.id)
    for judge in (curator, author):
        with pytest.raises(Forbidden, match="andere moderator"):
            disputes.settle(judge, public_id, first.id, reason="Because.")
        assert own_cases.on(judge, scenario.lesson) == {first.id}
    assert own_cases.on(second, scenario.lesson) == set()
    disputes.settle(second, public_id, first.id, reason="Both are true.")
    # With nobody else there it would stay open for good.
    later = brought(scenario, words="And yet.")
    scenario.second.suspended_at = clock.now()
    db.session.query(Membership).filter_by(member_id=scenario.author.id).update({"role": Role.MEMBER})
    disputes.decline(curator, public_id, later.id, reason="Nobody else can.")
    assert later.declined_because == "Nobody else can."


def test_who_is_quoted_and_the_curator_reply_once_each_while_it_is_open(scenario):
    public_id, second = scenario.public_id, scenario.actor("second")
    evidence = brought(scenario)
    with pytest.raises((Forbidden, NotFound)):
        disputes.reply(scenario.actor("author"), public_id, evidence.id, words="Here they did.")
    disputes.accept(second, public_id, evidence.id)
    for other in (second, actor(scenario.griet), scenario.actor("reader")):
        with pytest.raises(Forbidden):
            disputes.reply(other, public_id, evidence.id, words="I too.")
    for name in ("author", "curator"):
        disputes.reply(scenario.actor(name), public_id, evidence.id, words="Here they did.")
        disputes.reply(scenario.actor(name), public_id, evidence.id, words="Here many did.")
    (one,) = page.page(scenario.actor("reader"), public_id).claims[0].counters
    assert [(reply.by.name, reply.words, reply.is_changed) for reply in one.replies] == [
        ("Amina", "Here many did.", True),
        ("Cas", "Here many did.", True),
    ]
    with pytest.raises(Invalid):
        disputes.settle(second, public_id, evidence.id, reason="")
    for _twice in range(2):
        disputes.settle(second, public_id, evidence.id, reason="Both are true.")
    assert seen(scenario, scenario.actor("reader")) == ([WORDS], [])
    assert scenario.lesson.disputed_at is None
    with pytest.raises(Forbidden):
        disputes.reply(scenario.actor("author"), public_id, evidence.id, words="Still.")
    assert told("dispute_settled") == {scenario.author.id, scenario.curator.id, scenario.griet.id}
    assert steps(scenario)[-2:] == ["dispute", "settle"]


def test_the_page_offers_a_reply_to_just_those_whom_the_verb_lets_reply(scenario):
    public_id, griet = scenario.public_id, actor(scenario.griet)
    ours, own = brought(scenario), brought(scenario, who=scenario.actor("author"))
    for evidence in (ours, own):
        disputes.accept(scenario.actor("second"), public_id, evidence.id)

    def agree():
        offered = {}
        for name, who in (*((one, scenario.actor(one)) for one in PEOPLE), ("griet", griet)):
            for one in page.page(who, public_id).claims[0].counters:
                offered[name, one.id == own.id] = one.may_reply
                done = False
                with suppress(Forbidden), db.session.begin_nested() as undone:
                    disputes.reply(who, public_id, one.id, words="Here they did.")
                    done = True
                    undone.rollback()
                assert done == one.may_reply, (name, one.words)
        return {key for key, may in offered.items() if may}

    assert agree() == {("author", False), ("curator", False), ("curator", True)}
    # Who is quoted stays behind the claim where nobody reads the excerpt any more, themselves included.
    hiding.hide(scenario.actor("second"), scenario.post.id, reason="Not for here.")
    assert agree() == {("author", False), ("curator", False), ("curator", True)}
    disputes.settle(scenario.actor("second"), public_id, ours.id, reason="Both are true.")
    assert agree() == {("curator", True)}


def test_a_new_version_that_says_what_it_did_with_it_ends_the_dispute(scenario):
    public_id, second, curator = scenario.public_id, scenario.actor("second"), scenario.actor("curator")
    evidence = brought(scenario)
    disputes.accept(second, public_id, evidence.id)
    with pytest.raises(Forbidden):
        disputes.answer_in_draft(second, public_id, evidence.id, words="We took it in.")
    lessons.revise(curator, scenario.lesson.id)
    with pytest.raises(Forbidden):
        disputes.answer_in_draft(second, public_id, evidence.id, words="Not in my hands.")
    disputes.answer_in_draft(curator, public_id, evidence.id, words="Thrown away.")
    undo.discard(curator, scenario.lesson.id)
    assert evidence.next_answer == ""
    lessons.revise(curator, scenario.lesson.id)
    disputes.answer_in_draft(curator, public_id, evidence.id, words="We took it in.")
    assert seen(scenario, scenario.actor("reader")) == ([WORDS], [1])
    assert dispute_list.answers_of(scenario.lesson) == [("Contact keeps people", WORDS, "We took it in.")]
    lessons.submit(curator, scenario.lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("reviewer"), scenario.lesson.id)
    (one,) = page.page(scenario.actor("reader"), public_id).claims[0].counters
    assert (one.ended_because, one.ended_in, one.is_open) == ("We took it in.", "1.1", False)
    assert page.page(scenario.actor("reader"), public_id, "1.0").claims[0].counters == (one,)


def test_of_a_masked_lesson_nothing_leads_from_it_to_a_city(session):
    scenario = build(Audience.SPACE)
    lesson = scenario.draft()
    scenario.agree(lesson)
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    scenario.lesson = reviewed.publish(scenario.actor("reviewer"), lesson.id, recognised=False)
    scenario.public_id = lesson.public_id
    insider = make_member("Ines", space=scenario.space, city="aalst")
    scenario.root = page.page(scenario.actor("reader"), lesson.public_id).claims[0].root
    reported = Answers("worked", what_was_done="We rang.", what_came="Well.")
    reports.report(actor(insider), lesson.public_id, reported)
    address = f"/threads/{scenario.thread.id}/x"
    evidence = brought(scenario, who=actor(insider), post=address, with_report=True)
    disputes.accept(scenario.actor("second"), lesson.public_id, evidence.id)
    for name in ("author", "curator"):
        disputes.reply(scenario.actor(name), lesson.public_id, evidence.id, words="Here many did.")
    (one,) = page.page(scenario.actor("reader"), lesson.public_id).claims[0].counters
    said = [one.by, *(reply.by for reply in one.replies)]
    assert (one.post, one.report_id) == (None, None)
    for by in said:
        assert (by.city, by.handle, by.org_words) == (None, "", ""), by
        assert not {"Ines", "Amina", "Cas", "Aalst"} & set(by.name.replace(",", " ").split()), by
    assert said[1].name == "somebody in a large city"
    assert one.decided_on.split()[0].isalpha(), "a quarter, and no day"
    (one,) = page.page(scenario.actor("second"), lesson.public_id).claims[0].counters
    assert (one.by.name, one.by.city, one.post is not None, one.report_id is not None) == (
        "Ines", "aalst", True, True,
    )  # fmt: skip


def test_a_post_behind_it_is_a_link_only_for_who_reads_it_and_while_it_stands(scenario):
    closed = make_space("Closed", city="brugge")
    thread = make_thread(
        closed, scenario.griet, title="Ours", body="It went wrong.", audience=Audience.NETWORK
    )
    evidence = brought(scenario, post=f"/threads/{thread.id}/ours")
    disputes.accept(scenario.actor("second"), scenario.public_id, evidence.id)

    def post():
        return page.page(scenario.actor("reader"), scenario.public_id).claims[0].counters[0].post

    assert post() is not None
    thread.audience = Audience.SPACE
    db.session.flush()
    assert post() is None
    with pytest.raises(Invalid) as caught:
        brought(scenario, who=scenario.actor("author"), post=f"/threads/{thread.id}/ours")
    assert caught.value.field == "post"


def test_an_erased_account_leaves_no_words(scenario):
    evidence = brought(scenario)
    disputes.accept(scenario.actor("second"), scenario.public_id, evidence.id)
    disputes.reply(scenario.actor("author"), scenario.public_id, evidence.id, words="Here they did.")
    waits = brought(scenario, words="And more.").id
    for member in (scenario.griet, scenario.author):
        settling.erase(member.id)
    db.session.expire_all()
    assert db.session.get(CounterEvidence, waits) is None
    (one,) = page.page(scenario.actor("reader"), scenario.public_id).evidence
    assert (one.words, [reply.words for reply in one.replies]) == ("", [""])
