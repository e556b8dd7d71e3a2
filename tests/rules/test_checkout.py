"""The tests leave the checkout as they found it: what they need is made by `make`, what they make is temporary.

`tests/conftest.py` compares before and after every run; here it is shown that this can fail.
"""

import os
from types import SimpleNamespace

import pytest

from tests import checkout, conftest

pytestmark = pytest.mark.any_database

CATALOGUE = "translations/nl/LC_MESSAGES/messages"


def write(root, name, words="x"):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(words)
    return path


@pytest.mark.parametrize(
    "name",
    [
        f"{CATALOGUE}.mo",
        "instance/forum.db",
        "bench/results/2026.json",
        "tests/picture.png",
        "node_modules/axe/index.js",
        ".venv/lib/python3.11/site-packages/more/more.py",
    ],
)
def test_what_a_test_puts_in_the_checkout_is_seen(tmp_path, name):
    write(tmp_path, "app.py")
    (tmp_path / ".venv/lib/python3.11/site-packages").mkdir(parents=True)
    (tmp_path / "node_modules").mkdir()
    before = checkout.listing(tmp_path)
    write(tmp_path, name)
    (said,) = checkout.differences(before, checkout.listing(tmp_path))
    assert said.endswith(" came")
    assert name.startswith(said.removesuffix(" came"))


def test_a_made_file_written_again_or_taken_away_is_seen(tmp_path):
    again, away = (write(tmp_path, name) for name in (f"{CATALOGUE}.mo", "static/site.css"))
    before = checkout.listing(tmp_path)
    os.utime(again, ns=(0, 0))
    away.unlink()
    assert checkout.differences(before, checkout.listing(tmp_path)) == [
        "static/site.css went",
        f"{CATALOGUE}.mo was written",
    ]


def test_caches_and_what_people_type_meanwhile_do_not_count(tmp_path):
    typed = write(tmp_path, "app.py")
    before = checkout.listing(tmp_path)
    for name in ("__pycache__/app.pyc", ".hypothesis/unicode_data", "forum/__pycache__/x.pyc", ".coverage.1"):
        write(tmp_path, name)
    os.utime(typed, ns=(0, 0))
    assert checkout.differences(before, checkout.listing(tmp_path)) == []


def test_an_environment_shared_with_other_checkouts_does_not_count(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "node_modules").symlink_to(tmp_path / "elsewhere")
    before = checkout.listing(tmp_path / "here")
    write(tmp_path, "elsewhere/axe/index.js")
    assert checkout.differences(before, checkout.listing(tmp_path / "here")) == []


@pytest.mark.parametrize(("planted", "code"), [({"app.py": 0}, 0), ({"instance/forum.db": 5}, 1)])
def test_a_run_that_left_something_fails_and_names_it(monkeypatch, capsys, planted, code):
    monkeypatch.setattr(checkout, "listing", lambda: {"app.py": 0} | planted)
    session = SimpleNamespace(config=SimpleNamespace(stash={conftest.FOUND: {"app.py": 0}}), exitstatus=0)
    conftest.pytest_sessionfinish(session)
    assert session.exitstatus == code
    assert ("instance/forum.db came" in capsys.readouterr().err) is bool(code)


def test_a_catalogue_without_its_compiled_form_stops_the_run(tmp_path, monkeypatch):
    source = write(tmp_path, f"{CATALOGUE}.po")
    assert checkout.uncompiled(tmp_path) == [f"{CATALOGUE}.po"]
    compiled = write(tmp_path, f"{CATALOGUE}.mo")
    assert checkout.uncompiled(tmp_path) == []
    os.utime(compiled, ns=(0, source.stat().st_mtime_ns - 1))
    assert checkout.uncompiled(tmp_path) == [f"{CATALOGUE}.po"]
    monkeypatch.setattr(checkout, "uncompiled", lambda: ["messages.po"])
    with pytest.raises(pytest.UsageError, match="make setup"):
        conftest.pytest_configure(SimpleNamespace())
