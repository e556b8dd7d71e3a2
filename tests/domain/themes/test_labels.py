"""For whom somebody speaks, in words that can stand in a sentence."""

from datetime import date

import pytest

from forum.domain.themes.labels import organisation
from forum.infra.i18n import force_locale
from forum.models.accounts import Body, Capacity, Level


@pytest.mark.parametrize(
    ("body", "city", "english", "dutch"),
    [
        (Body.CITY, "gent", "city of Gent", "stad Gent"),
        (Body.OCMW, "antwerpen", "OCMW Antwerpen", "OCMW Antwerpen"),
        (Body.ASSOCIATION, "leuven", "association in Leuven", "vereniging in Leuven"),
        (Body.GOVERNMENT, "vgc", "VGC Brussel", "VGC Brussel"),
        (Body.GOVERNMENT, "roeselare", "other government in Roeselare", "andere overheid in Roeselare"),
        (Body.NETWORK, None, "network", "netwerk"),
    ],
)
def test_a_capacity_says_for_whom_it_speaks(body, city, english, dutch):
    capacity = Capacity(function="x", level=Level.FIELD, body=body, city=city, starts_on=date(2025, 1, 1))
    with force_locale("en"):
        assert organisation(capacity) == english
    with force_locale("nl"):
        assert organisation(capacity) == dutch
