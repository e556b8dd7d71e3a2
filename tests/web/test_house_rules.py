"""House rules as pages: read, written, accepted with a first post, and named with what moderators do."""

import re
import uuid

import pytest
from sqlalchemy import select

from forum.domain.house_rules import acceptance, publishing, versions
from forum.domain.house_rules.publishing import Text
from forum.infra.db import db
from forum.models.accounts import NetworkRole
from forum.models.house_rules import RulesVersion
from forum.models.moderation import Action, ModerationAction
from forum.models.threads import Post
from tests.factories import STORY, actor, make_member, make_post, make_space, make_thread, sign_in, submit

ENGLISH = {"Accept-Language": "en"}
BODY = "Wij luisteren.\n\n## Geen namen\n\nSchrijf **niet** over klanten.\n\n## Wees kort\n\nVijf zinnen."
TYPED = "Dit is wat ik wilde zeggen."


@pytest.fixture
def rules(gent, moderator):
    return publishing.publish(actor(moderator), gent.id, Text(BODY, "Nieuw"), seen=0)


@pytest.fixture
def as_(app):
    """`as_(member)` returns a browser in which they are signed in."""

    def become(member):
        db.session.commit()
        browser = app.test_client()
        sign_in(browser, member)
        return browser

    return become


def read(browser, path):
    answer = browser.get(path, headers=ENGLISH)
    return answer.status_code, " ".join(answer.get_data(as_text=True).split())


def test_a_space_without_rules_leads_to_the_policy_of_the_network(as_, gent, leen, moderator):
    status, page = read(as_(leen), f"/spaces/{gent.slug}/rules")
    assert status == 200
    assert "This space has no house rules of its own" in page
    assert 'href="/policy"' in page
    assert "Write house rules" not in page
    assert "Write house rules" in read(as_(moderator), f"/spaces/{gent.slug}/rules")[1]


def test_a_moderator_writes_looks_publishes_and_changes_and_the_difference_is_said_in_words(
    as_, gent, leen, moderator
):
    browser, at = as_(moderator), f"/spaces/{gent.slug}/rules"
    form = {"body": BODY, "changed": "", "seen": "0"}
    first = browser.get(f"{at}/versions/new").text
    assert ("The first version" in first, "version before" in first) == (True, False)
    looked = submit(browser, f"{at}/versions", {**form, "preview": "1"})
    assert looked.status_code == 200
    assert "<strong>niet</strong>" in looked.text
    assert db.session.scalars(select(RulesVersion).where(RulesVersion.space_id == gent.id)).all() == []
    refused = submit(browser, f"{at}/versions", {**form, "body": "Zonder regel " + TYPED})
    assert refused.status_code == 422
    assert TYPED in refused.text
    assert submit(browser, f"{at}/versions", form).status_code == 303
    assert "version before" in browser.get(f"{at}/versions/new").text
    status, page = read(as_(leen), at)
    assert status == 200
    assert "<strong>niet</strong>" in page
    assert "2. Wees kort" in page
    taken = submit(browser, f"{at}/versions", {**form, "body": BODY + TYPED})
    assert taken.status_code == 409
    assert TYPED in taken.text
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publishing, "APART", publishing.APART * 0)
        changed = {"body": BODY.replace("Vijf", "Drie"), "changed": "Korter", "seen": "1"}
        assert submit(browser, f"{at}/versions", changed).status_code == 303
    status, page = read(as_(leen), f"{at}/2/changes")
    assert status == 200
    assert "Changed: rule 2" in page
    assert "added: </span>Drie" in page
    assert "Geen namen" not in page
    assert read(as_(leen), f"{at}/1")[1].count("This is an earlier version.") == 1
    for path in (f"{at}/3", f"{at}/1/changes", f"{at}/3/changes"):
        assert read(as_(leen), path)[0] == 404
    assert read(as_(leen), f"{at}/versions/new")[0] == 403
    assert submit(as_(leen), f"{at}/versions", form).status_code in (303, 403)
    assert versions.current(gent.id).number == 2


def test_rules_of_a_space_that_somebody_does_not_see_are_not_there(as_, client):
    hidden = make_space("Verborgen", unlisted=True)
    inside = make_member("Ina", space=hidden)
    publishing.write(None, hidden.id, Text(BODY))
    outside = as_(make_member("Oto", space=make_space("Elders")))
    for path in ("", "/1", "/1/changes", "/versions/new"):
        assert read(outside, f"/spaces/{hidden.slug}/rules{path}")[0] == 404
    assert submit(outside, f"/spaces/{hidden.slug}/rules/1/acceptance", {}).status_code == 404
    assert read(as_(inside), f"/spaces/{hidden.slug}/rules")[0] == 200


