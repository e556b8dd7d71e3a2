"""What we serve but did not make is exactly what its makers published."""

import shutil

import pytest

from scripts import vendor

pytestmark = pytest.mark.any_database


def test_every_vendored_file_is_as_the_manifest_says():
    assert vendor.differences() == []
    assert set(vendor.COPIES) | {vendor.MANIFEST.name} == {path.name for path in vendor.FONTS.iterdir()}


def test_a_changed_a_missing_and_an_unknown_file_are_seen(tmp_path):
    folder = tmp_path / "fonts"
    shutil.copytree(vendor.FONTS, folder)
    changed, missing = sorted(vendor.COPIES)[:2]
    (folder / changed).write_bytes(b"something else")
    (folder / missing).unlink()
    (folder / "stray.woff2").write_bytes(b"")
    assert vendor.differences(folder) == [
        f"{missing} is missing",
        "stray.woff2 is not in the manifest",
        f"{changed} was changed",
    ]


def test_the_vendored_files_are_those_of_the_locked_packages():
    """The manifest alone would accept a changed file with a changed line: compare with the packages too."""
    for name, source in vendor.COPIES.items():
        assert vendor.digest(vendor.PACKAGES / source) == vendor.digest(vendor.FONTS / name), name
