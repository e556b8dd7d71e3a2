"""Drafts as pages and for scripts: kept, offered, filled in, thrown away, put back; and shown to nobody else."""

import io
import re
import uuid

import pytest
from sqlalchemy import func, select

from forum.domain import draft_places
from forum.domain.cahiers import draft_places as cahier_places
from forum.domain.draft_places import FORMS
from forum.domain.drafts import drafts
from forum.domain.held_posts import draft_places as held_places
from forum.domain.house_rules import draft_places as rules_places
from forum.domain.lessons import dispute_places, report_places, signal_places
from forum.domain.moderation import draft_places as objection_places
from forum.domain.threads import posts
from forum.domain.threads.numbering import PAGE_SIZE
from forum.infra import clock, rates
from forum.infra.db import db
from forum.models.drafts import Draft
from forum.models.spaces import Audience, Membership
from forum.models.threads import ReadAhead
from forum.web import draft_endpoints
from forum.web.forms.ageing import SignalForm
from forum.web.forms.cahiers import CahierForm
from forum.web.forms.disputes import EvidenceForm
from forum.web.forms.disputes import ReplyForm as ReplyToEvidenceForm
from forum.web.forms.held import WaitingPostForm
from forum.web.forms.house_rules import RulesForm
from forum.web.forms.lesson_text import TextForm
from forum.web.forms.measures import MeasureObjectionForm
from forum.web.forms.notes import NoteForm
from forum.web.forms.post_reports import PostObjectionForm
from forum.web.forms.posts import PostForm
from forum.web.forms.reports import NewReportForm, ReportForm
from forum.web.forms.reviewing import CommentForm, ReturnForm
from forum.web.forms.sealing import LeftOutObjectionForm
from forum.web.forms.summaries import SummaryForm
from forum.web.forms.threads import ReplyForm, ThreadForm
from forum.web.forms.workbench import ClaimForm
from tests.factories import STORY, actor, make_member, make_post, make_thread, sign_in, submit

JSON = {"Accept": "application/json"}
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


def words(answer):
    return answer.get_data(as_text=True)


def form_of(page, name):
    """The hidden fields of the form that keeps drafts under this name."""
    form = page.split(f'data-draft="{name}"', 1)[1].split("</form>", 1)[0]
    return dict(HIDDEN.findall(form))


def keep(client, form, subject, key, revision=0, **fields):
    """Keep words as a script does."""
    slot = {"draft_form": form, "draft_subject": subject, "draft_revision": revision, "idempotency_key": key}
    return submit(client, "/drafts", slot | fields, headers=JSON)


def key():
    return str(uuid.uuid4())


@pytest.fixture
def thread(gent, leen):
    return make_thread(gent, leen)


def at(thread):
    return f"/threads/{thread.id}-{thread.slug}"


@pytest.mark.both_databases
def test_a_reply_is_kept_stands_in_the_field_again_and_is_gone_when_it_is_posted(client, thread, leen):
    sign_in(client, leen)
    fresh = form_of(words(client.get(at(thread))), f"reply:{thread.id}")
    kept = keep(client, "reply", thread.id, fresh["idempotency_key"], body="Half a thought", kind="question")
    said = kept.get_json()
    assert (kept.status_code, said["revision"], said["other"]) == (200, 1, False)
    assert said["message"].startswith("Draft kept at ")
    assert said["address"] == f"{at(thread)}?draft={said['id']}#answer"

    for address, takes_focus in ((at(thread), False), (f"{at(thread)}?draft={said['id']}", True)):
        opened = words(client.get(address))
        assert ">\r\nHalf a thought</textarea>" in opened
        again = form_of(opened, f"reply:{thread.id}")
        assert (again["idempotency_key"], again["draft_revision"]) == (fresh["idempotency_key"], "1")
        assert "This is your draft, kept today at" in opened
        assert ("data-focus" in opened) == takes_focus, "who comes to read is not led to the form"

    sent = submit(client, f"/threads/{thread.id}/replies", again | {"body": "A whole thought"})
    assert sent.status_code == 303
    late = keep(client, "reply", thread.id, fresh["idempotency_key"], 1, body="Half a thought and")
    assert (late.status_code, late.get_json()) == (409, {"sent": True})
    after = words(client.get(f"{at(thread)}?draft={said['id']}"))
    assert "Half a thought" not in after
    assert form_of(after, f"reply:{thread.id}")["idempotency_key"] != fresh["idempotency_key"]
    assert db.session.scalars(select(Draft.fields)).all() == [{}]


