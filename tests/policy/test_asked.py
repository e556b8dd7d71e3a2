"""Who reads a version that they are asked by name to check: nobody outside the space where it stays there."""

import pytest

from forum.infra import clock, days
from forum.infra.db import db
from forum.models.claims import Claim
from forum.models.lessons import Lesson, LessonVersion, ReviewRequest
from forum.models.spaces import Audience
from tests.policy import lesson_rows, people
from tests.policy.tables import differences, read, who_is_told, who_sees, without_strangers

# Everybody is asked by name; the rows say of which version, and what became of the question.
TABLE = """
                                     vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
space, asked                          .   .   .   .   x   x   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
space, declined                       .   .   .   .   .   .   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
space, ended                          .   .   .   .   .   .   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
network, asked                        .   .   .   .   x   x   x   x   .   .   .   .   .   x   x   .   .   x   x   .   .
network, declined                     .   .   .   .   .   .   x   x   .   .   .   .   .   .   x   .   .   x   x   .   .
public, asked                         .   .   .   .   x   x   x   x   .   .   .   .   .   x   x   .   .   x   x   .   .
"""


def asked(town: people.Town, model: type) -> dict[str, Lesson | LessonVersion | Claim]:
    """The version in review of each audience, or what stands around it; everybody is asked to check it."""
    rows = {}
    for name in read(TABLE):
        audience, what = name.split(", ")
        lesson, versions = lesson_rows.one_more(town, Audience(audience))
        version = versions["handed in"]
        ask_everybody(town, version, what)
        rows[name] = {Lesson: lesson, LessonVersion: version}.get(model) or claim_of(version)
    return rows


def ask_everybody(town: people.Town, version: LessonVersion, what: str) -> None:
    now = clock.now()
    ended = {"declined": {"declined_at": now}, "ended": {"ended_at": now}, "asked": {}}[what]
    for code, member in town.people.items():
        if member is not None and code != "cur":
            db.session.add(
                ReviewRequest(
                    version_id=version.id,
                    asked_id=member.id,
                    asked_by_id=town.member("cur").id,
                    asked_at=now,
                    due_on=days.today(),
                    **ended,
                )
            )
    db.session.flush()


def claim_of(version: LessonVersion) -> Claim:
    claim = Claim(version_id=version.id, position=1, text="Contact keeps people")
    db.session.add(claim)
    db.session.flush()
    return claim


@pytest.mark.parametrize("model", [Lesson, LessonVersion, Claim], ids=lambda model: model.__name__)
def test_who_is_asked_reads_the_version_until_it_is_settled_or_declined(session, model):
    town = people.build()
    expected, rows = read(TABLE), asked(town, model)
    assert differences(expected, who_sees(model, rows, town)) == []
    assert differences(without_strangers(expected), who_is_told(rows, town)) == []
