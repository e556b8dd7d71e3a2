"""What no person sends: hosts that are none, forwarded names, floods, and texts made to keep a server busy."""

import pytest

from forum.domain.threads import posts, threads
from forum.infra import clock, rates, text
from forum.infra.db import db
from forum.models.drafts import Draft
from forum.models.spaces import Space
from tests.factories import STORY, actor, make_member, make_post, make_space, make_thread, sign_in, submit
from tests.sweeps import few_of

FORWARDED = ("X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "X-Original-URL", "Forwarded")
BOMBS = {
    "columns": "|".join("a" * 3000) + "\n" + "|".join("-" * 3000) + "\n" + "a\n" * 4000,
    "rows": "a|b\n-|-\n" + "a|b\n" * 5000,
    "brackets": "[" * 20_000,
    "pictures": "![" * 10_000,
    "quotes": "".join(">" * depth + " a\n" for depth in range(190)),
    "lists": "".join("  " * depth + "- a\n" for depth in range(135)),
    "stars": "*a **b " * 2800,
    "addresses": "a@b.be " * 2800,
    "ticks": "".join("`" * run + "a" for run in range(199)),
}


@pytest.fixture
def talk(session):
    space = make_space("Gent", city="gent")
    author = make_member("Noor", space=space)
    thread = make_thread(space, author)
    return thread, author, make_post(thread, author)


@pytest.mark.parametrize("host", ["..", "x" * 5000, "a b", "[::1", '"><script>', "evil.example:99999"])
def test_a_host_that_is_none_breaks_nothing_and_is_never_repeated(client, host):
    answer = client.get("/accounts/sign-in", headers={"Host": host})
    assert answer.status_code in {200, 400}
    said = answer.get_data(as_text=True) + str(answer.headers)
    assert "<script>" not in said
    assert "evil" not in said


@pytest.mark.parametrize("path", ["/accounts//sign-in", "//accounts/sign-in", "/threads//1", "/spaces/"])
def test_no_redirect_carries_the_host_that_was_sent(client, path):
    answer = client.get(path, base_url="http://evil.example")
    assert "evil" not in str(answer.headers)
    assert answer.status_code == 404


def test_forwarded_names_mean_nothing_without_a_proxy_of_ours(client):
    answer = client.get("/settings/profile", headers=dict.fromkeys(FORWARDED, "evil.example"))
    assert answer.location == "/accounts/sign-in?next=/settings/profile"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"a=" + b"x" * 10_000_000, "application/x-www-form-urlencoded", 413),
        (b"&".join(b"a%d=1" % n for n in range(20_000)), "application/x-www-form-urlencoded", 403),
        (b"garbage", "multipart/form-data", 403),
        (b'{"email": 1}', "application/json", 403),
        (b"a=%ff%fe", "application/x-www-form-urlencoded; charset=utf-99", 403),
    ],
    ids=["large", "many", "multipart", "json", "charset"],
)
def test_bodies_of_no_form_of_ours_are_refused(client, body, kind, status):
    assert client.post("/accounts/sign-in", data=body, content_type=kind).status_code == status


@pytest.mark.any_database
@pytest.mark.parametrize("name", few_of(BOMBS, "brackets", "quotes", "ticks"))
def test_no_text_grows_without_measure(name):
    source = BOMBS[name][: text.MAX_LENGTH]
    html = text.render(source)
    assert len(html) < 15 * text.MAX_LENGTH
    assert text.plain(html)


def test_a_table_that_somebody_means_is_a_table(app):
    assert "<td" in text.render("a|b\n-|-\n" + "one|two\n" * 200)


def test_changing_ones_words_has_a_limit_and_saying_the_same_counts_too(app, talk, monkeypatch):
    _thread, author, post = talk
    monkeypatch.setitem(app.config, "RATES_ENABLED", True)
    monkeypatch.setattr(posts, "MOST_CHANGES", "2 per hour")
    rates.reset()
    for turn in (1, 2):
        posts.edit(actor(author), post.id, body=f"Words {turn}.", seen_revision=turn)
    for body in ("Words 3.", "Words 2."):
        with pytest.raises(rates.TooOften):
            posts.edit(actor(author), post.id, body=body, seen_revision=3)
    rates.reset()
    for _again in range(2):
        posts.edit(actor(author), post.id, body="Words 2.", seen_revision=2)
    with pytest.raises(rates.TooOften):
        posts.edit(actor(author), post.id, body="Words 3.", seen_revision=3)
    rates.reset()


def marks_of(member):
    mine = db.select(Draft.id).where(Draft.member_id == member.id)
    return len(db.session.scalars(mine).all())


