"""What is suggested while somebody types: of each kind the first, and never a word of what they may not read."""

import uuid

import pytest

from forum.domain.moderation import hiding
from forum.domain.search import suggestions
from forum.domain.threads import threads
from forum.infra.db import db
from forum.infra.logs import count_queries
from forum.infra.rates import TooOften
from forum.models.spaces import Audience, Role, Space, SpaceKind
from forum.models.themes import Axis, Need, Tag
from forum.models.threads import Post
from tests import other_readers
from tests.factories import actor, make_member, make_space, make_thread
from tests.lesson_scenario import FULL, build

ADDRESS = "192.0.2.1"


def suggested(who, typed):
    """The kinds and words that somebody gets, a visitor where there is none."""
    found = suggestions.suggest(actor(who) if who is not None else None, typed, address=ADDRESS)
    return [(each.kind, each.words) for each in found]


def started(who, space, title, tag, *, audience=Audience.NETWORK):
    """A thread with one tag, by the verb."""
    about = {"need": Need.FACTS, "axis": Axis.DENSITY, "audience": audience, "tags": (tag,)}
    key = str(uuid.uuid4())
    return threads.start(actor(who), space.id, title=title, body="Tekst", idempotency_key=key, **about)


def reader_space(reader):
    """The one space to which the reader belongs."""
    return db.session.get_one(Space, next(iter(actor(reader).roles)))


@pytest.fixture
def leen(gent):
    return make_member("Leen Wijkmans", space=gent, role=Role.MODERATOR)


@pytest.fixture
def reader():
    return make_member("Rik", space=make_space("Wijkwerk", slug="wijkwerk"))


def test_the_beginning_of_a_word_finds_titles_in_every_form_and_by_the_parts_of_compounds(gent, leen, reader):
    make_thread(gent, leen, title="Vergaderingen die niet duren", body="Over iets anders.")
    make_thread(gent, leen, title="Het wijkbudget van de steden", body="Vergadering.")
    for typed, title in (
        ("ver", "Vergaderingen die niet duren"),
        ("vergaderi", "Vergaderingen die niet duren"),
        ("vergadering", "Vergaderingen die niet duren"),
        ("VERGADERINGE", "Vergaderingen die niet duren"),
        ("niet verg", "Vergaderingen die niet duren"),
        ("bud", "Het wijkbudget van de steden"),
        ("stad", "Het wijkbudget van de steden"),
        ("sted", "Het wijkbudget van de steden"),
        ("budget stede", "Het wijkbudget van de steden"),
        ("the budget", "Het wijkbudget van de steden"),
        ("een vergadering die duur", "Vergaderingen die niet duren"),
    ):
        assert suggested(reader, typed) == [("threads", title)], typed
    for typed in (
        "",
        "v",
        "ve",
        "iets",
        "kerk",
        "budget verg",
        "les budget",
        "de kerk",
        "de het v",
        "vergaderzaal",
        "budget -sted",
        "in:thread bud",
        '"',
    ):
        assert suggested(reader, typed) == [], typed


def test_each_kind_has_its_place_and_there_are_never_more_than_eight(gent, leen, reader):
    for number in range(9):
        make_thread(gent, leen, title=f"Wijk {number}", audience=Audience.PUBLIC, tags=("Wijkwandeling",))
    found = suggested(reader, "wijk")
    assert found == [
        ("threads", "Wijk 8"),
        ("threads", "Wijk 7"),
        ("threads", "Wijk 6"),
        ("threads", "Wijk 5"),
        ("tags", "Wijkwandeling"),
        ("people", "Leen Wijkmans"),
        ("spaces", "Wijkwerk"),
    ]
    assert suggested(reader, "wijkm le") == [("people", "Leen Wijkmans")]
    assert {kind for kind, _words in suggested(None, "wijk")} == {"threads", "tags"}


def test_lessons_are_suggested_by_their_title_alone(session):
    scenario = build()
    scenario.published()
    in_title = max(FULL["title"].split(), key=len)
    assert suggested(scenario.reader, in_title[:5]) == [("lessons", FULL["title"])]
    assert suggested(scenario.reader, "lasts") == []
    assert suggested(None, in_title[:5]) == []


