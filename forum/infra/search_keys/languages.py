"""In which language a text is, by the small words that only one of them has."""

from collections.abc import Iterable

DUTCH = "nl"
# Words that two of the languages share ("en", "les", "die", "is", "was", "de", "of", "in") tell nothing.
_SMALL = {
    "nl": """het een van ik dat dit niet met voor zijn ook aan wat maar om bij er naar hebben heeft ze wij jij je
        hun hoe wie waar zoals nog wel geen meer dan door uit worden wordt kan kunnen moeten onze deze""",
    "en": """the and to with for that this are from have has not you they what how our can will would be
        their which there when who where about more than into its were does should those it""",
    "fr": """et est une un pour dans pas nous vous avec sur qui que aux au du leur leurs cette ces sont ou la
        le il elle ils ont etre comment quoi chez notre nos votre vos""",
}
_LANGUAGE_OF = {word: language for language, words in _SMALL.items() for word in words.split()}


def language_of(forms: Iterable[str]) -> str:
    """Return "nl", "en" or "fr" for the folded words of a text; Dutch where nothing says otherwise."""
    counts = dict.fromkeys(_SMALL, 0)
    for form in forms:
        if form in _LANGUAGE_OF:
            counts[_LANGUAGE_OF[form]] += 1
    return max(counts, key=lambda language: (counts[language], language == DUTCH))
