"""Acts on a post: hiding, showing again, earlier versions, what was reported of it, objections, sentences."""

from forum.domain.moderation import hiding, objections, revisions, settling
from forum.domain.moderation.settling import Verdict
from forum.domain.responses import hiding as sentences
from forum.domain.spaces import deputies
from forum.infra import clock
from forum.infra.db import db
from forum.models.moderation import Action
from forum.models.post_reports import PostObjection, PostReport, ReportOutcome, ReportReason
from forum.models.responses import ResponseKind, ThreadResponse
from forum.models.threads import PostRevision
from tests.acts.act import Act, lines
from tests.acts.places import REPLIES, THREADS, Place, after, only, thread
from tests.factories import actor
from tests.policy.people import Town

OPENINGS = only(THREADS, "open", "away", "of a moderator", "hidden", "hidden by mod", "withdrawn")
STANDING = only(REPLIES, "open", "for the space", "away", "of a moderator", "locked")
CHANGED = only(REPLIES, "open", "for the space", "away", "of a moderator", "locked", "hidden", "taken back")


def reported(town: Town, place: Place) -> Place:
    """Somebody who only moderates elsewhere, and a visitor, reported the post."""
    for reporter_id in (town.member("omo").id, None):
        row = {"post_id": place.post.id, "reporter_id": reporter_id, "reason": ReportReason.WRONG}
        db.session.add(PostReport(**row, words="", reported_at=clock.now()))
    return place


def reported_by_mod(town: Town, place: Place) -> Place:
    """One moderator reported it, and nobody else."""
    row = {"post_id": place.post.id, "reporter_id": town.member("mod").id, "reason": ReportReason.WRONG}
    db.session.add(PostReport(**row, words="", reported_at=clock.now()))
    return place


def edited(town: Town, place: Place) -> Place:
    """The post has an earlier text."""
    place.post.revision = 2
    row = {"body": "Other words.", "plain": "Other words.", "title": "", "created_at": clock.now()}
    db.session.add(PostRevision(post_id=place.post.id, number=2, editor_id=place.post.author_id, **row))
    return place


def objected(town: Town, place: Place) -> Place:
    """Its author said that it should be shown again."""
    row = {"post_id": place.post.id, "author_id": place.post.author_id, "hidden_at": place.post.hidden_at}
    db.session.add(
        PostObjection(**row, words="It is no name.", made_at=clock.now(), restored=False, answer="")
    )
    return place


def with_a_deputy(town: Town, place: Place) -> Place:
    """The post of one moderator, which the other hid: whoever stands in for both decides."""
    deputies.name(actor(town.member("mod")), town.here.id, handle=town.member("mem").handle)
    return objected(town, place)


OBJECTIONS = {
    **after(objected, only(REPLIES, "hidden", "hidden by mod", "of mod, hidden")),
    "with a deputy": lambda town: with_a_deputy(town, REPLIES["of mod, hidden"](town)),
}


def answered(town: Town, place: Place) -> ThreadResponse:
    """A member said of the story, with a sentence, that it is so with them too."""
    row = {"thread_id": place.thread.id, "member_id": town.member("mem").id, "kind": ResponseKind.ALSO}
    response = ThreadResponse(**row, sentence="With Jan too.", said_at=clock.now())
    db.session.add(response)
    return response


def answered_by_mod(town: Town, place: Place) -> ThreadResponse:
    """The same, by a moderator."""
    response = answered(town, place)
    response.member_id = town.member("mod").id
    return response


def own_hidden_answer(town: Town, place: Place) -> ThreadResponse:
    """The sentence of a moderator, which another one hid."""
    response = hidden_answer(town, place)
    response.member_id = town.member("mod").id
    return response


def hidden_answer(town: Town, place: Place) -> ThreadResponse:
    """Its sentence is hidden."""
    response = answered(town, place)
    response.hidden_at, response.hidden_by_id = clock.now(), town.member("cur").id
    return response


def settled(outcome: ReportOutcome):
    """The act of settling with this outcome."""
    return lambda who, place: settling.settle(who, place.post.id, Verdict(outcome, "A name."))


