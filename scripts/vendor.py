"""Copies the few files that we serve but did not make, out of node_modules, and writes their hashes down.

Run it after changing package.json; commit what it wrote. `tests/rules/test_vendor.py` hashes again.
"""

import hashlib
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FONTS = ROOT / "static" / "fonts"
MANIFEST = FONTS / "MANIFEST.sha256"
PACKAGES = ROOT / "node_modules" / "@fontsource-variable"

COPIES = {
    "newsreader-latin-opsz-normal.woff2": "newsreader/files/newsreader-latin-opsz-normal.woff2",
    "newsreader-latin-wght-italic.woff2": "newsreader/files/newsreader-latin-wght-italic.woff2",
    "newsreader-LICENSE.txt": "newsreader/LICENSE",
    "hanken-grotesk-latin-wght-normal.woff2": "hanken-grotesk/files/hanken-grotesk-latin-wght-normal.woff2",
    "hanken-grotesk-LICENSE.txt": "hanken-grotesk/LICENSE",
}


def copy() -> None:
    """Bring the originals in and write the manifest, in the form that `sha256sum --check` reads."""
    FONTS.mkdir(parents=True, exist_ok=True)
    for name, source in COPIES.items():
        shutil.copyfile(PACKAGES / source, FONTS / name)
    lines = [f"{digest(FONTS / name)}  {name}\n" for name in sorted(COPIES)]
    MANIFEST.write_text("".join(lines), encoding="utf-8")


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def differences(folder: Path = FONTS) -> list[str]:
    """What in `folder` is not as its manifest says: changed, missing, or never written down."""
    lines = (folder / MANIFEST.name).read_text(encoding="utf-8").splitlines()
    said = {name: wanted for wanted, name in (line.split("  ", 1) for line in lines)}
    there = {path.name for path in folder.iterdir()} - {MANIFEST.name}
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
