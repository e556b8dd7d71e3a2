"""The forms about a published lesson that keep drafts, for `draft_places`: their fields, and where each stands."""

from collections.abc import Collection, Mapping

from forum.domain.drafts.views import Place, Subject
from forum.domain.lessons import dispute_places, report_places, signal_places
from forum.policy.actors import Actor

# By form, in what fields somebody types, and what they choose beside them.
FIELDS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    report_places.REPORT: (report_places.TYPED_FIRST, report_places.CHOSEN_FIRST),
    report_places.FOLLOW_UP: (report_places.TYPED, report_places.CHOSEN),
    report_places.REPORT_CHANGE: (report_places.TYPED, report_places.CHOSEN),
    **dispute_places.FIELDS,
    signal_places.SIGNAL: (("reason",), ()),
}
_KINDS = (
    (report_places.of, report_places.FORMS),
    (dispute_places.of, dispute_places.FORMS),
    (signal_places.of, signal_places.FORMS),
)


def of(actor: Actor, asked: Collection[Subject]) -> dict[Subject, Place]:
    """Return where these drafts stand, without those that the actor may not enter (a few queries for each kind)."""
    found: dict[Subject, Place] = {}
    for look_up, forms in _KINDS:
        own = [one for one in asked if one.form in forms]
        if own:
            found |= look_up(actor, own)
    return found
