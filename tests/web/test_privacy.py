"""The privacy page names all that is kept about a person: a table or column that is added has to be named there too."""

from html import unescape

import pytest

from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.missed import MissedBy, MissedSearch

pytestmark = pytest.mark.any_database

# What the page says about each column of a member, and about each table that points at one.
OWN = "Your name, your e-mail address, a scrambled form of your password, your language, time zone"
MOMENTS = (
    "When you asked for your account, when you confirmed your address, and when you were let in or suspended"
)
SPACES = (
    "To which spaces you belong, which roles you have there and in the network, since when, your last day"
)
COLUMNS = {
    **dict.fromkeys(("name", "sort_key", "handle", "email", "password_hash", "password_stamp"), OWN),
    **dict.fromkeys(("locale", "timezone"), OWN),
    **dict.fromkeys(("theme", "shortcuts"), "choice of light or dark"),
    "locale_seen": "If you let your browser choose the language: the language of the last page that you opened",
    **dict.fromkeys(("created_at", "confirmed_at", "approved_at", "suspended_at"), MOMENTS),
    "all_read_at": SPACES,
}
LESSONS = (
    "Which lessons you made, were asked to review, reviewed or published, each step that you took with one"
)
AS_REVIEWER = (
    "what you answered and said as a reviewer, also about people who stand masked, which review you put away"
)
ASKED = (
    "what you answered when you were asked whether an excerpt may be quoted, and whether you took your text"
)
MODERATED = "What moderators did, when and why, and which capacity it was about."
DIGEST = "what you chose for your digest"
TABLES = {
    "capacity": "The capacities in which you speak, with their dates, and who confirmed, refused or ended them.",
    **dict.fromkeys(
        ("profile", "profile_tag", "profile_axis", "member_word"),
        "What you say others may ask you and what you look for, with its tags and themes, and the words by which",
    ),
    "network_appointment": "which roles you have there and in the network",
    "sign_in": "On which devices you signed in",
    "feed_key": "For which feeds you made an address, when, and when it was last fetched.",
    "membership": SPACES,
    **dict.fromkeys(("read_mark", "read_ahead"), SPACES),
    "space_visit": "When you were last at the page of each space that you belong to, so that it can say what is new,",
    "space_note": "Which notes on the page of a space you wrote, and when.",
    "invitation": "the invitations that you sent or took over.",
    "join_request": "Your request to join",
    **dict.fromkeys(("thread", "post", "post_revision"), "What you write, with all earlier versions"),
    "thread_response": "With which stories you said that it is so with you too, or different, or that you applied it",
    "unknown_sharing": "With which questions of lessons you said that your city wonders about them too",
    "cahier": "Which cahiers you put together, and when.",
    **dict.fromkeys(
        ("summary_version", "summary_keeper"),
        "Which summaries of a thread you wrote, with all earlier versions, and of which threads somebody asked you to.",
    ),
    "nomination": "Of which threads you said that there is a lesson in them, and what a moderator answered.",
    "bookmark": "The posts that you keep, with your notes. Nobody else can read them.",
    **dict.fromkeys(
        ("counter_evidence", "evidence_reply"),
        "What you brought against a claim of a lesson, and what you replied",
    ),
    "lesson_signal": "Of which lessons you said that something no longer holds, why and when.",
    "foretelling": "What you foretold of a lesson, sealed.",
    "draft": "Your drafts: what you began to write and have not sent, and when. Nobody else can read them.",
    **dict.fromkeys(
        ("held_post", "watched_word", "pointed_out"),
        "What you sent and a moderator has not let appear yet, or refused",
    ),
    **dict.fromkeys(
        ("rules_version", "rules_acceptance"),
        "Which house rules you accepted or wrote, in which version, and when.",
    ),
    **dict.fromkeys(
        ("agreement", "agreement_round"),
        "What you answered when a moderator asked whether other people may read what you wrote",
    ),
    "thread_change": "Who changed the theme, the tags, the space",
    "tag_merge": "Who merged or renamed tags of the network, and when.",
    **dict.fromkeys(
        ("lesson", "lesson_version", "lesson_step", "adoption_report", "review_request"), LESSONS
    ),
    "hand_over": "What you offered another moderator to take over, or took over from one, when, and what was answered.",
    **dict.fromkeys(("lesson_review", "review_look", "review_comment", "review_set_aside"), AS_REVIEWER),
    **dict.fromkeys(("consent", "consent_round", "consent_request", "removal"), ASKED),
    "notification": "What happened for you, such as an answer, a mention",
    **dict.fromkeys(
        ("thread_follow", "space_follow", "subscription", "notice_choice", "quiet_hours", "mention"),
        "What you follow, what you want by e-mail and when, and which posts mention you.",
    ),
    "bounce": "That an e-mail to your address came back",
    **dict.fromkeys(("moderation_action", "undoable_act"), MODERATED),
    **dict.fromkeys(
        ("desk_taking", "desk_note", "desk_aside", "desk_number"),
        "What moderators have in hand on their desk, how much waits there, and their notes about it.",
    ),
    **dict.fromkeys(
        ("post_report", "post_objection", "sealing_objection"),
        "Which posts you reported to moderators, why, in which words",
    ),
    **dict.fromkeys(
        ("post_settlement", "space_deputy", "stand_in", "sealing"),
        "What you settled as a moderator or a deputy",
    ),
    "moderator_absence": "As a moderator, from which day to which you said that you are away.",
    **dict.fromkeys(
        ("space_measure", "measure_objection"),
        "What moderators decided about you in their space, why and until when, and what you said against that.",
    ),
    "outgoing_mail": "Which e-mails we sent you and when",
    "digest": "which threads and lessons were in a digest",
    "digest_choice": DIGEST,
}


def test_all_that_is_kept_about_a_member_is_named_on_the_privacy_page(client, session):
    shown = " ".join(unescape(client.get("/privacy?lang=en").text).split())
    assert {sentence for sentence in (COLUMNS | TABLES).values() if sentence not in shown} == set()


def test_what_is_kept_of_searches_leads_to_no_member_and_is_named(client, session):
    assert not MissedSearch.__table__.foreign_keys
    assert {key.column.table.name for key in MissedBy.__table__.foreign_keys} == {"missed_search"}
    shown = " ".join(unescape(client.get("/privacy?lang=en").text).split())
    assert "Nor who looked for what. When a search of a member finds nothing, the forum keeps a code" in shown
    assert "the code of a person is deleted after at most 90 days" in shown


def test_no_column_and_no_table_about_a_member_is_forgotten():
    columns = {column.name for column in Member.__table__.columns}
    assert columns == {"id", *COLUMNS}
    tables = {
        table.name
        for table in db.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name == "member"
    }
    assert tables == set(TABLES)
