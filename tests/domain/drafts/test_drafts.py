"""A draft is its owner's alone, one for each sending; nothing of it is lost, nothing comes back once it was sent."""

import logging
import uuid
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from forum.domain import draft_places
from forum.domain.draft_places import EDIT, FORMS, REPLY, STORY
from forum.domain.drafts import acceptance, drafts
from forum.domain.drafts.views import Subject
from forum.domain.threads import posts
from forum.infra import clock, logs, rates, text
from forum.infra.db import db
from forum.models.drafts import Draft
from forum.models.lessons import LessonVersion
from forum.models.spaces import Audience, Membership
from forum.policy.errors import Invalid, NotFound
from tests.factories import actor, join, make_post, make_space, make_thread

ENTER = draft_places.places
BODY = {"body": "With us too", "kind": "question"}


@pytest.fixture
def thread(gent, leen):
    return make_thread(gent, leen, audience=Audience.SPACE)


def key():
    return str(uuid.uuid4())


def keep(member, subject, sending, fields, revision=0, **over):
    return drafts.keep(actor(member), subject, sending, fields, revision=revision, enter=ENTER, **over)


def mine(member):
    return drafts.every(actor(member), enter=ENTER)


def bodies(member):
    return [draft.fields.get("body") for draft in mine(member)]


def leave(member, space):
    for row in db.session.scalars(select(Membership).where(Membership.member_id == member.id)):
        if row.space_id == space.id:
            row.ended_at = clock.now()
    db.session.flush()


def test_two_sendings_are_two_drafts_and_each_goes_with_its_own(leen, thread):
    about = Subject(REPLY, thread.id)
    first, second = key(), key()
    keep(leen, about, first, {"body": "Half an answer"})
    keep(leen, about, second, {"body": "Short"})
    assert sorted(bodies(leen)) == ["Half an answer", "Short"]
    acceptance.accept(actor(leen), about, second, {}, revision=0)
    assert bodies(leen) == ["Half an answer"]


def test_what_arrives_after_its_sending_was_accepted_brings_nothing_back(leen, thread):
    about = Subject(REPLY, thread.id)
    for kept_before in (True, False):
        sending = key()
        if kept_before:
            keep(leen, about, sending, BODY)
        acceptance.accept(actor(leen), about, sending, {}, revision=0)
        with pytest.raises(drafts.AlreadySent):
            keep(leen, about, sending, {"body": "With us too, and more"}, 1)
    assert mine(leen) == []
    assert set(map(str, db.session.scalars(select(Draft.fields)))) == {"{}"}
    acceptance.accept(actor(leen), about, "", {}, revision=0)  # a form without a key


def test_words_of_another_device_stay_when_an_older_state_of_their_draft_is_sent(leen, thread):
    about = Subject(REPLY, thread.id)
    ask = {"body": "Typed at the desk", "kind": "question"}
    for sent, at, stay in (
        ("Typed at the desk", 1, ("Written anew on the train", None)),
        ("Written anew on the train", 2, ("Typed at the desk", None)),
        ("Written anew on the train, and more", 1, ("Typed at the desk", None)),
        ("Short", 1, ("Written anew on the train", "Typed at the desk")),
        ("Typed at the desk. Written anew on the train", 1, None),
        ("Shortened on the train", 2, ("Typed at the desk", None)),
    ):
        sending = key()
        keep(leen, about, sending, ask)
        keep(leen, about, sending, {"body": "Written anew on the train"})
        assert acceptance.accept(actor(leen), about, sending, {"body": sent}, revision=at) is bool(stay), sent
        left = db.session.scalars(select(Draft).where(Draft.sent_at.is_(None))).all()
        found = [(row.fields["body"], (row.other_fields or {}).get("body")) for row in left]
        assert found == ([stay] if stay else []), sent
        for row in left:
            assert drafts.one(actor(leen), row.id, enter=ENTER).fields, "one like any other"
            db.session.delete(row)
        db.session.flush()
    for sent in ("Half an answer", "Half an answer, and the other half"):  # a choice alone is no words
        sending = key()
        keep(leen, about, sending, {"body": "Half an answer ", "kind": "question"})
        assert not acceptance.accept(actor(leen), about, sending, {"body": sent}, revision=0)
        assert not acceptance.accept(actor(leen), about, sending, {"body": "Again"}, revision=0)
    assert mine(leen) == []


