"""What happened, in a sentence for the subject of a mail and in one above its title, for each kind of notice."""

from collections.abc import Collection, Mapping
from typing import Any, Protocol

from forum.domain.inbox import roles_told
from forum.domain.inbox.moderation_sentences import MODERATION, UNNAMED, WHY
from forum.domain.mailing.kinds import KINDS
from forum.infra import words
from forum.infra.bidi import isolate
from forum.infra.i18n import _, lazy, ngettext

TITLE_LENGTH = 80  # of a title in a subject


class Told(Protocol):
    """What a sentence is about; `actor` and `title` empty: neither may be said. `told_as`: the kind, or more."""

    @property
    def kind(self) -> str: ...

    @property
    def actor(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def space_name(self) -> str: ...

    @property
    def told_as(self) -> str: ...


# For a subject; and for the line below the title.
_SENTENCES: Mapping[str, tuple[Any, Any]] = {
    "mention": (lazy("%(name)s mentioned you in “%(title)s”"), lazy("%(name)s mentioned you in %(space)s")),
    "answer": (lazy("%(name)s replied in “%(title)s”"), lazy("%(name)s replied to your story in %(space)s")),
    "followed": (
        lazy("%(name)s wrote in “%(title)s”"),
        lazy("%(name)s wrote in a thread that you follow, in %(space)s"),
    ),
    "post_restored": (
        lazy("Your post in “%(title)s” is shown again"),
        lazy("Others read your post in %(space)s again"),
    ),
    "responded": (
        lazy("Short responses to “%(title)s”"),
        lazy("Colleagues responded to your story in %(space)s"),
    ),
    "response_hidden": (
        lazy("Your sentence with “%(title)s” was hidden"),
        lazy("A moderator of %(space)s hid your sentence with a story"),
    ),
    "response_restored": (
        lazy("Your sentence with “%(title)s” is shown again"),
        lazy("A moderator of %(space)s shows your sentence with a story again"),
    ),
    **MODERATION,
    "nomination_closed": (
        lazy("No lesson is made of “%(title)s” now"),
        lazy("A moderator of %(space)s says why no lesson is made of this thread now"),
    ),
    "summary_asked": (
        lazy("%(name)s asks you to write where “%(title)s” stands"),
        lazy("%(name)s asks you to write where a thread in %(space)s stands"),
    ),
    "applied": (
        lazy("Another city applied “%(title)s”"),
        lazy("Another city tells how it went with a lesson of yours"),
    ),
    "lesson_confirmed": (
        lazy("“%(title)s” is confirmed by other cities"),
        lazy("It went well in enough other cities, and an editor confirmed it"),
    ),
    "ready_to_confirm": (
        lazy("“%(title)s” can be confirmed"),
        lazy("It went well in enough other cities; an editor confirms it"),
    ),
    "report_asked": (
        lazy("How did it go on with “%(title)s”?"),
        lazy("You told that you were busy with it. A few words help the next city"),
    ),
    "foretelling_due": (
        lazy("What came of what you foretold of “%(title)s”?"),
        lazy("The day that you chose is there, and others can read it now"),
    ),
    "still_true": (
        lazy("Does “%(title)s” still hold?"),
        lazy("One press, or a new version; after its date it stands lower in the library"),
    ),
    "overdue": (
        lazy("“%(title)s” is due for another look"),
        lazy("Its date passed without an answer; every moderator of the space can answer"),
    ),
    "signalled": (
        lazy("Somebody says that “%(title)s” no longer holds"),
        lazy("Read why, and say that it still holds or make a new version"),
    ),
    "lesson_ended": (
        lazy("“%(title)s” is withdrawn or superseded"),
        lazy("Its page says why, and which lesson takes its place if one does"),
    ),
    "signal_answered": (
        lazy("The makers looked at “%(title)s” again"),
        lazy("You said that something in it no longer holds"),
    ),
    "taken_up": (
        lazy("Somebody else goes on with “%(title)s”"),
        lazy("Another moderator of its space makes a lesson of yours from now on"),
    ),
    "evidence_brought": (
        lazy("Somebody contradicts “%(title)s”"),
        lazy("Counter-evidence waits: a moderator who did not bring it decides"),
    ),
    "disputed": (
        lazy("A claim of “%(title)s” is disputed"),
        lazy(
            "Counter-evidence stands beside a claim that rests on your text or your work; you can reply to it"
        ),
    ),
    "evidence_accepted": (
        lazy("Your counter-evidence stands in “%(title)s”"),
        lazy("A moderator accepted what you brought against a claim"),
    ),
    "evidence_declined": (
        lazy("Your counter-evidence against “%(title)s” was declined"),
        lazy("A moderator declined what you brought against a claim, and says why"),
    ),
    "dispute_settled": (
        lazy("A dispute about “%(title)s” has ended"),
        lazy("It says how it ended beside the claim; the counter-evidence still stands there"),
    ),
    "thread_locked": (lazy("“%(title)s” was closed"), lazy("A moderator closed this thread in %(space)s")),
    "thread_reopened": (
        lazy("“%(title)s” was opened again"),
        lazy("A moderator opened this thread in %(space)s again"),
    ),
    "thread_archived": (
        lazy("“%(title)s” was archived"),
        lazy("A moderator archived this thread in %(space)s: you read it as before"),
    ),
    "thread_unarchived": (
        lazy("“%(title)s” came out of the archive"),
        lazy("A moderator took this thread in %(space)s out of the archive"),
    ),
    "thread_narrowed": (
        lazy("“%(title)s” has fewer readers"),
        lazy("A moderator gave this thread in %(space)s fewer readers"),
    ),
    "thread_moved": (
        lazy("“%(title)s” moved to another space"),
        lazy("This thread moved to %(space)s"),
    ),
    "nomination_published": (
        lazy("“%(title)s” came of what you nominated"),
        lazy("A lesson came of a thread that you nominated"),
    ),
    "unknown_answered": (
        lazy("“%(title)s” answers a question that you share"),
        lazy("A new version of the lesson answers a question that you share"),
    ),
    "hand_over_offered": (
        lazy("%(name)s offers you what they hold in %(space)s"),
        lazy("%(name)s offers you what they hold in %(space)s"),
    ),
    "hand_over_accepted": (
        lazy("%(name)s took over what you offered in %(space)s"),
        lazy("%(name)s took over what you offered in %(space)s"),
    ),
    "hand_over_declined": (
        lazy("%(name)s does not take over what you offered in %(space)s"),
        lazy("%(name)s does not take over what you offered in %(space)s"),
    ),
    "left_behind": (
        lazy("%(name)s, who no longer moderates %(space)s, left something behind"),
        lazy("%(name)s, who no longer moderates %(space)s, left something behind"),
    ),
    **roles_told.SENTENCES,
}
# Where neither a person nor a title may stand in a mail.
_UNNAMED: Mapping[str, Any] = {
    "mention": lazy("Somebody mentioned you in %(space)s"),
    "answer": lazy("There is a reply to your story in %(space)s"),
    "post_restored": lazy("A post of yours in %(space)s is shown again"),
    "responded": lazy("There are short responses to your story in %(space)s"),
    **UNNAMED,
    "nomination_closed": lazy("No lesson is made now of a thread in %(space)s that you nominated"),
    "summary_asked": lazy("You are asked to write where a thread in %(space)s stands"),
    "response_hidden": lazy("A sentence of yours in %(space)s was hidden"),
    "response_restored": lazy("A sentence of yours in %(space)s is shown again"),
}
_OF_SPACE = ("role_", "hand_over_", "left_behind", "deputy_", "measure_")  # they never have a title
_OFFERS = lazy("You get this e-mail because you moderate the space.")
_OF_LESSON = lazy("You get this e-mail because you made the lesson, or are quoted in it.")
_OF_REPORT = lazy("You get this e-mail because you reported on the lesson.")
_OF_EVIDENCE = lazy("You get this e-mail because you brought counter-evidence.")
_OF_THREAD = lazy("You get this e-mail because you started the thread, or follow it or its space.")
_WROTE = lazy("You get this e-mail because you wrote the text.")
_WHY: Mapping[str, Any] = {
    "mention": lazy("You get this e-mail because you were mentioned."),
    "answer": lazy("You get this e-mail because you started the thread."),
    "followed": lazy("You get this e-mail because you follow the thread or its space."),
    "post_restored": lazy("You get this e-mail because you wrote the text."),
    "responded": lazy("You get this e-mail because you started the thread."),
    "response_hidden": lazy("You get this e-mail because you wrote the text."),
    "response_restored": lazy("You get this e-mail because you wrote the text."),
    **WHY,
    "nomination_closed": lazy("You get this e-mail because you said that there is a lesson in the thread."),
    "summary_asked": lazy("You get this e-mail because a moderator asked you."),
    "applied": _OF_LESSON,
    "lesson_confirmed": _OF_LESSON,
    "ready_to_confirm": lazy("You get this e-mail because you are an editor of the network."),
    "report_asked": _OF_REPORT,
    "foretelling_due": _OF_REPORT,
    **dict.fromkeys(
        ("still_true", "overdue", "signalled"),
        lazy("You get this e-mail because you make lessons in the space that it comes from."),
    ),
    "lesson_ended": lazy("You get this e-mail because you have a part in the lesson."),
    "signal_answered": lazy("You get this e-mail because you said that something no longer holds."),
    "taken_up": lazy("You get this e-mail because you made the lesson until now."),
    "evidence_brought": lazy("You get this e-mail because you moderate the space of the lesson."),
    "disputed": _OF_LESSON,
    "evidence_accepted": _OF_EVIDENCE,
    "evidence_declined": _OF_EVIDENCE,
    "dispute_settled": lazy(
        "You get this e-mail because you made the lesson, are quoted in it, or brought counter-evidence."
    ),
    "thread_locked": _OF_THREAD,
    "thread_reopened": _OF_THREAD,
    "thread_archived": _OF_THREAD,
    "thread_unarchived": _OF_THREAD,
    "thread_narrowed": _OF_THREAD,
    "thread_moved": _OF_THREAD,
    "hand_over_offered": _OFFERS,
    "hand_over_accepted": _OFFERS,
    "hand_over_declined": _OFFERS,
    "left_behind": _OFFERS,
    "nomination_published": lazy(
        "You get this e-mail because you said that there is a lesson in the thread."
    ),
    "unknown_answered": lazy("You get this e-mail because you said “also with us”."),
    "role_given": lazy("You get this e-mail because your role changed."),
    "role_taken": lazy("You get this e-mail because your role changed."),
    "role_ends": lazy("You get this e-mail because you are a guest there."),
    "role_over": lazy("You get this e-mail because you were a guest there."),
}
_ANY = lazy("You get this e-mail because of what you write, follow or do here.")
_SOMETHING = lazy("There is something new in %(space)s")
_SOMEBODY = lazy("Somebody")


def subject(told: Told) -> str:
    """Return what happened, with the title."""
    return _sentence(told, 0)


def reason(told: Told) -> str:
    """Return who did what, without the title."""
    return _sentence(told, 1)


def of_all(first: Told, others: int) -> str:
    """Return the subject of a mail: the first event, and how many others stand in it."""
    one = subject(first)
    if not others:
        return one
    return ngettext("%(first)s, and %(num)d more", "%(first)s, and %(num)d more", others, first=one)


def why(kinds: Collection[str]) -> str:
    """Return why a mail with these kinds comes: one reason, or a wide one where there are several."""
    reasons = {str(_WHY.get(kind, _ANY)) for kind in kinds}
    return reasons.pop() if len(reasons) == 1 else str(_ANY)


def _sentence(told: Told, part: int) -> str:
    known = _SENTENCES.get(told.told_as)
    # Who may no longer know of a space is told without its name.
    if known is None or not (told.title or told.space_name):
        label = str(KINDS[told.kind].label)
        return _("%(what)s: %(title)s", what=label, title=told.title) if told.title and not part else label
    sentence = known[part]
    if not told.title and not told.kind.startswith(_OF_SPACE):
        sentence = _UNNAMED.get(told.kind, _SOMETHING)
    title = words.summary(told.title, TITLE_LENGTH)
    parts = {"name": told.actor or str(_SOMEBODY), "title": title, "space": told.space_name}
    return str(sentence) % isolate(parts)
