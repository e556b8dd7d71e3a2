"""By which forms each act of `tests/acts` is sent, and which other forms there are, with where their rights stand."""

_POST = ("hide a reply", "hide a story", "show a reply again", "show a story again")
_SETTLED = ("settle reports: hide", "settle reports: ask for a change", "settle reports: leave it")
_SENTENCE = ("hide a sentence", "show a sentence again")
_REQUEST = ("let somebody in", "not let somebody in")
_WORD = ("watch for a word", "watch for a word no longer")
_ROLE = ("make somebody a moderator", "make somebody a guest")
_MEASURE = ("warn", "let all posts wait", "mute")
_OBJECTION = ("grant an objection", "decline an objection")
_LEFT_OUT = ("agree that words should not have been left out", "let words stay out")
_OF_MEMBER = ("give in to an objection of a member", "keep what was decided about a member")
_AUDIENCE = ("let fewer people read", "let more people read")
DOORS: dict[str, tuple[str, ...]] = {
    "admin.suspension": ("suspend an account", "readmit an account"),
    "absences.say": ("say that one is away", "be there again"),
    "agreements.ask": ("ask the authors", "ask the authors no more"),
    "archiving.archive": ("archive a thread", "take a thread out of the archive"),
    "cahiers.create": ("make a cahier",),
    "capacities.confirm": ("confirm a capacity",),
    "capacities.end": ("end a capacity",),
    "capacities.refuse": ("not confirm a capacity",),
    "classification.change": ("classify",),
    "deputies.name": ("name a deputy", "end a deputy"),
    "desk.needs_no_answer": ("no answer needed",),
    "desk.note": ("write a note about what waits",),
    "desk.take": ("take what waits in hand", "give it back"),
    "handovers.accept": ("take over what is offered",),
    "held_posts.approve": ("let a post appear", "let a post appear while they are away"),
    "held_posts.choose_holding": ("choose whose posts wait",),
    "held_posts.refuse": ("let a post not appear", "let a post not appear while they are away"),
    "held_posts.see": ("look at what was pointed out",),
    "history.hide": ("hide an earlier version",),
    "house_rules.publish": ("publish house rules",),
    "left_out_objections.decide": _LEFT_OUT,
    "measures.decide": _OF_MEMBER,
    "measures.end": ("end a mute",),
    "measures.note": ("write a note about a member",),
    "measures.take": _MEASURE,
    "members.answer": _REQUEST,
    "members.remove": ("remove somebody",),
    "members.role": _ROLE,
    "moderation.choose_mail_policy": ("choose what may stand in mails",),
    "moderation.hiding": _POST,
    "nominations.close": ("close a nomination",),
    "notes.save": ("change a note", "remove a note"),
    "notes.write": ("pin a note",),
    "objections.decide": _OBJECTION,
    "policy.publish": ("publish house rules",),
    "regrouping.audience": _AUDIENCE,
    "regrouping.move": ("move a thread",),
    "responses.hiding": _SENTENCE,
    "rewording.pin": ("pin a thread", "pin a thread no longer"),
    "rewording.retitle": ("give another title",),
    "sealing.delete": ("delete a reply", "delete a story"),
    "sealing.leave_out": ("leave words out",),
    "settling.settle": (*_SETTLED, "settle reports while they are away"),
    "splitting.merge": ("merge a thread",),
    "splitting.split": ("split a thread",),
    "threads.lock": ("close a thread", "reopen a thread"),
    "undoing.undo": ("undo",),
    "unmoderated.name": ("name a moderator where nobody is one",),
    "watched_words.add": _WORD[:1],
    "watched_words.add_to_network": _WORD[:1],
    "watched_words.remove": _WORD[1:],
    "watched_words.remove_from_network": _WORD[1:],
}
# What somebody does for themselves alone, and work on lessons, cahiers and summaries, has its tables in tests/policy
# and the tests of its verbs; a form of one of these areas that is for moderators stands above.
AREAS = {
    "accounts", "ageing", "beginnings", "bookmarks", "cahiers", "confirmations", "consents", "disputes", "drafts",
    "ending", "feed_settings", "following", "foretellings", "handovers", "holding", "home", "mentions", "missed",
    "notice_settings", "notices", "people", "posts", "previews", "reports", "returned_mail", "settings", "similar",
    "summaries", "system", "unknowns", "unsubscribe", "waiting_posts", "workbench",
}  # fmt: skip
OWN = {
    "agreements.answer", "house_rules.accept", "leaving.leave", "left_out_objections.make",
    "measures.object_to", "members.request_to_join",
    "nominations.nominate", "objections.make", "post_reports.report", "responses.respond", "spaces.put_welcome_away",
    "threads.reply", "threads.start", "undoing.removal", "invitations.accept_new", "invitations.accept_own",
}  # fmt: skip
# Of moderators or editors, tried against everybody in the tests of their verbs: who they are is in tests/policy.
ELSEWHERE = {
    "classification.move": "tests/domain/threads/test_moving.py",
    "invitations.send": "tests/domain/spaces/test_invitations.py",
    "invitations.withdraw": "tests/domain/spaces/test_invitations.py",
    "members.end": "tests/domain/spaces/test_guests.py",
    "notes.move_up": "tests/web/test_notes.py",
    "tags.merge": "tests/web/test_tags.py",
    "tags.undo": "tests/web/test_tags.py",
}