def test_nobody_but_its_owner_meets_a_draft(leen, thread, moderator):
    sending = key()
    draft = keep(leen, Subject(REPLY, thread.id), sending, BODY)
    assert mine(moderator) == drafts.about(actor(moderator), [Subject(REPLY, thread.id)]) == []
    assert drafts.waiting(actor(moderator)) == 0
    for verb in (drafts.discard, drafts.restore):
        with pytest.raises(NotFound):
            verb(actor(moderator), draft.id)
    for question in (drafts.one, drafts.exchange):
        with pytest.raises(NotFound):
            question(actor(moderator), draft.id, enter=ENTER)
    assert drafts.thrown_away(actor(moderator), draft.id, enter=ENTER) is None
    keep(moderator, Subject(REPLY, thread.id), sending, {"body": "The same key is another draft"})
    acceptance.accept(actor(moderator), Subject(REPLY, thread.id), sending, {}, revision=0)
    assert bodies(leen) == ["With us too"]


def test_without_access_a_draft_is_one_closed_row_and_with_it_again_as_it_was(gent, leen, thread):
    draft = keep(leen, Subject(REPLY, thread.id), key(), BODY)
    keep(leen, Subject(STORY, gent.id), key(), {"title": "Ours", "body": "It began"})
    leave(leen, gent)
    closed = mine(leen)
    assert len(closed) == 2
    for row in closed:
        assert (row.place, row.subject, row.fields, row.changed_at) == (None, None, {}, None)
    with pytest.raises(NotFound):
        drafts.one(actor(leen), draft.id, enter=ENTER)
    with pytest.raises(NotFound):
        keep(leen, Subject(REPLY, thread.id), key(), {"body": "More"})
    join(leen, gent)
    assert sorted(bodies(leen)) == ["It began", "With us too"]
    drafts.discard(actor(leen), draft.id)
    leave(leen, gent)
    assert drafts.thrown_away(actor(leen), draft.id, enter=ENTER).fields == {}


def test_a_space_that_others_still_see_is_closed_to_a_story_of_whoever_left_it(gent, leen):
    join(leen, make_space("Wonen"))
    keep(leen, Subject(STORY, gent.id), key(), {"title": "Ours", "body": "It began"})
    leave(leen, gent)
    assert [draft.place for draft in mine(leen)] == [None]
    with pytest.raises(NotFound):
        keep(leen, Subject(STORY, gent.id), key(), {"title": "Ours"})


def test_a_post_of_somebody_else_takes_no_draft_of_a_change(leen, thread, moderator):
    post = make_post(thread, leen)
    with pytest.raises(NotFound):
        keep(moderator, Subject(EDIT, post.id), key(), {"body": "Better so"})
    assert keep(leen, Subject(EDIT, post.id), key(), {"body": "Better so"})


def test_the_newer_words_count_and_the_others_can_be_brought_back(leen, thread):
    about, sending = Subject(REPLY, thread.id), key()
    first = keep(leen, about, sending, {"body": "On the phone I wrote this"})
    newer = keep(leen, about, sending, {"body": "On the desk I wrote that"}, 0)
    assert newer.other_at is not None
    assert bodies(leen) == ["On the desk I wrote that"]
    swapped = drafts.exchange(actor(leen), first.id, enter=ENTER)
    assert swapped.fields == {"body": "On the phone I wrote this"}
    assert bodies(leen) == ["On the phone I wrote this"]
    drafts.exchange(actor(leen), first.id, enter=ENTER)
    assert bodies(leen) == ["On the desk I wrote that"]