ACTS = (
    Act(
        "hide a reply",
        lines(Action.HIDE),
        REPLIES,
        lambda who, place: hiding.hide(who, place.post.id, reason="A name."),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                     s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
for the space            s   s   0   .   .   .   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
of everybody             s   s   .   .   .   .   x   x   .   .   s   s   .   .   .   .   s   .   .   .   s
away                     s   s   0   0   .   .   .   .   0   0   s   s   .   .   x   0   s   .   .   0   s
away, for the space      s   s   0   0   0   0   0   0   0   0   s   s   .   .   x   0   s   0   0   0   s
of a moderator           s   s   0   .   .   .   .   x   0   0   s   s   0   .   .   0   s   .   .   0   s
locked                   s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
hidden                   s   s   0   .   .   .   .   .   0   0   s   s   0   .   .   0   s   .   .   0   s
hidden by mod            s   s   0   .   .   .   .   .   0   0   s   s   0   .   .   0   s   .   .   0   s
of mod, hidden           s   s   0   .   .   .   .   .   0   0   s   s   0   .   .   0   s   .   .   0   s
taken back               s   s   0   .   .   .   .   .   0   0   s   s   0   .   .   0   s   .   .   0   s
withdrawn                s   s   0   0   .   0   0   0   0   0   s   s   0   0   0   0   s   0   0   0   s
below hidden             s   s   0   0   .   0   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
        """,
        about="place",
    ),
    Act(
        "hide a story",
        lines(Action.HIDE),
        OPENINGS,
        lambda who, place: hiding.hide(who, place.post.id, reason="A name."),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                     s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
away                     s   s   0   0   .   .   .   .   0   0   s   s   .   .   x   0   s   .   .   0   s
of a moderator           s   s   0   .   .   .   .   x   0   0   s   s   0   .   .   0   s   .   .   0   s
hidden                   s   s   0   0   0   .   .   .   0   0   s   s   0   0   0   0   s   0   0   0   s
hidden by mod            s   s   0   0   0   .   .   .   0   0   s   s   0   0   0   0   s   0   0   0   s
withdrawn                s   s   0   0   0   .   0   0   0   0   s   s   0   0   0   0   s   0   0   0   s
        """,
        about="place",
    ),
    Act(
        "show a reply again",
        lines(Action.RESTORE),
        only(REPLIES, "open", "hidden", "hidden by mod", "of mod, hidden"),
        lambda who, place: hiding.restore(who, place.post.id),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                     s   s   0   .   .   .   .   .   0   0   s   s   0   .   .   0   s   .   .   0   s
hidden                   s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
hidden by mod            s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
of mod, hidden           s   s   0   .   .   .   .   x   0   0   s   s   0   .   .   0   s   .   .   0   s
        """,
        about="place",
    ),
    Act(
        "show a story again",
        lines(Action.RESTORE),
        only(THREADS, "open", "hidden", "hidden by mod", "of mod, hidden"),
        lambda who, place: hiding.restore(who, place.post.id),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                     s   s   0   .   .   .   .   .   0   0   s   s   0   .   .   0   s   .   .   0   s
hidden                   s   s   0   0   0   .   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
hidden by mod            s   s   0   0   0   .   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
of mod, hidden           s   s   0   0   0   0   .   x   0   0   s   s   0   0   0   0   s   0   0   0   s
        """,
        about="place",
    ),
    Act(
        "hide an earlier version",
        lines(Action.HIDE_REVISION),
        after(edited, CHANGED),
        lambda who, place: revisions.hide(who, place.post.id, 1, reason="A name."),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                     s   s   0   .   .   x   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
for the space            s   s   0   .   .   x   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
away                     s   s   0   0   .   .   .   .   0   0   s   s   .   x   x   0   s   .   .   0   s
of a moderator           s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
locked                   s   s   0   .   .   x   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
hidden                   s   s   0   0   0   x   .   .   0   0   s   s   0   0   0   0   s   0   0   0   s
taken back               s   s   0   0   0   x   0   0   0   0   s   s   0   0   0   0   s   0   0   0   s
        """,
        about="place",
    ),
    Act(
        "settle reports: hide",
        lines(Action.SETTLE_REPORT),
        after(reported, STANDING),
        settled(ReportOutcome.HIDDEN),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                     s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
for the space            s   s   0   .   .   .   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
away                     s   s   0   0   .   .   .   .   0   0   s   s   .   .   x   0   s   .   .   0   s
of a moderator           s   s   0   .   .   .   .   x   0   0   s   s   0   .   .   0   s   .   .   0   s
locked                   s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
        """,
        about="place",
    ),
    Act(
        "settle reports: ask for a change",
        lines(Action.ASK_CHANGE),
        after(reported, STANDING),
        settled(ReportOutcome.ASKED),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                     s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
for the space            s   s   0   .   .   .   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
away                     s   s   0   0   .   .   .   .   0   0   s   s   .   .   x   0   s   .   .   0   s
of a moderator           s   s   0   .   .   .   .   x   0   0   s   s   0   .   .   0   s   .   .   0   s
locked                   s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
        """,
        about="place",
    ),
    Act(
        "settle reports: leave it",
        lines(Action.SETTLE_REPORT),
        after(reported_by_mod, STANDING),
        settled(ReportOutcome.LEFT),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                     s   s   0   .   .   .   .   x   0   0   s   s   0   .   .   0   s   .   .   0   s
for the space            s   s   0   .   .   .   .   x   0   0   s   s   0   0   0   0   s   0   0   0   s
away                     s   s   0   0   .   .   .   .   0   0   s   s   .   .   x   0   s   .   .   0   s
of a moderator           s   s   0   .   .   .   .   x   0   0   s   s   0   .   .   0   s   .   .   0   s
locked                   s   s   0   .   .   .   .   x   0   0   s   s   0   .   .   0   s   .   .   0   s
        """,
        about="place",
    ),
    Act(
        "grant an objection",
        lines(Action.RESTORE),
        OBJECTIONS,
        lambda who, place: objections.restore(who, place.post.id),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
hidden                   s   s   0   .   .   .   x   .   0   0   s   s   0   .   .   0   s   .   .   0   s
hidden by mod            s   s   0   .   .   .   .   x   0   0   s   s   0   .   .   0   s   .   .   0   s
of mod, hidden           s   s   0   .   .   .   .   .   0   0   s   s   0   .   .   0   s   .   .   0   s
with a deputy            s   s   0   .   x   .   .   .   0   0   s   s   0   .   .   0   s   .   .   0   s
        """,
        about="place",
    ),
    Act(
        "decline an objection",
        lines(Action.KEEP_HIDDEN),
        OBJECTIONS,
        lambda who, place: objections.keep_hidden(who, place.post.id, answer="It is."),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
hidden                   s   s   0   .   .   .   x   .   0   0   s   s   0   .   .   0   s   .   .   0   s
hidden by mod            s   s   0   .   .   .   .   x   0   0   s   s   0   .   .   0   s   .   .   0   s
of mod, hidden           s   s   0   .   .   .   .   .   0   0   s   s   0   .   .   0   s   .   .   0   s
with a deputy            s   s   0   .   x   .   .   .   0   0   s   s   0   .   .   0   s   .   .   0   s
        """,
        about="place",
    ),
    Act(
        "hide a sentence",
        lines(Action.HIDE),
        {
            **after(
                answered, only(THREADS, "open", "for the space", "away", "locked", "hidden", "withdrawn")
            ),
            "by a moderator": lambda town: answered_by_mod(town, thread(town)),
        },
        lambda who, response: sentences.hide(who, response.id, reason="A name."),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                     s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
for the space            s   s   0   .   .   .   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
away                     s   s   0   0   .   .   .   .   0   0   s   s   .   .   x   0   s   .   .   0   s
locked                   s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
hidden                   s   s   0   0   0   .   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
withdrawn                s   s   0   0   0   .   0   0   0   0   s   s   0   0   0   0   s   0   0   0   s
by a moderator           s   s   0   .   .   .   .   x   0   0   s   s   0   .   .   0   s   .   .   0   s
        """,
        about="response",
    ),
    Act(
        "show a sentence again",
        lines(Action.RESTORE),
        {
            **after(hidden_answer, only(THREADS, "open", "away", "locked")),
            "by a moderator": lambda town: own_hidden_answer(town, thread(town)),
        },
        lambda who, response: sentences.restore(who, response.id),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                     s   s   0   0   0   0   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
away                     s   s   0   0   0   0   0   0   0   0   s   s   0   0   x   0   s   0   0   0   s
locked                   s   s   0   0   0   0   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
by a moderator           s   s   0   0   0   0   .   x   0   0   s   s   0   0   0   0   s   0   0   0   s
        """,
        about="response",
    ),
)
