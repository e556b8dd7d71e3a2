"""What somebody finds: words in every form, in our order, and never a word of what they may not read at that moment."""

from datetime import timedelta

import pytest

from forum.domain.moderation import hiding
from forum.domain.search import lookup, results, thread_candidates, thread_queries
from forum.domain.threads import posts
from forum.infra import clock, search_ids
from forum.infra.db import db
from forum.infra.logs import count_queries
from forum.models.spaces import Audience, Role
from forum.models.themes import Axis, Need
from forum.models.threads import Outcome, Post
from forum.policy.errors import Invalid
from tests import other_readers
from tests.factories import actor, join, make_member, make_post, make_space, make_thread
from tests.lesson_scenario import build


def answer(who, question, page=1, **chosen):
    """What a member, or a visitor, gets for a question and filters of an address."""
    reader = actor(who) if who is not None else None
    return results.answer(
        reader,
        question,
        lambda kind: [chosen[kind]] if kind in chosen else [],
        page=page,
        address="192.0.2.1",
    )


def plain(parts):
    return "".join(text for text, _is_found in parts)


def marks(parts):
    return [text for text, is_found in parts if is_found]


def titles(found):
    return [plain(thread.title) for thread in found.threads]


@pytest.fixture
def leen(gent):
    return make_member("Leen Maes", space=gent, role=Role.MODERATOR)


@pytest.fixture
def reader():
    return make_member("Rik", space=make_space("Brugge", city="brugge", slug="brugge"))


@pytest.mark.both_databases
def test_words_that_say_nothing_are_neither_asked_for_nor_marked_beside_others(gent, leen, reader):
    body = "De fiets van de buren, en het plein."
    thread = make_thread(gent, leen, title="Fietsen op het plein", body=body)
    far = make_thread(gent, leen, title="Een pleintje", body="Zonder een fiets.")
    for question in ("de fietsen", "Het FIETSEN van die", "the fietsen", "avec fietsen"):
        found = answer(reader, question)
        assert (titles(found), found.some) == ([thread.title, far.title], False), question
        assert found.question.plain == question
        assert marks(found.threads[0].title) == ["Fietsen"]
        assert marks(found.threads[0].posts[0].words) == ["fiets"]
    assert answer(reader, "les fietsen").some, "a lesson is something to look for"
    # Asked for by themselves, in quotation marks or not to be there, they are words like others.
    assert marks(answer(reader, "het de").threads[0].posts[0].words) == ["De", "de", "het"]
    assert titles(answer(reader, "op het")) == [thread.title]
    assert titles(answer(reader, '"op het" fiets')) == [thread.title]
    assert titles(answer(reader, "fiets -het")) == [far.title]


@pytest.mark.parametrize("word", ["pas", "as", "An", "WHO", "US", "UN", "SES", "CE"])
def test_what_says_nothing_in_one_language_and_something_in_another_is_looked_for(gent, leen, reader, word):
    meant = make_thread(gent, leen, title=f"{word} voor kansengroepen")
    make_thread(gent, leen, title="Kansengroepen bereiken")
    assert titles(answer(reader, f"{word} kansengroepen")) == [meant.title]


def test_words_are_found_in_every_form_and_as_parts_of_compounds_with_the_very_post(gent, leen, reader):
    thread = make_thread(
        gent, leen, title="Bomen planten", body="Wij spraken over het wijkbudget en de brieven."
    )
    make_post(thread, leen, "Hier staat niets.")
    make_post(thread, leen, "De steden <b>tellen</b> & meten hun café.")
    for question, number, mark in (
        ("budget", 1, "wijkbudget"),
        ("budget wijk", 1, "wijkbudget"),
        ("brief", 1, "brieven"),
        ("stad", 3, "steden"),
        ("cafe", 3, "café"),
        ('"hun cafés"', 3, "hun café"),
    ):
        (found,) = answer(reader, question).threads
        (post,) = found.posts
        assert (post.number, marks(post.words)) == (number, [mark]), question
        assert post.author.name == "Leen Maes"
    (by_title,) = answer(reader, "boom").threads
    assert (marks(by_title.title), by_title.posts) == (["Bomen"], [])
    for question in ("kerk", '"brieven wijkbudget"', "boom -planten", "stad -meten"):
        assert answer(reader, question).counts.total == 0, question


