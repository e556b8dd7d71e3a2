"""Which threads the home page shows a member: those in which they take part, those of other cities, those of their
spaces; each for whom it is, what is new before what is read, and never what somebody may not see."""

import re
from datetime import timedelta

import pytest

from forum.domain.digests import subscriptions
from forum.domain.threads import following, read_marks
from forum.infra import clock
from forum.infra.db import db
from forum.models.following import FollowLevel
from forum.models.spaces import Audience, Membership, Role
from forum.models.subscriptions import Frequency
from forum.models.themes import Axis
from forum.models.threads import Post
from tests.factories import LONG_AGO, actor, make_member, make_post, make_space, make_thread, sign_in, submit

DAY = timedelta(days=1)
ENGLISH = {"Accept-Language": "en"}
SECTIONS = {
    "mine": "My threads",
    "quiet": "My threads without news",
    "elsewhere": "From other cities",
    "latest": "your spaces",
}


@pytest.fixture
def genk():
    return make_space("Genk", city="genk")


@pytest.fixture
def karim(genk):
    return make_member("Karim", space=genk, city="genk")


@pytest.fixture
def parts(client):
    """`parts(member)`: the page of a member, by section; "" for one that is not there."""

    def read(member):
        db.session.commit()
        browser = client.application.test_client()
        sign_in(browser, member)
        page = browser.get("/", headers=ENGLISH).text
        found = {}
        for name in ("yours", *SECTIONS):
            at = re.search(rf'<section aria-labelledby="{name}">(.*?)</section>', page, re.S)
            found[name] = at[1] if at else ""
        return found | {"page": page}

    return read


def said_in(part):
    """Its words, without what isolates names."""
    return " ".join(re.sub(r"<[^>]+>|[\u2068\u2069]", "", part).split())


def titles(part):
    return re.findall(r'linkrow__title" dir="auto">([^<]+)', part)


def order(page):
    """The sections of a page but the one with what waits, from its top."""
    return [name for name in re.findall(r'<section aria-labelledby="(\w+)"', page) if name != "yours"]


def begin(thread, *members):
    """Let them follow a thread as who wrote in it does."""
    for member in members:
        following.begin(member.id, thread.id)


def opened(member, thread):
    read_marks.mark_read(actor(member), thread.id, first=1, last=thread.last_number)


@pytest.mark.both_databases
def test_a_story_of_another_city_is_met_answered_and_met_again_by_both(parts, gent, leen, genk, karim):
    story = make_thread(genk, karim, title="The stairwell")
    begin(story, karim)
    assert "The stairwell" in parts(leen)["elsewhere"]
    assert "No reply yet" in parts(leen)["elsewhere"]
    opened(leen, story)
    reply = make_post(story, leen, "With us too.")
    begin(story, leen)
    other = make_member("Noor", space=gent)
    for reader in (leen, other):
        assert "The stairwell" in parts(reader)["elsewhere"], (
            "it stays when somebody answered, also for who did"
        )
    own = parts(karim)["mine"]
    assert "You started this. New from Leen." in said_in(own)
    assert "1 new" in own
    opened(karim, story)
    make_post(story, karim, "Which house?")
    seen = parts(leen)
    assert "You replied. New from Karim." in said_in(seen["mine"])
    assert "The stairwell" not in seen["elsewhere"], "nothing stands twice on one page"
    assert "Which house?" in parts(other)["elsewhere"], "the newest words"
    db.session.get_one(Post, reply.id).deleted_at = clock.now()
    db.session.commit()
    assert "You replied" not in parts(leen)["mine"], "who took a reply back did not reply"
    assert "You follow this. New from Karim." in said_in(parts(leen)["mine"])


