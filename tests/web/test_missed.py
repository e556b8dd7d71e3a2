"""What people look for and do not find: words for editors, once three members looked for them, and never who."""

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import delete, func, insert, select

from forum.domain.search import missed
from forum.infra import clock, tokens
from forum.infra.db import db
from forum.infra.search_keys.keying import RECIPE
from forum.jobs import calendar
from forum.models.accounts import NetworkRole
from forum.models.missed import MissedBy, MissedSearch
from forum.models.search import SearchProgress
from forum.models.spaces import Audience
from forum.policy.errors import Forbidden, NotFound
from tests.factories import actor, make_member, make_space, make_thread, sign_in, submit

pytestmark = pytest.mark.both_databases
ENGLISH = {"Accept-Language": "en"}
LIST = "/coverage/missed"
NOTE = "When three members look for the same thing in vain"


@pytest.fixture
def gent(session):
    return make_space("Gent", city="gent", slug="gent")


@pytest.fixture
def browsers(app, gent):
    """Three members, each in a browser of their own."""
    found = []
    for name in ("Leen Maes", "Karim Aydin", "Noor Claes"):
        browser = app.test_client()
        sign_in(browser, make_member(name, space=gent))
        found.append(browser)
    return found


@pytest.fixture
def editor(app, session):
    browser = app.test_client()
    brugge = make_space("Brugge", city="brugge", slug="brugge")
    sign_in(browser, make_member("Eva Rossi", space=brugge, network_role=NetworkRole.EDITOR))
    return browser


def look(browser, words, **more):
    answer = browser.get("/search", query_string={"q": words, **more}, headers=ENGLISH)
    assert answer.status_code == 200
    return answer.text


def listed(browser, show=""):
    page = BeautifulSoup(browser.get(f"{LIST}?show={show}", headers=ENGLISH).text, "html.parser")
    return [each.get_text(strip=True) for each in page.select("main .record .card__title")]


def rows(model):
    return db.session.scalar(select(func.count()).select_from(model))


def missed_by_all(browsers, words):
    for browser in browsers:
        look(browser, words)


def test_words_stand_there_from_three_people_on_whatever_their_form_and_their_order(app, browsers, editor):
    first, second, third = browsers
    again = app.test_client()
    with first.session_transaction() as cookies, again.session_transaction() as copied:
        copied.update(cookies)
    for browser in (first, first, again):
        assert NOTE in look(browser, "groene daken school")
    assert NOTE not in look(app.test_client(), "groene daken school")
    look(second, "school groene daken")
    assert listed(editor) == []
    assert "Nothing that several people missed" in editor.get(LIST, headers=ENGLISH).text
    assert db.session.scalars(select(MissedSearch.words)).all() == [None]
    look(third, "Groen dak scholen")
    assert listed(editor) == ["groen dak scholen"]
    assert rows(MissedBy) == 0
    for browser in browsers:
        look(browser, "groene daken school")
    assert (rows(MissedBy), listed(editor)) == (0, ["groen dak scholen"])


def test_words_that_say_nothing_beside_others_make_no_other_question_of_it(browsers, editor):
    first, second, third = browsers
    look(first, "groene daken")
    look(second, "de groene daken")
    look(third, "the groene daken")
    assert listed(editor) == ["the groene daken"]
    missed_by_all(browsers, "les groene daken")
    assert len(listed(editor)) == 2


def test_nothing_that_is_kept_says_who_or_when(browsers):
    first, *_others = browsers
    look(first, "groene daken")
    kept = {str(value) for model in (MissedSearch, MissedBy) for row in db.session.execute(
        select(model.__table__)) for value in row}  # fmt: skip
    assert not any("groen" in value or "daken" in value for value in kept)
    moments = {
        value for value in kept if value.startswith("20") and "-" in value
    }  # not one of the random marks
    assert moments == {str(clock.now().replace(day=1, hour=0, minute=0, second=0, microsecond=0))}


