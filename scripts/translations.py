"""Brings the catalogues up to date with the words in the code and the templates; says what is still untranslated.

English stands in the code itself, so only the other languages have a catalogue. Guesses ("fuzzy") are never made:
a sentence is either translated by a person or it is not.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "translations"
CATALOGUES = {language: FOLDER / language / "LC_MESSAGES" / "messages.po" for language in ("nl",)}
KEYWORDS = ("_", "lazy", "ngettext:1,2")


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder, "messages.pot")
        extract(template)
        for language, catalogue in CATALOGUES.items():
            _update(language, catalogue, template)
    left = {language: untranslated(catalogue) for language, catalogue in CATALOGUES.items()}
    for language, words in left.items():
        print(f"{language}: {len(words)} still to translate")
        for word in words:
            print(f"  {word}")
    return 0


def extract(template: Path) -> None:
    """Collect every visible string of the forum into `template`."""
    asked = [option for keyword in KEYWORDS for option in ("--keyword", keyword)]
    settings = ["--mapping=pyproject.toml", "--add-location=file", "--sort-by-file", "--project=Leerkring"]
    _babel("extract", *settings, *asked, f"--output-file={template}", "forum", "templates")


def untranslated(catalogue: Path) -> list[str]:
    """The sentences of `catalogue` without a translation, or with only a guess."""
    with catalogue.open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    return [str(message.id) for message in messages if message.fuzzy or not _complete(message.string)]


def _complete(translation: str | tuple[str, ...] | list[str]) -> bool:
    return all(translation) if isinstance(translation, tuple | list) else bool(translation)


def _update(language: str, catalogue: Path, template: Path) -> None:
    asked = (f"--input-file={template}", f"--locale={language}", f"--output-file={catalogue}")
    if catalogue.exists():
        _babel("update", *asked, "--no-fuzzy-matching", "--ignore-obsolete", "--ignore-pot-creation-date")
    else:
        catalogue.parent.mkdir(parents=True, exist_ok=True)
        _babel("init", *asked)


def _babel(command: str, *arguments: str) -> None:
    program = [sys.executable, "-m", "babel.messages.frontend", "--quiet", command, *arguments]
    subprocess.run(program, cwd=ROOT, check=True, timeout=120)


if __name__ == "__main__":
    sys.exit(main())
