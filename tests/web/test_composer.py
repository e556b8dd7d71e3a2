"""The page on which a story is begun: where it goes is changed in place, a title may come last, nothing is lost."""

import uuid

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from forum.domain.threads import following
from forum.infra import clock
from forum.infra.db import db
from forum.models.drafts import Draft
from forum.models.following import FollowLevel
from forum.models.spaces import Audience, Membership, Role, SpaceKind
from forum.models.threads import Thread
from tests.factories import STORY, actor, join, make_member, make_space, sign_in, submit


@pytest.fixture
def square(session):
    return make_space("Netwerkplein", kind=SpaceKind.NETWORK)


def story(**more):
    return STORY | {"idempotency_key": str(uuid.uuid4())} | more


def only_thread():
    return db.session.scalars(select(Thread)).one()


@pytest.mark.both_databases
def test_who_belongs_to_several_spaces_begins_in_the_city_and_changes_that_in_place(
    client, gent, leen, square
):
    join(leen, square)
    sign_in(client, leen)
    at = client.get("/threads/new").location
    assert at == f"/spaces/{gent.slug}/threads/new"
    page = client.get(at).text
    assert "In <b>Gent</b>, to be read by <b data-reach-who>" in page
    assert f'<option value="{square.slug}">Netwerkplein' in page
    answer = submit(client, f"/spaces/{gent.slug}/threads", story(space=square.slug))
    assert answer.status_code == 303
    assert only_thread().space_id == square.id
    assert "You are told when somebody replies." in client.get(answer.location).text


def test_the_address_begins_a_story_for_its_readers_where_the_space_allows_them(client, gent, leen):
    closed = make_space("Stil", kind=SpaceKind.GROUP, widest_audience=Audience.SPACE)
    join(leen, closed)
    sign_in(client, leen)

    def chosen(path):
        page = BeautifulSoup(client.get(path, follow_redirects=True).text, "html.parser")
        return [option["value"] for option in page.select("input[name=audience][checked]")]

    usual = chosen("/threads/new")
    assert usual == [gent.default_audience] != ["network"]
    assert chosen("/threads/new?audience=network") == ["network"]
    assert chosen("/threads/new?audience=everybody") == usual
    assert chosen(f"/spaces/{closed.slug}/threads/new?audience=network") == ["space"]


def test_who_muted_the_space_is_not_promised_to_be_told(client, gent, leen):
    following.follow_space(actor(leen), gent.id, level=FollowLevel.NOTHING)
    sign_in(client, leen)
    posted = client.get(submit(client, f"/spaces/{gent.slug}/threads", story()).location).text
    assert "Your story is posted. You muted this space" in posted
    assert "You are told when somebody replies." not in posted


def test_a_member_of_one_space_is_not_asked_which(client, gent, leen):
    sign_in(client, leen)
    page = client.get(f"/spaces/{gent.slug}/threads/new").text
    assert f'<input type="hidden" name="space" value="{gent.slug}">' in page
    assert "<select" not in page.partition('class="composer"')[2].partition("</form>")[0]


def test_a_guest_begins_in_the_space_that_is_their_own(client, gent, leen, square):
    zele = make_space("Aalst", city="aalst")
    guest = make_member("Hanne", space=square)
    join(guest, zele, role=Role.GUEST)
    sign_in(client, guest)
    assert client.get("/threads/new").location == f"/spaces/{square.slug}/threads/new"


def test_a_space_in_which_one_may_not_post_is_no_choice(client, gent, leen, square):
    sign_in(client, leen)
    answer = submit(client, f"/spaces/{gent.slug}/threads", story(space=square.slug))
    assert answer.status_code == 422
    assert STORY["title"] in answer.text
    assert "Netwerkplein" not in answer.text
    assert db.session.scalar(select(func.count(Thread.id))) == 0


def test_an_audience_that_the_other_space_does_not_allow_is_said_at_the_field(client, gent, leen):
    closed = make_space("Stil", kind=SpaceKind.GROUP, widest_audience=Audience.SPACE)
    join(leen, closed)
    sign_in(client, leen)
    answer = submit(client, f"/spaces/{gent.slug}/threads", story(space=closed.slug, audience="network"))
    assert answer.status_code == 422
    assert "In <b>Stil</b>" in answer.text
    assert 'value="network"' not in answer.text
    assert STORY["title"] in answer.text
    assert db.session.scalar(select(func.count(Thread.id))) == 0