@pytest.mark.parametrize(
    "words",
    ["groene daken city:gent", "space:gent groene daken", "by:leen groene daken", "groene -daken", '"groene daken"',
     "mail jan@stad.example", "@leen groene daken", "https://stad.example/daken", "www.stad.example", "stad.example",
     "dossier 20260417", "0470 12 34 56", "een twee drie vier vijf zes zeven", "x" * 81, "leen maes", "ma leen", "leen",
     "groene daken leen maes"],
)  # fmt: skip
def test_names_numbers_addresses_and_filters_are_not_kept(browsers, editor, words):
    missed_by_all(browsers, words)
    assert listed(editor) == []
    assert list(db.session.scalars(select(MissedSearch.words).where(MissedSearch.words.is_not(None)))) == []


def test_a_filter_of_the_address_another_page_and_what_was_typed_all_the_same_are_not_kept(browsers, editor):
    for more in ({"space": "gent"}, {"kind": "lessons"}, {"page": 2}, {"literally": 1}):
        for browser in browsers:
            assert NOTE not in look(browser, "groene daken", **more)
    assert rows(MissedSearch) == 0
    missed_by_all(browsers, "groene daken")
    assert listed(editor) == ["groene daken"]


def test_what_is_found_is_not_missed_and_what_stands_in_a_closed_space_is_as_what_nobody_wrote(
    app, gent, browsers, editor
):
    aalst = make_space("Aalst", city="aalst", slug="aalst")
    insider = make_member("Sofie Bogaert", space=aalst)
    make_thread(aalst, insider, title="Zwembad dicht", audience=Audience.SPACE)
    make_thread(gent, insider, title="Fietspad", audience=Audience.NETWORK)
    db.session.commit()
    inside = app.test_client()
    sign_in(inside, insider)
    for words in ("zwembad", "fietspad", "fietspat"):
        assert NOTE not in look(inside, words), words
    for browser in browsers:
        assert NOTE in look(browser, "zwembad")
        assert NOTE in look(browser, "zwembaden klimaatmuur")
        look(browser, "fietspad")
        look(browser, "fietspat")  # corrected
    assert sorted(listed(editor)) == ["zwembad", "zwembaden klimaatmuur"]


def test_while_older_texts_are_being_made_findable_nothing_is_missed(browsers, editor):
    db.session.execute(delete(SearchProgress))
    db.session.execute(
        insert(SearchProgress), [{"kind": "posts", "recipe": RECIPE, "last_id": 0, "finished_at": None}]
    )
    db.session.commit()
    for browser in browsers:
        assert NOTE not in look(browser, "groene daken")
    assert rows(MissedSearch) == 0


def test_only_editors_see_it_and_only_they_set_aside_and_bring_back(app, browsers, editor, gent):
    missed_by_all(browsers, "groene daken")
    missed_id = db.session.scalar(select(MissedSearch.id))
    assert app.test_client().get(LIST).status_code == 303
    moderator = app.test_client()
    mo = make_member("Mo Aziz", space=gent, network_role=NetworkRole.ADMIN)
    sign_in(moderator, mo)
    for browser in (browsers[0], moderator):
        assert browser.get(LIST).status_code == 403
        assert submit(browser, f"{LIST}/{missed_id}/aside", {}).status_code == 403
        assert LIST not in browser.get("/coverage").text
        for verb in (missed.set_aside, missed.bring_back):
            with pytest.raises(Forbidden):
                verb(actor(mo), missed_id)
    for page in ("/settings/profile", "/coverage"):
        assert LIST in editor.get(page).text
    assert submit(editor, f"{LIST}/{missed_id + 1}/aside", {}).status_code == 404
    assert submit(editor, f"{LIST}/99999999999/aside", {}).status_code == 404
    assert submit(editor, f"{LIST}/{missed_id}/aside", {}).status_code == 303
    assert "is set aside" in editor.get(LIST, headers=ENGLISH).text
    missed_by_all(browsers, "groene daken")
    assert (listed(editor), listed(editor, "aside")) == ([], ["groene daken"])
    assert submit(editor, f"{LIST}/{missed_id}/aside", {"_method": "DELETE"}).status_code == 303
    assert (listed(editor), listed(editor, "aside")) == (["groene daken"], [])