def test_nothing_of_what_is_closed_hidden_or_narrowed_is_ever_suggested(gent, leen, reader):
    tags = ("Zwartboek", "ZwartPAD")
    make_thread(gent, leen, title="Zwartwerk", body="Tekst", audience=Audience.SPACE, tags=tags)
    make_thread(gent, leen, title="Zwartpad voor iedereen", body="Tekst", tags=("zwartpad",))
    narrowed = make_thread(gent, leen, title="Zwartgoud", body="Tekst")
    hidden = make_thread(gent, leen, title="Zwartrijden", body="Tekst")
    make_space("Zwartkring", slug="zwartkring", unlisted=True)
    opening = db.session.scalars(db.select(Post).where(Post.thread_id == hidden.id)).one()
    other_readers.set_audience(actor(leen), narrowed.id, audience=Audience.SPACE)
    other = make_member("Mia", space=gent, role=Role.MODERATOR)
    hiding.hide(actor(other), opening.id, reason="Names")
    assert suggested(reader, "zwart") == [("threads", "Zwartpad voor iedereen"), ("tags", "zwartpad")]
    assert suggested(None, "zwart") == []
    own = {words for _kind, words in suggested(leen, "zwart")}
    assert {"Zwartwerk", "Zwartgoud", "Zwartboek"} <= own
    for word in ("zwartwerk", "zwartboek", "zwartgoud", "zwartkring"):
        assert suggested(reader, word) == []


@pytest.mark.parametrize("closed", ["foto’s", "ΩΩ fotos", "FOTOS"])
def test_how_a_tag_was_spelt_first_on_a_closed_thread_changes_nothing(gent, leen, reader, closed):
    started(leen, gent, "Besloten", closed, audience=Audience.SPACE)
    started(reader, reader_space(reader), "Een gesprek", "fotos")
    started(reader, reader_space(reader), "Nog een gesprek", "fotograaf")
    for typed in ("fot", "foto", "fotos", "Fotos"):
        found = [words for kind, words in suggested(reader, typed) if kind == "tags"]
        assert found == (["fotograaf", "fotos"] if len(typed) < 5 else ["fotos"]), typed
    for typed in ("foto s", "foto’s", "ΩΩ", "s"):
        assert suggested(reader, typed) == [], typed


def test_a_tag_is_one_with_either_apostrophe_and_found_with_both(gent, leen, reader):
    started(leen, gent, "Een", "auto’s")
    started(leen, gent, "Twee", "auto's")
    for typed in ("auto", "auto's", "auto’s", "AUTOʼS"):
        assert [kind for kind, _words in suggested(reader, typed)] == ["tags"], typed


def test_a_tag_in_another_script_is_suggested_once_it_stands_there_whole(gent, leen, reader):
    started(leen, gent, "Een gesprek", "漢字")
    assert suggested(reader, "漢字") == [("tags", "漢字")]
    assert suggested(reader, "漢") == suggested(reader, "…") == []


def test_a_new_tag_keeps_no_spelling_in_the_row_that_all_share(gent, leen):
    started(leen, gent, "Besloten", "Geheime FOTO’S", audience=Audience.SPACE)
    tag = db.session.scalars(db.select(Tag).where(Tag.slug == "geheime-foto-s")).one()
    kept = db.session.execute(db.select(*Tag.__table__.columns).where(Tag.id == tag.id)).one()
    assert "FOTO" not in str(kept)


def test_closed_titles_do_not_push_away_what_the_reader_may_see(gent, leen, reader):
    make_thread(gent, leen, title="Zwartpad voor iedereen", body="Tekst")
    for number in range(60):
        make_thread(gent, leen, title=f"Zwartpad {number}", body="Tekst", audience=Audience.SPACE)
    assert suggested(reader, "zwartp") == [("threads", "Zwartpad voor iedereen")]


def test_people_whom_the_reader_does_not_find_push_nobody_away(gent, leen):
    group = make_space("Groep", kind=SpaceKind.GROUP, slug="groep")
    guest = make_member("Hanne", space=group, role=Role.GUEST)
    for number in range(201):
        make_member(f"Jan Vermeulen {number}", space=gent)
    make_member("Jan Zwart", space=group)
    assert suggested(guest, "jan") == [("people", "Jan Zwart")]
    assert ("people", "Jan Vermeulen 0") in suggested(leen, "jan")


def test_it_costs_as_many_queries_whether_the_word_stands_somewhere_or_not(gent, leen, reader):
    for number in range(20):
        make_thread(gent, leen, title=f"Wijk {number}", body="Tekst")
        make_thread(gent, leen, title=f"Zwart {number}", body="Tekst", audience=Audience.SPACE)
    counts = []
    for typed in ("wijk", "zwart", "kerk"):
        with count_queries() as counted:
            suggested(reader, typed)
        counts.append(len(counted.statements))
    assert max(counts) <= 8
    assert counts[1] == counts[2]


def test_it_has_a_limit_of_its_own(app, gent, leen, monkeypatch):
    monkeypatch.setitem(app.config, "RATES_ENABLED", True)
    monkeypatch.setattr(suggestions, "MOST_ASKED", "2 per minute")
    for _ in range(2):
        suggested(leen, "wijk")
    with pytest.raises(TooOften):
        suggested(leen, "wijk")
    assert suggested(None, "kerk") == []
