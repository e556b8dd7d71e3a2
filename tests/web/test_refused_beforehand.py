"""What an act would be refused for now stands on the page before it, without its button, as the act itself says it."""

import uuid
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from forum.domain.held_posts import choosing, sending
from forum.domain.held_posts.choosing import Choice
from forum.domain.house_rules import publishing
from forum.domain.house_rules.publishing import Text
from forum.domain.lessons import lessons
from forum.domain.moderation import hiding, post_reports
from forum.domain.moderation.post_reports import Said
from forum.domain.regrouping import agreements, answering, regroupings
from forum.infra import clock, days
from forum.infra.db import db
from forum.models.post_reports import ReportReason
from forum.models.regrouping import Agreement
from forum.models.spaces import Audience, Role
from forum.models.threads import Post
from tests.factories import actor, join, make_member, make_post, make_space, make_thread, sign_in, submit
from tests.sweeps import few_of

ALL = {"split": {"numbers": "2", "title": "Apart", "audience": "space"}, "merge": {"into": "{other}"}}
# Who does it, the page that shows what it would do, the address of the press, and what goes with that.
ACTS = {
    "move": ("moderator", "/threads/{other}/move?to=genk&audience=space", "/threads/{other}/move",
             {"space": "genk", "audience": "space", "reason": "There."}),
    "ask to move": ("moderator", "/threads/{thread}/move?to=genk&audience=network", "/threads/{thread}/agreements",
                    {"space": "genk", "audience": "network"}),
    "move one's own": ("leen", "/threads/{own}/space?to=genk", "/threads/{own}/space",
                       {"space": "genk", "audience": "space"}),
    "narrow": ("moderator", "/threads/{other}/audience?audience=space", "/threads/{other}/audience",
               {"audience": "space", "reason": "Of Jan."}),
    "ask to widen": ("moderator", "/threads/{thread}/audience?audience=network", "/threads/{thread}/agreements",
                     {"audience": "network"}),
    "widen": ("moderator", "/threads/{agreed}/audience?audience=network", "/threads/{agreed}/audience",
              {"audience": "network"}),
    "widen one's own": ("leen", "/threads/{own}/audience?audience=network", "/threads/{own}/audience",
                        {"audience": "network"}),
    "split": ("moderator", None, "/threads/{thread}/split", ALL["split"]),
    "merge": ("moderator", None, "/threads/{thread}/merge", ALL["merge"]),
    "archive": ("moderator", "/threads/{thread}/archive", "/threads/{thread}/archive", {"reason": ""}),
}  # fmt: skip
STAYS = "This thread stays in this space for now"
MADE_INTO = f"{STAYS}: a lesson rests on it or is made from it"
KEEPS = "This thread keeps its readers for now"
REPLY = "A reply waits here for a moderator."
HIDDEN = "The opening post is hidden"
OWN = "You do not move your own posts"
# What an act is refused for, by what is so; where it has no row, it is done.
REFUSED = {
    "a reply waits": {"move": STAYS, "ask to move": STAYS, "move one's own": STAYS, "ask to widen": REPLY,
                      "widen": REPLY, "widen one's own": KEEPS},
    "a post is reported": {"move": STAYS, "ask to move": STAYS, "move one's own": STAYS, "widen one's own": KEEPS},
    "a lesson is made": {"move": MADE_INTO, "ask to move": MADE_INTO, "move one's own": MADE_INTO},
    "a reply is hidden": {"move": STAYS, "ask to move": STAYS, "move one's own": STAYS,
                          "split": "A thread begins with a post that can be read"},
    "the rules there are not accepted": dict.fromkeys(("move", "ask to move", "move one's own"), "house rules of"),
    "posts wait there": {**dict.fromkeys(("move", "ask to move"), "looks first at what people write"),
                         "move one's own": "looks first at what you write"},
    "the other one is closed": {"merge": "That thread is closed"},
    "the moderator wrote there": {"merge": OWN, "split": OWN},
    "it is archived": {**dict.fromkeys(("move", "ask to move", "ask to widen", "widen", "split", "merge"),
                                       "This thread is in the archive"),
                       "move one's own": "archive", "widen one's own": "archive",
                       "archive": "in the archive already"},
    "the opening post is hidden": {**dict.fromkeys(("move", "ask to move", "ask to widen", "split", "merge",
                                                    "archive"), HIDDEN),
                                   "widen": HIDDEN, "move one's own": "hidden"},
}  # fmt: skip


