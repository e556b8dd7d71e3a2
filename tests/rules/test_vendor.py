"""What we serve but did not make is exactly what its makers published."""

import gzip
import shutil

import pytest

from scripts import vendor

pytestmark = pytest.mark.any_database


@pytest.mark.parametrize("name", vendor.COPIES)
def test_every_vendored_file_is_as_the_manifest_says(name):
    folder = vendor.STATIC / name
    assert vendor.differences(folder) == []
    assert {*vendor.COPIES[name], vendor.MANIFEST} == {path.name for path in folder.iterdir()}


def test_a_changed_a_missing_and_an_unknown_file_are_seen(tmp_path):
    folder = tmp_path / "fonts"
    shutil.copytree(vendor.STATIC / "fonts", folder)
    changed, missing = sorted(vendor.COPIES["fonts"])[:2]
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
    for name, copies in vendor.COPIES.items():
        for file, source in copies.items():
            assert vendor.digest(vendor.PACKAGES / source) == vendor.digest(vendor.STATIC / name / file), file


def test_the_elements_of_a_text_field_weigh_what_was_measured_when_they_were_chosen():
    """They are fetched where somebody writes, and count for no page that is only read."""
    weights = {
        path.name: len(gzip.compress(path.read_bytes(), 9))
        for path in (vendor.STATIC / "vendor").glob("*.js")
    }
    assert weights["markdown-toolbar-element.js"] <= 5_300
    assert weights["text-expander-element.js"] <= 8_900
    assert len(weights) == 2
