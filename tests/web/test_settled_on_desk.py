"""What was settled on the desk, said there in one line and undone from there; and the way back to it."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from forum.domain.audit import undoable
from forum.domain.desk import page as desk_page
from forum.domain.desk.page import Wanted
from forum.domain.moderation import pinning, post_reports, retitling, settling
from forum.domain.moderation.post_reports import Said
from forum.domain.moderation.settling import Verdict
from forum.domain.regrouping import splitting
from forum.domain.spaces import measures
from forum.domain.spaces.measures import Decision
from forum.infra import clock
from forum.infra.db import db
from forum.models.desk import DeskNote
from forum.models.measures import MeasureKind
from forum.models.post_reports import ReportOutcome, ReportReason
from forum.models.spaces import Role
from forum.models.threads import Post
from tests import desk_scenario
from tests.factories import actor, make_member, make_post, make_space, make_thread, sign_in, submit
from tests.web.test_desk import at, browser, press, words

pytestmark = pytest.mark.both_databases


@pytest.fixture
def desk(session):
    """Everything that waits for Sien."""
    return desk_scenario.plant()


def test_a_story_needs_no_answer_until_that_is_undone(client, desk):
    sign_in(client, desk.sien)
    key = desk.items["unanswered"]
    page = press(client, at(client, f"/desk?item={key}"), 2)
    assert page.select_one(f"#{key}") is None
    undo = page.select_one("[aria-labelledby=today] form")
    fields = {one["name"]: one.get("value", "") for one in undo.select("input[name]")}
    page = at(client, submit(client, undo["action"], fields).location)
    assert page.select_one("[data-opened]")["id"] == key
    own = make_thread(desk.space, desk.sien, title="My own")
    db.session.commit()
    assert at(client).select_one(f"#unanswered-{own.id}") is None
    assert submit(client, f"/threads/{own.id}/no-answer", {}).status_code == 403
    assert submit(browser(client, desk.lessons.author), f"/threads/{own.id}/no-answer", {}).status_code == 403


def test_a_nomination_that_was_closed_is_open_again_after_undo(client, desk):
    sign_in(client, desk.sien)
    key = desk.items["nominated"]
    page = at(client, f"/desk?item={key}")
    page.select_one("[data-opened] [name=reason]")["value"] = "Not now."
    page = press(client, page, 2)
    assert page.select_one(f"#{key}") is None
    for undo in (page.select_one(".job--done form"), page.select_one("[aria-labelledby=today] form")):
        fields = {one["name"]: one.get("value", "") for one in undo.select("input[name]")}
        again = at(client, submit(client, undo["action"], fields).location)
        assert again.select_one("[data-opened]")["id"] == key
    assert "Sien undid that" in words(again.select_one("[aria-labelledby=today]"))


def test_one_settlement_is_one_line_of_today_in_true_words_and_so_is_its_undo(client, desk):
    sign_in(client, desk.sien)
    key = desk.items["reported"]
    before = len(at(client).select("[aria-labelledby=today] li"))
    for number, said in ((1, "asked the author of post"), (2, "It stays as it is.")):
        page = at(client, f"/desk?item={key}")
        page.select_one("[data-opened] [name=reason]")["value"] = "Leave the street out."
        page = press(client, page, number)
        first, *others = page.select("[aria-labelledby=today] li")
        assert (len(others), said in words(first)) == (before, True)
        undo = first.select_one("form")
        fields = {one["name"]: one.get("value", "") for one in undo.select("input[name]")}
        page = at(client, submit(client, undo["action"], fields).location)
        first, *others = page.select("[aria-labelledby=today] li")
        assert "opened again what was reported" in words(first)
        before = len(others) + 1
    post_id = int(key.rpartition("-")[2])
    settling.settle(actor(desk.sien), post_id, Verdict(ReportOutcome.HIDDEN, "A name."))
    db.session.commit()
    page = at(client)
    first, *others = page.select("[aria-labelledby=today] li")
    assert (len(others), "hid post" in words(first), first.form is not None) == (before, True, True)
    fields = {one["name"]: one.get("value", "") for one in first.select("input[name]")}
    page = at(client, submit(client, first.form["action"], fields).location)
    assert len(page.select("[aria-labelledby=today] li")) == before + 2
    log = words(at(client, f"/spaces/{desk.space.slug}/moderation/log"))
    assert log.count("opened again what was reported") == 3, "in the log of the space each is said"


def test_a_form_that_was_refused_still_leads_back_to_the_desk(client, desk):
    """Without a reason the page of the thing comes back, and once it has one they go on where they were."""
    sign_in(client, desk.sien)
    for kind, act, chosen in (("reported", "settlement", {"outcome": "asked"}), ("held", "refusal", {})):
        page = at(client, f"/desk?item={desk.items[kind]}")
        form = next(one for one in page.select("[data-opened] form") if one.select("[data-act]"))
        sent = {one["name"]: one.get("value", "") for one in form.select("input[name]")} | chosen
        address = next(one for one in [form["action"], *(b.get("formaction") for b in form.select("button"))]
                       if one and one.endswith(act))  # fmt: skip
        refused = submit(client, address, sent)
        assert refused.status_code == 422
        again = next(
            one for one in BeautifulSoup(refused.text, "html.parser").select(f"form[action='{address}']")
        )
        kept = {one["name"]: one.get("value", "") for one in again.select("input[name]")} | chosen
        answer = submit(client, address, kept | {"reason": "Leave the street out."})
        assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/desk"), kind


def test_what_was_done_to_a_thread_is_undone_from_the_desk(client, desk):
    bart = make_member("Bart", space=desk.space)
    thread = make_thread(desk.space, bart, title="Help!!!")
    make_post(thread, bart, "Something else.")
    sien = actor(desk.sien)
    asked = splitting.Asked((2,), "Something else", thread.audience)
    seen = splitting.planned(sien, thread.id, asked).digest
    new = splitting.split(sien, thread.id, asked, seen=seen)
    measures.take(sien, desk.space.id, bart.id, Decision(MeasureKind.HOLD, "Calm down."))
    retitling.retitle(sien, thread.id, title="Who rings back?", reason="Clearer.")
    pinning.pin(sien, thread.id)
    pinning.unpin(sien, thread.id)
    db.session.commit()
    acts = {
        act.kind.value: act.id
        for act in undoable.open_acts(sien)
        if act.thread_id in (thread.id, new.id, None)
    }
    done = {one.line.action: one.act and one.act.id for one in desk_page.of(sien, Wanted()).done}
    by_line = {"retitle": "retitle", "unpin": "pin", "split": "split", "hold_member": "measure"}
    assert {line: done[line] for line in by_line} == {line: acts[kind] for line, kind in by_line.items()}
    assert done["pin"] is None  # its end took its place


def test_cancel_leads_back_to_the_item_on_the_desk_that_one_came_from(client, desk):
    sign_in(client, desk.sien)
    there = f"/spaces/{desk.space.slug}/moderation"
    for kind, act in (("reported", 1), ("nominated", 2), ("held", 2)):
        key = desk.items[kind]
        was = f"{there}?kind={kind}&item={key}"
        button = at(client, was).select_one(f"[data-opened] [data-act='{act}']")
        form = button.find_parent("form")
        sent = {one["name"]: one.get("value", "") for one in form.select("input[name]")}
        sent |= {button["name"]: button["value"]} if button.get("name") else {}
        refused = submit(client, button.get("formaction") or form["action"], sent)
        assert refused.status_code == 422
        page = BeautifulSoup(refused.text, "html.parser")
        cancel = next(one for one in page.select("main a") if words(one) in ("Cancel", "Annuleer"))
        assert cancel["href"] == f"{was}#{key}", kind
        assert at(client, cancel["href"]).select_one("[data-opened]")["id"] == key


def _sent(form):
    return {one["name"]: one.get("value", "") for one in form.select("input[name], textarea[name]")}


def test_words_left_out_from_the_desk_are_undone_there_and_what_was_reported_still_waits(client, desk):
    sign_in(client, desk.sien)
    key = desk.items["reported"]
    post = db.session.get_one(Post, int(key.rpartition("-")[2]))
    there = f"/spaces/{desk.space.slug}/moderation?kind=reported"
    link = at(client, f"{there}&item={key}").select_one("[data-opened] a[data-act='4']")
    page = at(client, link["href"])
    form = page.select_one(f"form[action='/posts/{post.id}/left-out']")
    refused = submit(client, form["action"], _sent(form) | {"words": "", "reason": ""})
    page = BeautifulSoup(refused.text, "html.parser")
    cancel = next(one for one in page.select("main a") if words(one) in ("Cancel", "Annuleer"))
    assert cancel["href"] == f"{there}&item={key}#{key}"
    form = page.select_one(f"form[action='/posts/{post.id}/left-out']")
    answer = submit(client, form["action"], _sent(form) | {"words": "red coat", "reason": "Tells who it is."})
    assert (answer.status_code, answer.location) == (303, f"{there}&item={key}#{key}")
    page = at(client, answer.location)
    opened = page.select_one("[data-opened]")
    assert (opened["id"], "red coat" in opened.text) == (key, False), "it is not settled by that"
    undo = page.select_one(".job--done form")
    again = at(client, submit(client, undo["action"], _sent(undo)).location)
    assert again.select_one("[data-opened]")["id"] == key
    assert "red coat" in again.select_one("[data-opened]").text


def test_what_is_deleted_from_the_desk_is_settled_and_undone_there(client, desk):
    sign_in(client, desk.sien)
    key = desk.items["reported"]
    link = at(client, f"/desk?item={key}").select_one("[data-opened] a[data-act='3']")
    link = next(one for one in at(client, link["href"]).select("main a") if "deletion" in one["href"])
    form = at(client, link["href"]).select_one("main form[action$=deletion]")
    answer = submit(client, form["action"], _sent(form) | {"reason": "A name."})
    assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/desk")
    page = at(client, answer.location)
    assert page.select_one(f"#{key}") is None
    undo = page.select_one(".job--done form")
    again = at(client, submit(client, undo["action"], _sent(undo)).location)
    assert again.select_one("[data-opened]")["id"] == key
    outside = submit(client, form["action"], {"reason": "A name."})
    assert outside.location.startswith("/threads/"), "who came from the thread goes back to it"


def test_who_settles_the_first_goes_on_with_what_is_first_then(client, desk):
    def reported(days_ago):
        with clock.at(clock.now() - timedelta(days=days_ago)):
            post = make_post(desk.lessons.thread, desk.lessons.author, "Another one.")
            post_reports.report(desk.lessons.actor("reader"), post.id, Said(ReportReason.SPAM))
            db.session.commit()
        return f"reported-{post.id}"

    sign_in(client, desk.sien)
    first, second, third = reported(9), reported(8), reported(7)
    page, in_the_middle = at(client), at(client, f"/desk?item={second}")
    urgent = reported(20)
    assert page.select_one("[data-opened]")["id"] == first
    assert press(client, page, 2).select_one("[data-opened]")["id"] == urgent
    assert press(client, in_the_middle, 2).select_one("[data-opened]")["id"] == third, (
        "they passed over the first"
    )


def test_hiding_from_the_desk_leads_back_to_it(client, desk):
    sign_in(client, desk.sien)
    link = at(client, f"/desk?item={desk.items['reported']}").select_one("[data-opened] a[data-act='3']")
    page = at(client, link["href"])
    [form] = [one for one in page.select("main form") if one.select("[name=outcome]")]
    sent = {one["name"]: one.get("value", "") for one in form.select("input[name]")}
    answer = submit(client, form["action"], sent | {"reason": "A name.", "outcome": "hidden"})
    assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/desk")


def test_a_note_that_was_refused_comes_back_on_the_same_desk_with_what_was_typed(client, desk):
    sign_in(client, desk.sien)
    key, too_long = desk.items["theme"], "x" * (DeskNote.WORDS_MAX + 1)
    for place in (f"/spaces/{desk.space.slug}/moderation", "/desk"):
        form = at(client, f"{place}?kind=theme&item={key}").select_one("[data-opened] [data-note] form")
        sent = {one["name"]: one.get("value", "") for one in form.select("input[name]")}
        refused = submit(client, form["action"], sent | {"words": too_long})
        assert refused.status_code == 422
        page = BeautifulSoup(refused.text, "html.parser")
        assert page.select_one("[data-opened] [data-note][open] textarea").get_text().strip() == too_long
        assert [one["id"] for one in page.select("[data-item]")] == [key], "of that kind alone"
        link = page.select_one(".desk__index a")
        assert link["href"] == place
    els = make_member("Els", space=make_space("Ieper"), role=Role.MODERATOR)
    db.session.commit()
    address = f"/desk/items/{key}/notes?slug={desk.space.slug}"
    assert submit(browser(client, els), address, {"words": too_long}).status_code == 403


def test_of_what_was_done_before_the_latest_three_steps_stand_open(client, desk):
    sien = actor(desk.sien)
    key = desk.items["unanswered"]
    thread_id = int(key.rpartition("-")[2])
    for _each in range(3):
        pinning.pin(sien, thread_id)
        pinning.unpin(sien, thread_id)
    db.session.commit()
    sign_in(client, desk.sien)
    opened = at(client, f"/desk?item={key}").select_one("[data-opened]")
    folded = opened.select_one("details.desk__earlier")
    assert words(folded.summary) == "Earlier steps (3)"
    assert not folded.has_attr("open")
    shown = [one for one in opened.select(".desk__said li") if one.find_parent("details") is None]
    assert (len(folded.select("li")), len(shown)) == (3, 3)
    short = at(client, f"/desk?item={desk.items['objections']}").select_one("[data-opened]")
    assert short.select("details.desk__earlier") == []


def test_a_post_that_several_people_reported_says_how_often_and_never_that_it_was_one(client, desk):
    sign_in(client, desk.sien)
    key = desk.items["reported"]
    said = "Somebody reported this post"
    assert said in words(at(client, f"/desk?item={key}").select_one("[data-opened]"))
    for name in ("Rik", "Rosa"):
        who = actor(make_member(name, space=desk.space))
        post_reports.report(who, int(key.rpartition("-")[2]), Said(ReportReason.SPAM))
    db.session.commit()
    opened = words(at(client, f"/desk?item={key}").select_one("[data-opened]"))
    assert ("This post was reported 3 times." in opened, said in opened) == (True, False)
    row = words(at(client, f"/desk?item={desk.items['theme']}").select_one(f"#{key}"))
    assert ("This post was reported" in row, "Rosa" in row) == (True, False)
