"""What is said around the lessons of the salted network: while they are checked, and after they came out."""

from datetime import timedelta

from forum.domain import draft_places
from forum.domain.cahiers import cahiers
from forum.domain.cahiers.cahiers import Words
from forum.domain.drafts.views import Subject
from forum.domain.lessons import (
    ageing,
    disputes,
    lessons,
    report_places,
    reports,
    review_comments,
    signal_places,
)
from forum.domain.lessons import page as lesson_page
from forum.domain.lessons import undo as lesson_undo
from forum.domain.lessons.dispute_places import EVIDENCE
from forum.domain.lessons.foretellings import Expected
from forum.domain.lessons.report_words import Answers
from forum.domain.lessons.unknowns import keeping, sharing
from forum.infra import days
from forum.infra.db import db
from forum.models.accounts import Member, NetworkRole
from forum.models.cahiers import CahierLesson
from forum.models.disputes import CounterEvidence
from forum.models.lessons import Lesson, LessonVersion
from forum.models.spaces import Audience
from tests.factories import actor, make_member, make_space

# What the lesson of the closed city does not know, and why it stands in a cahier.
QUESTION = "zwartevraagmerk"
GATHERED = "zwartcahiermerk"  # in a cahier of which that is the only lesson: editors alone meet its own words
# Of who checks a lesson: beside a place, to who sent it, and of who sent it to them.
COMMENT, RETURNED, ASKED = "zwartopmerkingmerk", "zwartteruggestuurdmerk", "zwartverzoekmerk"
# What was reported on the lesson of the closed city; and foretold of a lesson of the network, before its day.
REPORTED, FORETOLD = "zwartmeldingmerk", "zwartvoorspellingmerk"
STOPS = "zwartstopmerk"  # and what would make them stop
# What waits against a claim, what a moderator said of what was declined, and what a reader says no longer holds.
WAITS, DECLINED, SIGNALLED = "zwarttegenmerk", "zwartafgewezenmerk", "zwartsignaalmerk"
# In the next version of a lesson that the whole network reads: what it says, and what it will say to a dispute.
NEXT, ANSWER = "zwartvolgendemerk", "zwartwederwoordmerk"
# A function that would lead to the city of a masked lesson, and who works on a draft beside its curator.
OWNER, HOLDER = "zwarteigenaarmerk", "Zwarthouder"
# To each addressee of the lesson of the closed city.
ADVICE = {name: f"Begin {name.replace('advice_', 'zwartadvies')}merk." for name in LessonVersion.ADVICE}
ADVISED = tuple(f"{name.replace('advice_', 'zwartadvies')}merk" for name in LessonVersion.ADVICE)
MARKERS = (
    QUESTION, GATHERED, COMMENT, RETURNED, ASKED, REPORTED, FORETOLD, STOPS, WAITS, DECLINED, SIGNALLED, NEXT, ANSWER,
    OWNER, HOLDER, *ADVISED,
)  # fmt: skip
TYPED = ("words", "reason", "note", "text", "what_was_done", "what_came", "expected", "stop_when")


def live(
    insider: Member, moderator: Member, second: Member, kept: Lesson, lesson: Lesson, checked: Lesson
) -> None:
    """Let all happen to the lesson of the closed city, to that of the network, and to the one that is checked."""
    _reported(insider, kept, lesson)
    _gathered(insider, kept)
    _disputed(insider, second, kept, lesson)
    _asked(moderator, second, checked)
    for one in (kept, lesson):
        _going_on(moderator, one)
    _sent_back(moderator, second, kept)


