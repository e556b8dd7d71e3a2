"""Answering one post and quoting it, with links and forms alone: who may, what is kept, and what is shown of it."""

import re
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.lessons import claims, lessons
from forum.domain.moderation import hiding, locking, taking_back
from forum.domain.threads import posts, threads
from forum.infra import clock
from forum.infra.db import db
from forum.models.claims import Excerpt
from forum.models.spaces import Audience, Role
from forum.models.threads import Post, PostQuote
from tests.factories import actor, join, make_member, make_post, make_space, make_thread, sign_in, submit

SAID = "First we ring. Then we wait for three days. After that we go there."
WORDS = "Then we wait for three days."
SECOND = "2.1:12-35"  # the second sentence of post 2

pytestmark = pytest.mark.both_databases


@pytest.fixture
def mo(gent):
    return make_member("Mo", space=gent, role=Role.MODERATOR)


@pytest.fixture
def thread(gent, leen):
    return make_thread(gent, leen)


@pytest.fixture
def said(thread, leen):
    return make_post(thread, leen, SAID)


def at(thread, query=""):
    return f"/threads/{thread.id}-{thread.slug}{query}"


def read(client, path, status=200):
    db.session.commit()
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.get_data(as_text=True)


def field(shown, name):
    """What a field of the form that answers holds."""
    form = shown[shown.index('id="answer"') :]
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', form)
    return (
        found[1] if found else re.search(rf'<textarea[^>]*name="{name}"[^>]*>\s*([^<]*)</textarea>', form)[1]
    )


def test_a_link_answers_one_post_and_its_reply_leads_back_to_it(client, thread, said, leen, gent):
    sign_in(client, make_member("Karim", space=gent))
    shown = read(client, at(thread))
    link = re.search(r'href="([^"]*answer=2#answer)"', shown)[1].replace("&amp;", "&")
    asked = read(client, link)
    assert "You reply to <b data-name><bdi>Leen</bdi></b>, post <span data-number>2</span>." in asked
    assert "First we ring." in asked[asked.index("data-first-words") :][:200]
    assert field(asked, "answers") == "2"
    assert f'href="{at(thread)}?answer=0#answer" data-clear' in asked
    form = {"body": "So do we.", "answers": "2", "idempotency_key": str(uuid.uuid4())}
    assert submit(client, f"/threads/{thread.id}/replies", form).location == f"{at(thread)}#post-3"
    reply = read(client, at(thread))
    assert re.search(r'class="reply__to" href="#post-2">.*?to Leen', reply, re.DOTALL)


def test_what_a_reply_answers_outlives_an_error_a_preview_and_a_draft(client, thread, said, gent):
    sign_in(client, make_member("Karim", space=gent))
    db.session.commit()
    for more in ({"body": " "}, {"body": "So do we.", "preview": "1"}):
        back = submit(client, f"/threads/{thread.id}/replies", {"answers": "2", **more})
        assert field(back.text, "answers") == "2"
    read(client, at(thread))
    key = str(uuid.uuid4())
    about = {"draft_form": "reply", "draft_subject": thread.id, "draft_revision": "0", "idempotency_key": key}
    kept = submit(client, "/drafts", {**about, "body": "Half an answer", "answers": "2"})
    draft = re.search(r"draft=(\d+)|drafts/(\d+)", kept.location or "")
    number = (
        next(filter(None, draft.groups()))
        if draft
        else db.session.scalar(db.text("select max(id) from draft"))
    )
    opened = read(client, at(thread, f"?draft={number}"))
    assert (field(opened, "answers"), "Half an answer" in opened) == ("2", True)
    for address in (f"?draft={number}&quote={SECOND}", f"?quote={SECOND}"):
        quoted = read(client, at(thread, address))
        assert field(quoted, "body").split("\n\n")[:2] == ["Half an answer", "[quote 2: 12-35]"]
        assert key in quoted, "who left the page to quote writes on in the same draft"
    for address in ("?answer=2", ""):
        assert "Half an answer" in field(read(client, at(thread, address)), "body")


def test_a_quote_alone_is_told_at_the_field_what_it_lacks(client, thread, said, gent):
    sign_in(client, make_member("Karim", space=gent))
    db.session.commit()
    for body, sentence in (
        ("[quote 2: 12-35]", "a quote alone does not say"),
        (" ", "Write something first."),
    ):
        refused = submit(client, f"/threads/{thread.id}/replies", {"body": body})
        assert refused.status_code == 422
        assert sentence in re.search(r'id="body-error"[^>]*>(.*?)</p>', refused.text, re.S)[1]


