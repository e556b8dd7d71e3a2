"""The terms of the policy: read from settings, within bounds, and kept by what was published under them."""

import pytest
import sqlalchemy as sa

from forum import settings
from forum.domain.house_rules import first_policy, terms, versions
from forum.domain.lessons import ageing
from forum.infra import days
from forum.infra.db import db
from forum.models.lessons import Lesson, LessonVersion
from tests.lesson_scenario import build

pytestmark = pytest.mark.both_databases


@pytest.fixture
def setting(app):
    """`setting("REVIEW_MONTHS", 12)` until the end of the test."""
    before = {name: app.config[name] for name in settings.TERMS}
    yield lambda name, value: app.config.update({name: value})
    app.config.update(before)


@pytest.mark.parametrize("locale", ["nl", "en"])
def test_the_policy_that_comes_with_the_forum_names_the_terms_of_the_settings_and_comes_once(setting, locale):
    setting("REVIEW_MONTHS", 12)
    begun = first_policy.begin(locale)
    assert begun.terms == terms.of_today() == versions.Terms(12, 10, 2)
    words = " ".join(rule.words for rule in begun.rules)
    assert "12 maanden" in words or "12 months" in words
    assert "{" not in words + begun.intro
    assert "\n" not in begun.rules[0].words
    assert first_policy.begin(locale) is None
    setting("REVIEW_MONTHS", 18)
    assert versions.current(None).terms.review_months == 12


def test_a_lesson_keeps_the_policy_and_the_review_day_of_its_publication(setting):
    setting("REVIEW_MONTHS", 12)
    policy = first_policy.begin("nl")
    scenario = build()
    lesson = scenario.published()
    assert lesson.review_on == days.today() + ageing.review_after()
    assert (ageing.review_after().days, lesson.review_on.year - days.today().year) == (365, 1)
    version = db.session.get_one(LessonVersion, lesson.current_id)
    assert version.policy_id == policy.id
    setting("REVIEW_MONTHS", 18)
    assert db.session.get_one(Lesson, lesson.id).review_on < days.today() + ageing.review_after()
    with pytest.raises(sa.exc.DatabaseError, match="never changes"), db.session.begin_nested():
        db.session.execute(sa.update(LessonVersion).values(policy_id=None))


def test_a_lesson_from_before_there_was_a_policy_names_none(app):
    lesson = build().published()
    version = db.session.get_one(LessonVersion, lesson.current_id)
    assert version.policy_id is None
    assert versions.number_of(version.policy_id) is None