def test_the_first_reply_comes_with_a_tick_and_nothing_typed_is_lost_without_it(
    as_, gent, leen, moderator, rules
):
    thread = make_thread(gent, leen)
    noor = make_member("Noor", space=gent)
    browser, at = as_(noor), f"/threads/{thread.id}-{thread.slug}"
    status, page = read(browser, at)
    assert status == 200
    assert "House rules of Gent" in page
    reply = {"body": TYPED, "idempotency_key": str(uuid.uuid4())}
    refused = submit(browser, f"/threads/{thread.id}/replies", reply)
    assert refused.status_code == 422
    assert TYPED in refused.text
    assert 'aria-describedby="accepts-error"' in refused.text
    assert db.session.scalars(select(Post).where(Post.author_id == noor.id)).all() == []
    ticked = re.search(r'name="accepts" value="(\d+)"', page)[1]
    assert submit(browser, f"/threads/{thread.id}/replies", {**reply, "accepts": ticked}).status_code == 303
    assert "House rules of Gent" not in read(browser, at)[1]
    again = {"body": "Nog iets.", "idempotency_key": str(uuid.uuid4())}
    assert submit(browser, f"/threads/{thread.id}/replies", again).status_code == 303


def test_the_first_story_comes_with_a_tick_of_the_space_in_which_it_will_stand(as_, gent, moderator, rules):
    noor = make_member("Noor", space=gent)
    browser = as_(noor)
    page = read(browser, f"/spaces/{gent.slug}/threads/new")[1]
    assert "I accept these house rules" in page
    story = {**STORY, "idempotency_key": str(uuid.uuid4())}
    assert submit(browser, f"/spaces/{gent.slug}/threads", story).status_code == 422
    other = make_space("Elders")
    elsewhere = publishing.write(None, other.id, Text(BODY))
    db.session.commit()
    wrong = submit(browser, f"/spaces/{gent.slug}/threads", {**story, "accepts": str(elsewhere.id)})
    assert wrong.status_code == 422
    right = submit(browser, f"/spaces/{gent.slug}/threads", {**story, "accepts": str(rules.id)})
    assert right.status_code == 303


def test_a_sentence_with_a_story_is_asked_the_same_and_a_press_alone_is_not(
    as_, gent, leen, moderator, rules
):
    thread = make_thread(gent, leen)
    browser, at = as_(make_member("Noor", space=gent)), f"/threads/{thread.id}/responses"
    assert submit(browser, at, {"kind": "also"}).status_code == 303
    refused = submit(browser, at, {"kind": "also", "sentence": TYPED})
    assert refused.status_code == 422
    assert TYPED in refused.text
    assert f'name="accepts" value="{rules.id}"' in refused.text
    accepted = {"kind": "also", "sentence": TYPED, "accepts": str(rules.id)}
    assert submit(browser, at, accepted).status_code == 303


def test_a_later_version_is_pointed_out_and_walls_nothing(as_, gent, leen, moderator, rules):
    acceptance.accept(actor(leen), gent.id, 1)
    changed = Text(BODY.replace("Vijf", "Drie"))
    publishing.write(moderator.id, gent.id, changed, before=versions.current(gent.id))
    browser = as_(leen)
    page = read(browser, f"/spaces/{gent.slug}")[1]
    assert "The house rules changed since you accepted them." in page
    path = f"/spaces/{gent.slug}/rules/2/changes?since=1"
    assert path.replace("&", "&amp;") in page
    assert "I read what changed" in read(browser, path)[1]
    thread = make_thread(gent, leen)
    db.session.commit()
    reply = {"body": TYPED, "idempotency_key": str(uuid.uuid4())}
    assert submit(browser, f"/threads/{thread.id}/replies", reply).status_code == 303
    assert submit(browser, f"/spaces/{gent.slug}/rules/2/acceptance", {}).status_code == 303
    assert "The house rules changed" not in read(browser, f"/spaces/{gent.slug}")[1]


