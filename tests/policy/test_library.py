"""Who may add up which counts of the library: every person, every row, both directions."""

from typing import Any

from sqlalchemy import func, select

from forum.domain.lessons import library_counts
from forum.infra.db import db
from forum.models.lessons import Lesson
from forum.models.library import LibraryCount
from forum.models.spaces import Audience
from forum.policy.visibility import sees
from tests.policy import lesson_rows, people
from tests.policy.people import Town
from tests.policy.tables import differences, read, who_is_told, who_sees, without_strangers

COUNTS = """
                                     vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
everywhere, public                    x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x
everywhere, network                   .   .   .   .   x   x   x   x   .   .   .   .   .   x   x   .   .   x   x   .   .
everywhere, space                     .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
here, public                          .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
here, network                         .   .   .   x   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
here, space                           .   .   .   x   x   x   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
elsewhere, network                    .   .   .   .   .   .   .   .   .   .   .   .   x   .   .   .   .   .   .   .   .
elsewhere, space                      .   .   .   .   .   .   .   .   .   .   .   .   x   x   x   .   .   .   .   .   .
unlisted, space                       .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
"""


def counts(town: Town) -> dict[str, Any]:
    """One row of every space and audience."""
    spaces = {"everywhere": None, "here": town.here, "elsewhere": town.elsewhere, "unlisted": town.unlisted}
    rows = {
        f"{name}, {audience.value}": LibraryCount(
            space_id=space.id if space else None,
            audience=audience,
            filter="axis",
            value="x",
            number=1,
        )
        for name, space in spaces.items()
        for audience in Audience
        if f"{name}, {audience.value}" in read(COUNTS)
    }
    db.session.add_all(rows.values())
    db.session.flush()
    return rows


TABLES = {LibraryCount: (COUNTS, counts)}


def test_who_adds_up_which_counts(session):
    town = people.build()
    expected, rows = read(COUNTS), counts(town)
    assert differences(expected, who_sees(LibraryCount, rows, town)) == []
    assert differences(without_strangers(expected), who_is_told(rows, town)) == []


def test_the_counts_add_up_to_the_lessons_that_each_person_may_read(session):
    town = people.build()
    lesson_rows.make(town)
    library_counts.recount_all()
    for code, reader in town.people.items():
        readable = select(func.count(Lesson.id)).where(Lesson.current_id.is_not(None), sees(Lesson, reader))
        counted = library_counts.numbers(reader).get((LibraryCount.TOTAL, ""), 0)
        assert counted == db.session.scalar(readable), code
    library_counts.recount_all()
    assert library_counts.numbers(town.member("mem"))[LibraryCount.TOTAL, ""] > 1, (
        "counting twice counts once"
    )
