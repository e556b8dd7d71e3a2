"""What stands beside a version that lost words is read in the language of the reader, whatever was stored."""

import pytest

from forum.domain.lessons import version_notes, versions
from forum.infra.db import db
from tests.factories import sign_in
from tests.lesson_scenario import build

ENGLISH, DUTCH = "An excerpt was taken out.", "Een citaat is weggehaald."


@pytest.mark.parametrize("stored", [version_notes.TAKEN_OUT, DUTCH, "We asked again."])
def test_a_version_that_lost_words_says_so_in_the_language_of_the_reader(client, session, stored):
    scenario = build()
    lesson = scenario.published()
    versions.replace_published(lesson, stored, without=())
    public_id = lesson.public_id
    for locale, ours in (("nl", DUTCH), ("en", ENGLISH)):
        scenario.reader.locale = locale
        db.session.commit()
        sign_in(client, scenario.reader)
        for address in (f"/lessons/{public_id}", f"/lessons/{public_id}/compare"):
            page = client.get(address, follow_redirects=True).get_data(as_text=True)
            said = [note for note in (ENGLISH, DUTCH, "We asked again.") if note in page]
            assert said == [stored if stored == "We asked again." else ours], (locale, address)
