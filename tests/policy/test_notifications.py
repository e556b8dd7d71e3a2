"""Who sees what somebody was told: that member alone, and only while they may see everything that it is about."""

from forum.infra.db import db
from forum.models.notifications import Notification
from forum.models.spaces import Audience
from tests.factories import make_thread
from tests.notices import tell
from tests.policy import people
from tests.policy.lesson_rows import make
from tests.policy.people import Town
from tests.policy.tables import differences, read, who_is_told, who_sees

NOTIFICATIONS = """
                                     vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
to a member, of a closed thread       .   .   .   .   x   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
to a former member, of a closed one   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
to a former member, of a public one   .   .   .   .   .   .   .   .   x   .   .   .   .   .   .   .   .   .   .   .   .
to a member elsewhere, closed         .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
to a member elsewhere, of the network .   .   .   .   .   .   .   .   .   .   .   .   .   x   .   .   .   .   .   .   .
to a guest elsewhere, of the network  .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
to a member, of a hidden thread       .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
to a moderator, of a hidden thread    .   .   .   .   .   .   x   .   .   .   .   .   .   .   .   .   .   .   .   .   .
to a moderator, of a draft            .   .   .   .   .   .   x   .   .   .   .   .   .   .   .   .   .   .   .   .   .
to a member, of a draft               .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
to a member, of thread and draft      .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
to a former member, of unlisted space .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
to a moderator, of who asks to join   .   .   .   .   .   .   x   .   .   .   .   .   .   .   .   .   .   .   .   .   .
to a member, of who asks to join      .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
to a moderator, of a hand-over        .   .   .   .   .   .   x   .   .   .   .   .   .   .   .   .   .   .   .   .   .
to a member, of a hand-over           .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
to a moderator, of what was left      .   .   .   .   .   .   x   .   .   .   .   .   .   .   .   .   .   .   .   .   .
to a member, of what was left         .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
to an administrator, about nothing    .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   x   .   .
"""


def notifications(town: Town) -> dict[str, Notification]:
    """Rows to people in several standings, about threads, a lesson and a space."""

    def thread(level: Audience, **over: object) -> int:
        return make_thread(town.here, town.member("aut"), audience=level, **over).id

    closed, network, public = (thread(level) for level in (Audience.SPACE, Audience.NETWORK, Audience.PUBLIC))
    hidden = thread(Audience.PUBLIC, hidden_at=town.member("aut").created_at)
    draft = make(town)["network, draft"][0].id
    about = {
        "to a member, of a closed thread": ("mem", {"thread_id": closed}),
        "to a former member, of a closed one": ("xme", {"thread_id": closed}),
        "to a former member, of a public one": ("xme", {"thread_id": public}),
        "to a member elsewhere, closed": ("ome", {"thread_id": closed}),
        "to a member elsewhere, of the network": ("ome", {"thread_id": network}),
        "to a guest elsewhere, of the network": ("ogu", {"thread_id": network}),
        "to a member, of a hidden thread": ("mem", {"thread_id": hidden}),
        "to a moderator, of a hidden thread": ("mod", {"thread_id": hidden}),
        "to a moderator, of a draft": ("mod", {"lesson_id": draft}),
        "to a member, of a draft": ("mem", {"lesson_id": draft}),
        "to a member, of thread and draft": ("mem", {"thread_id": public, "lesson_id": draft}),
        "to a former member, of unlisted space": ("xme", {"space_id": town.unlisted.id}),
        "to an administrator, about nothing": ("adm", {}),
    }
    rows = {name: tell(town.member(code), **ids) for name, (code, ids) in about.items()}
    for what, kind in (
        ("who asks to join", "join_requested"),
        ("a hand-over", "hand_over_offered"),
        ("what was left", "left_behind"),
    ):
        for whom, code in (("moderator", "mod"), ("member", "mem")):
            rows[f"to a {whom}, of {what}"] = tell(town.member(code), kind, space_id=town.here.id)
    db.session.flush()
    return rows


TABLES = {Notification: (NOTIFICATIONS, notifications)}


def test_only_who_was_told_sees_it_and_only_with_what_it_is_about(session):
    town = people.build()
    expected, rows = read(NOTIFICATIONS), notifications(town)
    assert differences(expected, who_sees(Notification, rows, town)) == []
    assert differences(expected, who_is_told(rows, town)) == []