def test_hiding_rests_on_a_rule_that_the_author_and_the_log_name_as_it_was(as_, gent, leen, moderator, rules):
    thread = make_thread(gent, leen)
    noor = make_member("Noor", space=gent)
    post = make_post(thread, noor)
    browser, at = as_(moderator), f"/posts/{post.id}/hiding"
    page = read(browser, at)[1]
    chosen = re.search(r'<option value="(\d+)">1\. Geen namen', page)[1]
    without = submit(browser, at, {"reason": TYPED})
    assert without.status_code == 422
    assert TYPED in without.text
    assert submit(browser, at, {"reason": TYPED, "rule": "999999"}).status_code == 422
    assert submit(browser, at, {"reason": TYPED, "rule": chosen}).status_code == 303
    line = db.session.scalars(select(ModerationAction).where(ModerationAction.action == Action.HIDE)).one()
    assert line.rule_id == int(chosen)
    publishing.write(
        moderator.id, gent.id, Text("## Anders\n\nIets anders."), before=versions.current(gent.id)
    )
    author = as_(noor)
    for browser, path in (
        (author, f"/posts/{post.id}/objection"),
        (author, "/moderation/mine"),
        (as_(moderator), f"/spaces/{gent.slug}/moderation/log"),
        (as_(leen), f"/spaces/{gent.slug}/moderation/log"),
    ):
        page = read(browser, path)[1]
        assert "House rule 1: Geen namen" in page, path
        assert "Schrijf **niet** over klanten." in page or "Schrijf niet over klanten." in page, path


def test_another_reason_may_be_given_and_a_space_without_rules_asks_none(as_, gent, leen, moderator):
    thread = make_thread(gent, leen)
    first, second = make_post(thread, leen), make_post(thread, leen)
    browser = as_(moderator)
    assert "House rule" not in read(browser, f"/posts/{first.id}/hiding")[1].replace("House rules", "")
    assert submit(browser, f"/posts/{first.id}/hiding", {"reason": TYPED}).status_code == 303
    publishing.publish(actor(moderator), gent.id, Text(BODY), seen=0)
    db.session.commit()
    other = {"reason": TYPED, "rule": "other"}
    assert submit(browser, f"/posts/{second.id}/hiding", other).status_code == 303


def test_everybody_reads_the_policy_and_editors_write_it(as_, client, gent, leen):
    editor = make_member("Ed", space=gent, network_role=NetworkRole.EDITOR)
    newest = versions.current(None)
    body = "## Nazicht\n\nElke les wordt na {review_months} maanden nagekeken."
    form = {"body": body, "seen": str(newest.number if newest else 0), "changed": ""}
    assert submit(as_(leen), "/policy/versions", form).status_code in (303, 403)
    assert read(as_(leen), "/policy/versions/new")[0] == 403
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publishing, "APART", publishing.APART * 0)
        assert submit(as_(editor), "/policy/versions", form).status_code == 303
    status, page = read(client, "/policy")
    assert status == 200
    assert "na 18 maanden nagekeken" in page
    assert "name other terms" not in read(as_(editor), "/policy")[1]
    client.application.config["REVIEW_MONTHS"] = 12
    try:
        assert "name other terms" in read(as_(editor), "/policy")[1]
        assert "name other terms" not in read(as_(leen), "/policy")[1]
        assert "na 18 maanden nagekeken" in read(client, "/policy")[1]
    finally:
        client.application.config["REVIEW_MONTHS"] = 18


def test_a_reason_and_a_rule_that_lack_are_both_said_at_once(as_, gent, leen, moderator, rules):
    post = make_post(make_thread(gent, leen), leen, "Ask Jan in the Veldstraat.")
    browser, asked = as_(moderator), "Choose the house rule on which this rests, or another reason."
    for act in ("hiding", "deletion", "left-out"):
        answer = submit(browser, f"/posts/{post.id}/{act}", {"words": "Veldstraat"})
        assert (answer.status_code, "Say why: the author reads it." in answer.text, asked in answer.text) == (
            422,
            True,
            True,
        ), act
        assert answer.text.index("Say why: the author reads it.") < answer.text.index(asked), act
        answer = submit(browser, f"/posts/{post.id}/{act}", {"words": "Veldstraat", "rule": "other"})
        assert (answer.status_code, asked in answer.text) == (422, False), act
    assert asked not in read(browser, f"/posts/{post.id}/hiding")[1]


def test_deleting_and_leaving_out_rest_on_a_rule_too(as_, gent, leen, moderator, rules):
    post = make_post(make_thread(gent, leen), leen, "Ask Jan in the Veldstraat.")
    browser = as_(moderator)
    for address, typed in (
        (f"/posts/{post.id}/left-out", {"words": "Veldstraat", "reason": "An address."}),
        (f"/posts/{post.id}/deletion", {"reason": "Somebody is named."}),
    ):
        chosen = re.search(r'<option value="(\d+)">1\. Geen namen', read(browser, address)[1])[1]
        assert submit(browser, address, typed).status_code == 422, "a rule was not chosen"
        assert submit(browser, address, typed | {"rule": chosen}).status_code == 303
    rule = "House rule 1: Geen namen"
    assert read(browser, f"/spaces/{gent.slug}/moderation/log")[1].count(rule) == 2
    assert rule in read(as_(leen), f"/posts/{post.id}/objection")[1]
