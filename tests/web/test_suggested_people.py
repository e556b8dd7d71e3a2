"""Who is suggested for an @: who will read it there, of those whom the writer finds; nobody where one may not write."""

import re
import uuid

import pytest
from sqlalchemy import insert, select, update

from forum.domain.people import found_by
from forum.domain.threads import mentioning
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.profiles import MemberWord, WordSource
from forum.models.spaces import Audience, Membership, Role
from forum.models.threads import Post
from tests.factories import join, make_member, make_post, make_space, make_thread, sign_in, submit

pytestmark = pytest.mark.both_databases
NOWHERE = 999_999


@pytest.fixture
def leuven():
    return make_space("Leuven", city="leuven")


def called(name, **more):
    """A member who is found by their name, as those of real accounts are."""
    member = make_member(name, **more)
    found_by.keep_name(member)
    return member


def ask(client, typed, form="reply", subject=0, **more):
    fields = {"typed": typed, "draft_form": form, "draft_subject": subject, **more}
    return submit(client, "/previews/mentions", fields)


def names(client, *arguments, **more):
    """The names of whom the page suggests, in its order."""
    answer = ask(client, *arguments, **more)
    assert answer.status_code == 200
    lines = re.findall(r'<span dir="auto">([^<]*)</span>', answer.json["html"])
    return [line.split(",")[0].strip("\u2068\u2069") for line in lines]


def test_members_of_the_network_are_suggested_where_they_will_read_it_and_the_nearest_come_first(
    client, gent, leen, leuven
):
    called("Greet", space=leuven)
    wrote = called("Grootjans", space=leuven)
    called("Greta Gids", space=gent, role=Role.GUEST)
    hidden = make_space("Stil", unlisted=True)
    secret = called("Gretel", space=hidden)
    network = make_thread(gent, leen, audience=Audience.NETWORK)
    make_post(network, wrote)
    inside = make_thread(gent, leen, audience=Audience.SPACE)
    closed = make_thread(hidden, secret, audience=Audience.SPACE)
    sign_in(client, leen)
    assert names(client, "GR", "reply", network.id) == ["Grootjans", "Greta Gids", "Greet", "Gretel"]
    assert names(client, "gr", "reply", inside.id) == ["Greta Gids"]
    assert names(client, "gids", "reply", inside.id) == ["Greta Gids"]
    assert names(client, "gr", "story", gent.id, audience="network") == [
        "Greta Gids",
        "Greet",
        "Gretel",
        "Grootjans",
    ]
    assert names(client, "gr", "story", gent.id, audience="space") == ["Greta Gids"]
    opening = db.session.scalars(select(Post).where(Post.thread_id == inside.id)).one()
    assert names(client, "gr", "edit", opening.id) == ["Greta Gids"]
    assert "Leen" not in names(client, "le", "reply", network.id)
    # Nobody where one may not write, or where nothing is: the same answer, with the same letters.
    nothing = ask(client, "gr", "reply", NOWHERE).data
    for arguments in (
        ("gr", "reply", closed.id),
        ("gr", "story", hidden.id),
        ("gr", "story", leuven.id),
        ("gr", "claim", inside.id),
        ("gr", "reply", "x"),
        ("%", "reply", network.id),
        ("_", "reply", network.id),
        ("", "reply", network.id),
    ):
        assert ask(client, *arguments, audience="network").data == nothing, arguments
    join(leen, hidden)
    db.session.commit()
    assert names(client, "gr", "reply", closed.id) == ["Gretel"]


def test_neither_order_nor_handle_tells_who_belongs_to_a_space_that_is_not_ones_own(client, gent, leuven):
    mo = called("Mo", space=gent, role=Role.MODERATOR)
    inside, outside = called("Grietje", space=gent), called("Greet", space=leuven)
    ida, jos = called("Ida", space=gent), called("Jos", space=leuven)
    ida.handle, jos.handle = "zomer-1", "zomer-2"
    thread = make_thread(gent, mo, audience=Audience.NETWORK)
    for who, order in ((mo, ["Grietje", "Greet"]), (outside, ["Grietje"]), (inside, ["Greet"])):
        sign_in(client, who)
        assert names(client, "gr", "reply", thread.id) == order
    sign_in(client, jos)
    assert names(client, "gr", "reply", thread.id) == ["Greet", "Grietje"]
    assert names(client, "zomer", "reply", thread.id) == []
    sign_in(client, mo)
    assert names(client, "zomer", "reply", thread.id) == ["Ida"]


def test_however_much_is_typed_it_is_an_answer(client, gent, leen):
    sign_in(client, leen)
    assert names(client, "g" * 60_000, "story", gent.id, audience="space") == []


def test_a_guest_is_offered_the_people_of_their_spaces_and_offered_to_them_alone(client, gent, leen, leuven):
    guest = called("Grace", space=gent, role=Role.GUEST)
    called("Gust", space=leuven)
    called("Gunther", space=leuven, role=Role.GUEST)
    called("Guido", space=gent)
    thread = make_thread(gent, leen, audience=Audience.NETWORK)
    public = make_thread(gent, leen, audience=Audience.PUBLIC)
    sign_in(client, guest)
    assert names(client, "gu", "reply", thread.id) == ["Guido"]
    sign_in(client, leen)
    assert names(client, "gu", "reply", thread.id) == ["Guido", "Gust"]
    assert names(client, "gra", "reply", thread.id) == ["Grace"]
    # Gunther may read what is public, and is found by nobody of another space.
    assert names(client, "gu", "reply", public.id) == ["Guido", "Gust"]
    sign_in(client, called("Greg", space=leuven))
    assert names(client, "gra", "reply", thread.id) == []


