"""No letter tells more of a space than it allows: whatever others wrote, chose or are called, in any part of it.

Every column of text that is not named here gets words of its own: whoever adds one decides here where it may be told.
"""

from datetime import timedelta

import pytest
from sqlalchemy import JSON, Enum, Integer, String

from forum.domain.digests import subscriptions
from forum.domain.mailing import kinds
from forum.infra import clock
from forum.infra.db import db
from forum.jobs import letter_kinds, letters
from forum.models.accounts import Capacity, Member
from forum.models.following import Mention
from forum.models.lessons import Lesson, LessonVersion
from forum.models.spaces import MailPolicy, Space
from forum.models.subscriptions import Delivery, Frequency
from forum.models.themes import Axis, Tag, ThreadTag
from forum.models.threads import Post, Thread
from tests import letter_check
from tests.factories import actor, make_member, make_post, make_thread
from tests.jobs.test_letters import (  # noqa: F401 - a fixture
    CONSENT,
    NO_LIST,
    NOTICES,
    REVIEW,
    SECURITY,
    mail_of,
    parts,
    seen_outside,
)
from tests.notices import tell_by_mail
from tests.sweeps import once

MACHINERY = {
    "event", "heartbeat", "label", "maintenance_record", "recurring_work", "schema_fit", "suppression", "bounce",
    "digest", "digest_choice", "digest_item", "invitation", "library_count", "notice_choice", "outgoing_mail",
    "notification", "sign_in", "access_request", "draft", "undoable_act",
}  # fmt: skip
CODES = {"city", "locale", "locale_seen", "timezone", "theme", "sha256", "sort_key", "idempotency_key"}
SHORT = 30  # characters, in which no word fits
REST = f" {'word ' * 80}"
LISTS = {("lesson_version", name) for name in ("conditions", "not_for", "addressees")}


def planted(table, column):
    """The word that stands in this column, "" where none can."""
    fits = isinstance(column.type, String) and not isinstance(column.type, Enum)
    fits = fits and (column.type.length or SHORT) >= SHORT
    if not (fits or (table.name, column.name) in LISTS) or column.primary_key or column.foreign_keys:
        return ""
    if table.name in MACHINERY or column.unique or column.name in CODES:
        return ""
    if (table.name, column.name) == (
        "tag",
        "label",
    ):  # it would stand in the place of every spelling in a thread
        return ""
    return f"ze{table.name}x{column.name}".replace("_", "")


WORDS = {
    (table.name, column.name): word
    for table in db.metadata.sorted_tables
    for column in table.columns
    if (word := planted(table, column))
}


def plant(mail):
    """Put these words everywhere, but in what the recipient is called and does; those that fit twice, far apart."""
    unseal()
    for table in db.metadata.sorted_tables:
        values = {
            column.name: _said(column, word) for column in table.columns if (word := planted(table, column))
        }
        if values:
            _write(table, values, mail)


def _said(column, word):
    if (column.table.name, column.name) in LISTS:
        return [word]
    whole = f"{word}. {REST} {word}end"
    return whole if (column.type.length or 10_000) > len(whole) else word


def _write(table, values, mail):
    of = {"member": "id", "capacity": "member_id"}.get(table.name)
    others = table.c[of] != (mail.member_id or 0) if of else db.true()
    db.session.execute(db.update(table).where(others).values(values))
    db.session.expire_all()


def unseal():
    """What is sealed or logged never changes: let it, until the end of this test."""
    if db.session.get_bind().dialect.name == "postgresql":
        for name in {name for name, _column in WORDS}:
            db.session.execute(db.text(f"ALTER TABLE {name} DISABLE TRIGGER USER"))
    else:
        for name in db.session.scalars(
            db.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ).all():
            db.session.execute(db.text(f'DROP TRIGGER "{name}"'))


def told(mail):
    """All of a letter, in small letters: its headers, its text, its HTML, its addresses and what is signed in them."""
    message = letters.letter_for(mail).message
    assert letter_check.faults(message, stoppable=mail.kind not in NO_LIST) == []
    return "\n".join([str(message["Subject"]), *parts(message), seen_outside(message)]).lower()


def allow(mail, policy):
    db.session.execute(db.update(Space).values(mail_policy=policy))
    db.session.expire_all()


# Beside the words of members: what a space is called, which is no secret of what is told in it.
ALWAYS = {"space.name"}
NAMED = {
    "thread.title", "thread.slug", "thread_tag.name", "member.name", "capacity.function",
    "lesson_version.title", "consent_round.title",
}  # fmt: skip
BEGINS = {
    "post_revision.plain", "post.hidden_reason", "post_revision.hidden_reason", "lesson_version.one_sentence",
    "lesson_version.change_note", "join_request.message", "review_request.note", "lesson_review.note",
}  # fmt: skip
IN_A_DIGEST = (ALWAYS | NAMED | BEGINS) - {
    "post.hidden_reason", "post_revision.hidden_reason", "join_request.message", "review_request.note",
    "lesson_review.note", "consent_round.title",
}  # fmt: skip
MAY_STAND = {
    MailPolicy.FULL: ALWAYS | NAMED | BEGINS,
    MailPolicy.EXCERPT: ALWAYS | NAMED | BEGINS,
    MailPolicy.TITLE: ALWAYS | NAMED,
    MailPolicy.LINK: ALWAYS,
}
KINDS = sorted(set(letter_kinds.KINDS) - {*SECURITY})