def test_one_word_in_the_title_and_another_in_a_post_are_found_together(gent, leen, reader):
    whole = make_thread(gent, leen, title="Markt en regen", body="Nat.")
    parted = make_thread(gent, leen, title="De markt", body="Veel regen.")
    posted = make_thread(gent, leen, title="Iets", body="De markt in de regen.")
    make_thread(gent, leen, title="De markt", body="Zon.")
    found = answer(reader, "markt regen")
    assert [each.id for each in found.threads] == [whole.id, parted.id, posted.id]
    assert (found.some, found.counts.total) == (False, 3)
    some = answer(reader, "markt onweer")
    assert some.some
    assert len(some.threads) == 4
    assert answer(reader, "onweer hagel").counts.total == 0


def test_own_spaces_come_before_others_then_the_latest_then_the_id(gent, leen, reader):
    brugge = make_space("Brugge 2", city="brugge", slug="brugge-2")
    join(reader, brugge)
    now = clock.now()
    old = make_thread(brugge, leen, title="Markt een", at=now - timedelta(days=9))
    first, second = (make_thread(gent, leen, title=f"Markt {name}", at=now) for name in ("twee", "drie"))
    body = make_thread(brugge, reader, title="Iets", body="De markt", at=now)
    assert [each.id for each in answer(reader, "markt").threads] == [old.id, second.id, first.id, body.id]
    assert [each.id for each in answer(None, "markt").threads] == []


def people(gent, leen):
    """Kinds of readers of a closed space, and whether they find what stands in it."""
    guest, former = make_member("Gust"), make_member("Fons")
    join(guest, gent, Role.GUEST)
    gone = join(former, gent)
    gone.ended_at = clock.now()
    return {
        "member": (make_member("Mia", space=gent), True),
        "moderator": (leen, True),
        "guest": (guest, True),
        "former": (former, False),
        "pending": (make_member("Piet", space=gent, approved_at=None), False),
        "elsewhere": (make_member("Els", space=make_space("Aalst", city="aalst")), False),
        "visitor": (None, False),
    }


def test_who_may_not_read_it_finds_nothing_and_no_count_tells_of_it(gent, leen):
    make_thread(gent, leen, title="Zwijgplicht", body="De geheimhouding.", audience=Audience.SPACE)
    open_one = make_thread(gent, leen, title="Open", body="Iedereen", audience=Audience.PUBLIC)
    make_post(open_one, leen, "Iedereen mag dit.")
    db.session.flush()
    for name, (who, finds) in people(gent, leen).items():
        for question in (
            "zwijgplicht",
            "geheimhouding",
            "zwijgplicht geheimhouding",
            "in:thread space:gent geheim*",
        ):
            found = answer(who, question)
            number = 1 if finds and "*" not in question else found.counts.total if finds else 0
            assert (len(found.threads), found.counts.total) == (number, number), (name, question)
        assert titles(answer(who, "iedereen")) == ["Open"], name


def test_hidden_and_taken_back_is_gone_from_the_next_answer_for_everybody(gent, leen, reader):
    author = make_member("Ada", space=gent)
    thread = make_thread(gent, author, title="Bomen", body="Kastanje")
    reply = make_post(thread, author, "Een eik en een beuk.")
    other = make_thread(gent, author, title="Struiken", body="Hazelaar")
    everybody = (reader, author, leen, None)
    assert len(answer(author, "eik").threads) == 1
    hiding.hide(actor(leen), reply.id, reason="Not here.")
    assert [answer(who, "eik").counts.total for who in everybody] == [0] * 4
    hiding.restore(actor(leen), reply.id)
    assert [answer(who, "eiken").counts.total for who in everybody] == [1, 1, 1, 0]
    posts.take_back(actor(author), reply.id)
    assert [answer(who, "eik").counts.total for who in everybody] == [0] * 4
    hiding.hide(actor(leen), opening_of(other), reason="Not here.")
    assert [answer(who, "struik").counts.total for who in everybody] == [0] * 4
    assert [answer(who, "hazelaar").counts.total for who in everybody] == [0] * 4
    other_readers.set_audience(actor(leen), thread.id, audience=Audience.SPACE)
    assert [answer(who, "boom").counts.total for who in everybody] == [0, 1, 1, 0]


