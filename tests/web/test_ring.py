"""The ring says in words what it draws, and draws every city on its own place."""

import pytest

from forum.infra.i18n import force_locale
from forum.models.cities import BY_CODE, CITIES
from forum.web import ring


@pytest.fixture(autouse=True)
def english(app):
    with app.test_request_context(), force_locale("en"):
        yield


def test_every_city_keeps_its_place_whatever_the_order_of_asking():
    assert ring.thread(["gent", "antwerpen"]) == ring.thread(["antwerpen", "gent"])
    assert [angle for angle, _ in ring.thread(c.code for c in CITIES)] == [c.angle for c in CITIES]


def test_a_city_that_is_not_on_the_ring_is_not_drawn():
    assert ring.thread(["atlantis"]) == ()
    assert ring.one(None) == ()
    assert ring.thread_words(["atlantis"]) == "No city has taken part yet"


def test_inward_gives_and_outward_took():
    lit = dict(ring.lesson(["gent"], [("brugge", "failed"), ("gent", "adapted")], said=["gent", "leuven"]))
    assert lit[BY_CODE["gent"].angle] == ("backs", "partly")
    assert lit[BY_CODE["brugge"].angle] == ("failed",)
    assert lit[BY_CODE["leuven"].angle] == ("said",)


def test_of_several_reports_of_a_city_the_last_is_drawn_and_told():
    reports = [("brugge", "failed"), ("brugge", "worked")]
    assert dict(ring.lesson([], reports)) == {BY_CODE["brugge"].angle: ("worked",)}
    assert ring.lesson_words([], reports) == "Worked in Brugge"


def test_a_lesson_ring_in_words():
    words = ring.lesson_words(["roeselare", "mechelen"], [("brugge", "worked"), ("vgc", "partly")])
    assert words == "Rests on Mechelen and Roeselare; worked in Brugge; worked in part in VGC Brussel"
    assert ring.lesson_words([], [], masked=True) == "Rests on a city that is not named"
    assert ring.lesson_words([]) == "Not applied anywhere yet"
    assert ring.adoption_words("hasselt", "failed") == "Did not work in Hasselt"


def test_more_than_three_cities_are_counted():
    assert ring.from_words(["gent", "leuven"]) == "from Leuven and Gent"
    assert ring.from_words(["gent", "leuven", "genk", "aalst"]) == "from 4 cities"
    assert ring.from_words([]) == ""
    assert ring.thread_count(["gent"]) == "1 city in conversation"


def test_names_stand_round_the_ring_and_inside_its_box():
    for outward, (left, top, width, height) in {
        True: (-38, -13, 176, 127),
        False: (-29, -3, 158, 107),
    }.items():
        places = ring.names(outward)
        assert len({(place.x, place.y) for place in places}) == len(CITIES)
        assert all(left <= place.x <= left + width and top <= place.y <= top + height for place in places)


def test_words_follow_the_language_of_the_reader():
    with force_locale("nl"):
        assert " en " in ring.thread_words(["gent", "leuven"])
    assert " and " in ring.thread_words(["gent", "leuven"])
