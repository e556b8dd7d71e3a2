"""A test that leaves a setting of the shared application changed fails itself, and the next one finds it as it was."""

import pytest

from tests.conftest import settings_kept

pytestmark = pytest.mark.any_database


@pytest.mark.parametrize(
    "change",
    [
        lambda settings: settings.update(RATES=True),
        lambda settings: settings.update(RATES=None),
        lambda settings: settings.update(ADDED=1),
        lambda settings: settings.update(ADDED=None),
        lambda settings: settings.pop("RATES"),
        lambda settings: settings.pop("NOBODY"),
    ],
)
def test_what_was_changed_added_or_taken_away_is_noticed_and_put_back(change):
    settings = {"RATES": False, "NOBODY": None, "MOST": 3}
    said = r"left changed for the next tests: (RATES|ADDED|NOBODY)\b(?!,)"
    with pytest.raises(AssertionError, match=said), settings_kept(settings):
        change(settings)
    assert settings == {"RATES": False, "NOBODY": None, "MOST": 3}


def test_a_setting_that_is_back_is_none_that_was_left():
    settings = {"RATES": False}
    with settings_kept(settings):
        settings["RATES"] = True
        settings["RATES"] = False
    assert settings == {"RATES": False}