def _gathered(insider: Member, kept: Lesson) -> None:
    """A question of the lesson of the closed city, which the city shares, and a cahier with nothing else in it."""
    (question,) = keeping.open_of(kept.id)
    question.text = f"Whether it lasts {QUESTION}."
    sharing.share(actor(insider), question.id)
    maker = actor(make_member("Eva", network_role=NetworkRole.EDITOR))
    words = Words(f"Ours {GATHERED}", f"All of it {GATHERED}.", Audience.NETWORK)
    cahier = cahiers.create(maker, words)
    row = CahierLesson(cahier_id=cahier.id, lesson_id=kept.id, version_id=kept.current_id, position=1)
    row.why = f"Because {QUESTION}"
    db.session.add(row)
    db.session.flush()


def _reported(insider: Member, kept: Lesson, lesson: Lesson) -> None:
    """What came of the lesson of the closed city, and what somebody foretold of the one of the network."""
    said = Answers("worked", what_was_done=f"We rang {REPORTED}.", what_came=f"They came {REPORTED}.")
    reports.report(actor(insider), kept.public_id or "", said)
    running = Answers("running", what_was_done="We begin.")
    expected = Expected(f"Many come {FORETOLD}.", days.today() + timedelta(days=90), f"Nobody {STOPS}.")
    reporter = make_member("Genkie", space=make_space("Genk", city="genk"))
    reports.report(actor(reporter), lesson.public_id or "", running, expected=expected)


def _disputed(insider: Member, decides: Member, *both: Lesson) -> None:
    """Against each lesson evidence that waits, that was declined, and that the insider brought and everybody reads."""
    for lesson in both:
        root = lesson_page.page(actor(insider), lesson.public_id or "").claims[0].root
        public_id = lesson.public_id or ""
        for words in ("With us not.", f"Nor {DECLINED}.", f"Never {WAITS}."):
            made = disputes.bring(actor(insider), public_id, claim=root, words=words)
            if DECLINED in words:
                disputes.decline(actor(decides), public_id, made.id, reason=f"No {DECLINED}")
            elif WAITS not in words:
                disputes.accept(actor(decides), public_id, made.id)
        ageing.signal(actor(insider), public_id, reason=f"The rule is gone {SIGNALLED}.")


def _asked(moderator: Member, second: Member, checked: Lesson) -> None:
    """What its maker asks who checks the one of the closed city, and what they say beside a place."""
    lesson_undo.ask_back(actor(moderator), checked.id)
    ask = {"audience": Audience.SPACE, "asked_id": second.id, "note": f"Look at claim 1 {ASKED}."}
    lessons.submit(actor(moderator), checked.id, **ask)
    review_comments.add(actor(second), checked.id, place="title", text=f"Too long {COMMENT}")


def _sent_back(moderator: Member, second: Member, kept: Lesson) -> None:
    """The next version of the lesson of the closed city comes back with a note."""
    lessons.submit(actor(moderator), kept.id, audience=Audience.SPACE)
    lessons.send_back(actor(second), kept.id, note=f"Say since when {RETURNED}.")


def _going_on(moderator: Member, lesson: Lesson) -> None:
    """The next version, which says something else, and something to the evidence that stands."""
    version = lessons.revise(actor(moderator), lesson.id)
    saved = {"context": f"On each floor {NEXT}.", "change_note": f"It says where {NEXT}."}
    lessons.save(actor(moderator), lesson.id, saved_count=version.saved_count, **saved)
    stands = db.select(CounterEvidence.id).where(
        CounterEvidence.lesson_id == lesson.id, CounterEvidence.accepted
    )
    (evidence_id,) = db.session.scalars(stands)
    words = f"It says so now {ANSWER}."
    disputes.answer_in_draft(actor(moderator), lesson.public_id or "", evidence_id, words=words)


def after(kept: Lesson) -> list[Subject]:
    """Return where somebody may have typed about the lesson of the closed city, and sent nothing."""
    return [Subject(form, kept.id) for form in (report_places.REPORT, EVIDENCE, signal_places.SIGNAL)]


def checks(checked: Lesson) -> list[Subject]:
    """Return where who checks a lesson may have."""
    return [Subject(form, checked.id) for form in (draft_places.REVIEW_NOTE, draft_places.REVIEW_COMMENT)]