def test_words_that_were_typed_before_stand_beside_the_newer_ones_whenever_they_arrive(leen, thread):
    about, sending, days = Subject(REPLY, thread.id), key(), timedelta(days=3)
    old, new = {"body": "In the train, without network"}, {"body": "At home, three days later"}
    first = keep(leen, about, sending, {"body": "First"})
    keep(leen, about, sending, new, 1)
    late = keep(leen, about, sending, old, 1, age=days)
    assert (late.beside, late.revision, bodies(leen)) == (True, 1, [new["body"]])
    assert late.other_at is not None
    assert drafts.exchange(actor(leen), first.id, enter=ENTER).fields == old
    again = keep(leen, about, sending, {"body": "At home, three"}, 1, age=days)
    assert again.beside, "part of what stands is nothing more"
    typed_on = keep(leen, about, sending, {"body": "In the tram"}, again.revision)
    assert (typed_on.beside, bodies(leen)) == (False, ["In the tram", new["body"]]), "a third text stays too"
    other = key()
    keep(leen, about, other, old, age=days)
    in_order = keep(leen, about, other, new)
    assert (in_order.beside, in_order.fields, in_order.other_at is not None) == (False, new, True)


def test_three_pages_of_one_draft_lose_none_of_three_texts_and_two_make_no_third(leen, thread):
    about, sending = Subject(REPLY, thread.id), key()
    first = keep(leen, about, sending, {"body": "First"})
    for said in ("From the phone", "From the desk", "From the train"):
        last = keep(leen, about, sending, {"body": said}, first.revision)
    assert last.other_at is not None
    exchanged = drafts.exchange(actor(leen), first.id, enter=ENTER)
    assert exchanged.fields == {"body": "From the desk"}
    assert sorted(bodies(leen)) == ["From the desk", "From the phone"]
    both = key()
    one = two = keep(leen, about, both, {"body": "0"})
    for number in range(1, 9):  # two pages in turn that each write all anew
        one = keep(leen, about, both, {"body": f"one {number}"}, one.revision)
        two = keep(leen, about, both, {"body": f"two {number}"}, two.revision)
    assert len(bodies(leen)) == 3


def test_an_old_form_that_is_emptied_or_typed_on_throws_no_newer_words_away(leen, thread):
    about, sending = Subject(REPLY, thread.id), key()
    opened = keep(leen, about, sending, {"body": "First"})
    newer = keep(leen, about, sending, {"body": "A paragraph from the desk"}, opened.revision)
    assert keep(leen, about, sending, {}, opened.revision, age=timedelta(hours=2)) is None
    assert keep(leen, about, sending, {}, opened.revision) is None
    assert bodies(leen) == ["A paragraph from the desk"]
    drafts.discard(actor(leen), opened.id)
    on = keep(leen, about, sending, {"body": "Something else"}, opened.revision)
    assert on.other_at is not None
    assert drafts.exchange(actor(leen), on.id, enter=ENTER).fields == newer.fields


def test_a_draft_of_a_closed_place_says_the_day_before_the_worker_has_looked(leen, thread):
    keep(leen, Subject(REPLY, thread.id), key(), BODY)
    (closed,) = drafts.every(actor(leen), enter=lambda who, subjects: {})
    assert (closed.lapses_at - clock.now()).days in {29, 30}


def test_typing_on_makes_no_other_copy_and_the_same_words_change_nothing(leen, thread):
    about, sending = Subject(REPLY, thread.id), key()
    kept = keep(leen, about, sending, {"body": "With"})
    assert keep(leen, about, sending, {"body": "With"}, 0).revision == kept.revision == 1
    on = keep(leen, about, sending, {"body": "With us"}, 0)  # the answer to the first did not arrive
    assert (on.revision, on.other_at) == (2, None)
    assert keep(leen, about, sending, {"body": "Otherwise"}, 2).other_at is None
    with pytest.raises(NotFound):
        drafts.exchange(actor(leen), kept.id, enter=ENTER)


