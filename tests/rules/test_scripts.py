"""The scripts behind `make` tell the truth: about what is missing, what failed and what was skipped."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from scripts import need, suite, translations
from tests import postgres

pytestmark = pytest.mark.any_database


def test_a_missing_tool_is_named_and_fails(monkeypatch, capsys):
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(need.shutil, "which", lambda *_, **__: None)
    assert need.main() == 1
    said = capsys.readouterr().err
    assert "chromium" in said
    assert "default-jre-headless" in said


def test_all_that_is_missing_is_named_at_once_libraries_too(tmp_path, monkeypatch, capsys):
    lonely = Path(shutil.copy(postgres.packaged_binaries() / "initdb", tmp_path))  # no library beside it
    (library,) = need.lacking(lonely)
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(need.shutil, "which", lambda *_, **__: None)
    monkeypatch.setattr(need, "_programs", lambda: [lonely])
    monkeypatch.setitem(need.LIBRARIES, library, "libpq5")
    assert need.main() == 1
    said = capsys.readouterr().err
    for words in (library, "libpq5", "chromium", "default-jre-headless"):
        assert words in said


def test_what_may_be_installed_is_installed_in_one_go(monkeypatch):
    asked = []
    monkeypatch.setattr(need, "_missing", lambda: [] if asked else [("a", "libatomic1"), ("b", "chromium")])
    monkeypatch.setattr(need, "_may_install", lambda: True)
    monkeypatch.setattr(need, "_install", asked.append)
    monkeypatch.setattr(need, "_install_node_modules", lambda: 0)
    assert need.main() == 0
    assert asked == [["chromium", "libatomic1"]]


def test_what_is_there_is_left_alone(monkeypatch, capsys):
    monkeypatch.setattr(need, "_install", lambda packages: pytest.fail(f"installs {packages}"))
    assert need.main() == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("counted", "code"),
    [
        ({"passed": 3}, 0),
        ({"passed": 3, "failed": 1}, 1),
        ({"passed": 3, "skipped": 1}, 1),
    ],
)
def test_a_skipped_test_fails_the_suite_as_a_failed_one_does(capsys, counted, code):
    assert suite._report({"sqlite": (Counter(counted), 1.0)}) == code
    assert capsys.readouterr().out.splitlines()[-1].startswith(f"3 passed, {counted.get('failed', 0)} failed")


def test_a_phase_that_ran_nothing_is_a_failure(tmp_path, monkeypatch):
    monkeypatch.setattr(suite, "ROOT", tmp_path)
    (tmp_path / "test_nothing.py").write_text("")
    monkeypatch.setitem(suite.PHASES, "empty", ("sqlite", ".", "", "0"))
    assert suite._run("empty", ["-p", "no:cacheprovider"])[0]["failed"] == 1
    (tmp_path / "test_nothing.py").write_text("def test_one(): pass\ndef test_two(): assert False\n")
    assert suite._run("empty", ["-p", "no:cacheprovider"])[0] == Counter(passed=1, failed=1)


def test_what_runs_beside_the_others_is_shown_behind_them_and_counts(tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(suite, "ROOT", tmp_path)
    (tmp_path / "test_both.py").write_text("def test_one(): pass\ndef test_two(): assert False, 'seen'\n")
    monkeypatch.setitem(suite.PHASES, "first", ("sqlite", ".", "", "0"))
    monkeypatch.setitem(suite.PHASES, "aside", ("sqlite", ".", "", "0"))
    monkeypatch.setattr(suite, "BESIDE", {"aside"})
    assert suite.main(["aside", "first", "--", "-p", "no:cacheprovider"]) == 1
    said = capfd.readouterr().out
    assert said.index("== first ==") < said.index("== aside ==")
    assert said.count("AssertionError: seen") >= 2
    assert said.splitlines()[-1] == "2 passed, 2 failed"


def test_what_one_phase_compiled_the_next_one_has_and_nothing_of_it_is_in_the_checkout(tmp_path, monkeypatch):
    monkeypatch.setattr(suite, "ROOT", tmp_path)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    seen = tmp_path / "seen"
    (tmp_path / "planted.py").write_text("")
    (tmp_path / "test_planted.py").write_text(
        "import sys, planted, pathlib\n"
        "def test_one():\n"
        f"    with open({str(seen)!r}, 'a') as file:\n"
        "        print(planted.__cached__, pathlib.Path(planted.__cached__).exists(), file=file)\n"
    )
    for name in ("first", "second"):
        monkeypatch.setitem(suite.PHASES, name, ("sqlite", ".", "", "0"))
    assert suite.main(["first", "second", "--", "-p", "no:cacheprovider"]) == 0
    first, second = (line.split() for line in seen.read_text().splitlines())
    assert first == second
    assert first[1] == "True"
    assert not first[0].startswith(str(tmp_path))
    assert not list(tmp_path.rglob("__pycache__"))


def test_a_catalogue_tells_what_it_has_not_translated(tmp_path):
    catalogue = tmp_path / "messages.po"
    catalogue.write_text(
        'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
        'msgid "Stories"\nmsgstr "Verhalen"\n\n'
        'msgid "Facts"\nmsgstr ""\n\n'
        '#, fuzzy\nmsgid "Action"\nmsgstr "Actief"\n\n'
        'msgid "one"\nmsgid_plural "%(num)d"\nmsgstr[0] "een"\nmsgstr[1] ""\n'
    )
    assert [words.split("'")[0] for words in translations.untranslated(catalogue)][:2] == ["Facts", "Action"]
    assert len(translations.untranslated(catalogue)) == 3


def test_every_way_to_mark_visible_words_is_collected(tmp_path, monkeypatch):
    code, page = tmp_path / "forum" / "words.py", tmp_path / "templates" / "home" / "index.html"
    for path in (code, page):
        path.parent.mkdir(parents=True)
    code.write_text('_("Plain")\nlazy("Later")\nngettext("%(num)d reply", "%(num)d replies", 2)\n')
    page.write_text('{{ _("On a page") }} {% set x = ngettext("%(num)d city", "%(num)d cities", 1) %}')
    (tmp_path / "pyproject.toml").write_bytes((translations.ROOT / "pyproject.toml").read_bytes())
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    translations.extract(tmp_path / "messages.pot")
    found = (tmp_path / "messages.pot").read_text()
    for words in ("Plain", "Later", "%(num)d replies", "On a page", "%(num)d cities"):
        assert f'"{words}"' in found