def test_throwing_another_draft_away_and_putting_it_back_keeps_the_form_that_is_open(client, thread, leen):
    sign_in(client, leen)
    other = keep(client, "reply", thread.id, key(), body="The other one").get_json()
    mine = keep(client, "reply", thread.id, key(), body="What I type").get_json()
    page = words(client.get(mine["address"]))
    other_form = page.split(f'action="/drafts/{other["id"]}"', 1)[1]
    stay = re.search(r'name="stay"[^>]* value="(\d+)"', other_form)[1]
    gone = submit(client, f"/drafts/{other['id']}", {"_method": "DELETE", "stay": stay})
    assert gone.location == f"{at(thread)}?draft={mine['id']}&thrown={other['id']}#thrown"
    page = words(client.get(gone.location))
    assert "What I type</textarea>" in page
    notice = re.search(r'<div class="notice"[^>]*id="thrown"[^>]*>', page)[0]
    assert "data-focus" in notice
    assert 'role="status"' in notice
    back = submit(client, f"/drafts/{other['id']}/restoration", {"stay": stay})
    assert back.location == f"{at(thread)}?draft={mine['id']}#answer"

    # a draft that was begun on the page since it was drawn stands in its address only
    begun = {"Referer": f"http://localhost{mine['address'].partition('#')[0]}"}
    gone = submit(client, f"/drafts/{other['id']}", {"_method": "DELETE", "stay": "0"}, headers=begun)
    assert f"draft={mine['id']}&" in gone.location
    back = submit(client, f"/drafts/{other['id']}/restoration", {"stay": "0"})
    assert back.location == f"{at(thread)}?draft={other['id']}#answer"
    assert "This is your draft, kept today at" in words(client.get(back.location))


@pytest.mark.parametrize("is_kept", [True, False])
def test_leaving_a_post_as_it_was_throws_the_draft_away_and_can_be_undone(client, thread, leen, is_kept):
    sign_in(client, leen)
    post = make_post(thread, leen, "As it was.")
    db.session.commit()
    path = f"/posts/{post.id}/revisions"
    form = form_of(words(client.get(f"{path}/new")), f"edit:{post.id}") | {
        "body": "Better so.",
        "seen_revision": 1,
    }
    if is_kept:
        keep(client, "edit", post.id, form["idempotency_key"], body="Better so.", seen_revision=1)
    left = submit(client, path, form | {"leave": "1"})
    assert re.fullmatch(rf"{at(thread)}\?thrown=\d+#thrown", left.location)
    page = words(client.get(left.location))
    assert "As it was." in page
    assert "Better so." not in page
    assert "No drafts." in words(client.get("/drafts"))
    back = re.search(r'action="(/drafts/\d+/restoration)"', page)[1]
    opened = submit(client, back, {"stay": "0"})
    assert "Better so.</textarea>" in words(client.get(opened.location))
    unchanged = submit(client, path, form | {"leave": "1", "idempotency_key": key(), "body": "As it was."})
    assert "thrown" not in unchanged.location


