"""A link in a list leads to the first post that its reader has not read; the line on the page stands above it."""

import re

import pytest
from sqlalchemy import func, select

from forum.domain.digests import digests, subscriptions, windows
from forum.domain.threads import read_marks
from forum.infra import clock
from forum.infra.db import db
from forum.jobs import letters
from forum.models.mail import OutgoingMail
from forum.models.subscriptions import Frequency
from forum.models.threads import ReadAhead
from tests.domain.digests.test_digests import BEFORE, CHOSEN, MONDAY
from tests.factories import actor, make_member, make_post, make_thread, sign_in

POST = re.compile(r'id="post-(\d+)"')


@pytest.fixture
def karim(gent):
    return make_member("Karim", space=gent)


@pytest.fixture
def page(client, leen):
    """Reads a page as Leen."""
    sign_in(client, leen)

    def read(path):
        db.session.commit()
        return client.get(path).text

    return read


def at(thread):
    return f"/threads/{thread.id}-{thread.slug}"


def line_above(shown):
    """The post under the line, and the number in it."""
    line = re.search(r'id="unread">\s*(\d+) new since your last visit', shown)
    return (int(POST.search(shown, line.end())[1]), int(line[1])) if line else None


def test_d3_page_two_alone_leaves_page_one_unread_for_lists_links_and_the_line(page, gent, leen, karim):
    thread = make_thread(gent, karim)
    for _turn in range(39):
        make_post(thread, karim)
    for path in ("/", f"/spaces/{gent.slug}"):
        assert f'<a href="{at(thread)}">' in page(path)
        assert '<span class="new">40 new</span>' in page(path)
    assert line_above(page(f"{at(thread)}?page=2")) is None  # what is new begins on page 1
    for path in ("/", f"/spaces/{gent.slug}"):
        assert f'<a href="{at(thread)}">' in page(path)
        assert '<span class="new">20 new</span>' in page(path)
    rail = page(at(thread)).split('<nav class="position"')[-1]  # on a phone the same list stands folded
    assert rail.count('class="is-new"') == 20
    assert 'class="new"' not in page("/")
    assert db.session.scalar(select(func.count()).select_from(ReadAhead)) == 0


@pytest.mark.both_databases
def test_whoever_read_a_part_is_led_to_the_first_new_post_and_others_to_the_top(
    client, page, gent, leen, karim
):
    thread = make_thread(gent, karim)
    for _turn in range(21):
        make_post(thread, karim)
    read_marks.mark_read(actor(leen), thread.id, first=1, last=20)
    make_post(thread, leen)
    for path in ("/", f"/spaces/{gent.slug}"):
        assert f'<a href="{at(thread)}?page=2#post-21">' in page(path)
        assert '<span class="new">2 new</span>' in page(path)
    assert line_above(page(at(thread))) is None
    shown = page(f"{at(thread)}?page=2")
    assert line_above(shown) == (21, 2)
    assert f'<a href="{at(thread)}">' in page("/")
    make_post(thread, karim)
    assert f'<a href="{at(thread)}?page=2#post-24">' in page("/")
    noor = make_member("Noor", space=gent)
    sign_in(client, noor)
    assert f'<a href="{at(thread)}">' in page("/")


def test_a_digest_leads_to_the_first_new_post_of_whoever_read_a_part(gent, leen, karim):
    read, other = (make_thread(gent, karim, title=title, at=BEFORE) for title in ("Read", "Other"))
    for thread in (read, other):
        for _turn in range(24):
            make_post(thread, karim, at=BEFORE)
    who = actor(leen)
    read_marks.mark_read(who, read.id, first=1, last=22)
    read_marks.mark_read(who, other.id, first=21, last=25)
    with clock.at(CHOSEN):
        subscriptions.choose(who, frequency=Frequency.WEEKLY)
    windows.open_all(MONDAY)
    mail = db.session.scalars(db.select(OutgoingMail)).one()
    letter = letters.letter_for(mail).message
    addresses = {
        f"http://forum.test{at(read)}?page=2#post-23",
        f"http://forum.test{at(other)}",
    }
    for part in letter.iter_parts():
        text = part.get_content()
        assert set(re.findall(r'http[^\s"<]+/threads/[^\s"<]+', text)) == addresses
    counts = {thread.title: thread.new_count for thread in _news(mail)}
    assert counts == {"Read": 3, "Other": 20}


def _news(mail):
    letter = digests.compose(db.session.get_one(digests.Digest, mail.payload["digest_id"]))
    return letter.entries


def test_short_and_outdated_addresses_lead_to_what_is_new_and_keep_their_page(client, gent, leen):
    thread = make_thread(gent, make_member("Ann", space=gent))
    for number in range(2, 26):
        make_post(thread, make_member(f"Lid {number}", space=gent), f"Antwoord {number}.")
    sign_in(client, leen)
    short = f"/threads/{thread.id}"
    assert client.get(short).location == at(thread)
    read_marks.mark_read(actor(leen), thread.id, first=1, last=22)
    db.session.commit()
    assert client.get(short).location == f"{at(thread)}?page=2#post-23"
    assert client.get(f"{short}-oude-titel?page=2").location == f"{at(thread)}?page=2"
