"""The list of parts of compounds is what its script makes of the word list, with its notice and hash beside it."""

import pytest

from forum.infra.search_keys.compounds import FILE
from scripts import compound_parts, dutch_words

pytestmark = pytest.mark.any_database


def test_the_list_is_the_one_whose_hash_was_written_down():
    said = compound_parts.HASH.read_text(encoding="utf-8")
    assert said == f"{compound_parts.digest(FILE.read_text(encoding='utf-8'))}  {FILE.name}\n"
    assert "OpenTaal" in compound_parts.NOTICE.read_text(encoding="utf-8")


@pytest.mark.proof
def test_the_script_makes_the_list_again():
    made = compound_parts.made(dutch_words.read())
    assert made == FILE.read_text(encoding="utf-8")
    assert compound_parts.NOTICE.read_bytes() == (compound_parts.DICTIONARY / "license").read_bytes()