@pytest.mark.parametrize("number", ["99", "x", "-1", "", "9" * 30])
def test_a_number_that_no_post_has_answers_nothing(client, thread, said, gent, number):
    sign_in(client, make_member("Karim", space=gent))
    assert "data-answering hidden" in read(client, at(thread, f"?answer={number}"))
    form = {"body": "So do we.", "answers": number, "idempotency_key": str(uuid.uuid4())}
    assert submit(client, f"/threads/{thread.id}/replies", form).status_code == 303
    assert 'class="reply__to"' not in read(client, at(thread))


def test_answered_words_that_were_hidden_or_taken_back_are_not_shown_again(
    client, thread, said, leen, mo, gent
):
    sign_in(client, make_member("Karim", space=gent))
    hiding.hide(actor(mo), said.id, reason="Somebody can be recognised")
    shown = read(client, at(thread, "?answer=2"))
    assert ("Leen" in shown, "First we ring" in shown) == (True, False)
    assert "This text can no longer be read." in shown
    hiding.restore(actor(mo), said.id)
    taking_back.take_back(actor(leen), said.id)
    assert "First we ring" not in read(client, at(thread, "?answer=2"))


def test_sentences_are_chosen_quoted_and_drawn_without_a_script(client, thread, said, gent):
    karim = make_member("Karim", space=gent)
    sign_in(client, karim)
    choice = f"/posts/{said.id}/quotation"
    assert choice in read(client, at(thread))
    shown = read(client, choice)
    assert re.findall(r'<span dir="auto">([^<]*)</span>', shown) == [
        "First we ring.",
        WORDS,
        "After that we go there.",
    ]
    assert "Choose at least one sentence." in read(client, f"{choice}?choose=1", 422)
    chosen = client.get(f"{choice}?choose=1&sentence=1&sentence=2&sentence=0").location
    assert chosen.endswith("quote=2.1:0-54#answer"), "sentences behind each other are one passage"
    two = client.get(f"{choice}?choose=1&sentence=0&sentence=2").location
    assert field(read(client, two), "body").split("\n\n")[:2] == ["[quote 2: 0-12]", "[quote 2: 35-54]"]
    body = field(read(client, client.get(f"{choice}?choose=1&sentence=1").location), "body")
    form = {"body": body + "So do we.", "idempotency_key": str(uuid.uuid4())}
    there = {"draft_form": "reply", "draft_subject": thread.id}
    preview = submit(client, f"/threads/{thread.id}/replies", form | there | {"preview": "1"}).text
    assert re.search(rf"<blockquote[^>]*>{WORDS}</blockquote>", preview)
    submit(client, f"/threads/{thread.id}/replies", form)
    reply = read(client, at(thread))
    assert re.search(
        rf'<blockquote[^>]*>{WORDS}</blockquote>.*?href="#post-2">Leen in post 2</a>', reply, re.DOTALL
    )
    assert "[quote" not in reply


def test_an_own_edit_keeps_the_mark_and_readers_are_told_of_changed_and_gone_words(
    client, thread, said, leen, gent, mo
):
    karim = make_member("Karim", space=gent)
    post = threads.reply(actor(karim), thread.id, body="[quote 2: 12-35]\n\nSo do we.", idempotency_key="a")
    sign_in(client, karim)
    assert "[quote 2: 12-35]" in read(client, f"/posts/{post.id}/revisions/new")
    posts.edit(actor(leen), said.id, body=f"Well. {SAID}", seen_revision=1)
    shown = read(client, at(thread))
    assert "Leen in post 2</a>, changed since" in shown
    posts.edit(actor(leen), said.id, body="First we ring.", seen_revision=2)
    shown = read(client, at(thread))
    assert ("This text can no longer be read." in shown, "three days" in shown) == (True, False)


def test_a_quote_leads_to_the_page_of_its_post(client, thread, said, leen, gent):
    for _turn in range(20):
        make_post(thread, leen)
    threads.reply(actor(leen), thread.id, body="[quote 2: 0-12]\n\nSo do we.", answers=2, idempotency_key="a")
    sign_in(client, leen)
    shown = read(client, at(thread, "?page=2"))
    link = f"/threads/{thread.id}?page=1#post-2"
    assert shown.count(f'href="{link}"') == 2
    assert client.get(link).location == at(thread)


