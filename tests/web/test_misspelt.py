"""A word with a typing error: what was meant is found and said, and never a word that this reader may not read."""

import pytest
from bs4 import BeautifulSoup

from forum.infra.db import db
from forum.infra.logs import count_queries
from forum.models.spaces import Audience, Role
from tests.factories import LONG_AGO, join, make_member, make_space, make_thread, sign_in

pytestmark = pytest.mark.both_databases
ENGLISH = {"Accept-Language": "en"}
ADDRESS = "/search?q="


@pytest.fixture
def gent(client):
    gent = make_space("Gent", city="gent", slug="gent")
    leen = make_member("Leen", space=gent, city="gent")
    for title, audience in (
        ("Ontharding van het plein", Audience.NETWORK),
        ("Kermisweek in de zomer", Audience.PUBLIC),
        ("Ontslagronde in de wijk", Audience.SPACE),
    ):
        make_thread(gent, leen, title=title, body=f"Over {title.split()[0].lower()}.", audience=audience)
    db.session.commit()
    return gent


def shown(client, question):
    answer = client.get(ADDRESS + question, headers=ENGLISH)
    assert answer.status_code == 200
    soup = BeautifulSoup(answer.text, "html.parser")
    notes = " ".join(
        " ".join(note.get_text(" ", strip=True).split()) for note in soup.select("main .spelled")
    )
    titles = [" ".join(each.get_text().split()) for each in soup.select("main .card__title")]
    return titles, notes, soup


@pytest.mark.parametrize(
    "who", ["visitor", "guest", "pending", "suspended", "former", "other city", "member"]
)
def test_a_word_that_the_reader_may_not_read_is_never_told(client, gent, who):
    over = (
        {"approved_at": None}
        if who == "pending"
        else {"suspended_at": LONG_AGO}
        if who == "suspended"
        else {}
    )
    reader = make_member("Rik", **over) if who != "visitor" else None
    elsewhere = make_space("Brugge", city="brugge", slug="brugge")
    if who == "guest":
        join(reader, elsewhere, Role.GUEST)
    elif who in {"suspended", "other city", "former"}:
        membership = join(reader, elsewhere, Role.MEMBER)
        membership.ended_at = LONG_AGO if who == "former" else None
    elif who == "member":
        join(reader, gent, Role.MEMBER)
    db.session.commit()
    if reader is not None and who != "suspended":  # who is suspended cannot sign in, and reads as a visitor
        sign_in(client, reader)
    of_network = who in {"other city", "member"}
    for wrong, title, may in (
        ("kremisweek", "Kermisweek in de zomer", True),
        ("onthardign", "Ontharding van het plein", of_network),
        ("ontslagrnde", "Ontslagronde in de wijk", who == "member"),
    ):
        titles, notes, soup = shown(client, wrong)
        assert titles == ([title] if may else []), (who, wrong)
        word = title.split()[0].lower()
        assert (word in soup.text.lower()) == may, (who, wrong)
        assert ("instead" in notes) == may


def test_a_word_costs_few_queries_and_as_many_whether_a_closed_space_has_it_or_nobody(client):
    sign_in(client, make_member("Wim", space=make_space("Brugge", city="brugge", slug="brugge")))
    words = ("ontslagronde", "ontslagrnde", "zandkasteel", "zandkastel")

    def asked():
        shown(client, "warm")
        counts = []
        for word in words:
            with count_queries() as counted:
                shown(client, word)
            counts.append(len(counted.statements))
        return counts

    without = asked()
    gent = make_space("Gent", city="gent", slug="gent")
    leen = make_member("Leen", space=gent, city="gent")
    for word in ("Ontslagronde", "Zandkasteel"):
        make_thread(
            gent, leen, title=f"{word} in de wijk", body=f"Over {word.lower()}.", audience=Audience.SPACE
        )
    db.session.commit()
    assert asked() == without
    assert max(without) <= 40