@pytest.mark.both_databases
def test_only_what_a_member_may_read_stands_there(client, parts, gent, leen, genk, karim):
    guest = make_member("Gust", space=gent, role=Role.GUEST)
    pending = make_member("Wim", approved_at=None)
    former = make_member("Fons", space=genk)
    former_role = db.session.query(Membership).filter_by(member_id=former.id).one()
    former_role.ended_at = clock.now()
    rows = {
        "Whole network": {"audience": Audience.NETWORK},
        "Genk alone": {"audience": Audience.SPACE},
        "Everybody": {"audience": Audience.PUBLIC},
        "Hidden one": {"audience": Audience.PUBLIC, "hidden_at": clock.now()},
        "Withdrawn one": {"audience": Audience.PUBLIC, "withdrawn_at": clock.now()},
        "Locked one": {"audience": Audience.PUBLIC, "locked_at": clock.now()},
    }
    made = {title: make_thread(genk, karim, title=title, **over) for title, over in rows.items()}
    for thread in made.values():
        begin(thread, karim, leen, guest, pending, former)
    public = {"Everybody", "Locked one"}
    for reader, expected in (
        (leen, public | {"Whole network"}),
        (guest, public),
        (pending, public),
        (former, public),
        (make_member("Nele", space=genk), public | {"Whole network", "Genk alone"}),
    ):
        page = parts(reader)["page"]
        assert {title for title in rows if title in page} == expected, reader.name
    own = parts(karim)["page"]
    assert "Hidden one" not in own
    assert "Withdrawn one" not in own
    sign_in(client, leen)
    leen.suspended_at = clock.now()
    db.session.commit()
    assert "Whole network" not in client.get("/", headers=ENGLISH).text


def test_words_that_were_hidden_or_taken_back_are_quoted_nowhere(parts, gent, leen, genk, karim):
    story = make_thread(genk, karim)
    begin(story, leen)
    opened(leen, story)
    make_post(story, karim, "Stands.")
    for word, field in (("Hidden words.", "hidden_at"), ("Taken back.", "deleted_at")):
        post = make_post(story, make_member("Sly", space=genk), word)
        post.html = ""
        setattr(post, field, clock.now())
    for reader in (leen, make_member("Noor", space=gent)):
        page = parts(reader)["page"]
        assert "Hidden words." not in page
        assert "Taken back." not in page
        assert "Sly" not in page
    assert "1 new" in parts(leen)["mine"]


def test_muted_threads_and_spaces_stay_away_until_somebody_chooses_the_thread(parts, gent, leen, genk, karim):
    story = make_thread(genk, karim, title="The stairwell")
    who = actor(leen)
    following.follow_thread(who, story.id, level=FollowLevel.NOTHING)
    assert "The stairwell" not in parts(leen)["page"]
    other = make_thread(genk, karim, title="The bridge")
    assert "The bridge" in parts(leen)["elsewhere"]
    begin(other, leen)
    following.follow_space(who, genk.id, level=FollowLevel.NOTHING)
    assert "The bridge" not in parts(leen)["page"], "one that nobody chose gives way to a muted space"
    following.follow_thread(who, other.id, level=FollowLevel.ALL)
    assert "The bridge" in parts(leen)["page"]


@pytest.mark.both_databases
def test_each_space_has_one_before_any_has_a_second_and_what_is_new_comes_first(parts, leen, genk, karim):
    now = clock.now()
    for turn in range(6):
        make_thread(genk, karim, title=f"Genk {turn}", at=now - turn * timedelta(minutes=1))
    aalst, brugge = make_space("Aalst", city="aalst"), make_space("Brugge", city="brugge")
    nele = make_member("Nele", space=aalst)
    make_thread(aalst, nele, title="Aalst new", at=now - DAY)
    read = make_thread(brugge, nele, title="Brugge read")
    opened(leen, read)
    titles = re.findall(r'card__title" dir="auto"><a [^>]*>([^<]+)', parts(leen)["elsewhere"])
    assert titles == ["Genk 0", "Aalst new", "Genk 1", "Genk 2"]
    with_axis = make_thread(genk, karim, title="Of my axis", axis=Axis.DENSITY, at=now - 2 * DAY)
    who = actor(leen)
    subscriptions.choose(who, frequency=Frequency.WEEKLY)
    begin(make_thread(genk, karim, title="Mine", axis=Axis.DENSITY, at=LONG_AGO), leen)
    titles = re.findall(r'card__title" dir="auto"><a [^>]*>([^<]+)', parts(leen)["elsewhere"])
    assert titles[:2] == [with_axis.title, "Aalst new"]