def test_a_thread_has_one_unsent_answer_however_often_it_is_opened(client, thread, leen, moderator):
    """Also to answer one of its posts, and to quote; the reader who only opens it marks nothing as unread."""
    make_post(thread, moderator, "The second post.")
    make_post(thread, moderator, "The third post.")
    db.session.commit()
    sign_in(client, leen)
    fresh = form_of(words(client.get(at(thread))), f"reply:{thread.id}")
    keep(client, "reply", thread.id, fresh["idempotency_key"], body="Half a thought", answers="2")
    quoted = "[quote 3: 0-3]"
    for query, answers, body in (
        ("", "2", "Half a thought"),
        ("?answer=3", "3", "Half a thought"),
        ("?answer=0", "", "Half a thought"),
        ("?quote=3.1:0-3", "2", f"Half a thought\n\n{quoted}\n\n"),
    ):
        page = words(client.get(at(thread) + query))
        form = form_of(page, f"reply:{thread.id}")
        assert (form["idempotency_key"], form["answers"]) == (fresh["idempotency_key"], answers), query
        assert f">\r\n{body}</textarea>" in page.replace("\r\n\r\n", "\n\n"), query
    # Saved with the passage in it, and the page loaded again: it stands there once.
    keep(client, "reply", thread.id, fresh["idempotency_key"], 1, body=f"Half a thought\n\n{quoted}\n\n")
    field = words(client.get(at(thread) + "?quote=3.1:0-3")).partition("</textarea>")[0]
    assert field.count(quoted) == 1
    assert len(db.session.scalars(select(Draft)).all()) == 1
    clear = re.search(r'<a href="([^"]+)" data-clear>', words(client.get(at(thread) + "?answer=3")))[1]
    assert form_of(words(client.get(clear)), f"reply:{thread.id}")["answers"] == ""


def test_an_answer_that_stands_in_the_field_can_be_thrown_away_there_and_put_back(client, thread, leen):
    sign_in(client, leen)
    kept = keep(client, "reply", thread.id, key(), body="Half a thought").get_json()
    thrown = re.search(rf'action="(/drafts/{kept["id"]})"[^>]* data-throws', words(client.get(at(thread))))[1]
    gone = submit(client, thrown, {"_method": "DELETE", "stay": "0"})
    page = words(client.get(gone.location))
    assert "Thrown away." in page
    assert "Half a thought" not in page
    back = submit(client, f"/drafts/{kept['id']}/restoration", {"stay": "0"})
    assert "Half a thought</textarea>" in words(client.get(back.location))


def test_of_two_answers_begun_in_two_tabs_the_newer_stands_in_the_field_beside_the_offer(
    client, thread, leen
):
    sign_in(client, leen)
    keep(client, "reply", thread.id, key(), body="From the first tab")
    newer = key()
    keep(client, "reply", thread.id, newer, body="From the second tab")
    page = words(client.get(at(thread)))
    assert "From the second tab</textarea>" in page
    assert form_of(page, f"reply:{thread.id}")["idempotency_key"] == newer
    assert '<q dir="auto">From the first tab</q>' in page


def test_f4_half_an_answer_stays_when_a_short_one_is_sent_from_another_tab(client, thread, leen):
    sign_in(client, leen)
    one, two = (form_of(words(client.get(at(thread))), f"reply:{thread.id}") for _tab in range(2))
    assert one["idempotency_key"] != two["idempotency_key"]
    half = keep(client, "reply", thread.id, one["idempotency_key"], body="Half an answer").get_json()
    assert submit(client, f"/threads/{thread.id}/replies", two | {"body": "Short."}).status_code == 303
    assert "Half an answer" in words(client.get(half["address"]))


def test_what_another_device_kept_stays_when_an_older_state_of_it_is_posted(client, thread, leen):
    sign_in(client, leen)
    form = form_of(words(client.get(at(thread))), f"reply:{thread.id}")
    kept = keep(client, "reply", thread.id, form["idempotency_key"], body="At the desk").get_json()
    desk = form_of(words(client.get(kept["address"])), f"reply:{thread.id}")
    keep(client, "reply", thread.id, form["idempotency_key"], 1, body="Anew on the train")
    sent = submit(client, f"/threads/{thread.id}/replies", desk | {"body": "At the desk"})
    after = words(client.get(sent.location))
    assert "What you typed elsewhere for this form, and did not send, is kept in your drafts." in after
    assert "Anew on the train</textarea>" in after


