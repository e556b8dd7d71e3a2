"""What the log says of each kind of line, and who besides moderators of its space reads of it.

A kind that comes later gets its row here. Left out of a list, nobody but those moderators learns that it happened;
what is about a person (a report, a capacity, a request to join, a role) stays so.
"""

from dataclasses import dataclass
from typing import Any

from forum.infra.i18n import lazy
from forum.models.moderation import Action, ActorRole


@dataclass(frozen=True, slots=True)
class Kind:
    """The name of a kind, whether members of the space read of it, and whether who wrote what it is about does.

    `explained`: its reason is written for that author, who reads it too. `coded`: its reason is a code and no words,
    and stands in the line itself. `kept_from_subject`: whom it is about never learns of it, as a moderator neither.
    """

    name: Any
    members: bool = False
    authors: bool = False
    explained: bool = False
    coded: bool = False
    kept_from_subject: bool = False


KINDS: dict[Action, Kind] = {
    Action.HIDE: Kind(lazy("Hidden"), members=True, authors=True, explained=True),
    Action.RESTORE: Kind(lazy("Shown again"), members=True, authors=True),
    Action.LOCK: Kind(lazy("Thread closed"), members=True, authors=True),
    Action.REOPEN: Kind(lazy("Thread reopened"), members=True, authors=True),
    Action.ARCHIVE: Kind(lazy("Thread archived"), members=True, authors=True, explained=True),
    Action.UNARCHIVE: Kind(lazy("Taken out of the archive"), members=True, authors=True),
    Action.NARROW: Kind(lazy("Fewer readers"), members=True, authors=True, explained=True),
    Action.WIDEN: Kind(lazy("More readers"), members=True, authors=True),
    Action.MOVE: Kind(lazy("Moved to another space"), members=True, authors=True, explained=True),
    Action.MOVE_IN: Kind(lazy("Came from another space"), members=True),
    Action.CLASSIFY: Kind(lazy("Classified differently"), members=True, authors=True),
    Action.HIDE_REVISION: Kind(lazy("Earlier version hidden"), members=True, authors=True, explained=True),
    Action.SHOW_REVISION: Kind(lazy("Earlier version shown again"), members=True, authors=True),
    Action.ROLE: Kind(lazy("Membership changed")),
    Action.REMOVE: Kind(lazy("Removed from the space")),
    Action.SUSPEND: Kind(lazy("Suspended")),
    Action.READMIT: Kind(lazy("Readmitted")),
    Action.CONFIRM_CAPACITY: Kind(lazy("Capacity confirmed")),
    Action.REFUSE_CAPACITY: Kind(lazy("Capacity not confirmed")),
    Action.END_CAPACITY: Kind(lazy("Capacity ended")),
    Action.HAND_OVER: Kind(lazy("Taken over"), coded=True),
    Action.MAIL_POLICY: Kind(lazy("What may stand in e-mails"), members=True, coded=True),
    Action.NOTE: Kind(lazy("Note on the page of the space"), members=True, coded=True),
    Action.CAHIER: Kind(lazy("Cahier changed"), coded=True),
    Action.ADMIT: Kind(lazy("Admitted")),
    Action.NOT_ADMIT: Kind(lazy("Not let in")),
    Action.SET_ASIDE: Kind(lazy("No answer needed"), members=True, authors=True),
    Action.NEEDS_ANSWER: Kind(lazy("Waits for an answer again"), members=True, authors=True),
    Action.ANSWER_UNDONE: Kind(lazy("Answer undone")),
    Action.CLOSE_NOMINATION: Kind(lazy("Nomination closed"), members=True),
    Action.REOPEN_NOMINATION: Kind(lazy("Nomination open again"), members=True),
    # That a post was reported its author never learns, not as a moderator either.
    Action.SETTLE_REPORT: Kind(lazy("Reports settled"), coded=True, kept_from_subject=True),
    Action.REOPEN_REPORT: Kind(lazy("Reports open again"), coded=True, kept_from_subject=True),
    Action.ASK_CHANGE: Kind(lazy("Asked to change a post"), authors=True, explained=True),
    Action.KEEP_HIDDEN: Kind(lazy("Stays hidden"), members=True, authors=True, explained=True),
    Action.APPROVE_POST: Kind(lazy("Let appear"), authors=True),
    # What did not appear has no post: the line names a person, and the thread is another's.
    Action.REFUSE_POST: Kind(lazy("Not let appear")),
    Action.HOLD_AGAIN: Kind(lazy("Waits again")),
    # Their code is the other thread, which is said to who may see it.
    Action.SPLIT: Kind(lazy("Thread split"), members=True, authors=True, coded=True),
    Action.MERGE: Kind(lazy("Threads merged"), members=True, authors=True, coded=True),
    Action.UNSPLIT: Kind(lazy("Splitting undone"), members=True, authors=True, coded=True),
    Action.UNMERGE: Kind(lazy("Merging undone"), members=True, authors=True, coded=True),
    Action.HOLDING: Kind(lazy("Whose posts wait"), members=True, coded=True),
    Action.WARN_MEMBER: Kind(lazy("Warned")),
    Action.HOLD_MEMBER: Kind(lazy("Posts of a member wait")),
    Action.MUTE_MEMBER: Kind(lazy("Muted")),
    Action.END_MEASURE: Kind(lazy("Measure ended"), coded=True),
    Action.KEEP_MEASURE: Kind(lazy("Measure stays")),
    Action.WATCH_WORDS: Kind(lazy("Words watched for"), coded=True),
    Action.DELETE_POST: Kind(lazy("Deleted"), members=True, authors=True, explained=True),
    Action.UNDELETE_POST: Kind(lazy("Deleting undone"), members=True, authors=True),
    Action.LEAVE_OUT: Kind(lazy("Words left out"), members=True, authors=True, explained=True),
    Action.PUT_BACK_WORDS: Kind(lazy("Leaving out undone"), members=True, authors=True),
    Action.KEEP_LEFT_OUT: Kind(lazy("Stays left out"), members=True, authors=True, explained=True),
    Action.LIFT_LEAVING_OUT: Kind(lazy("Leaving out did not stand"), members=True, authors=True),
    Action.RETITLE: Kind(lazy("Other title"), members=True, authors=True, explained=True),
    Action.PIN: Kind(lazy("Pinned"), members=True, authors=True),
    Action.UNPIN: Kind(lazy("No longer pinned"), members=True, authors=True),
    Action.DEPUTY: Kind(lazy("Deputy of the space"), coded=True),
    Action.AWAY: Kind(lazy("Away"), coded=True),
    Action.RULES: Kind(lazy("House rules"), members=True, coded=True),
}
# As words of a line: who did it, where that is all that may be said; and beside a name.
DOERS: dict[ActorRole, Any] = {
    ActorRole.MODERATOR: lazy("A moderator"),
    ActorRole.EDITOR: lazy("An editor of the network"),
    ActorRole.ADMINISTRATOR: lazy("An administrator of the network"),
    ActorRole.AUTHOR: lazy("The author"),
    ActorRole.DEPUTY: lazy("A deputy"),
    ActorRole.FORUM: lazy("The forum"),
}
ROLES: dict[ActorRole, Any] = {
    ActorRole.MODERATOR: lazy("moderator"),
    ActorRole.EDITOR: lazy("editor of the network"),
    ActorRole.ADMINISTRATOR: lazy("administrator of the network"),
    ActorRole.AUTHOR: lazy("author"),
    ActorRole.DEPUTY: lazy("deputy"),
    ActorRole.FORUM: lazy("the forum itself"),
}
CODED = frozenset(action for action, kind in KINDS.items() if kind.coded)
EXPLAINED = frozenset(action for action, kind in KINDS.items() if kind.explained)
FOR_MEMBERS = frozenset(action for action, kind in KINDS.items() if kind.members)
FOR_AUTHORS = frozenset(action for action, kind in KINDS.items() if kind.authors)
KEPT_FROM_SUBJECT = frozenset(action for action, kind in KINDS.items() if kind.kept_from_subject)