def opening_of(thread):
    return db.session.scalar(db.select(Post.id).where(Post.thread_id == thread.id, Post.number == 1))


def test_changed_words_are_found_and_the_earlier_ones_are_not(gent, leen, reader):
    thread = make_thread(gent, leen, title="Iets", body="Vroeger stond hier kastanje.")
    posts.edit(actor(leen), opening_of(thread), body="Nu staat hier beuk.", seen_revision=1)
    assert answer(reader, "kastanje").counts.total == 0
    assert answer(reader, "beuken").counts.total == 1


def test_filters_narrow_what_is_typed_and_each_count_is_that_of_its_list(gent, leen, reader):
    brugge = make_member("Jan Maes", space=make_space("Sint-Niklaas", city="sintniklaas", slug="sn"))
    make_thread(gent, leen, title="Markt A", need=Need.FACTS, axis=Axis.DENSITY, outcome=Outcome.WORKED)
    make_thread(gent, leen, title="Markt B", need=Need.STORIES, axis=Axis.DENSITY)
    late = make_thread(gent, brugge, title="Markt C", need=Need.FACTS, axis=None)
    make_post(late, leen, "Ook in Gent is er markt.")
    for question, expected in (
        ("markt stad:gent", "ABC"),
        ("markt city:sint-niklaas", "C"),
        ("markt thema:densiteit need:facts", "A"),
        ("markt outcome:worked", "A"),
        ("markt door:leen", "ABC"),
        ("markt by:jan", "C"),
        ('markt by:"maes jan"', "C"),
        ("by:maes", "ABC"),
        ("markt ruimte:gent", "ABC"),
        ("markt space:sn", ""),
        ("markt before:2020", ""),
        ("markt before:2199-12-31", "ABC"),
        ("markt in:lesson", ""),
        ("in:gesprek markt", "ABC"),
    ):
        found = answer(reader, question)
        assert sorted(title[-1] for title in titles(found)) == list(expected), question
    # Only the post of who signs it, not all of the thread.
    (thread,) = answer(reader, "door:leen gent").threads
    assert [post.number for post in thread.posts] == [2]
    for chosen in ({}, {"need": "facts"}, {"axis": Axis.DENSITY.value}, {"city": "gent", "need": "facts"}):
        found = answer(reader, "markt", **chosen)
        for kind in ("kind", "outcome", "axis", "need", "city"):
            for value, number in found.counts.by[kind].items():
                if number:
                    assert answer(reader, "markt", **(chosen | {kind: value})).counts.total == number, (
                        kind,
                        value,
                    )


def test_what_is_not_known_is_said_and_a_closed_space_is_as_one_that_is_not_there(gent, leen, reader):
    secret = make_space("Besloten", slug="besloten", unlisted=True)
    inside = make_member("Ine", space=secret)
    make_thread(secret, inside, title="Markt", audience=Audience.SPACE)
    said = []
    for question in ("markt space:besloten", "markt space:bestaatniet"):
        with pytest.raises(Invalid) as refused:
            answer(reader, question)
        said.append(refused.value.message.replace("besloten", "X").replace("bestaatniet", "X"))
    assert said[0] == said[1] == "Er is geen ruimte ‘X’ die je mag lezen."
    assert titles(answer(inside, "markt space:besloten")) == ["Markt"]
    for question in ("axis:nonsense", "need:x", "stad:parijs", "in:alles", "before:gisteren", "before:2026-13",
                     "by:!!", "outcome:zzz", "-markt", "city:gent city:brugge", "before:0"):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            answer(reader, question)
        assert refused.value.field == "q"
        assert refused.value.message.endswith("."), question
    with pytest.raises(Invalid):
        answer(reader, "markt", axis="nonsense")


def test_people_and_spaces_are_found_by_name_for_whom_finds_them(gent, leen, reader):
    found = answer(reader, "maes")
    assert [each.byline.name for each in found.people] == ["Leen Maes"]
    assert found.counts.by["kind"]["people"] == 1
    assert [space.name for space in answer(reader, "gent").spaces] == ["Gent"]
    guest, pending = make_member("Gust"), make_member("Piet", approved_at=None)
    join(guest, make_space("Genk", slug="genk", city="genk"), Role.GUEST)
    for who in (guest, pending, None):
        assert answer(who, "maes").people == []
        assert answer(who, "gent").spaces == []
    make_member("Sus Maes", space=gent, suspended_at=clock.now())
    assert [each.byline.name for each in answer(reader, "maes").people] == ["Leen Maes"]


