"""Copies the few files that we serve but did not make, out of node_modules, and writes their hashes down.

Run it after changing package.json; commit what it wrote. `tests/rules/test_vendor.py` hashes again.
"""

import hashlib
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
PACKAGES = ROOT / "node_modules"
MANIFEST = "MANIFEST.sha256"

_NEWSREADER, _GROTESK = "@fontsource-variable/newsreader", "@fontsource-variable/hanken-grotesk"
COPIES = {
    "fonts": {
        "newsreader-latin-opsz-normal.woff2": f"{_NEWSREADER}/files/newsreader-latin-opsz-normal.woff2",
        "newsreader-latin-wght-italic.woff2": f"{_NEWSREADER}/files/newsreader-latin-wght-italic.woff2",
        "newsreader-LICENSE.txt": f"{_NEWSREADER}/LICENSE",
        "hanken-grotesk-latin-wght-normal.woff2": f"{_GROTESK}/files/hanken-grotesk-latin-wght-normal.woff2",
        "hanken-grotesk-LICENSE.txt": f"{_GROTESK}/LICENSE",
    },
    # The bundle of the second holds two packages more, each with its licence.
    "vendor": {
        "markdown-toolbar-element.js": "@github/markdown-toolbar-element/dist/index.js",
        "markdown-toolbar-element-LICENSE.txt": "@github/markdown-toolbar-element/LICENSE",
        "text-expander-element.js": "@github/text-expander-element/dist/bundle.js",
        "text-expander-element-LICENSE.txt": "@github/text-expander-element/LICENSE",
        "combobox-nav-LICENSE.txt": "@github/combobox-nav/LICENSE",
        "dom-input-range-LICENSE.txt": "dom-input-range/LICENSE",
    },
}


def copy() -> None:
    """Bring the originals in and write the manifests, in the form that `sha256sum --check` reads."""
    for name, copies in COPIES.items():
        folder = STATIC / name
        folder.mkdir(parents=True, exist_ok=True)
        for file, source in copies.items():
            shutil.copyfile(PACKAGES / source, folder / file)
        lines = [f"{digest(folder / file)}  {file}\n" for file in sorted(copies)]
        (folder / MANIFEST).write_text("".join(lines), encoding="utf-8")


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def differences(folder: Path) -> list[str]:
    """What in `folder` is not as its manifest says: changed, missing, or never written down."""
    lines = (folder / MANIFEST).read_text(encoding="utf-8").splitlines()
    said = {name: wanted for wanted, name in (line.split("  ", 1) for line in lines)}
    there = {path.name for path in folder.iterdir()} - {MANIFEST}
    found = [f"{name} is missing" for name in sorted(said.keys() - there)]
    found += [f"{name} is not in the manifest" for name in sorted(there - said.keys())]
    found += [
        f"{name} was changed" for name in sorted(said.keys() & there) if digest(folder / name) != said[name]
    ]
    return found


if __name__ == "__main__":
    if not PACKAGES.is_dir():
        sys.exit("The packages are not there: run `npm ci --ignore-scripts` first.")
    copy()