def test_f5_after_posting_the_field_is_empty_by_every_way_back(client, thread, leen):
    sign_in(client, leen)
    form = form_of(words(client.get(at(thread))), f"reply:{thread.id}")
    kept = keep(client, "reply", thread.id, form["idempotency_key"], body="Ja, graag!").get_json()
    submit(client, f"/threads/{thread.id}/replies", form | {"body": "Ja, graag!"})
    for path in (at(thread), kept["address"]):
        field = re.search(r'<textarea[^>]*name="body"[^>]*>(.*?)</textarea>', words(client.get(path)), re.S)
        assert field[1].strip() == ""


def test_without_a_script_a_button_keeps_it_and_the_list_leads_back(client, gent, leen):
    sign_in(client, leen)
    path = f"/spaces/{gent.slug}/threads/new"
    page = words(client.get(path))
    assert 'formaction="/drafts" formnovalidate data-keep' in " ".join(page.split())
    form = form_of(page, f"story:{gent.id}")
    sent = submit(client, "/drafts", form | STORY | {"title": "Who rings <b>back</b>?", "audience": "space"})
    assert (sent.status_code, sent.location) == (303, "/drafts")
    shown = words(client.get("/drafts"))
    assert "Your draft is kept." in shown
    for piece in (
        "Story in Gent",
        "Who rings &lt;b&gt;back&lt;/b&gt;?",
        "We tried it for **three** months.",
        "Draft kept today",
    ):
        assert piece in shown
    opened = words(client.get(re.search(rf'href="({path}[^"]*)"', shown)[1].replace("&amp;", "&")))
    for piece in (
        'value="Who rings &lt;b&gt;back&lt;/b&gt;?"',
        'value="onthaal, Huisbezoek"',
        'checked id="axis-5" name="axis" required type="radio" value="solidaire-stadspolis"',
        'checked data-readers="only people who belong there: 1 member" id="audience-0"',
    ):
        assert piece in " ".join(opened.split()), piece
    assert "1 draft" in words(client.get("/"))
    again = form_of(opened, f"story:{gent.id}") | STORY
    assert submit(client, f"/spaces/{gent.slug}/threads", again).status_code == 303
    assert "No drafts." in words(client.get("/drafts"))
    nothing = submit(client, "/drafts", form | {"title": " ", "body": "", "idempotency_key": key()})
    assert nothing.location == "/drafts"
    assert "Nothing was typed" in words(client.get("/drafts"))


def test_a_refused_form_keeps_its_key_and_with_it_its_draft(client, gent, leen):
    sign_in(client, leen)
    form = form_of(words(client.get(f"/spaces/{gent.slug}/threads/new")), f"story:{gent.id}")
    keep(client, "story", gent.id, form["idempotency_key"], title="Ours", body="It began")
    form["draft_revision"] = "1"
    for more in ({"title": ""}, {"preview": "1"}):
        again = form_of(
            words(submit(client, f"/spaces/{gent.slug}/threads", form | STORY | more)), f"story:{gent.id}"
        )
        assert (again["idempotency_key"], again["draft_revision"]) == (form["idempotency_key"], "1")


@pytest.mark.both_databases
def test_throwing_away_asks_nothing_and_can_be_undone(client, gent, thread, leen):
    sign_in(client, leen)
    kept = keep(client, "reply", thread.id, key(), body="Half a thought").get_json()
    thrown = submit(client, f"/drafts/{kept['id']}", {"_method": "DELETE"})
    assert thrown.location == f"/drafts?thrown={kept['id']}"
    shown = words(client.get(thrown.location))
    assert "Thrown away: “Half a thought”" in shown
    assert "No drafts." in shown
    assert submit(client, f"/drafts/{kept['id']}/restoration").status_code == 303
    assert "Half a thought" in words(client.get("/drafts"))
    there = submit(client, f"/drafts/{kept['id']}", {"_method": "DELETE", "stay": "0"})
    assert there.location == f"{at(thread)}?thrown={kept['id']}#thrown"
    assert f'action="/drafts/{kept["id"]}/restoration"' in words(client.get(there.location))
    assert submit(client, f"/drafts/{kept['id']}").status_code == 404
    other = make_thread(gent, leen, title="Another")
    for path in (f"{at(thread)}?thrown={kept['id'] + 1}", f"{at(other)}?thrown={kept['id']}"):
        assert "/restoration" not in words(client.get(path))
    for number in (10**20, -1, 0, "x"):
        for path in (at(thread), "/drafts"):
            assert client.get(f"{path}?draft={number}&thrown={number}").status_code == 200