def test_an_emptied_form_is_no_draft_and_what_was_thrown_away_is_there_for_a_day(leen, thread):
    about, sending = Subject(REPLY, thread.id), key()
    assert keep(leen, about, key(), {}) is None
    draft = keep(leen, about, sending, BODY)
    assert keep(leen, about, sending, {}, 1) is None
    assert mine(leen) == []
    drafts.restore(actor(leen), draft.id)
    assert bodies(leen) == ["With us too"]
    drafts.discard(actor(leen), draft.id)
    assert drafts.thrown_away(actor(leen), draft.id, enter=ENTER).fields == BODY
    with clock.at(clock.now() + timedelta(hours=25)):
        assert drafts.thrown_away(actor(leen), draft.id, enter=ENTER) is None
        with pytest.raises(NotFound):
            drafts.restore(actor(leen), draft.id)
    keep(leen, about, sending, {"body": "Typed on in a page that was still open"}, 1)
    assert bodies(leen) == ["Typed on in a page that was still open"]


def test_a_fifty_first_is_refused_and_nothing_goes_for_it(gent, leen, thread):
    about = Subject(REPLY, thread.id)
    sendings = [key() for _number in range(drafts.MOST)]
    ids = [keep(leen, about, sending, BODY).id for sending in sendings]
    with pytest.raises(Invalid, match="50 concepten"):
        keep(leen, about, key(), BODY)
    assert len(mine(leen)) == drafts.MOST
    keep(leen, about, sendings[0], {"body": "The first goes on"}, 1)
    drafts.discard(actor(leen), ids[1])
    keep(leen, about, key(), BODY)
    with pytest.raises(Invalid, match="50 concepten"):
        drafts.restore(actor(leen), ids[1])


def test_the_longest_form_fits_and_more_is_refused(leen, thread):
    items = 3 * LessonVersion.ITEMS_MAX * (LessonVersion.ITEM_MAX + 1)
    longest = 8 * LessonVersion.PARAGRAPHS_MAX + items + 2_000
    assert max(longest, text.MAX_LENGTH) * 2 < drafts.LENGTH_MAX
    about = Subject(REPLY, thread.id)
    assert keep(leen, about, key(), {"body": "x" * drafts.LENGTH_MAX})
    with pytest.raises(Invalid, match=r"100\.000"):
        keep(leen, about, key(), {"body": "x" * drafts.LENGTH_MAX, "kind": "y"})
    for wrong in ("", "k" * 37, "with spaces in it"):
        with pytest.raises(Invalid):
            keep(leen, about, wrong, BODY)


def test_saving_at_every_pause_meets_no_limit_and_a_machine_does(app, leen, thread, monkeypatch):
    monkeypatch.setitem(app.config, "RATES_ENABLED", True)
    rates.reset()
    about, sending = Subject(REPLY, thread.id), key()
    for number in range(120):  # two tabs, one save a second
        keep(leen, about, sending, {"body": f"{number} With us"}, number)
    for number in range(120):
        keep(leen, about, sending, {"body": f"{number} With them"}, number)
    with pytest.raises(rates.TooOften):
        keep(leen, about, sending, {"body": "With everybody"}, 1)


def test_a_key_that_belongs_to_another_form_is_refused(gent, leen, thread):
    sending = key()
    keep(leen, Subject(REPLY, thread.id), sending, BODY)
    with pytest.raises(Invalid):
        keep(leen, Subject(STORY, gent.id), sending, {"body": "A story"})
    assert bodies(leen) == ["With us too"]


def test_a_sending_under_the_key_of_another_form_leaves_the_draft_of_that(gent, leen, thread):
    sending = key()
    keep(leen, Subject(STORY, gent.id), sending, {"title": "A title of its own", "body": "Both say this"})
    acceptance.accept(actor(leen), Subject(REPLY, thread.id), sending, {"body": "Both say this"}, revision=1)
    (draft,) = mine(leen)
    assert (draft.subject.form, draft.fields["title"]) == (STORY, "A title of its own")
    with pytest.raises(drafts.AlreadySent):
        keep(leen, Subject(REPLY, thread.id), sending, {"body": "Both say this"}, 1)