# Who, and what the page of sentences answers.
OUTSIDERS = {
    "visitor": 303,
    "member of another city": 404,
    "guest elsewhere": 404,
    "pending member": 303,
    "suspended member": 303,
    "former member": 404,
}


def outsider(who, gent):
    genk = make_space("Genk", city="genk")
    if who == "visitor":
        return None
    if who == "guest elsewhere":
        return make_member("Hanne", space=genk, role=Role.GUEST)
    person = make_member("Karim", space=genk)
    if who == "pending member":
        person.approved_at = None
    if who == "suspended member":
        join(person, gent)
        person.suspended_at = clock.now()
    if who == "former member":
        left = join(person, gent)
        left.since_at, left.ended_at = clock.now() - timedelta(days=9), clock.now()
    return person


@pytest.mark.parametrize(("who", "status"), OUTSIDERS.items())
def test_who_may_not_read_a_thread_can_neither_answer_nor_quote_in_it(client, gent, leen, who, status):
    thread = make_thread(gent, leen, audience=Audience.SPACE)
    said = make_post(thread, leen, SAID)
    person = outsider(who, gent)
    db.session.commit()
    if person is not None:
        sign_in(client, person)
    page = client.get(f"/posts/{said.id}/quotation")
    assert (page.status_code in {status, 403}, "we ring" in page.text) == (True, False)
    assert "we ring" not in client.get(at(thread, f"?answer=2&quote={SECOND}")).text
    form = {"body": "[quote 2: 0-12]\n\nSo.", "answers": "2", "idempotency_key": "a"}
    assert submit(client, f"/threads/{thread.id}/replies", form).status_code in {status, 403, 302}
    assert "we ring" not in submit(
        client, "/previews", {"body": form["body"], "draft_form": "reply", "draft_subject": thread.id}
    ).get_data(as_text=True)
    assert db.session.scalars(select(PostQuote)).all() == []
    assert db.session.scalar(select(Post.id).where(Post.answers_id.is_not(None))) is None


def test_in_a_closed_thread_and_of_a_hidden_post_nothing_can_be_quoted(client, thread, said, leen, mo, gent):
    sign_in(client, make_member("Karim", space=gent))
    hiding.hide(actor(mo), said.id, reason="Somebody can be recognised")
    assert "we ring" not in read(client, f"/posts/{said.id}/quotation", 404)
    hiding.restore(actor(mo), said.id)
    locking.lock(actor(mo), thread.id)
    read(client, f"/posts/{said.id}/quotation", 403)
    shown = read(client, at(thread, f"?answer=2&quote={SECOND}"))
    assert ('id="answer"' in shown, 'name="body"' in shown, "/quotation" in shown) == (True, False, False)


def test_a_guest_of_the_space_quotes_like_its_members(client, thread, said, gent):
    guest = make_member("Hanne", space=gent, role=Role.GUEST)
    sign_in(client, guest)
    db.session.commit()
    form = {"body": "[quote 2: 12-35]\n\nSo do we.", "answers": "2", "idempotency_key": "a"}
    assert submit(client, f"/threads/{thread.id}/replies", form).status_code == 303
    assert WORDS in read(client, at(thread))


def test_a_page_full_of_quotes_and_answers_costs_ten_queries_at_most(
    client, thread, said, leen, gent, count_queries
):
    people = [make_member(f"P{n}", space=gent) for n in range(4)]
    said_to = threads.reply(
        actor(leen), thread.id, body=f"Dear @{people[0].handle}, well.", idempotency_key="x"
    )
    for turn in range(17):
        body = f"[quote 2: 12-35]\n[quote 3: 0-10]\n\n@{people[1].handle} {turn}"
        threads.reply(
            actor(people[turn % 4]), thread.id, body=body, answers=said_to.number, idempotency_key=str(turn)
        )
    sign_in(client, people[0])
    for _visit in range(2):
        with count_queries() as counted:
            shown = read(client, at(thread, "?answer=2"))
    assert (shown.count("<blockquote"), shown.count('class="reply__to"')) == (34, 17)
    assert counted.count <= 10