def test_the_other_copy_is_told_and_brought_back(client, thread, leen):
    sign_in(client, leen)
    sending = key()
    keep(client, "reply", thread.id, sending, body="On the phone")
    kept = keep(client, "reply", thread.id, sending, body="On the desk").get_json()
    assert kept["other"] is True
    opened = words(client.get(kept["address"]))
    assert "There is another copy of this draft" in opened
    assert '<q dir="auto">On the phone</q>' in opened
    back = submit(client, f"/drafts/{kept['id']}/exchange")
    opened = words(client.get(client.get(back.location).location))
    assert "On the phone</textarea>" in opened


def test_a_draft_of_a_closed_thread_shows_the_words_to_copy(client, thread, leen):
    sign_in(client, leen)
    kept = keep(client, "reply", thread.id, key(), body="Half a thought", kind="question").get_json()
    post = make_post(thread, leen)
    edit = keep(client, "edit", post.id, key(), body="Better so").get_json()
    thread.locked_at = clock.now()
    db.session.commit()
    still = keep(client, "reply", thread.id, key(), body="Typed while it was closed")
    assert still.status_code == 200
    assert still.get_json()["message"] == (
        "A moderator has closed this thread. What you type is kept as a draft."
    )
    listed = words(client.get("/drafts"))
    assert "A moderator has closed this thread." in listed
    assert f'href="/drafts/{kept["id"]}"' in listed
    assert f'href="/drafts/{kept["id"]}"' in words(client.get(kept["address"]))
    for draft, typed in ((kept, "Half a thought"), (edit, "Better so")):
        shown = words(client.get(f"/drafts/{draft['id']}"))
        assert typed in shown
        assert "readonly" in shown
    assert client.get(edit["address"]).location == f"/drafts/{edit['id']}"
    assert client.get(f"/posts/{post.id}/revisions/new").status_code == 403


def test_f3_a_change_of_a_post_stands_there_again_and_shows_both_texts_when_it_changed_meanwhile(
    client, thread, leen
):
    sign_in(client, leen)
    post = make_post(thread, leen, "As it was.")
    db.session.commit()
    path = f"/posts/{post.id}/revisions/new"
    form = form_of(words(client.get(path)), f"edit:{post.id}")
    kept = keep(
        client, "edit", post.id, form["idempotency_key"], body="As I want it.", seen_revision=1
    ).get_json()
    for address in (path, kept["address"]):
        opened = words(client.get(address))
        assert "As I want it.</textarea>" in opened
        assert "The text as it is now" not in opened
    posts.edit(actor(leen), post.id, body="As the phone has it.", seen_revision=1)
    db.session.commit()
    listed = words(client.get("/drafts"))
    assert "The text was changed after you wrote this" in listed
    assert ">Compare</a>" in listed
    opened = words(client.get(kept["address"]))
    assert "As I want it.</textarea>" in opened
    assert "As the phone has it.</textarea>" in opened
    assert re.search(r'name="seen_revision"[^>]* value="2"', opened)
    both = form_of(opened, f"edit:{post.id}") | {"body": "Both.", "seen_revision": 2}
    assert submit(client, f"/posts/{post.id}/revisions", both).status_code == 303
    assert "No drafts." in words(client.get("/drafts"))


