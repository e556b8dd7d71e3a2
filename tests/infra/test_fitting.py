"""Looking through a list for the first that fit: everybody once, in few queries, however many do not."""

from sqlalchemy import select

from forum.infra import fitting
from forum.infra.db import db
from forum.models.spaces import Space
from tests.factories import make_space

ORDER = [Space.city.is_(None), Space.sort_key, Space.id]


def test_nobody_is_missed_or_read_twice_and_pages_grow(session, count_queries, monkeypatch):
    monkeypatch.setattr(fitting, "PAGE", 2)
    monkeypatch.setattr(fitting, "LARGEST", 8)
    for number in range(29):  # some have the same name, and half of them no city
        make_space(f"Space {number % 4}", city=f"c{number}" if number % 2 else None)
    ordered = list(db.session.scalars(select(Space.id).order_by(*ORDER)))
    seen = []

    def look(wanted=(), most=3):
        def fits(page):
            seen.extend(row.id for row in page)
            return [row.id for row in page if row.id in wanted]

        seen.clear()
        with count_queries() as counted:
            found = fitting.first(select(Space.id, Space.name), most, fits, order=ORDER)
        return found, len(seen), counted.count

    assert look() == ([], 29, 5), "2, 4, 8, 8 and 7 rows at once"
    assert seen == ordered
    assert look({ordered[-1], ordered[0]}) == ([ordered[0], ordered[-1]], 29, 5)
    assert look(set(ordered)) == (ordered[:3], 6, 2), "no further than it has to"