def test_selected_words_go_under_a_claim_for_moderators_only(client, thread, said, leen, mo):
    lesson = lessons.draft(actor(mo), thread.id, title="Ring first")
    claim = claims.add(actor(mo), lesson.id, text="Waiting helps.")
    address = f"/posts/{said.id}/evidence?revision=1&start=12&end=35"
    sign_in(client, leen)
    read(client, address, 403)
    assert "To a claim" not in read(client, at(thread))
    sign_in(client, mo)
    assert "To a claim" in read(client, at(thread))
    shown = read(client, address)
    assert (f"<mark>{WORDS}</mark>" in shown, "Waiting helps." in shown) == (True, True)
    names = ("words", "place", "claim_id", "stance")
    form = {name: re.search(rf'name="{name}" value="([^"]*)"', shown)[1] for name in names}
    answer = submit(client, f"/workbench/{lesson.id}/excerpts", form)
    assert (answer.status_code, db.session.scalar(select(Excerpt.words))) == (303, WORDS)
    assert db.session.scalar(select(Excerpt.claim_id)) == claim.id
    read(client, f"/posts/{said.id}/evidence?revision=1&start=12&end=3500", 404)
    read(client, f"/posts/{said.id}/evidence?revision=2&start=12&end=35", 404)
    hiding.hide(actor(mo), said.id, reason="Somebody can be recognised")
    assert WORDS not in read(client, address, 404)


def test_a_thread_without_a_draft_offers_to_begin_one(client, thread, said, mo):
    sign_in(client, mo)
    shown = read(client, f"/posts/{said.id}/evidence?revision=1&start=0&end=12")
    assert f'action="/threads/{thread.id}/lessons"' in shown


def test_single_keys_are_offered_to_members_who_did_not_switch_them_off(client, gent, leen):
    thread = make_thread(gent, leen, audience=Audience.PUBLIC)
    assert "data-keys" not in read(client, at(thread))
    sign_in(client, leen)
    assert "data-keys" in read(client, at(thread))
    profile = {"name": "Leen", "locale": "en", "timezone": "Europe/Brussels", "theme": ""}
    assert 'name="shortcuts"' in read(client, "/settings/profile")
    submit(client, "/settings/profile", profile)
    assert "data-keys" not in read(client, at(thread))
    submit(client, "/settings/profile", profile | {"shortcuts": "y"})
    assert "data-keys" in read(client, at(thread))


def quoting(shown):
    """What stands under the text in the form, of what it quotes."""
    return re.search(r'<div class="quoting"[^>]*>(.*?)</div>', shown, re.S)[1]


def test_who_writes_sees_the_sentence_that_a_line_of_their_text_stands_for(client, thread, said, mo, gent):
    """By the address, after a refusal, in a change of the post, and for a script; gone as soon as it cannot be read."""
    karim = make_member("Karim", space=gent)
    sign_in(client, karim)
    assert not quoting(read(client, at(thread))).strip()
    shown = quoting(read(client, at(thread, f"?quote={SECOND}")))
    for piece in ("Leen in post 2", "[quote 2: 12-35]"):
        assert piece in shown
    words = re.search(r"<blockquote[^>]*>(.*?)</blockquote>", shown)[1]
    body = "[citaat 2: 12-35]\n\nSo do we."
    refused = submit(client, f"/threads/{thread.id}/replies", {"body": "[citaat 2: 12-35]"})
    assert (refused.status_code, words in quoting(refused.text)) == (422, True)
    form = {"body": body, "idempotency_key": str(uuid.uuid4())}
    assert submit(client, f"/threads/{thread.id}/replies", form).status_code == 303
    post = db.session.scalars(db.select(Post).where(Post.author_id == karim.id)).one()
    change = f"/posts/{post.id}/revisions/new"
    assert words in quoting(read(client, change))
    script = f"/threads/{thread.id}/quotes?marks=%5Bquote+2:+12-35%5D"
    assert words in client.get(script).get_json()["html"]
    hiding.hide(actor(mo), said.id, reason="A name.")
    for text in (quoting(read(client, change)), client.get(script).get_json()["html"]):
        assert words not in text
        assert "This text can no longer be read." in text


def test_what_a_text_quotes_is_told_to_nobody_who_does_not_see_the_thread(app, client, said, gent, leen):
    closed = make_thread(gent, leen, audience=Audience.SPACE)
    make_post(closed, leen, SAID)
    db.session.commit()
    sign_in(client, make_member("Outsider"))
    missing = [
        client.get(f"/threads/{number}/quotes?marks=%5Bquote+2:+0-5%5D") for number in (closed.id, 999)
    ]
    assert [answer.status_code for answer in missing] == [404, 404]
    assert app.test_client().get(f"/threads/{closed.id}/quotes").status_code in {302, 303}