def test_a_place_that_is_closed_to_its_owner_is_one_row_that_tells_nothing(client, gent, leen):
    thread = make_thread(gent, leen, title="Zwarttitel", audience=Audience.SPACE)
    sign_in(client, leen)
    sending = key()
    kept = keep(client, "reply", thread.id, sending, body="Zwartwoord").get_json()
    membership = db.session.scalars(select(Membership).where(Membership.member_id == leen.id)).one()
    membership.ended_at = clock.now()
    db.session.commit()
    shown = words(client.get("/drafts"))
    assert shown.count('<li class="draft"') == 1
    assert "A draft for a place that you may not enter at the moment" in shown
    refused = keep(client, "reply", thread.id, sending, 1, body="Zwartwoord, and more")
    assert refused.status_code == 404
    answers = [shown, words(refused)]
    paths = (kept["address"], f"/drafts/{kept['id']}", f"/drafts?thrown={kept['id']}", "/")
    answers += [words(client.get(path)) for path in paths]
    answers += [words(submit(client, f"/drafts/{kept['id']}/exchange"))]
    for answer in answers:
        assert "Zwart" not in answer.replace("Zwartwoord, and more", "")
    thrown = submit(client, f"/drafts/{kept['id']}", {"_method": "DELETE", "stay": "1"})
    assert "Zwart" not in words(client.get(thrown.location))
    assert "Thrown away." in words(client.get(thrown.location))


@pytest.mark.parametrize("beside", [{}, {"stay": ""}, {"stay": "0"}, {"stay": "7"}])
def test_what_is_put_back_is_back_also_where_its_owner_may_not_enter_any_more(client, gent, leen, beside):
    thread = make_thread(gent, leen, title="Zwarttitel", audience=Audience.SPACE)
    sign_in(client, leen)
    kept = keep(client, "reply", thread.id, key(), body="Zwartwoord").get_json()
    submit(client, f"/drafts/{kept['id']}", {"_method": "DELETE"})
    membership = db.session.scalars(select(Membership).where(Membership.member_id == leen.id)).one()
    membership.ended_at = clock.now()
    db.session.commit()
    for _again in range(2):
        back = submit(client, f"/drafts/{kept['id']}/restoration", beside)
        assert (back.status_code, back.location) == (303, f"/drafts#draft-{kept['id']}")
        assert db.session.scalars(select(Draft.discarded_at)).one() is None
    shown = words(client.get("/drafts"))
    assert f'id="draft-{kept["id"]}"' in shown
    assert "A draft for a place that you may not enter at the moment" in shown
    assert "Your draft is back." in shown
    assert "Zwart" not in shown
    membership.ended_at = None
    db.session.commit()
    assert "Zwartwoord</textarea>" in words(client.get(kept["address"]))


@pytest.mark.parametrize("beside", [{}, {"stay": "0"}])
def test_nobody_puts_the_draft_of_another_back(client, thread, leen, moderator, beside):
    sign_in(client, leen)
    kept = keep(client, "reply", thread.id, key(), body="Mine").get_json()
    submit(client, f"/drafts/{kept['id']}", {"_method": "DELETE"})
    sign_in(client, moderator)
    assert submit(client, f"/drafts/{kept['id']}/restoration", beside).status_code == 404
    assert db.session.scalars(select(Draft.discarded_at)).one() is not None


def test_a_script_is_told_why_words_are_not_kept(client, thread, leen):
    sign_in(client, leen)
    assert keep(client, "reply", thread.id, key()).get_json() == {"id": None, "revision": 0, "message": ""}
    long = keep(client, "reply", thread.id, key(), body="x" * 100_001)
    assert (long.status_code, long.get_json()["message"][:26]) == (422, "Your text has 100,001 char")
    for form, subject in (("nothing", thread.id), ("reply", 999_999), ("reply", 2**40), ("reply", "x")):
        answer = keep(client, form, subject, key(), body="Words")
        assert (answer.status_code, list(answer.get_json())) == (404, ["message"])
    assert submit(client, "/drafts", {"draft_form": "reply"}).status_code == 404
    assert client.get("/drafts", headers=JSON).status_code == 200


def test_a_script_that_saves_too_often_is_told_how_long_to_wait_as_on_every_page(
    app, client, thread, leen, monkeypatch
):
    monkeypatch.setitem(app.config, "RATES_ENABLED", True)
    monkeypatch.setattr(drafts, "MOST_SAVES", "1 per 2 minutes")
    rates.reset()
    sign_in(client, leen)
    sending = key()
    assert keep(client, "reply", thread.id, sending, body="One").status_code == 200
    refused = keep(client, "reply", thread.id, sending, 1, body="Two")
    assert (refused.status_code, refused.get_json()) == (429, {"message": "Try again in 2 minutes."})
    assert int(refused.headers["Retry-After"]) > 60
    rates.reset()