def test_what_is_thrown_away_again_and_again_is_not_kept_without_end(leen, thread, monkeypatch):
    monkeypatch.setattr(drafts, "MOST_THROWN", 3)
    about, ids = Subject(REPLY, thread.id), []
    for number in range(5):
        with clock.at(clock.now() + timedelta(minutes=number)):
            sending = key()
            ids.append(keep(leen, about, sending, BODY).id)
            if number % 2:
                drafts.discard(actor(leen), ids[-1])
            else:
                assert keep(leen, about, sending, {}, 1) is None
    with clock.at(clock.now() + timedelta(minutes=5)):
        there = [drafts.thrown_away(actor(leen), each, enter=ENTER) is not None for each in ids]
    assert there == [False, False, True, True, True]
    assert set(db.session.scalars(select(Draft.id))) == set(ids[2:])


def test_the_numbers_of_drafts_tell_nothing_of_what_others_write(leen, thread):
    about, sending = Subject(REPLY, thread.id), key()
    ids = [keep(leen, about, key(), BODY).id for _number in range(3)]
    keep(leen, about, sending, BODY)
    acceptance.accept(actor(leen), about, sending, BODY, revision=1)
    acceptance.accept(actor(leen), about, key(), BODY, revision=0)
    every = sorted(db.session.scalars(select(Draft.id)))
    assert len(every) == 5
    assert set(ids) < set(every)
    assert every[0] >= 1_000_000
    assert min(after - before for before, after in pairwise(every)) > 1


def test_a_page_with_a_form_reads_no_words_of_drafts_that_it_does_not_show(leen, thread, count_queries):
    about = Subject(REPLY, thread.id)
    for _number in range(3):
        keep(leen, about, key(), BODY)
    db.session.expunge_all()
    with count_queries() as seen:
        newest = drafts.about(actor(leen), [about])[0]
    assert not any(
        "draft.fields" in statement or "draft.other_fields" in statement for statement in seen.statements
    )
    assert newest.fields == BODY


def test_a_text_that_changed_underneath_is_told(leen, thread):
    post = make_post(thread, leen)
    about = Subject(EDIT, post.id)
    keep(leen, about, key(), {"body": "Better so"}, base_revision=1)
    assert [draft.base_changed for draft in mine(leen)] == [False]
    posts.edit(actor(leen), post.id, body="Changed on the phone.", seen_revision=1)
    assert [draft.base_changed for draft in mine(leen)] == [True]


def test_the_list_costs_the_same_for_two_and_for_twenty(gent, leen, thread, count_queries):
    def cost():
        db.session.expire_all()
        who = actor(leen)
        with count_queries() as seen:
            drafts.every(who, enter=ENTER)
        return seen.count

    others = [make_thread(gent, leen, title=f"Talk {number}") for number in range(10)]
    keep(leen, Subject(REPLY, others[0].id), key(), BODY)
    keep(leen, Subject(STORY, gent.id), key(), {"title": "Ours"})
    few = cost()
    for other in others:
        keep(leen, Subject(REPLY, other.id), key(), BODY)
        keep(leen, Subject(STORY, gent.id), key(), BODY)
    assert cost() == few <= 3


def test_the_log_of_an_error_of_the_database_repeats_no_word_of_a_draft(leen, thread):
    db.session.add(Draft(member_id=leen.id, fields={"body": "zwartwoord"}))
    with pytest.raises(SQLAlchemyError) as failed:
        db.session.flush()
    error = failed.value
    record = logging.LogRecord("x", logging.ERROR, "", 0, "broken", None, (type(error), error, None))
    assert "zwartwoord" not in logs.JsonLines().format(record)
    assert "[parameters: " not in str(
        error
    )  # what PostgreSQL itself says of the row is only in the log of a developer


def test_only_the_known_fields_of_a_form_are_kept():
    sent = {
        "body": ["Half\r\na thought"], "kind": ["question"], "csrf_token": ["t"], "password": ["p"], "title": ["no"],
        "idempotency_key": ["k"],
    }  # fmt: skip
    assert draft_places.fields_of(REPLY, lambda name: sent.get(name, [])) == {
        "body": "Half\na thought",
        "kind": "question",
    }
    assert draft_places.fields_of(REPLY, lambda name: ["  \n"] if name == "body" else ["question"]) == {}
    names = {name for form in FORMS.values() for name in (*form.typed, *form.chosen, *form.several)}
    assert not names & {"csrf_token", "password", "current", "email", "next", "_method"}