def test_what_fewer_than_three_looked_for_cannot_be_set_aside(browsers):
    look(browsers[0], "groene daken")
    eva = make_member("Eva Rossi", network_role=NetworkRole.EDITOR)
    with pytest.raises(NotFound):
        missed.set_aside(actor(eva), db.session.scalar(select(MissedSearch.id)))


def test_each_leads_to_the_search_which_does_not_count_the_editor_and_to_asking_it(browsers, editor):
    missed_by_all(browsers, "groene daken")
    page = BeautifulSoup(editor.get(LIST, headers=ENGLISH).text, "html.parser")
    search, ask = (each["href"] for each in page.select("main .record a"))
    assert "Nothing found for" in editor.get(search, headers=ENGLISH).text
    with clock.at(clock.now() + timedelta(days=40)):
        editor.get(search)
    assert db.session.scalar(select(MissedSearch.first_month == MissedSearch.last_month))
    form = BeautifulSoup(editor.get(ask, follow_redirects=True).text, "html.parser")
    assert "groene daken" in str(form.select_one("[name=title]"))


def test_the_list_comes_in_pages_the_latest_month_first_at_the_same_cost(editor, count_queries):
    def add(number, month):
        at = datetime(2026, month, 1, tzinfo=UTC)
        db.session.add(
            MissedSearch(
                mark=tokens.mark("x", str(number)), words=f"w{number}", first_month=at, last_month=at
            )
        )

    add(1, 3)
    add(2, 5)
    db.session.commit()
    assert listed(editor) == ["w2", "w1"]
    with count_queries() as few:
        editor.get(LIST)
    for number in range(3, 60):
        add(number, 4)
    db.session.commit()
    with count_queries() as many:
        first = BeautifulSoup(editor.get(LIST, headers=ENGLISH).text, "html.parser")
    assert many.count == few.count
    seen, page = [], first
    while True:
        seen += [each.get_text(strip=True) for each in page.select("main .record .card__title")]
        further = page.select_one(".pager a[rel=next]")
        if further is None:
            break
        page = BeautifulSoup(editor.get(further["href"], headers=ENGLISH).text, "html.parser")
    assert (seen[0], seen[-1], len(seen), len(set(seen))) == ("w2", "w1", 59, 59)


def test_it_is_forgotten_in_time(browsers, editor):
    start = datetime(2024, 3, 31, 12, tzinfo=UTC)
    with clock.at(start):
        missed_by_all(browsers, "groene daken")
        missed_by_all(browsers[:2], "blauwe loper")
    with clock.at(start + timedelta(days=30)):
        look(browsers[0], "rode loper")
        calendar.forget_missed_searches()
        assert (rows(MissedSearch), rows(MissedBy)) == (3, 3)
    with clock.at(start + timedelta(days=90)):
        calendar.forget_missed_searches()
        assert (rows(MissedSearch), rows(MissedBy)) == (2, 1)
        look(browsers[2], "blauwe loper")
        assert listed(editor) == ["groene daken"]
    with clock.at(start + timedelta(days=200)):
        look(browsers[0], "groene daken")
    with clock.at(start + timedelta(days=366)):
        calendar.forget_missed_searches()
        assert (listed(editor), rows(MissedSearch)) == (["groene daken"], 1)
    with clock.at(start + timedelta(days=200 + 366)):
        calendar.forget_missed_searches()
        assert (rows(MissedSearch), rows(MissedBy)) == (0, 0)


def test_one_person_fills_nothing_and_somebody_who_waits_for_approval_is_not_counted(
    app, browsers, monkeypatch
):
    monkeypatch.setitem(app.config, "RATES_ENABLED", True)
    monkeypatch.setattr(missed, "MOST_OF_ONE", "3 per day")
    for words in ("groene daken", "blauwe loper", "rode fiets", "gele brug", "zwarte kat"):
        look(browsers[0], words)
    assert rows(MissedSearch) == 3
    look(browsers[1], "gele brug")
    assert rows(MissedSearch) == 4
    waiting = app.test_client()
    sign_in(waiting, make_member("Wout Baert", approved_at=None))
    assert NOTE not in look(waiting, "witte muur")
    assert rows(MissedSearch) == 4