def test_whoever_waits_is_suspended_or_left_is_offered_to_nobody_and_offered_nobody(client, gent, leen):
    former = called("Mona", space=gent)
    ended = db.session.scalars(select(Membership).where(Membership.member_id == former.id)).one()
    ended.ended_at = clock.now()
    out = {
        "pending": called("Monique", space=gent, approved_at=None),
        "unconfirmed": called("Monika", space=gent, confirmed_at=None),
        "suspended": called("Montse", space=gent, suspended_at=clock.now()),
        "former": former,
    }
    called("Moniek", space=gent)
    threads = [make_thread(gent, leen, audience=audience) for audience in Audience]
    for each in threads:
        for member in out.values():
            make_post(each, member)
    sign_in(client, leen)
    assert [names(client, "mon", "reply", each.id) for each in threads] == [["Moniek"]] * 3
    for standing, member in out.items():
        sign_in(client, member)
        for each in threads:
            answer = ask(client, "mon", "reply", each.id)
            assert answer.status_code in {200, 303, 403}, standing
            assert "Moniek" not in answer.text, standing
    assert ask(client.application.test_client(), "mon", "reply", threads[0].id).status_code in {303, 403}


def test_eight_at_most_in_the_same_number_of_queries_and_those_who_are_there_before_all_others(
    client, gent, leen, leuven, count_queries
):
    thread = make_thread(gent, leen, audience=Audience.NETWORK)
    inside = make_thread(gent, leen, audience=Audience.SPACE)
    sign_in(client, leen)
    assert names(client, "an", "reply", thread.id) == []
    counts = []
    for number in range(12):
        called(f"An {number}", space=leuven)
    last = called("Anzj", space=gent)
    db.session.commit()
    for _turn in range(2):
        with count_queries() as seen:
            found = names(client, "an", "reply", thread.id)
        counts.append(seen.count)
        assert len(found) == mentioning.MOST == 8
        assert found[0] == "Anzj"
        for number in range(12, 40):
            called(f"An {number}", space=leuven)
        db.session.commit()
    assert (
        counts[0] == counts[1] <= 6
    )  # who asks, the thread with what one may do there, whom, and what they do
    # Of very many who are called so the one who can read it is found all the same.
    db.session.execute(update(Member).where(Member.id == last.id).values(sort_key="an zz"))
    db.session.commit()
    assert names(client, "an", "reply", inside.id) == ["Anzj"]


def test_they_are_not_given_for_ever(app, client, gent, leen, monkeypatch):
    thread = make_thread(gent, leen)
    called("Leo", space=gent)
    sign_in(client, leen)
    monkeypatch.setitem(app.config, "RATES_ENABLED", True)
    monkeypatch.setattr(mentioning, "MOST_ASKED", "1 per hour")
    assert names(client, "leo", "reply", thread.id) == ["Leo"]
    limited = ask(client, "leo", "reply", thread.id)
    assert (limited.status_code, limited.json) == (429, {"html": ""})


def test_a_suggested_handle_mentions_that_person_and_a_name_is_shown_on_a_page_only_as_they_have_it(
    client, gent, leen
):
    odd = called("<b>Odd</b> & Co", space=gent, handle="odd-co")
    thread = make_thread(gent, leen)
    sign_in(client, leen)
    answer = ask(client, "co", "reply", thread.id).json["html"]
    assert 'data-handle="odd-co"' in answer
    assert "&lt;b&gt;Odd&lt;/b&gt; &amp; Co" in answer
    reply = {"body": "Ask @odd-co.", "kind": "", "idempotency_key": str(uuid.uuid4())}
    posted = submit(client, f"/threads/{thread.id}/replies", reply)
    assert posted.status_code == 303
    page = client.get(f"/threads/{thread.id}-{thread.slug}").text
    assert '<b class="mention" dir="auto" data-typed="7">@&lt;b&gt;Odd&lt;/b&gt; &amp; Co</b>' in page
    assert odd.handle == "odd-co"


def test_nobody_is_lost_behind_many_functions_that_begin_alike(client, gent, leen, leuven):
    """More words of functions than are looked at for a name; who may not be found stays out."""
    greta = called("An Mederman", space=leuven)
    hidden = called("Bo Mederman", space=leuven)
    hidden.suspended_at = clock.now()
    many = {"word": "medewerker", "source": WordSource.FUNCTION, "member_id": leen.id}
    db.session.execute(insert(MemberWord), [many] * 2_000)
    thread = make_thread(gent, leen, audience=Audience.NETWORK)
    sign_in(client, leen)
    assert names(client, "mede", "reply", thread.id) == [greta.name]
    inside = make_thread(gent, leen, audience=Audience.SPACE)
    assert names(client, "mede", "reply", inside.id) == [], "she does not read there"
