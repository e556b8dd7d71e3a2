"""The living page shows every component; the look keeps its weight and its contrast."""

import gzip
import re

import pytest

from tests.rules.source import ROOT

CSS = ROOT / "static" / "css"
JS = ROOT / "static" / "js"


@pytest.fixture
def demo(app, monkeypatch):
    monkeypatch.setitem(app.config, "DEMO", True)


def test_the_living_page_is_only_there_in_the_demo(client):
    assert client.get("/design").status_code == 404


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_shows_itself_in_both_languages_and_themes(client, demo, lang, theme):
    answer = client.get(f"/design?lang={lang}&theme={theme}")
    assert answer.status_code == 200
    assert f'data-theme="{theme}"' in answer.text
    assert f'<html lang="{"nl-BE" if lang == "nl" else "en"}"' in answer.text


def test_it_leaves_no_component_out():
    shown = "".join(path.read_text() for path in (ROOT / "templates").glob("design/*.html"))
    shown += "".join(path.read_text() for path in (ROOT / "templates").glob("components/*.html"))
    names = {path.stem for path in (ROOT / "templates" / "components").glob("*.html")}
    assert sorted(name for name in names if f"components/{name}.html" not in shown) == []


def test_every_component_is_one_macro_named_as_its_file():
    for path in (ROOT / "templates" / "components").glob("*.html"):
        assert re.findall(r"{%-? macro (\w+)\(", path.read_text()) == [path.stem], path.name


def _weight(folder, pattern):
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in folder.glob(pattern))


SHARED = ("tokens.css", "frame.css", "components.css", "pages.css")  # every page loads them


def test_styles_and_scripts_keep_their_weight():
    assert sum(_weight(CSS, name) for name in SHARED) <= 13_400
    # What one page alone loads, each a file of its own, stays small; was 1,000 when no such page had more than lists.
    assert {path.name for path in CSS.glob("*.css") if _weight(CSS, path.name) > 1_500} <= set(SHARED)
    # Every page of a member loads these scripts. What a page loads in all stands in test_weight.py.
    assert sum(_weight(JS, name) for name in ("forum.js", "once.js")) <= 2_300
    assert {path.name for path in JS.glob("*.js") if _weight(JS, path.name) > 3_100} == set()


def _themes():
    """The colours of the light and of the dark theme; a colour that is not given twice stands in both."""
    light, dark = {}, {}
    for name, value in re.findall(r"--([\w-]+): ([^;]*#[^;]*);", (CSS / "tokens.css").read_text()):
        colours = re.findall(r"#[0-9a-f]{6}", value)
        light[name], dark[name] = colours[0], colours[-1]
    return light, dark


def _luminance(colour):
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one, other):
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_colour_stands_in_one_place():
    others = "".join(path.read_text() for path in CSS.glob("*.css") if path.name != "tokens.css")
    assert "light-dark(" not in others
    assert "prefers-color-scheme" not in others + (CSS / "tokens.css").read_text()
    light, dark = _themes()
    assert len(light) > 20
    assert sum(light[name] != dark[name] for name in light) > 20


def test_words_can_be_read_on_what_they_stand_on():
    for theme in _themes():
        for ink in ("ink", "ink-2", "ink-3", "accent", "rust", *(name for name in theme if "axis-" in name)):
            for ground in ("paper", "sheet", "shade"):
                assert _contrast(theme[ink], theme[ground]) >= 4.5, (ink, ground)
        for ink, ground in [
            ("on-accent", "accent"),
            ("on-cloth", "cloth"),
            ("on-cloth-2", "cloth"),
            ("ink", "mark"),
            ("ink", "accent-soft"),
            ("rust", "rust-soft"),
        ]:
            assert _contrast(theme[ink], theme[ground]) >= 4.5, (ink, ground)
        assert _contrast(theme["edge"], theme["sheet"]) >= 3
