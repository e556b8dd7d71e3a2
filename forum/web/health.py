"""For whoever runs the machine: does the process live, and can it serve?"""

from typing import Any

from flask import Blueprint

from forum.domain import health
from forum.web.http.access import anyone, open_to

bp = Blueprint("health", __name__)
FRESH = {"Cache-Control": "no-store"}


@bp.get("/healthz")
@open_to(anyone)
def live() -> Any:
    """The process answers; nothing else is asked."""
    return {"alive": True}, 200, FRESH


@bp.get("/readyz")
@open_to(anyone)
def ready() -> Any:
    """Every check by name; 503 when one of them says no."""
    checks = health.checks()
    good = all(check.good for check in checks)
    answer = {check.name: {"good": check.good, "found": check.found} for check in checks}
    return {"ready": good, "checks": answer}, 200 if good else 503, FRESH
