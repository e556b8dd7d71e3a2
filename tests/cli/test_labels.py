"""`flask label list` and `flask label set`: what axes and needs are called, for whoever runs the machine."""

import pytest

from forum.domain.themes import labels
from forum.infra.i18n import force_locale
from forum.models.themes import Axis, Label

DENSITY = ("axis", "kwalitatieve-densiteit")


def run(app, *words):
    return app.test_cli_runner().invoke(args=["label", *words])


def listed(app):
    """Name and sentence by kind, code and language."""
    answer = run(app, "list")
    assert answer.exit_code == 0, answer.output
    rows = [tuple(line.split("\t")) for line in answer.output.splitlines()]
    return {row[:3]: row[3:] for row in rows}


def test_every_label_is_listed_in_both_languages(app):
    rows = listed(app)
    assert len(rows) == 20
    assert rows["need", "facts", "nl"] == ("Feiten", "Wat gebeurt er in steden?")
    name, sentence = rows[*DENSITY, "en"]
    assert name == "High-quality density"
    assert sentence.startswith("How people can live and work well")


def test_a_label_gets_another_name_and_keeps_its_sentence(app):
    before = listed(app)
    answer = run(app, "set", *DENSITY, "en", "--name", "High-quality density")
    assert answer.exit_code == 0, answer.output
    assert "High-quality density in en" in answer.output
    with force_locale("en"):
        assert str(labels.AXES[Axis.DENSITY]) == "High-quality density"
    place = (*DENSITY, "en")
    assert listed(app) == before | {place: ("High-quality density", before[place][1])}
    answer = run(app, "set", *DENSITY, "nl", "--name", "Dichtheid", "--sentence", "Dicht bij elkaar.")
    assert answer.exit_code == 0, answer.output
    assert listed(app)[*DENSITY, "nl"] == ("Dichtheid", "Dicht bij elkaar.")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("axis", "seventh", "en", "--name", "Seventh"), "The code is one of: glokale-strategie"),
        (("tag", "facts", "en", "--name", "Tag"), "'axis', 'need'"),
        (("need", "facts", "fr", "--name", "Faits"), "'nl', 'en'"),
        (("need", "facts", "en"), "--name"),
        (("need", "facts", "en", "--name", " "), "name: "),
        (
            ("need", "facts", "en", "--name", "Facts", "--sentence", "x" * (Label.SENTENCE_MAX + 1)),
            "sentence: ",
        ),
    ],
)
def test_what_cannot_be_meant_is_said_and_changes_nothing(app, words, sentence):
    before = listed(app)
    answer = run(app, "set", *words)
    assert answer.exit_code != 0
    assert sentence in answer.output
    assert listed(app) == before