def test_a_story_without_a_title_comes_back_with_its_first_sentence(client, gent, leen):
    sign_in(client, leen)
    body = "**Wat was de situatie?**\n\nWe *belden* eerst. Daarna belden we aan."
    back = submit(client, f"/spaces/{gent.slug}/threads", story(title="", body=body))
    assert back.status_code == 422
    assert 'value="We belden eerst."' in back.text
    assert "This is your first sentence now." in back.text
    assert "Daarna belden we aan." in back.text
    sent = submit(client, f"/spaces/{gent.slug}/threads", story(title="We belden eerst.", body=body))
    assert sent.status_code == 303
    assert only_thread().title == "We belden eerst."


def test_a_first_sentence_is_never_longer_than_a_title(client, gent, leen):
    sign_in(client, leen)
    back = submit(client, f"/spaces/{gent.slug}/threads", story(title=" ", body="woord " * 200))
    offered = back.text.partition('name="title"')[2].partition('value="')[2].partition('"')[0]
    assert 100 < len(offered) <= Thread.TITLE_MAX
    empty = submit(client, f"/spaces/{gent.slug}/threads", story(title="", body=""))
    assert "Choose a title." in empty.text


def test_a_draft_keeps_the_changed_space(client, gent, leen, square):
    join(leen, square)
    sign_in(client, leen)
    kept = story(space=square.slug, draft_form="story", draft_subject=str(gent.id), draft_revision="0")
    assert submit(client, "/drafts", kept).status_code == 303
    draft = db.session.scalars(select(Draft)).one()
    page = client.get(f"/spaces/{gent.slug}/threads/new?draft={draft.id}").text
    assert "In <b>Netwerkplein</b>" in page
    assert f'<option selected value="{square.slug}">' in page or f'value="{square.slug}" selected' in page
    assert STORY["title"] in page


def test_it_says_that_the_law_may_ask_for_it_and_shows_each_theme_with_a_sentence(client, gent, leen):
    sign_in(client, leen)
    page = client.get(f"/spaces/{gent.slug}/threads/new").text
    assert "can be asked for by law" in page
    assert page.count('name="axis"') == 7, "six, and that somebody does not know yet"
    assert "A moderator of the space chooses it later." in page
    assert 'name="photo"' not in page


@pytest.mark.both_databases
def test_who_writes_in_a_space_opens_its_page_and_sends_and_nobody_else_does_either(app, gent, leen):
    aalst = make_space("Aalst", city="aalst")
    over = make_member("Gitte", space=gent, role=Role.GUEST)
    former = make_member("Fons", space=gent)
    roles = {
        role.member_id: role for role in db.session.scalars(select(Membership).filter_by(space_id=gent.id))
    }
    roles[over.id].ends_at = clock.now()
    roles[former.id].ended_at = clock.now()
    people = {
        "member": (leen, 200),
        "moderator": (make_member("Mo", space=gent, role=Role.MODERATOR), 200),
        "guest": (make_member("Gust", space=gent, role=Role.GUEST), 200),
        "guest whose time is over": (over, 404),
        "guest elsewhere": (make_member("Hanne", space=aalst, role=Role.GUEST), 404),
        "member elsewhere": (make_member("Karim", space=aalst), 403),
        "former member": (former, 404),
        "pending": (make_member("Pia", space=gent, approved_at=None), 403),
        "suspended": (make_member("Sus", space=gent), 303),
        "visitor": (None, 303),
    }
    devices = {name: app.test_client() for name in people}
    for name, (person, _opens) in people.items():
        if person is not None:
            sign_in(devices[name], person)
    people["suspended"][0].suspended_at = clock.now()
    db.session.commit()
    for name, (_person, opens) in people.items():
        before = db.session.scalar(select(func.count(Thread.id)))
        at = f"/spaces/{gent.slug}/threads"
        assert devices[name].get(f"{at}/new").status_code == opens, name
        sent = submit(devices[name], at, story(title=name))
        began = db.session.scalar(select(func.count(Thread.id))) - before
        sends = {200: 303, 303: 403}.get(opens, opens)
        assert (sent.status_code, began) == (sends, int(opens == 200)), name


def test_whoever_belongs_nowhere_is_told_so_and_a_hidden_space_is_not_there(client, gent, leen):
    gent.widest_audience, gent.default_audience, gent.unlisted_at = (
        Audience.SPACE,
        Audience.SPACE,
        clock.now(),
    )
    sign_in(client, make_member("Noor"))
    assert "You do not belong to a space yet" in client.get("/threads/new").text
    assert client.get(f"/spaces/{gent.slug}/threads/new").status_code == 404
    assert client.get("/spaces/nowhere/threads/new").status_code == 404