def ways_to_send(thread, post):
    """Each form that a member sends, with the rate that counts it and how many sendings it allows here."""
    space = db.session.get_one(Space, thread.space_id)
    story = {**STORY, "audience": "space"}
    return {
        "start": (f"/spaces/{space.slug}/threads", story),
        "reply": (f"/threads/{thread.id}/replies", {"body": "The same again."}),
        "edit": (f"/posts/{post.id}/revisions", {"body": "As it is.", "seen_revision": 2}),
        "edit on an old state": (f"/posts/{post.id}/revisions", {"body": "As it is.", "seen_revision": 1}),
    }


@pytest.mark.parametrize("way", ["start", "reply", "edit", "edit on an old state"])
def test_each_new_sending_counts_also_where_its_words_stand_already(app, client, talk, monkeypatch, way):
    """A mark is kept of each sending for a year: without a count nothing would stop who makes them."""
    thread, author, _post = talk
    post = make_post(thread, author, "As it was.")
    posts.edit(actor(author), post.id, body="As it is.", seen_revision=1)
    db.session.commit()
    sign_in(client, author)
    monkeypatch.setitem(app.config, "RATES_ENABLED", True)
    monkeypatch.setattr(threads, "MOST_STARTS", "3 per hour")
    monkeypatch.setattr(threads, "MOST_REPLIES", "3 per hour")
    monkeypatch.setattr(posts, "MOST_CHANGES", "3 per hour")
    rates.reset()
    address, fields = ways_to_send(thread, post)[way]

    def send(key):
        return submit(client, address, {**fields, "idempotency_key": key})

    assert [send(f"k{number}").status_code for number in range(3)] == [303] * 3
    assert marks_of(author) == 3
    assert [send(f"k{number}").status_code for number in range(3, 8)] == [429] * 5
    assert marks_of(author) == 3
    made = [send("k0") for _again in range(5)]
    assert [(again.status_code, again.location) for again in made] == [(303, made[0].location)] * 5
    assert marks_of(author) == 3
    assert send("k7").status_code == 429, "what comes again gives nothing back"
    rates.reset()
    assert send("k7").status_code == 303
    rates.reset()


def test_a_refused_sending_counts_for_nothing(app, client, talk, monkeypatch):
    thread, author, _post = talk
    mine = make_post(thread, author, "As it is.")
    thread.locked_at = clock.now()
    db.session.commit()
    sign_in(client, author)
    monkeypatch.setitem(app.config, "RATES_ENABLED", True)
    monkeypatch.setattr(threads, "MOST_REPLIES", "1 per hour")
    monkeypatch.setattr(posts, "MOST_CHANGES", "1 per hour")
    rates.reset()
    reply, edit = f"/threads/{thread.id}/replies", f"/posts/{mine.id}/revisions"
    for _again in range(3):
        assert submit(client, reply, {"body": "Too late."}).status_code == 403
        assert submit(client, edit, {"body": "Too late.", "seen_revision": 1}).status_code == 403
    thread.locked_at = None
    db.session.commit()
    assert submit(client, edit, {"body": "Other.", "seen_revision": 7}).status_code == 409
    assert submit(client, reply, {"body": "In time."}).status_code == 303
    assert submit(client, edit, {"body": "In time.", "seen_revision": 1}).status_code == 303
    rates.reset()


def test_a_forged_value_in_every_choice_is_a_422(client, talk):
    thread, author, _post = talk
    space = db.session.get_one(Space, thread.space_id)
    sign_in(client, author)
    right = {
        "title": "T",
        "body": "B",
        "need": "stories",
        "axis": "solidaire-stadspolis",
        "audience": "space",
        "idempotency_key": "1",
    }
    for name in ("need", "axis", "audience"):
        for value in ("", "everybody", "SPACE", "0", "space "):
            sent = submit(client, f"/spaces/{space.slug}/threads", {**right, name: value})
            assert sent.status_code == 422, (name, value)
    assert submit(client, f"/threads/{thread.id}/audience", {"audience": "all"}).status_code == 422
    reply, followed = {"body": "B", "idempotency_key": "2"}, {"level": "all"}
    for value in (" \n", "Objection", "0"):
        sent = submit(client, f"/threads/{thread.id}/replies", {**reply, "kind": value})
        chosen = submit(client, f"/threads/{thread.id}/following", {**followed, "delivery": value})
        assert (sent.status_code, chosen.status_code) == (422, 422), value
    assert submit(client, f"/spaces/{space.slug}/threads", right).status_code == 303


@pytest.mark.parametrize("name", ["Noor\r\nBcc: b@example.org", "\u202eNoor\u2066", "Noor\x0b\x1b[31m"])
def test_a_name_is_one_plain_line(client, talk, name):
    _thread, author, _post = talk
    sign_in(client, author)
    form = {"name": name, "locale": "nl", "timezone": "Europe/Brussels", "theme": ""}
    assert submit(client, "/settings/profile", form).status_code == 303
    assert author.name.isprintable()
    assert "\n" not in author.name
