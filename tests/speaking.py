"""For which cities somebody speaks, as it counts for who may check a lesson."""

from collections.abc import Iterable

from forum.domain.lessons import review_facts


def confirmed_cities(member_ids: Iterable[int]) -> dict[int, set[str]]:
    """Return the cities for which each of these members speaks today."""
    found = review_facts.of_members(set(member_ids)).confirmed
    return {member_id: {city for city, _by_id in confirmed} for member_id, confirmed in found.items()}
