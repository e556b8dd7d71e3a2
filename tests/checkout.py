"""What stands in the checkout. `make` puts things there before the tests run; the tests themselves never do.

A test that made what it needs would hide from everybody that `make` forgot to, until somebody starts afresh.
"""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# What tools keep for the next time, and git's own.
CACHES = {".git", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", "htmlcov"}
INSTALLED = ("node_modules", ".venv/bin", ".venv/lib/*/site-packages")
# Of files that people write only coming and going counts: they may well be typing while the tests run.
MADE = {".mo", ".pot", ".db", ".db-wal", ".installed", ".package-lock.json"}

Listing = dict[str, int]


def listing(root: Path = ROOT) -> Listing:
    """Every file below `root` but caches, with the moment it was written where that matters."""
    found: Listing = {}
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in CACHES | {".venv", "node_modules"}]
        for name in files:
            if not name.startswith(".coverage"):
                _note(Path(folder, name), root, found)
    for pattern in INSTALLED:
        if (root / pattern.partition("/")[0]).is_symlink():
            continue  # shared with other checkouts, where somebody may be installing right now
        for folder in root.glob(pattern):
            for path in folder.iterdir():
                if path.name not in CACHES:
                    _note(path, root, found)
    return found


def _note(path: Path, root: Path, found: Listing) -> None:
    made = path.suffix in MADE or path.name in MADE
    found[str(path.relative_to(root))] = path.lstat().st_mtime_ns if made else 0


def differences(before: Listing, after: Listing) -> list[str]:
    """What came, went or was written again in between."""
    said = [f"{name} came" for name in after.keys() - before.keys()]
    said += [f"{name} went" for name in before.keys() - after.keys()]
    said += [f"{name} was written" for name in after.keys() & before.keys() if after[name] != before[name]]
    return sorted(said)


def uncompiled(root: Path = ROOT) -> list[str]:
    """The catalogues whose compiled form is not there or is older than they are."""
    stale = []
    for source in sorted(root.glob("translations/*/LC_MESSAGES/*.po")):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime_ns < source.stat().st_mtime_ns:
            stale.append(str(source.relative_to(root)))
    return stale