@pytest.fixture
def world(gent, leen, moderator):
    genk = make_space("Genk", city="genk")
    genk.slug = "genk"
    for who in (moderator, leen):
        join(who, genk)
    make_member("Mia", space=genk)
    karim = make_member("Karim", space=gent)
    thread, agreed, other, own = (
        make_thread(gent, leen, title=title, audience=Audience(audience))
        for title, audience in (
            ("Who?", "space"),
            ("Agreed", "space"),
            ("Other", "network"),
            ("Own", "space"),
        )
    )
    for one in (thread, agreed):
        make_post(one, karim, "What Karim says.")
    round_ = agreements.ask(
        actor(moderator), regroupings.readers(agreed, Audience.NETWORK), [leen.id, karim.id]
    )
    for who in (leen, karim):
        row = db.session.scalar(select(Agreement.id).where(Agreement.author_id == who.id))
        assert round_.id
        answering.answer(actor(who), row, agreed=True, seen=answering.digest_of(actor(who), row))
    db.session.commit()
    return {
        "thread": thread,
        "agreed": agreed,
        "other": other,
        "own": own,
        "karim": karim,
        "genk": genk,
        "gent": gent,
        "leen": leen,
    }


def about(name):
    """The thread that an act is about."""
    address = ACTS[name][2]
    return next(key for key in ("thread", "agreed", "other", "own") if f"{{{key}}}" in address)


def make_so(state, world, thread, moderator):
    """Let something be so of a thread, or of the place where it would go."""
    gent_id, karim, genk = thread.space_id, world["karim"], world["genk"]
    posts = db.session.scalars(select(Post).where(Post.thread_id == thread.id).order_by(Post.number)).all()
    tomorrow = Choice(everybody_until=days.today() + timedelta(days=1))
    if state == "a reply waits":
        choosing.choose(actor(moderator), gent_id, tomorrow)
        sending.reply(actor(karim), thread.id, body="For us alone.", idempotency_key=str(uuid.uuid4()))
    elif state == "a post is reported":
        post_reports.report(actor(karim), posts[0].id, Said(ReportReason.IDENTIFIES, "I know him."))
    elif state == "a lesson is made":
        lessons.draft(actor(moderator), thread.id, title="Take turns")
    elif state == "a reply is hidden":
        reply = posts[1] if len(posts) > 1 else make_post(thread, world["leen"], "More.")
        hiding.hide(actor(moderator), reply.id, reason="Names him.")
    elif state == "the opening post is hidden":
        hiding.hide(actor(moderator), posts[0].id, reason="Names him.")
    elif state == "it is archived":
        thread.archived_at = clock.now()
    elif state == "the other one is closed":
        world["other"].locked_at = clock.now()
    elif state == "the moderator wrote there":
        posts[-1].author_id = moderator.id if len(posts) > 1 else posts[-1].author_id
    else:
        chief = make_member("Chief", space=genk, role=Role.MODERATOR)
        if state == "posts wait there":
            choosing.choose(actor(chief), genk.id, tomorrow)
        else:
            publishing.publish(actor(chief), genk.id, Text("## Eerst\n\nWees lief.\n"), seen=0)
    db.session.commit()


def words(answer):
    text = BeautifulSoup(answer.get_data(as_text=True), "html.parser").get_text(" ")
    return " ".join(text.split())