def test_people_and_spaces_are_found_without_the_words_that_say_nothing_where_no_name_has_them(
    gent, leen, reader
):
    others = [make_member(name, space=gent).name for name in ("Jan Van Damme", "Jana Damme")]
    make_space("Netwerkhuis", slug="plein")
    make_space("Het plein", slug="het")
    for question, people, spaces in (
        ("de leen maes", ["Leen Maes"], []),
        ("wie is leen", ["Leen Maes"], []),
        ("jan van damme", others[:1], []),
        ("jan de damme", others, []),
        ("het netwerkhuis", [], ["Netwerkhuis"]),
        ("het plein", [], ["Het plein"]),
        ("de het", [], []),
        ("het gent plein", [], []),
    ):
        found = answer(reader, question)
        assert sorted(each.byline.name for each in found.people) == people, question
        assert [space.name for space in found.spaces] == spaces, question
        assert found.counts.by["kind"]["people"] == len(people), question
    assert [each.byline.name for each in answer(reader, "de leen maes", city="gent").people] == ["Leen Maes"]
    guest = make_member("Gust")
    join(guest, make_space("Genk", slug="genk", city="genk"), Role.GUEST)
    assert answer(guest, "de leen maes").people == []


def test_of_posts_the_newest_count_and_the_page_says_that_there_are_more(gent, leen, reader, monkeypatch):
    monkeypatch.setattr(thread_candidates, "MOST_POSTS", 3)
    old = make_thread(gent, leen, title="Oud", body="De markt", need=Need.FACTS)
    threads = [make_thread(gent, leen, title=f"Iets {number}", body="De markt") for number in range(4)]
    found = answer(reader, "markt")
    assert {each.id for each in found.threads} == {thread.id for thread in threads[1:]}
    assert found.more_posts
    assert {"", "threads", "need"} <= found.counts.at_least
    # A filter looks among all of them, not among those that were taken.
    narrowed = answer(reader, "markt", need="facts")
    assert [each.id for each in narrowed.threads] == [old.id]
    assert (narrowed.counts.total, "" in narrowed.counts.at_least) == (1, False)


def test_it_costs_the_same_few_queries_however_much_there_is(gent, leen, reader):
    for number in range(3):
        thread = make_thread(gent, leen, title=f"De markt {number}", body="Regen op de markt")
        make_post(thread, leen, "En nog eens markt, met regen.")
    answer(reader, "markt regen")
    with count_queries() as few:
        answer(reader, "markt regen")
    for number in range(9):
        make_post(
            make_thread(gent, leen, title=f"Markt {number}"), leen, "Regen en markt, wijkmarkt, marktdag."
        )
    with count_queries() as many:
        assert answer(reader, "markt regen").counts.total == 12
    assert len(few.statements) <= 10
    assert len(many.statements) <= len(few.statements) + 1


def test_a_word_is_not_found_by_what_it_would_be_in_another_language(gent, leen, reader):
    """By the rule of French "water" ends as "wat"."""
    make_thread(gent, leen, title="Wat nu", body="Wij weten niet wat er nu komt.")
    wet = make_thread(gent, leen, title="Regenwater op straat", body="Het staat er dagen.")
    french = make_thread(gent, leen, title="Le water", body="Le water est dans la rue et il y a de l'eau.")
    assert {found.id for found in answer(reader, "water").threads} == {wet.id, french.id}


def test_a_word_left_out_counts_beside_a_filter_alone_too(gent, leen):
    thread = make_thread(gent, leen, title="Over water", body="Met een pomp.")
    make_post(thread, leen, "Zonder dat ding.")
    (found,) = answer(leen, "by:leen -pomp").threads
    assert [post.number for post in found.posts] == [2]
    assert answer(leen, "by:leen -pomp -ding").threads[0].posts == []


