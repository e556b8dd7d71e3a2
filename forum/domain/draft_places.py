"""The forms that keep drafts: what each is about, which of its fields are kept, and where that stands for a member.

It lies on top of the domain, because forms are about everything; pages and the worker both ask it. A form that comes
later is a line in FORMS, and a function here when it is about a new kind of row.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select

from forum.domain.cahiers import draft_places as cahier_places
from forum.domain.drafts.views import Fields, Place, Subject
from forum.domain.held_posts import draft_places as held_places
from forum.domain.house_rules import draft_places as rules_places
from forum.domain.lessons import after_places, meanwhile, reviews, text_form
from forum.domain.moderation import draft_places as objection_places
from forum.domain.spaces import notes
from forum.domain.summaries import draft_places as summary_places
from forum.domain.threads.numbering import page_of
from forum.infra import text
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.claims import Claim
from forum.models.lessons import Lesson, LessonVersion
from forum.models.notes import SpaceNote
from forum.models.spaces import Space
from forum.models.threads import Post, Thread
from forum.policy.actions import (
    YES,
    Answer,
    deny,
    may_edit,
    may_moderate,
    may_pin_notes,
    may_reply,
    may_start,
)
from forum.policy.actors import Actor
from forum.policy.holding import may_edit_draft
from forum.policy.visibility import sees, visible

STORY, REPLY, EDIT = "story", "reply", "edit"
LESSON_TEXT, CLAIM, CLAIM_CHANGE = "lesson_text", "claim", "claim_change"
REVIEW_NOTE, REVIEW_COMMENT = "review_note", "review_comment"
NOTE, WELCOME, NOTE_CHANGE, SUMMARY = "note", "welcome", "note_change", "summary"


@dataclass(frozen=True, slots=True)
class Form:
    """What is kept of a form: the fields in which somebody types, what they choose beside them, and its base.

    `resumes`: there is one at a time, so what was begun stands in it when it is opened, without being asked for.
    """

    typed: tuple[str, ...]
    chosen: tuple[str, ...] = ()  # of a list
    several: tuple[str, ...] = ()  # any number of a list
    base: str | None = None  # the field that says on which state of the text the form is based
    marks: str | None = None  # and the one that says what stood there, field by field
    resumes: bool = False


FORMS: Mapping[str, Form] = {
    STORY: Form(("title", "body", "tags"), ("need", "axis", "audience", "space")),
    REPLY: Form(("body",), ("kind", "answers"), resumes=True),
    EDIT: Form(("title", "body"), base="seen_revision", resumes=True),
    LESSON_TEXT: Form(
        text_form.TYPED, text_form.CHOSEN, ("needs",), base="saved_count", marks="base_marks"
    ),
    **dict.fromkeys((CLAIM, CLAIM_CHANGE), Form(("text",))),
    REVIEW_NOTE: Form(("note",)),
    REVIEW_COMMENT: Form(("text",), ("place",), resumes=True),
    **dict.fromkeys((NOTE, WELCOME), Form(("title", "body"), resumes=True)),
    **dict.fromkeys((NOTE_CHANGE, held_places.WAITING_POST), Form(("title", "body"), base="seen", resumes=True)),
    SUMMARY: Form(("text",), base="seen", resumes=True),
    **dict.fromkeys(objection_places.FORMS, Form(("words",), resumes=True)),
    **dict.fromkeys(rules_places.FORMS, Form(("body", "changed"), base="seen", resumes=True)),
    **{form: Form(*fields, resumes=True) for form, fields in after_places.FIELDS.items()},
    cahier_places.CAHIER: Form(("title", "body"), ("audience",), resumes=True),
    cahier_places.CAHIER_CHANGE: Form(("title", "body"), ("audience",), base="seen", resumes=True),
}  # fmt: skip


def fields_of(form: str, values: Callable[[str], list[str]]) -> Fields:
    """Return what is kept of a form that was sent, nothing when no text is typed in it; `values` gives those of a name.

    Only known fields: a token, a password or a field of another form is never kept.
    """
    known, fields = FORMS[form], Fields(texts_of(form, values))
    if not any(typed.strip() for typed in fields.values()):
        return {}
    beside = (*known.chosen, known.marks) if known.marks else known.chosen
    fields |= {name: text.typed(sent[0]) for name in beside if (sent := values(name))}
    return fields | {name: [text.typed(value) for value in values(name)] for name in known.several}


def texts_of(form: str, values: Callable[[str], list[str]]) -> dict[str, str]:
    """Return the texts of a form that was sent, without what is chosen in it."""
    sent = ((name, text_form.sent(name, values)) for name in FORMS[form].typed)
    return {name: text.typed(words) for name, words in sent if words is not None}


def first_words(form: str, fields: Fields) -> str:
    """Return the first words of a draft, its title left out; of a change of many fields, those that were changed."""
    known = [name for name in FORMS[form].typed if name not in ("title", "tags")]
    base = meanwhile.read(fields.get(FORMS[form].marks or ""))
    if base:
        now = meanwhile.marks({name: fields.get(name) for name in FORMS[form].typed})
        changed = [name for name in FORMS[form].typed if now[name] != base.get(name)]
        known = [name for name in known if name in changed] or changed
    return " ".join(" ".join(str(fields.get(name) or "").split()) for name in known).strip()


def name_of(form: str, fields: Fields, place: Place | None = None) -> str:
    """Return what a draft is called: its title, else how it begins, else what it is about; "" when nothing tells it."""
    has_marks = (FORMS[form].marks or "") in fields  # then the first words are what was changed
    title = "" if has_marks else str(fields.get("title") or "")
    return title or first_words(form, fields) or (place.title if place else "")


def places(actor: Actor, subjects: Collection[Subject]) -> dict[Subject, Place]:
    """Return where each of these subjects stands, without those that the actor may not enter: a query for each kind."""
    found: dict[Subject, Place] = {}
    for look_up, forms in _KINDS:
        asked = [subject for subject in subjects if subject.form in forms]
        if asked:
            found |= look_up(actor, asked)
    return found


def _ids(subjects: Iterable[Subject]) -> set[int]:
    return {subject.id for subject in subjects}


def _spaces(actor: Actor, asked: list[Subject]) -> dict[Subject, Place]:
    """A story belongs to a space, for those who may begin a thread there."""
    query = visible(Space, actor).where(Space.id.in_(_ids(asked)))
    return {
        Subject(STORY, space.id): Place("", space.name, may_start(actor, space), address={"slug": space.slug})
        for space in db.session.scalars(query)
        if space.id in actor.roles
    }


def _threads(actor: Actor, asked: list[Subject]) -> dict[Subject, Place]:
    """A reply stands under a thread: its form is at the end of the last page."""
    query = select(Thread, Space.name).join(Space, Space.id == Thread.space_id)
    rows = db.session.execute(query.where(Thread.id.in_(_ids(asked)), sees(Thread, actor)))
    return {
        Subject(REPLY, thread.id): Place(
            thread.title,
            space,
            may_reply(actor, thread),
            address={"thread_id": thread.id, "slug": thread.slug} | _last_page(thread),
        )
        for thread, space in rows
    }


def _last_page(thread: Thread) -> dict[str, int]:
    page = page_of(thread.last_number)
    return {"page": page} if page > 1 else {}


def _posts(actor: Actor, asked: list[Subject]) -> dict[Subject, Place]:
    query = (
        select(Post, Thread, Space.name)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Space, Space.id == Thread.space_id)
        .where(Post.id.in_(_ids(asked)), Post.author_id == actor.id, sees(Thread, actor))
    )
    return {
        Subject(EDIT, post.id): Place(
            thread.title,
            space,
            may_edit(actor, post, thread),
            base_revision=post.revision,
            base_at=post.edited_at,
            address={"post_id": post.id},
        )
        for post, thread, space in db.session.execute(query)
    }


def _lessons(actor: Actor, asked: list[Subject]) -> dict[Subject, Place]:
    """The text and the claims of a draft, for the moderators of its space."""
    return {
        subject: _of_lesson(
            lesson, version, space.name, may_edit_draft(actor, lesson), {"lesson_id": lesson.id}
        )
        for subject, lesson, version, space in _lesson_rows(actor, asked)
        if may_moderate(actor, lesson.space_id)
    }


def _notes(actor: Actor, asked: list[Subject]) -> dict[Subject, Place]:
    """A note of a reviewer, for whoever may review the lesson now; its space may be one that readers are not told."""
    rows = [row for row in _lesson_rows(actor, asked) if row[2] is not None]
    reviewing = reviews.Reviewing(
        [(lesson, version) for _subject, lesson, version, _space in rows], [actor.id]
    )
    return {
        subject: _of_lesson(lesson, version, "", YES, {"lesson_id": lesson.id})
        for subject, lesson, version, _space in rows
        if reviewing.answer(actor, lesson, version.id)
    }


def _lesson_rows(actor: Actor, asked: list[Subject]) -> list[Any]:
    """Lessons among the subjects that the actor sees, with the version that is made, if they see it, and the space."""
    query = (
        select(Lesson, LessonVersion, Space)
        .join(Space, Space.id == Lesson.space_id)
        .outerjoin(LessonVersion, and_(LessonVersion.id == Lesson.working_id, sees(LessonVersion, actor)))
        .where(Lesson.id.in_(_ids(asked)), sees(Lesson, actor))
    )
    rows = {row[0].id: row for row in db.session.execute(query)}
    return [(subject, *rows[subject.id]) for subject in asked if subject.id in rows]


def _claims(actor: Actor, asked: list[Subject]) -> dict[Subject, Place]:
    query = (
        select(Claim.id, Lesson, LessonVersion, Space.name)
        .join(LessonVersion, LessonVersion.id == Claim.version_id)
        .join(Lesson, Lesson.id == LessonVersion.lesson_id)
        .join(Space, Space.id == Lesson.space_id)
        .where(Claim.id.in_(_ids(asked)), sees(Claim, actor))
    )
    gone = deny(_("This claim is no longer part of the draft."))
    return {
        Subject(CLAIM_CHANGE, claim_id): _of_lesson(
            lesson,
            version,
            space,
            may_edit_draft(actor, lesson) if lesson.working_id == version.id else gone,
            {"lesson_id": lesson.id, "claim_id": claim_id},
        )
        for claim_id, lesson, version, space in db.session.execute(query)
        if may_moderate(actor, lesson.space_id)
    }


def _pages(actor: Actor, asked: list[Subject]) -> dict[Subject, Place]:
    """A new note stands on the page of a space, for who belongs to it: its moderators write there."""
    query = visible(Space, actor).where(Space.id.in_(_ids(asked) & actor.roles.keys()))
    spaces = {space.id: space for space in db.session.scalars(query)}
    return {
        subject: Place("", space.name, may_pin_notes(actor, space.id), address={"slug": space.slug})
        for subject in asked
        if (space := spaces.get(subject.id)) is not None
    }


def _pinned(actor: Actor, asked: list[Subject]) -> dict[Subject, Place]:
    """A note is changed by who moderates its space, and read by all who belong to it."""
    query = select(SpaceNote, Space.name).join(Space, notes.shown(actor))
    return {
        Subject(NOTE_CHANGE, note.id): Place(
            note.title,
            space,
            may_pin_notes(actor, note.space_id),
            note.revision,
            note.written_at,
            {"note_id": note.id},
        )
        for note, space in db.session.execute(query.where(SpaceNote.id.in_(_ids(asked))))
    }


def _summaries(actor: Actor, asked: list[Subject]) -> dict[Subject, Place]:
    found = summary_places.of_threads(actor, _ids(asked))
    return {Subject(SUMMARY, thread_id): place for thread_id, place in found.items()}


def _of_lesson(
    lesson: Lesson, version: LessonVersion | None, space: str, answer: Answer, address: dict[str, Any]
) -> Place:
    if version is None:
        return Place("", space, answer, address=address)
    return Place(version.title, space, answer, version.saved_count, version.saved_at, address)


_KINDS: tuple[tuple[Callable[[Actor, list[Subject]], dict[Subject, Place]], tuple[str, ...]], ...] = (
    (_spaces, (STORY,)),
    (_threads, (REPLY,)),
    (_posts, (EDIT,)),
    (held_places.of, (held_places.WAITING_POST,)),
    (_lessons, (LESSON_TEXT, CLAIM)),
    (_notes, (REVIEW_NOTE, REVIEW_COMMENT)),
    (_claims, (CLAIM_CHANGE,)),
    (_pages, (NOTE, WELCOME)),
    (_pinned, (NOTE_CHANGE,)),
    (_summaries, (SUMMARY,)),
    (objection_places.of, objection_places.FORMS),
    (rules_places.of, rules_places.FORMS),
    (after_places.of, tuple(after_places.FIELDS)),
    (cahier_places.of, (cahier_places.CAHIER, cahier_places.CAHIER_CHANGE)),
)