def look(client, name, world):
    """The page before an act, and whether it has its press: what was seen, or where it asks the authors."""
    _who, page, press, form = ACTS[name]
    if page:
        answer = client.get(page.format(**world))
    else:
        answer = submit(
            client, press.format(**world), {key: value.format(**world) for key, value in form.items()}
        )
    page = BeautifulSoup(answer.get_data(as_text=True), "html.parser")
    seen = page.select_one("form[method=post] input[name=seen][value]")
    asks = page.select_one(f'form[action="{press.format(**world)}"] input[name=audience]')
    has_press = asks if "ask" in name else seen if seen and seen["value"] else None
    return answer, has_press


CELLS = [(name, state) for name in ACTS for state in (None, *REFUSED)]
REFUSALS = [(name, state) for name, state in CELLS if state and name in REFUSED[state]]


def test_every_refusal_is_of_an_act():
    assert {name for rows in REFUSED.values() for name in rows} <= set(ACTS)


@pytest.mark.parametrize(("name", "state"), few_of(CELLS, *REFUSALS, ("narrow", "a reply waits")))
def test_the_page_before_an_act_says_what_the_act_would_say(client, leen, moderator, world, name, state):
    who, _page, press, form = ACTS[name]
    ids = {key: world[key].id for key in ("thread", "agreed", "other", "own")}
    sign_in(client, {"leen": leen, "moderator": moderator}[who])
    _answer, before = look(client, name, ids)
    assert before is not None, "where nothing is refused there is something to press"
    if state:
        make_so(state, world, world[about(name)], moderator)
    refused = REFUSED.get(state, {}).get(name)
    answer, now = look(client, name, ids)
    assert (now is None) == bool(refused), words(answer)
    filled = {key: value.format(**ids) for key, value in form.items()}
    done = submit(client, press.format(**ids), {**filled, "seen": (now or before).get("value", "")})
    if refused:
        assert refused in words(answer)
        assert (done.status_code in (403, 404, 409, 422), refused in words(done)) == (True, True)
        assert "Something changed since" not in words(done)
    else:
        assert done.status_code == 303, words(done)


def test_the_page_says_which_it_is_and_leads_to_the_desk_for_who_may_see_that(client, leen, moderator, world):
    thread = world["thread"]
    make_so("a reply waits", world, thread, moderator)
    make_so("a lesson is made", world, thread, moderator)
    make_so("a post is reported", world, world["own"], moderator)
    sign_in(client, moderator)
    for page in ("move", "move?to=genk", "audience?audience=network"):
        answer = client.get(f"/threads/{thread.id}/{page}")
        assert answer.status_code == 200
        assert f"/spaces/{world['gent'].slug}/moderation" in answer.get_data(as_text=True)
        for said in ("1 reply that waits for a moderator", "Take turns", "This cannot be done now."):
            assert said in words(answer)
        assert "Something changed meanwhile" not in words(answer)
    # To its author nothing tells a report from what else there may be.
    sign_in(client, leen)
    for page in ("space", "audience?audience=network"):
        answer = client.get(f"/threads/{world['own'].id}/{page}")
        assert (answer.status_code, "This cannot be done now." in words(answer)) == (200, True)
        assert "reported" not in words(answer)
        assert "/moderation" not in answer.get_data(as_text=True)
    # Nor to a moderator that what they wrote is.
    mine = make_thread(world["gent"], moderator, audience=Audience.SPACE)
    db.session.commit()
    make_so("a post is reported", world, mine, moderator)
    sign_in(client, moderator)
    assert "reported post" not in words(client.get(f"/threads/{mine.id}/move?to=genk"))


def test_who_wrote_in_a_thread_is_told_before_they_choose_into_which_it_goes(client, moderator, world):
    make_so("the moderator wrote there", world, world["thread"], moderator)
    sign_in(client, moderator)
    for act in ("merge", "split"):
        answer = client.get(f"/threads/{world['thread'].id}/{act}")
        assert (answer.status_code, OWN in words(answer), "See what changes" in words(answer)) == (
            200,
            True,
            False,
        )
