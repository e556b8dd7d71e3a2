"""What axes and needs are called; and for whom somebody speaks, in words that can stand in a sentence."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from flask import render_template_string
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from forum import create_app
from forum.domain.themes import label_rows, labels
from forum.domain.themes.labels import organisation
from forum.infra.db import db, set_closed
from forum.infra.i18n import LOCALES, force_locale
from forum.models.accounts import Body, Capacity, Level
from forum.models.themes import Axis, Label, LabelKind, Need
from forum.policy.errors import Invalid, NotFound
from forum.web.forms.threads import ThreadForm
from tests.conftest import settings_for

DENSITY = ("axis", Axis.DENSITY)
SENTENCE = "How people live well close together."


@pytest.fixture
def clock(monkeypatch):
    """Seconds of the process, which a test moves on; the labels were read at 0."""
    seconds = [0.0]
    monkeypatch.setattr(label_rows, "monotonic", lambda: seconds[0])
    label_rows.forget()
    label_rows.keep()
    return seconds


def said(words=labels.AXES, code=Axis.DENSITY):
    """The words of a code in Dutch and in English."""
    found = []
    for locale in ("nl", "en"):
        with force_locale(locale):
            found.append(str(words[code]))
    return found


def changed_elsewhere(name):
    """Another process gave an axis another name: this one is not told."""
    row = (Label.kind == LabelKind.AXIS) & (Label.code == Axis.DENSITY) & (Label.locale == "en")
    db.session.execute(update(Label).where(row).values(name=name))


def everything():
    return [said(words, code) for pair in labels.LABELS.values() for words in pair for code in words]


def test_the_migration_says_what_the_built_in_words_say(app):
    out_of_rows = everything()
    assert len(db.session.scalars(select(Label)).all()) == len(LOCALES) * (len(Axis) + len(Need))
    db.session.execute(delete(Label))
    label_rows.forget()
    assert label_rows.keep().rows == {}
    assert everything() == out_of_rows, (
        "other words in the code change no page: a migration has to write them too"
    )


def test_only_the_row_that_is_missing_has_built_in_words(app):
    changed_elsewhere("Close together")
    db.session.execute(delete(Label).where(Label.locale == "nl"))
    label_rows.forget()
    assert said() == ["Kwalitatieve densiteit", "Close together"]


def test_there_are_six_axes_and_four_needs_in_their_order_whatever_the_rows_say(app):
    db.session.execute(delete(Label).where(Label.code == Axis.STRATEGY))
    db.session.add(
        Label(kind=LabelKind.AXIS, code="seventh", locale="en", name="Seventh", sentence="One more.")
    )
    db.session.add(
        Label(kind=LabelKind.NEED, code=Axis.DENSITY, locale="en", name="Fifth", sentence="No need.")
    )
    db.session.flush()
    label_rows.forget()
    assert said()[1] == "High-quality density"
    assert list(labels.AXES) == list(labels.AXIS_SENTENCES) == list(Axis)
    assert list(labels.NEEDS) == list(labels.NEED_QUESTIONS) == list(Need)
    assert (len(labels.AXES), len(labels.NEEDS)) == (6, 4)


def test_a_new_name_is_seen_at_once_in_its_language_only(session):
    labels.write(*DENSITY, "en", name="  Close \n together ", sentence=SENTENCE)
    db.session.commit()
    assert said() == ["Kwalitatieve densiteit", "Close together"]
    assert said(labels.AXIS_SENTENCES)[1] == SENTENCE
    assert said(labels.AXES, Axis.STRATEGY) == ["Glokale strategie", "Glocal strategy"]
    labels.write("need", "facts", "nl", name="Cijfers", sentence="Hoeveel zijn het er?")
    db.session.commit()
    assert said(labels.NEEDS, Need.FACTS) == ["Cijfers", "Facts"]
    assert said(labels.NEED_QUESTIONS, Need.FACTS) == ["Hoeveel zijn het er?", "What happens in cities?"]


def test_a_label_whose_row_is_missing_can_be_renamed(session):
    db.session.execute(delete(Label))
    labels.write(*DENSITY, "en", name="Close together", sentence=SENTENCE)
    db.session.commit()
    assert said() == ["Kwalitatieve densiteit", "Close together"]


@pytest.mark.parametrize(
    "place",
    [
        ("axis", "seventh", "en"),
        ("axis", "facts", "en"),
        ("need", Axis.DENSITY, "en"),
        ("tag", Axis.DENSITY, "en"),
        ("axis", Axis.DENSITY, "fr"),
    ],
)
def test_what_is_not_there_cannot_be_renamed(session, place):
    with pytest.raises(NotFound):
        labels.write(*place, name="Name", sentence=SENTENCE)
    assert db.session.scalars(select(Label.name).where(Label.name == "Name")).all() == []


def test_words_are_there_and_within_their_limits(session):
    right = {"name": "n" * Label.NAME_MAX, "sentence": "s" * Label.SENTENCE_MAX}
    labels.write(*DENSITY, "en", **right)
    for field, value in right.items():
        for wrong in ("", " \n ", value + "x"):
            with pytest.raises(Invalid) as refusal:
                labels.write(*DENSITY, "en", **(right | {field: wrong}))
            assert refusal.value.field == field


def test_a_change_by_another_process_is_seen_after_a_minute(clock, count_queries):
    changed_elsewhere("Close together")
    clock[0] = 59.9
    with count_queries() as seen:
        assert said()[1] == "High-quality density"
        everything()
    assert seen.count == 0
    clock[0] = 60
    with count_queries() as seen:
        assert said()[1] == "Close together"
        everything()
    assert seen.count == 1
    changed_elsewhere("Closer")
    clock[0] = 119.9
    assert said()[1] == "Close together"
    clock[0] = 120
    assert said()[1] == "Closer"


def test_without_a_forum_the_words_are_the_built_in_ones():
    with ThreadPoolExecutor() as pool:  # a thread of its own has no application
        assert pool.submit(str, labels.AXES[Axis.DENSITY]).result() == "High-quality density"


def test_a_page_escapes_what_an_administrator_wrote(app, session):
    name = "<b>Wonen</b> & werken"
    for kind, code in (DENSITY, ("need", "facts")):
        labels.write(kind, code, "en", name=name, sentence=SENTENCE)
    db.session.commit()
    with app.test_request_context(), force_locale("en"):
        form = ThreadForm()
        form.audience.choices = []
        page = render_template_string(
            "{{ form.axis() }}{% for option in form.need %}{{ option.label }}{{ option.label.text }}{% endfor %}"
            "{{ words }}{{ axis_name('kwalitatieve-densiteit') }}",
            form=form,
            words=labels.AXES[Axis.DENSITY],
        )
    assert page.count("&lt;b&gt;Wonen&lt;/b&gt; &amp; werken") == 5
    assert "<b>" not in page


@pytest.mark.live
def test_two_processes_and_a_change_that_is_not_committed(live_app, tmp_path, monkeypatch):
    url = live_app.config["SQLALCHEMY_DATABASE_URI"]
    other, seconds = create_app(settings_for(url, tmp_path)), [0.0]
    monkeypatch.setattr(label_rows, "monotonic", lambda: seconds[0])
    with other.app_context():
        assert said()[1] == "High-quality density"
    with live_app.app_context():
        labels.write(*DENSITY, "en", name="Close together", sentence=SENTENCE)
        label_rows.forget()
        assert said()[1] == "High-quality density", "read beside its own transaction, without waiting for it"
        db.session.commit()
        assert said()[1] == "Close together"
    with other.app_context():
        assert said()[1] == "High-quality density"
        seconds[0] = 60
        assert said()[1] == "Close together"
        db.engine.dispose()


@pytest.mark.live
def test_a_page_whose_transaction_failed_still_has_its_words(live_app):
    with live_app.app_context():
        with pytest.raises(DBAPIError):
            db.session.execute(text("SELECT words FROM nowhere"))
        assert said() == ["Kwalitatieve densiteit", "High-quality density"]


@pytest.mark.live
def test_threads_that_ask_together_read_once(live_app, monkeypatch):
    readings, read = [], label_rows._read
    monkeypatch.setattr(label_rows, "_read", lambda: readings.append(1) or read())

    def ask(_number):
        with live_app.app_context():
            return said()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(40)))
    assert answers == [["Kwalitatieve densiteit", "High-quality density"]] * 40
    assert len(readings) == 1


@pytest.mark.parametrize(
    ("body", "city", "english", "dutch"),
    [
        (Body.CITY, "gent", "city of Gent", "stad Gent"),
        (Body.OCMW, "antwerpen", "OCMW Antwerpen", "OCMW Antwerpen"),
        (Body.ASSOCIATION, "leuven", "association in Leuven", "vereniging in Leuven"),
        (Body.GOVERNMENT, "vgc", "VGC Brussel", "VGC Brussel"),
        (Body.GOVERNMENT, "roeselare", "other government in Roeselare", "andere overheid in Roeselare"),
        (Body.NETWORK, None, "network", "netwerk"),
    ],
)
def test_a_capacity_says_for_whom_it_speaks(body, city, english, dutch):
    capacity = Capacity(function="x", level=Level.FIELD, body=body, city=city, starts_on=date(2025, 1, 1))
    with force_locale("en"):
        assert organisation(capacity) == english
    with force_locale("nl"):
        assert organisation(capacity) == dutch


def test_without_a_table_pages_have_the_built_in_words_and_with_one_again_the_rows(app, clock, monkeypatch):
    out_of_rows, read = everything(), label_rows._read

    def away():
        raise DBAPIError("SELECT", {}, Exception("no such table"))

    changed_elsewhere("Close together")
    monkeypatch.setattr(label_rows, "_read", away)
    label_rows.forget()
    assert everything() == out_of_rows
    clock[0] += label_rows.TRIED_AGAIN_AFTER
    monkeypatch.setattr(label_rows, "_read", read)
    assert said()[1] == "Close together"
    monkeypatch.setattr(label_rows, "_read", away)
    clock[0] += label_rows.KEPT_FOR
    assert said()[1] == "Close together", "the last words that were read stay"


def test_a_page_that_says_the_database_failed_has_the_last_words_without_asking(
    app, session, monkeypatch, caplog
):
    older = label_rows.keep()._replace(until=0.0)
    monkeypatch.setattr(label_rows, "_read", lambda: pytest.fail("the database is asked"))
    set_closed(True)
    try:
        app.extensions["labels"] = older
        assert label_rows.keep() is older
        app.extensions.pop("labels")
        assert label_rows.keep().rows == {}, "then our own words"
        assert "labels" not in app.extensions, "for this page alone"
    finally:
        set_closed(False)
    assert "labels" not in caplog.text


def test_no_page_waits_for_another_one_that_reads_the_labels(app, session, monkeypatch):
    """Each page holds a connection; were all to wait, the one that reads might never get one."""
    monkeypatch.setattr(label_rows, "PATIENCE", 0.01)
    older = label_rows.keep()._replace(until=0.0)
    with label_rows._lock:  # another page is reading
        app.extensions["labels"] = older
        assert label_rows.keep() is older
        app.extensions.pop("labels")
        assert label_rows.keep().rows == {}, "then our own words"
    assert label_rows.keep().rows == older.rows