def with_every_reason(mail):
    """Let a digest have an item of every kind, by every rule that names something."""
    person = db.session.get_one(Member, mail.member_id)
    then, at = clock.now() - timedelta(days=29), clock.now() - timedelta(hours=35)
    talk = db.session.scalars(db.select(Thread).where(Thread.title == "Talk 0")).one()
    other = db.session.scalars(db.select(Member).where(Member.name == "Lotte").limit(1)).one()
    space = db.session.scalars(db.select(Space).where(Space.name == "Aalst")).one()
    tag = Tag(slug="label")
    db.session.add(tag)
    db.session.flush()
    db.session.add(ThreadTag(thread_id=talk.id, tag_id=tag.id, name="Label"))
    make_post(make_thread(space, person, title="Asked", at=then), other, at=at)
    post = make_post(make_thread(space, other, title="Named", at=then), other, at=at)
    db.session.add(Mention(post_id=post.id, member_id=person.id, handle=person.handle, revision=1))
    lesson = db.session.scalars(db.select(Lesson)).one()
    lesson.published_at = then
    unseal()
    chosen = {"axes": dict.fromkeys(Axis, Delivery.DIGEST), "tags": {tag.id: Delivery.DIGEST}}
    with clock.at(then):
        subscriptions.choose(actor(person), frequency=Frequency.DAILY, **chosen)


def with_every_kind(mail):
    """Let a mail about notices hold one of every kind that comes in such a mail, each about another thread."""
    person = db.session.get_one(Member, mail.member_id)
    space = db.session.scalars(db.select(Space)).one()
    other = make_member("Lotte", space=space)
    for kind in [one.name for one in kinds.KINDS.values() if not one.letters]:
        tell_by_mail(person, make_post(make_thread(space, other, title=kind), other), kind=kind)


def rich(kind, make):
    """A mail of a kind, with as much in it as there can be."""
    mail = make(kind)
    if kind == "digest":
        with_every_reason(mail)
    elif kind == NOTICES:
        with_every_kind(mail)
    return mail


@pytest.mark.parametrize("kind", once(KINDS, "digest"))
def test_a_letter_says_no_more_of_a_space_than_it_allows(mail_of, kind):  # noqa: F811
    mail, seen = rich(kind, mail_of), set()
    plant(mail)
    for policy, may_stand in MAY_STAND.items():
        allow(mail, policy)
        whole = told(mail)
        stands = {".".join(place) for place, word in WORDS.items() if word in whole}
        assert stands <= may_stand, policy
        assert policy == MailPolicy.FULL or not [word for word in WORDS.values() if f"{word}end" in whole]
        seen |= stands
    if kind in {*REVIEW, *CONSENT, NOTICES, "digest", "cited", "post_hidden", "version_hidden"}:
        assert {name for name in seen if name.endswith(".title")}, "or this proves nothing"
    if kind == "digest":
        assert seen == IN_A_DIGEST


OTHERS = {Thread: {"need", "audience"}, Post: set(), LessonVersion: set(), Capacity: {"confirmation"}}


def otherwise(mail):
    """Change what others chose and where they are from, and say everything in other words."""
    unseal()
    for model, kept in OTHERS.items():
        table, values = model.__table__, {}
        for column in table.columns.values():
            if isinstance(column.type, Enum) and column.name not in kept:
                values[column.name] = list(column.type.enum_class)[-1]
            elif column.name in {"city", "cities", "number"} and not isinstance(column.type, Integer):
                values[column.name] = ["gent"] if isinstance(column.type, JSON) else "2.0"
            elif word := planted(table, column):
                values[column.name] = [word[2:]] if isinstance(column.type, JSON) else word[2:]
        if model is Capacity:
            values["city"] = "gent"
        elif model is Thread:
            values["created_at"] = clock.now() - timedelta(days=3)
        _write(table, values, mail)


@pytest.mark.parametrize(
    "kind", ["digest", NOTICES, "cited", "lesson_published", "post_hidden", "version_hidden"]
)
def test_where_only_the_link_may_stand_a_mail_is_the_same_whatever_it_is_about(mail_of, kind):  # noqa: F811
    """Also what no word says: themes, outcomes, kinds of posts, cities, how long a story waits."""
    mail = rich(kind, mail_of)
    with clock.at(clock.now()):  # the links are signed at one moment
        before = {policy: under(mail, policy) for policy in (MailPolicy.TITLE, MailPolicy.LINK)}
        otherwise(mail)
        after = {policy: under(mail, policy) for policy in before}
    assert after[MailPolicy.LINK] == before[MailPolicy.LINK]
    assert after[MailPolicy.TITLE] != before[MailPolicy.TITLE], "or this proves nothing"
    assert kind != "digest" or "you follow its theme" in before[MailPolicy.LINK]


def under(mail, policy):
    """What a reader sees of a letter."""
    allow(mail, policy)
    message = letters.letter_for(mail).message
    return "\n".join([message["Subject"], *parts(message)]).lower()
