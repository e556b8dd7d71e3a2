"""Drafts as pages and for scripts: kept, offered, filled in, thrown away, put back; and shown to nobody else."""

import re
import uuid

import pytest
from sqlalchemy import select

from forum.infra.db import db
from forum.models.drafts import Draft
from tests.factories import make_thread, sign_in, submit

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


def test_a_reply_is_kept_offered_filled_in_and_gone_when_it_is_posted(client, thread, leen):
    sign_in(client, leen)
    fresh = form_of(words(client.get(at(thread))), f"reply:{thread.id}")
    kept = keep(client, "reply", thread.id, fresh["idempotency_key"], body="Half a thought", kind="question")
    said = kept.get_json()
    assert (kept.status_code, said["revision"], said["other"]) == (200, 1, False)
    assert said["message"].startswith("Kept at ")
    assert said["address"] == f"{at(thread)}?draft={said['id']}#answer"

    plain = words(client.get(at(thread)))
    assert '<q dir="auto">Half a thought</q>' in plain
    assert form_of(plain, f"reply:{thread.id}")["idempotency_key"] != fresh["idempotency_key"]
    assert ">\r\nHalf a thought</textarea>" not in plain, "nothing is filled in by itself"
    opened = words(client.get(f"{at(thread)}?draft={said['id']}"))
    assert ">\r\nHalf a thought</textarea>" in opened
    again = form_of(opened, f"reply:{thread.id}")
    assert (again["idempotency_key"], again["draft_revision"]) == (fresh["idempotency_key"], "1")

    sent = submit(client, f"/threads/{thread.id}/replies", again | {"body": "A whole thought"})
    assert sent.status_code == 303
    late = keep(client, "reply", thread.id, fresh["idempotency_key"], 1, body="Half a thought and")
    assert (late.status_code, late.get_json()) == (409, {"sent": True})
    after = words(client.get(f"{at(thread)}?draft={said['id']}"))
    assert "Half a thought" not in after
    assert form_of(after, f"reply:{thread.id}")["idempotency_key"] != fresh["idempotency_key"]
    assert db.session.scalars(select(Draft.fields)).all() == [{}]
