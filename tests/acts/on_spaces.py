"""Acts on a space and on the network: whose posts wait, watched words, mails, notes, accounts, cahiers."""

from typing import Any

from forum.domain.cahiers import cahiers
from forum.domain.cahiers.cahiers import Words
from forum.domain.held_posts import choosing, watching
from forum.domain.held_posts.choosing import Choice
from forum.domain.people import accounts
from forum.domain.spaces import mail_rules, notes
from forum.infra import clock
from forum.infra.db import db
from forum.models.held import Watch, WatchedWord
from forum.models.moderation import Action
from forum.models.notes import SpaceNote
from forum.models.spaces import Audience, MailPolicy, Space
from tests.acts.act import Act, lines
from tests.factories import make_space
from tests.policy import people
from tests.policy.people import Town

SPACES: dict[str, Any] = {
    "a new one": lambda town: people.settle(town, make_space("Nieuw")).id,
    "here": lambda town: town.here.id,
    "away": lambda town: town.elsewhere.id,
    "unlisted": lambda town: town.unlisted.id,
}
NETWORK: dict[str, Any] = {"here": lambda town: town.here.id, "network": lambda town: None}


def watched(space_id: int | None) -> tuple[int | None, int]:
    """A word that is watched for."""
    row = WatchedWord(space_id=space_id, word="loket", watch=Watch.HOLD, added_at=clock.now())
    db.session.add(row)
    db.session.flush()
    return space_id, row.id


def noted(town: Town, space: Space) -> SpaceNote:
    """A note on the page of a space."""
    row = SpaceNote(
        space_id=space.id,
        position=1,
        is_welcome=False,
        title="Hello",
        body="Words.",
        html="<p>Words.</p>",
        render_version=1,
        editor_id=town.member("cur").id,
        written_at=clock.now(),
    )
    db.session.add(row)
    return row


NOTES: dict[str, Any] = {
    "a new one": lambda town: noted(town, people.settle(town, make_space("Nieuw"))),
    "here": lambda town: noted(town, town.here),
    "away": lambda town: noted(town, town.elsewhere),
    "unlisted": lambda town: noted(town, town.unlisted),
}


def suspended(town: Town) -> int:
    """Somebody who is suspended."""
    return town.member("sme").id


ACTS = (
    Act(
        "choose whose posts wait",
        lines(Action.HOLDING),
        SPACES,
        lambda who, space_id: choosing.choose(who, space_id, Choice(newcomers=True)),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
a new one                s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
here                     s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
away                     s   s   0   0   .   .   .   .   0   0   s   s   .   .   x   0   s   .   .   0   s
unlisted                 s   s   0   0   0   0   0   0   0   0   s   s   0   0   0   0   s   0   0   0   s
        """,
        about="space",
    ),
    Act(
        "choose what may stand in mails",
        lines(Action.MAIL_POLICY),
        SPACES,
        lambda who, space_id: mail_rules.choose(who, space_id, MailPolicy.LINK),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
a new one                s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
here                     s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
away                     s   s   0   0   .   .   .   .   0   0   s   s   .   .   x   0   s   .   .   0   s
unlisted                 s   s   0   0   0   0   0   0   0   0   s   s   0   0   0   0   s   0   0   0   s
        """,
        about="space",
    ),
    Act(
        "watch for a word",
        lines(Action.WATCH_WORDS),
        {**SPACES, **NETWORK},
        lambda who, space_id: watching.add(who, space_id, word="loket", watch=Watch.HOLD),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
a new one                s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
here                     s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
away                     s   s   0   0   .   .   .   .   0   0   s   s   .   .   x   0   s   .   .   0   s
unlisted                 s   s   0   0   0   0   0   0   0   0   s   s   0   0   0   0   s   0   0   0   s
network                  s   s   .   .   .   .   .   .   .   .   s   s   .   .   .   .   s   x   .   .   s
        """,
        about="space",
    ),
    Act(
        "watch for a word no longer",
        lines(Action.WATCH_WORDS),
        {name: lambda town, of=of: watched(of(town)) for name, of in {**SPACES, **NETWORK}.items()},
        lambda who, word: watching.remove(who, *word),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
a new one                s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
here                     s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
away                     s   s   0   0   .   .   .   .   0   0   s   s   .   .   x   0   s   .   .   0   s
unlisted                 s   s   0   0   0   0   0   0   0   0   s   s   0   0   0   0   s   0   0   0   s
network                  s   s   .   .   .   .   .   .   .   .   s   s   .   .   .   .   s   x   .   .   s
        """,
    ),
    Act(
        "pin a note",
        lines(Action.NOTE),
        SPACES,
        lambda who, space_id: notes.write(who, space_id, title="Hello", body="Words."),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
a new one                s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
here                     s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
away                     s   s   0   0   .   .   .   .   0   0   s   s   .   .   x   0   s   .   .   0   s
unlisted                 s   s   0   0   0   0   0   0   0   0   s   s   0   0   0   0   s   0   0   0   s
        """,
        about="space",
    ),
    Act(
        "change a note",
        lines(Action.NOTE),
        NOTES,
        lambda who, note: notes.change(who, note.id, title="Hello", body="Others.", seen=1),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
a new one                s   s   0   .   .   .   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
here                     s   s   0   .   .   .   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
away                     s   s   0   0   0   0   0   0   0   0   s   s   .   .   x   0   s   0   0   0   s
unlisted                 s   s   0   0   0   0   0   0   0   0   s   s   0   0   0   0   s   0   0   0   s
        """,
        about="note",
    ),
    Act(
        "remove a note",
        lines(Action.NOTE),
        NOTES,
        lambda who, note: notes.remove(who, note.id),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
a new one                s   s   0   .   .   .   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
here                     s   s   0   .   .   .   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
away                     s   s   0   0   0   0   0   0   0   0   s   s   .   .   x   0   s   0   0   0   s
unlisted                 s   s   0   0   0   0   0   0   0   0   s   s   0   0   0   0   s   0   0   0   s
        """,
        about="note",
    ),
    Act(
        "make a cahier",
        lines(Action.CAHIER),
        {"network": lambda town: None},
        lambda who, _nothing: cahiers.create(who, Words("Loketten", "About counters.", Audience.PUBLIC)),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
network                  s   s   .   .   .   .   .   .   .   .   s   s   .   .   .   .   s   x   .   .   s
        """,
    ),
    Act(
        "suspend an account",
        lines(Action.SUSPEND),
        {"a member": lambda town: town.member("mem").id, "suspended": suspended},
        lambda who, member_id: accounts.suspend(who, member_id, reason="Gone."),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
a member                 s   s   .   .   .   .   .   .   .   .   s   s   .   .   .   .   s   .   x   .   s
suspended                s   s   .   .   .   .   .   .   .   .   s   s   .   .   .   .   s   .   =   .   s
        """,
    ),
    Act(
        "readmit an account",
        lines(Action.READMIT),
        {"a member": lambda town: town.member("mem").id, "suspended": suspended},
        lambda who, member_id: accounts.readmit(who, member_id, reason="Back."),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
a member                 s   s   .   .   .   .   .   .   .   .   s   s   .   .   .   .   s   .   =   .   s
suspended                s   s   .   .   .   .   .   .   .   .   s   s   .   .   .   .   s   .   x   .   s
        """,
    ),
)
