"""Pages to look and decide, opened from an old tab or mail after a colleague decided: who did, and how, on the desk."""

import ast
from pathlib import Path

import pytest

import forum.web
from forum.domain.held_posts import deciding
from forum.domain.moderation import leaving_out_objections, measure_objections, objections, settling
from forum.domain.moderation.settling import Verdict
from forum.domain.threads import nominations
from forum.infra.db import db
from forum.models.post_reports import ReportOutcome
from forum.models.spaces import Role
from forum.web.http.reopened import PAGES
from tests import desk_scenario
from tests.factories import actor, make_member, make_space
from tests.web.test_desk import at, browser, words

pytestmark = pytest.mark.both_databases
# Of each page: the kind of what is decided there, its address, how somebody decides, and what others read of that.
ASKED = {
    "settling.ask": (
        *("reported", "/posts/{id}/settlement"),
        lambda who, item_id: settling.settle(who, item_id, Verdict(ReportOutcome.LEFT)),
        "it stays as it is",
    ),
    "objections.ask": (
        *("objections", "/posts/{id}/objection/decision"),
        lambda who, item_id: objections.keep_hidden(who, item_id, answer="It has a name in it."),
        "it stays hidden",
    ),
    "left_out_objections.ask": (
        *("left_out", "/left-out/{id}/objection/decision"),
        lambda who, item_id: leaving_out_objections.keep(who, item_id, answer="It is a name."),
        "the words stay out",
    ),
    "measures.ask": (
        *("measures", "/moderation/objections/{id}"),
        lambda who, item_id: measure_objections.keep(who, item_id, answer="Still too loud."),
        "it stays",
    ),
    "nominations.ask_closing": (
        *("nominated", "/threads/{id}/nomination/closing"),
        lambda who, item_id: nominations.close(who, item_id, reason="Not now."),
        "closed",
    ),
    "held_posts.show": (
        *("held", "/spaces/{slug}/moderation/held/{id}"),
        lambda who, item_id: deciding.refuse(who, item_id, seen=1, reason="It names somebody."),
        "it does not appear",
    ),
}
# Pages that are there whether anything waits or not: a list, a desk, a thread, words to leave out of any post.
STANDING = {
    *("sealing.ask_deletion", "sealing.ask_words"),
    *("desk.index", "disputes.index", "handovers.index", "held_posts.index", "home.index", "threads.short"),
}


@pytest.fixture
def desk(session):
    """Everything that waits for Sien."""
    return desk_scenario.plant()


@pytest.fixture
def noor(desk):
    """Who moderates with her."""
    found = make_member("Noor", space=desk.space, role=Role.MODERATOR)
    db.session.commit()
    return found


def decided_at():
    """The endpoints that take a decision of the desk: their views stand under `told_on_desk`."""
    found = set()
    for path in Path(forum.web.__file__).parent.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for view in (one for one in tree.body if isinstance(one, ast.FunctionDef)):
            marks = [ast.unparse(mark) for mark in view.decorator_list]
            if "told_on_desk" in marks and any(mark.startswith("bp.") for mark in marks):
                found.add(f"{path.stem}.{view.name}")
    return found


def test_each_page_before_such_a_decision_is_among_them(app):
    asks = {
        rule.rule: rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.methods and "GET" in rule.methods
    }
    takes = decided_at()
    posts = {rule.endpoint: rule.rule for rule in app.url_map.iter_rules() if rule.endpoint in takes}
    assert len(posts) > len(ASKED)
    pages = {asks[rule] if rule in asks else PAGES[name] for name, rule in posts.items()}
    assert pages == set(ASKED) | STANDING


@pytest.mark.parametrize("name", ASKED)
def test_who_looks_too_late_reads_on_the_desk_who_decided(client, desk, noor, name):
    kind, address, decide, what = ASKED[name]
    key = desk.items[kind]
    item_id = int(key.rpartition("-")[2])
    path = address.format(id=item_id, slug=desk.space.slug)
    els = make_member("Els", space=make_space("Ieper"), role=Role.MODERATOR)
    ruth = make_member("Ruth", space=desk.space)
    db.session.commit()
    sien, other, elsewhere, member = (browser(client, who) for who in (desk.sien, noor, els, ruth))
    assert other.get(path).status_code == 200
    kept_out = {who: who.get(path).status_code for who in (elsewhere, member)}
    decide(actor(desk.sien), item_id)
    db.session.commit()
    there = f"/spaces/{desk.space.slug}/moderation"
    for asked, leads in ((path, "/desk"), (f"{path}?then=desk&item={key}&next={there}", there)):
        ahead = other.get(asked, headers={"Sec-Purpose": "prefetch"})
        assert ahead.status_code in (404, 409), "nobody looks yet"
        answer = other.get(asked)
        assert (answer.status_code, answer.location) == (303, leads)
        page = at(other, leads)
        assert words(page.select_one(".job--done")) == f"Sien decided this already: {what}."
        assert at(other, leads).select_one(".job--done") is None, "it is said once"
    away = other.get(f"{path}?then=desk&item={key}&next=https://elsewhere.example/")
    assert away.location == "/desk"
    own = sien.get(path)
    assert own.location == "/desk"
    assert words(at(sien, "/desk").select_one(".job--done")) == f"You decided this already: {what}."
    for who, status in kept_out.items():
        answer = who.get(path)
        assert (answer.status_code, status in (403, 404)) == (status, True)
        assert ("Sien" in answer.text, what in answer.text) == (False, False)


def test_of_what_waits_no_longer_without_a_decision_the_desk_says_just_that(client, desk, noor):
    key = desk.items["reported"]
    sign = browser(client, noor)
    path = f"/posts/{10**6}/settlement"
    assert sign.get(path).status_code == 404
    answer = sign.get(f"{path}?then=desk&item={key}&next=/desk")
    assert answer.location == "/desk"
    assert "This no longer waits." in sign.get("/desk").get_data(as_text=True)