def test_who_takes_part_sees_news_and_who_brought_it_and_two_quiet_ones_below_all_that_is_new(
    parts, gent, leen, genk, karim
):
    threads = [
        make_thread(gent, leen, title=f"Own {turn}", at=clock.now() - (9 - turn) * DAY) for turn in range(5)
    ]
    for thread in threads:
        begin(thread, leen)
        opened(leen, thread)
    for name in ("Ann", "Bob", "Cas", "Ann"):
        make_post(threads[0], db.session.query(type(leen)).filter_by(name=name).first() or make_member(name))
    make_thread(genk, karim, title="Theirs")
    seen = parts(leen)
    assert titles(seen["mine"]) == ["Own 0"]
    assert "New from Ann, Cas and 1 other." in said_in(seen["mine"])
    assert titles(seen["quiet"]) == ["Own 4", "Own 3"]
    assert said_in(seen["quiet"]).count("Nothing new.") == 2
    assert order(seen["page"]) == ["mine", "elsewhere", "latest", "quiet", "lessons"]


def test_without_news_in_her_own_threads_a_page_begins_with_what_is_new_elsewhere(
    parts, gent, leen, genk, karim
):
    old = make_thread(gent, leen, title="Own")
    begin(old, leen)
    opened(leen, old)
    theirs = make_thread(genk, karim, title="Theirs")
    seen = parts(leen)
    assert order(seen["page"]) == ["elsewhere", "latest", "quiet", "lessons"]
    assert 'href="/threads?state=followed"' in seen["quiet"]
    opened(leen, theirs)
    make_thread(gent, make_member("Ann", space=gent), title="Of her own city")
    assert order(parts(leen)["page"]) == ["latest", "elsewhere", "quiet", "lessons"]


def test_a_newcomer_is_told_what_to_do_and_gets_no_empty_section(parts, gent, leen, karim, genk):
    seen = parts(leen)
    assert "You are new here" in seen["page"]
    assert not seen["mine"]
    assert not seen["elsewhere"]
    assert "It is quiet in your spaces" in seen["latest"]
    assert "Mark all as read" not in seen["page"]
    begin(make_thread(gent, leen), leen)
    assert "You are new here" not in parts(leen)["page"]


def test_more_than_two_rows_fold_and_all_are_reached(parts, gent, leen):
    for turn in range(8):
        thread = make_thread(gent, leen, title=f"Own {turn}")
        begin(thread, leen)
        make_post(thread, make_member(f"P{turn}"))
    mine = parts(leen)["mine"]
    assert mine.count('class="linkrow"') == 5
    assert mine.split("<details")[0].count('class="linkrow"') == 2
    assert "3 more" in mine
    assert 'href="/threads?state=followed"' in mine


@pytest.mark.both_databases
@pytest.mark.parametrize("much", [False, True])
def test_it_takes_eight_queries_however_much_there_is(client, gent, leen, genk, karim, count_queries, much):
    subscriptions.choose(actor(leen), frequency=Frequency.NEVER)
    for turn in range(12 if much else 2):
        for space in (gent, genk):
            thread = make_thread(space, karim, title=f"T{turn}")
            begin(thread, leen)
            make_post(thread, karim)
            make_thread(space, karim, title=f"Other {turn}")
    sign_in(client, leen)
    db.session.commit()
    client.get("/")
    with count_queries() as seen:
        assert "From other cities" in client.get("/", headers=ENGLISH).text
    assert seen.count <= 8


def test_what_was_read_everywhere_is_new_nowhere(client, gent, leen, genk, karim):
    for space in (gent, genk):
        thread = make_thread(space, karim)
        begin(thread, leen)
        make_post(thread, karim)
    sign_in(client, leen)
    db.session.commit()
    assert " new</span>" in client.get("/", headers=ENGLISH).text
    assert submit(client, "/reading").status_code == 303
    assert " new</span>" not in client.get("/", headers=ENGLISH).text
