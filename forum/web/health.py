"""For whoever runs the machine: whether the process lives, and whether it can serve."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from forum.domain import health
from forum.web.http.access import anyone, open_to

bp = Blueprint("health", __name__)
FRESH = {"Cache-Control": "no-store"}


@bp.get("/healthz")
@open_to(anyone)
def live() -> ResponseReturnValue:
    """Answer that the process lives; nothing else is checked."""
    return {"alive": True}, 200, FRESH


@bp.get("/readyz")
@open_to(anyone)
def ready() -> ResponseReturnValue:
    """Return every check of what the web needs by name; 503 when one of them fails."""
    checks = health.web_checks()
    is_ready = all(check.good for check in checks)
    results = {
        check.name: {"good": check.good, "warns": check.warns, "found": check.found} for check in checks
    }
    return {"ready": is_ready, "checks": results}, 200 if is_ready else 503, FRESH
