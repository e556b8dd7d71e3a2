"""The ring: which cities belong to the network, and where each has its fixed place.

The order is the clockwise order of bearings round the middle of the thirteen cities; places are evenly spread, the
partner is at the bottom. A new city or a merger changes only this constant.
"""

from typing import NamedTuple


class City(NamedTuple):
    """One place on the ring; `angle` in degrees clockwise from twelve o'clock."""

    code: str
    name: str
    angle: float
    partner: bool = False


_ORDER = (
    ("sintniklaas", "Sint-Niklaas"),
    ("antwerpen", "Antwerpen"),
    ("turnhout", "Turnhout"),
    ("genk", "Genk"),
    ("mechelen", "Mechelen"),
    ("hasselt", "Hasselt"),
    ("leuven", "Leuven"),
    ("vgc", "VGC Brussel"),
    ("aalst", "Aalst"),
    ("kortrijk", "Kortrijk"),
    ("roeselare", "Roeselare"),
    ("gent", "Gent"),
    ("oostende", "Oostende"),
    ("brugge", "Brugge"),
)
CITIES = tuple(
    City(code, name, round(place * 360 / len(_ORDER), 2), partner=code == "vgc")
    for place, (code, name) in enumerate(_ORDER)
)
BY_CODE = {city.code: city for city in CITIES}