def test_where_nothing_can_be_sent_the_other_copy_can_be_brought_back_all_the_same(client, thread, leen):
    sign_in(client, leen)
    sending = key()
    kept = keep(client, "reply", thread.id, sending, body="On the phone").get_json()
    keep(client, "reply", thread.id, sending, body="On the desk")
    thread.locked_at = clock.now()
    db.session.commit()
    shown = words(client.get(f"/drafts/{kept['id']}"))
    assert "On the desk</textarea>" in shown
    assert '<q dir="auto">On the phone</q>' in shown
    submit(client, f"/drafts/{kept['id']}/exchange")
    shown = words(client.get(f"/drafts/{kept['id']}"))
    assert "On the phone</textarea>" in shown
    assert '<q dir="auto">On the desk</q>' in shown


def test_drafts_are_for_members_only(client, thread, leen):
    assert client.get("/drafts").location == "/accounts/sign-in?next=/drafts"
    waits = make_member("Karim", approved_at=None)
    sign_in(client, waits)
    assert client.get("/drafts").status_code == 403
    assert keep(client, "reply", thread.id, key(), body="Words").status_code == 403
    assert db.session.scalar(select(func.count(Draft.id))) == 0


def test_keeping_without_a_session_promises_no_sending(client, thread, leen):
    typed = {
        "draft_form": "reply",
        "draft_subject": thread.id,
        "idempotency_key": key(),
        "body": "Half a thought",
    }
    english = {"Accept-Language": "en"}
    said = submit(client, "/drafts", typed, headers=JSON | english)
    assert (said.status_code, "send" in said.get_json()["message"]) == (403, False)
    assert "it is kept in your drafts" in said.get_json()["message"]
    page = words(submit(client, "/drafts", typed, headers=english))
    assert "Your draft is not lost, and not kept yet" in page
    kept = dict(re.findall(r'name="(kept\.[^"]+)" value="([^"]*)"', page)) | {"kept.body": "Half a thought"}
    sign_in(client, leen)
    page = words(submit(client, "/accounts/sign-in/again", kept | {"target": "/drafts"}))
    assert "Keep it as a draft" in page
    assert "Send it now" not in page
    assert "Half a thought</textarea>" in page
    form = dict(HIDDEN.findall(page)) | {"body": "Half a thought"}
    assert submit(client, "/drafts", form).location == "/drafts"
    assert "Half a thought" in words(client.get("/drafts"))


def test_a_file_where_a_text_is_expected_is_refused(client, thread, leen):
    sign_in(client, leen)
    sent = {"draft_form": "reply", "draft_subject": str(thread.id), "idempotency_key": key()}
    answer = submit(
        client, "/drafts", sent | {"body": (io.BytesIO(b"x"), "x.txt")}, content_type="multipart/form-data"
    )
    assert answer.status_code in {400, 422}


def test_going_on_leads_past_new_posts_to_the_last_page_and_leaves_them_new(client, thread, leen, moderator):
    for number in range(PAGE_SIZE):
        make_post(thread, moderator, f"Post {number}")
    sign_in(client, leen)
    kept = keep(client, "reply", thread.id, key(), body="Half a thought").get_json()
    assert kept["address"] == f"{at(thread)}?page=2&draft={kept['id']}#answer"
    assert "Half a thought</textarea>" in words(client.get(kept["address"]))
    assert db.session.scalar(select(func.count(ReadAhead.first_number))) == 0
    client.get(f"{at(thread)}?page=2")
    assert db.session.scalar(select(func.count(ReadAhead.first_number))) == 1


