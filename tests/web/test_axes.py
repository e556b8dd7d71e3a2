"""The page of an axis: what it means, what may be read of it by whom, where its chips lead, and what it costs."""

import pytest
from bs4 import BeautifulSoup

from forum.domain.moderation import hiding
from forum.domain.threads import posts
from forum.infra import clock
from forum.infra.db import db
from forum.models.spaces import Audience, Membership, Role
from forum.models.themes import Axis, Need
from forum.models.threads import Post
from tests import lesson_scenario
from tests.factories import actor, make_member, make_space, make_thread, sign_in

pytestmark = pytest.mark.both_databases
AXIS = Axis.SOLIDARITY


def page(client, address=f"/axes/{AXIS}", **headers):
    answer = client.get(address, headers={"Accept-Language": "en", **headers})
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def gone_post(thread):
    return db.session.scalars(db.select(Post.id).where(Post.thread_id == thread.id)).one()


def titles(client, **kwargs):
    return {each.get_text(strip=True) for each in page(client, **kwargs).select("main .card__title")}


@pytest.fixture
def gent():
    return make_space("Gent", city="gent", slug="gent")


@pytest.fixture
def told(gent):
    """A thread for each audience about one axis, and one about another."""
    leen = make_member("Leen", space=gent, city="gent")
    for title, audience in (("Inside", "space"), ("Network", "network"), ("Public", "public")):
        make_thread(gent, leen, title=title, axis=AXIS, audience=Audience(audience))
    make_thread(gent, leen, title="Elsewhere", axis=Axis.DENSITY, audience=Audience.PUBLIC)
    db.session.commit()
    return leen


def test_it_says_what_the_axis_means_and_an_unknown_one_is_not_there(client):
    for axis in Axis:
        soup = page(client, f"/axes/{axis}")
        assert len(soup.select_one("main .prose").text) > 200
        assert soup.select_one("h1").text
        assert len(soup.select("main nav a[href^='/axes/']")) == 5
    for unknown in ("facts", "solidaire", "Solidaire-Stadspolis", "%00"):
        assert client.get(f"/axes/{unknown}").status_code == 404


def test_everybody_meets_what_they_may_read_and_nothing_else(app, gent, told):
    brugge = make_space("Brugge", city="brugge")
    wants = {
        "own member": (told, {"Inside", "Network", "Public"}),
        "member elsewhere": (make_member("Bart", space=brugge, city="brugge"), {"Network", "Public"}),
        "guest elsewhere": (make_member("Hanne", space=brugge, role=Role.GUEST), {"Public"}),
        "guest here": (make_member("Gust", space=gent, role=Role.GUEST), {"Inside", "Network", "Public"}),
        "pending": (make_member("Pia", approved_at=None), {"Public"}),
        "former member": (make_member("Fons", space=gent), {"Public"}),
    }
    former = wants["former member"][0]
    db.session.execute(
        db.update(Membership).where(Membership.member_id == former.id).values(ended_at=clock.now())
    )
    db.session.commit()
    for name, (member, wanted) in wants.items():
        client = app.test_client()
        sign_in(client, member)
        assert titles(client) == wanted, name
    assert titles(app.test_client()) == {"Public"}


def test_whoever_is_suspended_reads_what_a_visitor_does(app, client, told):
    sign_in(client, told)
    told.suspended_at = clock.now()
    db.session.commit()
    answer = client.get(f"/axes/{AXIS}")
    assert "Inside" not in answer.text
    assert "Network" not in answer.text


def test_what_was_hidden_or_taken_back_is_not_listed(client, gent, told):
    moderator = make_member("Mo", space=gent, role=Role.MODERATOR)
    gone = make_thread(gent, told, title="Hidden words", axis=AXIS)
    hiding.hide(actor(moderator), gone_post(gone), reason="Too close to somebody")
    back = make_thread(gent, told, title="Taken back", axis=AXIS)
    posts.take_back(actor(told), gone_post(back))
    db.session.commit()
    for member in (moderator, told):
        sign_in(client, member)
        assert not titles(client) & {"Hidden words", "Taken back"}


def test_it_leads_to_the_whole_lists_and_chips_lead_here_and_to_the_list(client, told):
    soup = page(client)
    assert soup.select_one(f"main a[href='/threads?axis={AXIS}']")
    card = soup.select_one("main .card")
    assert card.select_one(f".kicker a[href='/axes/{AXIS}']")
    assert card.select_one(f".kicker a[href='/threads?need={Need.STORIES}']")
    thread = page(client, card.select_one(".card__title a")["href"])
    assert thread.select_one(f".kicker a[href='/axes/{AXIS}']")
    assert thread.select_one(f".kicker a[href='/threads?need={Need.STORIES}']")


def test_a_lesson_stands_there_for_its_readers_alone(app, client):
    scenario = lesson_scenario.build()
    lesson = scenario.published()
    db.session.commit()
    axis = lesson_scenario.FULL["axis"]
    sign_in(client, scenario.reader)
    soup = page(client, f"/axes/{axis}")
    link = soup.select_one(f"main aside .card__title a[href='/lessons/{lesson.public_id}']")
    assert link
    assert soup.select_one(f"main a[href='/lessons?axis={axis}']")
    chip = page(client, link["href"]).select_one(f".kicker a[href='/axes/{axis}']")
    assert chip
    assert lesson.public_id not in app.test_client().get(f"/axes/{axis}").text


def test_it_costs_the_same_however_many_there_are(client, gent, told, count_queries):
    sign_in(client, told)
    make_thread(gent, told, title="With a name", body="Ask @leen about it.", axis=AXIS)
    db.session.commit()

    def cost():
        page(client)
        with count_queries() as seen:
            page(client)
        return seen.count

    few = cost()
    for number in range(12):
        make_thread(gent, told, title=f"More {number}", body="Ask @leen about it.", axis=AXIS)
    db.session.commit()
    assert few == cost() <= 8