def test_what_has_more_of_the_words_comes_first_wherever_in_the_thread_they_stand(gent, leen):
    apart = make_thread(gent, leen, title="Een pomp", body="Met een slang.")
    make_thread(gent, leen, title="De slang", body="Niets anders.")
    assert next(iter(answer(leen, "pomp slang vijver").threads)).id == apart.id


def test_what_is_found_is_the_same_however_many_texts_have_it(gent, leen, monkeypatch):
    scenario = build()
    scenario.published()
    closed = make_space("Brugge", city="brugge", slug="brugge")
    other = make_member("Rik", space=closed)
    thread = make_thread(gent, leen, title="Een pomp op de markt", body="Met een slang van de brandweer.")
    make_post(thread, leen, "De slang lekt, de pomp niet.")
    make_thread(gent, leen, title="Zonder slang", body="Een pomp alleen.")
    make_thread(closed, other, title="Pomp en slang", body="Binnen.", audience=Audience.SPACE)
    asked = (
        "pomp",
        "pomp slang",
        "pomp -slang",
        '"de pomp"',
        "pomp vijver",
        "slnag",
        "contact people",
        "by:leen pomp",
    )

    def found(who):
        each = [answer(who, question) for question in asked]
        return [
            [
                one.counts.total,
                titles(one),
                [[post.number for post in each.posts] for each in one.threads],
                [plain(lesson.title) for lesson in one.lessons],
            ]
            for one in each
        ]

    readers = (leen, other, scenario.reader, None)
    by_ids = [found(who) for who in readers]
    assert by_ids[0][0][0] > by_ids[3][0][0] == 0
    # With few the words stand in the statement of the rule itself, or the newest posts are looked up alone.
    # What many of the newest of all have is told from what many have further on.
    for few, window, most_posts, probed in (
        (0, 40_000, 300, 8_000), (0, 40_000, 300, 0), (1, 40_000, 2, 1), (2, 2, 1, 8_000), (1, 1, 300, 0),
    ):  # fmt: skip
        monkeypatch.setattr(search_ids, "PROBED", probed)
        monkeypatch.setattr(search_ids, "FEW", few)
        monkeypatch.setattr(lookup, "MOST_VERSIONS", few)
        monkeypatch.setattr(search_ids, "WINDOW", window)
        search_ids._few.cache_clear()
        monkeypatch.setattr(thread_queries, "MOST_POSTS", most_posts)
        monkeypatch.setattr(thread_candidates, "MOST_POSTS", most_posts)
        thread_queries.posts.cache_clear()
        several = [found(who) for who in readers]
        monkeypatch.setattr(search_ids, "FEW", 1_000)
        monkeypatch.setattr(lookup, "MOST_VERSIONS", 5_000)
        search_ids._few.cache_clear()
        assert several == [found(who) for who in readers]
        assert most_posts < 300 or several == by_ids
    thread_queries.posts.cache_clear()


@pytest.mark.both_databases
def test_a_word_itself_comes_before_one_that_it_is_a_part_of(gent, leen, reader):
    within = make_thread(gent, leen, title="Een wijkbudget voor de straat")
    itself = make_thread(gent, leen, title="Het budget is op")
    said_within = make_thread(gent, leen, title="Over geld", body="Het wijkbudget is op.")
    said = make_thread(gent, leen, title="Over bomen", body="Het budget is op.")
    # The latest comes last: only what was said of the word itself puts it first.
    with clock.at(clock.now() + timedelta(hours=1)):
        for thread in (said_within, within):
            make_post(thread, leen, "Dank je.")
    found = titles(answer(reader, "budget"))
    assert found == [itself.title, within.title, said.title, said_within.title]


@pytest.mark.both_databases
def test_parts_of_a_compound_apart_from_each_other_are_found_where_nothing_has_it_in_one_piece(
    gent, leen, reader
):
    apart = make_thread(gent, leen, title="Het budget van onze wijk")
    found = answer(reader, "wijkbudget")
    assert (titles(found), marks(found.threads[0].title)) == ([apart.title], ["budget", "wijk"])
    whole = make_thread(gent, leen, title="Wat deden jullie?", body="Een groot wijkbudget in elke straat.")
    assert titles(answer(reader, "wijkbudget")) == [whole.title]
    assert titles(answer(reader, "budget wijk")) == [apart.title, whole.title]
