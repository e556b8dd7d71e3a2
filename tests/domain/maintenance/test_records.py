"""Who runs the forum sees the last backup and the last drill, and the last that went well."""

from datetime import timedelta

from forum.domain.maintenance import records
from forum.infra import clock
from forum.models.maintenance import MaintenanceKind


def test_the_newest_of_each_kind_is_found_and_the_newest_that_went_well():
    assert records.latest(MaintenanceKind.BACKUP) is None
    with clock.at(clock.now() - timedelta(days=1)):
        well = records.record(MaintenanceKind.BACKUP, name="a.backup", good=True, seconds=2.5, size=1024)
    failed = records.record(MaintenanceKind.BACKUP, name="b" * 300, good=False, found="The disk is full.")
    drill = records.record(MaintenanceKind.DRILL, name="a.backup", good=True)
    assert records.latest(MaintenanceKind.BACKUP) is failed
    assert records.latest(MaintenanceKind.BACKUP, good=True) is well
    assert records.latest(MaintenanceKind.BACKUP, good=False) is failed
    assert records.latest(MaintenanceKind.DRILL) is drill
    assert records.latest(MaintenanceKind.DRILL, good=False) is None
    assert len(failed.name) == 200