CLASSES = {
    draft_places.STORY: ThreadForm,
    draft_places.REPLY: ReplyForm,
    draft_places.EDIT: PostForm,
    held_places.WAITING_POST: WaitingPostForm,
    draft_places.LESSON_TEXT: TextForm,
    draft_places.CLAIM: ClaimForm,
    draft_places.CLAIM_CHANGE: ClaimForm,
    draft_places.REVIEW_NOTE: ReturnForm,
    draft_places.REVIEW_COMMENT: CommentForm,
    report_places.REPORT: NewReportForm,
    report_places.FOLLOW_UP: ReportForm,
    report_places.REPORT_CHANGE: ReportForm,
    dispute_places.EVIDENCE: EvidenceForm,
    dispute_places.REPLY: ReplyToEvidenceForm,
    signal_places.SIGNAL: SignalForm,
    cahier_places.CAHIER: CahierForm,
    cahier_places.CAHIER_CHANGE: CahierForm,
    draft_places.NOTE: NoteForm,
    draft_places.WELCOME: NoteForm,
    draft_places.NOTE_CHANGE: NoteForm,
    draft_places.SUMMARY: SummaryForm,
    objection_places.OBJECTION: PostObjectionForm,
    objection_places.AGAINST_LEAVING_OUT: LeftOutObjectionForm,
    objection_places.AGAINST_MEASURE: MeasureObjectionForm,
    rules_places.RULES: RulesForm,
    rules_places.POLICY: RulesForm,
}


@pytest.mark.parametrize("form", FORMS)
def test_every_field_of_a_form_is_kept_and_every_form_has_a_place(app, form):
    known = FORMS[form]
    with app.test_request_context():
        fields = {field.name: field for field in CLASSES[form](formdata=None)}
    hidden = {name for name, field in fields.items() if getattr(field.widget, "input_type", "") == "hidden"}
    assert {*known.typed, *known.chosen, *known.several} == set(fields) - (hidden - {*known.chosen})
    assert {known.base, known.marks} - {None} <= hidden
    assert draft_endpoints.ENDPOINTS[form][0] in app.view_functions
    place_of = app.jinja_env.get_template("drafts/_row.html").module.place_of
    others = {place_of(other, "Gent") for other in FORMS if other != form}
    assert place_of(form, "Gent") not in others


@pytest.mark.both_databases
def test_who_begins_a_second_answer_in_another_tab_is_told_of_the_first(client, thread, leen, moderator):
    keep_as = {}
    for who in (moderator, leen):
        sign_in(client, who)
        keep_as[who] = keep(client, "reply", thread.id, key(), body="One").get_json()
        assert keep_as[who]["other"] is False, "another member's is nothing to them"
    second = key()
    assert keep(client, "reply", thread.id, second, body="Two").get_json()["other"] is True
    drafts.discard(actor(leen), keep_as[leen]["id"])
    db.session.commit()
    said = keep(client, "reply", thread.id, second, revision=1, body="Two and on").get_json()
    assert said["other"] is False
    for _begun in range(2):  # of stories there may be several
        assert keep(client, "story", thread.space_id, key(), body="Once").get_json()["other"] is False


def test_who_types_over_a_text_that_changed_is_told_when_it_is_kept(client, thread, leen):
    sign_in(client, leen)
    post = make_post(thread, leen)
    posts.edit(actor(leen), post.id, body="Changed elsewhere", seen_revision=1)
    db.session.commit()
    said = keep(client, "edit", post.id, key(), body="Mine", seen_revision=1).get_json()
    assert said["message"] == "The text was changed meanwhile. What you type is kept as a draft."


def test_a_draft_too_many_leads_to_the_list_without_scripts(client, thread, leen, monkeypatch):
    monkeypatch.setattr(drafts, "MOST", 1)
    sign_in(client, leen)
    keep(client, "reply", thread.id, key(), body="One")
    slot = {"draft_form": "reply", "draft_subject": thread.id, "idempotency_key": key(), "body": "Two"}
    refused = submit(client, "/drafts", slot)
    assert refused.status_code == 422
    assert '<a class="btn" href="/drafts">See your drafts</a>' in words(refused)
    assert "Two</textarea>" in words(refused)
