"""Quiet hours are those of the member's own day, over midnight and over both changes of the clock."""

from datetime import UTC, datetime

import pytest

from forum.domain.mailing.quiet_hours import leaves_at

pytestmark = pytest.mark.any_database


@pytest.mark.parametrize(
    ("at", "zone", "hours", "leaves"),
    [
        ("2027-01-05 20:59", "Europe/Brussels", (22, 7), "2027-01-05 20:59"),
        ("2027-01-05 21:00", "Europe/Brussels", (22, 7), "2027-01-06 06:00"),
        ("2027-01-06 05:59", "Europe/Brussels", (22, 7), "2027-01-06 06:00"),
        ("2027-01-06 06:00", "Europe/Brussels", (22, 7), "2027-01-06 06:00"),
        ("2027-01-05 12:30", "Europe/Brussels", (13, 14), "2027-01-05 13:00"),
        ("2027-01-05 23:30", "UTC", (22, 0), "2027-01-06 00:00"),
        ("2027-01-05 12:30", "Pacific/Auckland", (0, 7), "2027-01-05 18:00"),
        # In spring there is no two o'clock, in autumn there is two.
        ("2027-03-28 00:30", "Europe/Brussels", (22, 2), "2027-03-28 01:00"),
        ("2027-03-27 22:30", "Europe/Brussels", (22, 7), "2027-03-28 05:00"),
        ("2027-10-31 00:30", "Europe/Brussels", (22, 3), "2027-10-31 02:00"),
        ("2027-10-31 01:30", "Europe/Brussels", (22, 3), "2027-10-31 02:00"),
    ],
)
def test_a_notice_leaves_when_they_end(at, zone, hours, leaves):
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    end = leaves_at(moment, zone=zone, from_hour=hours[0], until_hour=hours[1])
    assert end == datetime.fromisoformat(leaves).replace(tzinfo=UTC)
