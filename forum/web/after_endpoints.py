"""Where the forms about a published lesson stand that keep drafts; their places say what else the address needs."""

from typing import Any

from forum.domain.lessons import dispute_places, report_places, signal_places

AFTER: dict[str, tuple[str, dict[str, Any]]] = {
    report_places.REPORT: ("reports.new", {}),
    report_places.FOLLOW_UP: ("reports.follow_up", {}),
    report_places.REPORT_CHANGE: ("reports.change", {}),
    dispute_places.EVIDENCE: ("disputes.new", {}),
    dispute_places.REPLY: ("disputes.index", {}),
    signal_places.SIGNAL: ("ageing.new", {}),
}
