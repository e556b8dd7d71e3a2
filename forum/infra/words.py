"""Plain text: of a rendered post, a title, an address; and where an excerpt stands in it."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import accumulate, pairwise
from typing import Literal

BLOCKS = frozenset({"p", "h3", "h4", "h5", "h6", "pre", "blockquote", "table", "hr"})
LISTS = frozenset({"ul", "ol"})
LINES = frozenset({"li", "tr", "br"})
CELLS = frozenset({"td", "th"})
SUMMARY_LINES = 6
CUT = " \n,;:–-"  # what no summary ends with, before its ellipsis
# Invisible: they can make a name look like another, or reverse the text beside it.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\u2800\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)
SENTENCE_END = re.compile(r"(?<=[.!?…])\s")
LINE_ENDS = frozenset({"\r\n", "\r", "\x0b", "\x85", "\u2028"})
PARAGRAPH_ENDS = frozenset({"\x0c", "\u2029"})
LEFT_OVER = re.compile("\r\n|[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0\ufdd1]")
MOST_MARKS = 30
MARKED = re.compile(f"[^\x00-\u02ff]{{{MOST_MARKS + 1},}}")  # where so many may stand behind each other
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# Letters that do not decompose into a plain one and an accent.
PLAIN_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "þ": "th", "ð": "d"}
)
# Signs that are typed for an apostrophe, which a telephone makes of it: auto’s is auto's.
APOSTROPHES = dict.fromkeys(map(ord, "‘’ʼʻ′"), "'")


def typed(source: str) -> str:
    """Return what somebody typed, fit to be stored: line ends of one kind, and nothing that a database refuses.

    A browser sends two characters for a line end and counts one. The line and page breaks of word processors are line
    ends too; other control characters are spaces. Half a character (a lone surrogate) comes from machines only.
    """
    return LEFT_OVER.sub(_known, source)


def _known(match: re.Match[str]) -> str:
    signs = match[0]
    if signs in PARAGRAPH_ENDS:
        return "\n\n"
    if signs in LINE_ENDS:
        return "\n"
    return "\ufffd" if "\ud800" <= signs <= "\udfff" else " "


def composed(text: str, form: Literal["NFC", "NFD", "NFKC", "NFKD"] = "NFC") -> str:
    """Return the text in a normal form of Unicode, with at most MOST_MARKS marks on one letter.

    Putting marks in order takes time with the square of their number; no language needs more
    (Unicode Standard Annex 15, "Stream-Safe Text Format").
    """
    return unicodedata.normalize(form, MARKED.sub(_fewer_marks, text))


def _fewer_marks(match: re.Match[str]) -> str:
    kept: list[str] = []
    run = 0
    for sign in match[0]:
        run = run + 1 if unicodedata.combining(sign) else 0
        if run <= MOST_MARKS:
            kept.append(sign)
    return "".join(kept)


def is_blank(text: str) -> bool:
    """Return whether nothing of a text can be seen: it has no letter, figure, sign or picture."""
    return not any(unicodedata.category(sign)[0] in "LNPS" for sign in INVISIBLE.sub("", text))


def plain(html: str) -> str:
    """Return the readable text of HTML that `render` made, without its marks.

    Paragraphs, quotes, headings, code and tables are parted by an empty line; list items, table rows and line breaks by
    the end of a line; cells by a space. Other white space is one space, except in code. Composed letters (NFC). Offsets
    of excerpts point into this text, so the same HTML must give the same text for ever: change nothing here without
    keeping the stored text of old revisions.
    """
    parser = _PlainText()
    parser.feed(html)
    parser.close()
    return composed("".join(parser.parts))


class _PlainText(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.lines = 0  # line ends due before the next word
        self.space = False  # a space due before the next word
        self.code = False
        self.quoted = False  # in the mark of a passage of another post, which is nothing that was said here
        self.lists = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._break(tag)
        if tag in LISTS:
            self.lists += 1
        if tag in CELLS:
            self.space = True
        if tag == "pre":
            self.code = True
        if tag == "q":
            self.quoted = True

    def handle_endtag(self, tag: str) -> None:
        if tag in LISTS:
            self.lists -= 1
        self._break(tag)
        if tag == "pre":
            self.code = False
        if tag == "q":
            self.quoted = False

    def handle_data(self, data: str) -> None:
        if self.quoted:
            return
        if self.code:
            self._add(data.strip("\n"))
            return
        pieces = data.split()
        if not pieces:
            self.space = True
            return
        self.space = self.space or data[0].isspace()
        self._add(" ".join(pieces))
        self.space = data[-1].isspace()

    def _break(self, tag: str) -> None:
        """Before and after a tag; a list within a list begins on the line below its item."""
        if tag in BLOCKS or (tag in LISTS and not self.lists):
            self.lines = 2
        elif tag in LINES or tag in LISTS:
            self.lines = max(self.lines, 1)

    def _add(self, text: str) -> None:
        if not text:
            return
        if self.parts and (self.lines or self.space):
            self.parts.append("\n" * self.lines or " ")
        self.parts.append(text)
        self.lines, self.space = 0, False


def summary(plain_text: str, length: int = 240) -> str:
    """Return the beginning with its line ends, at most `length` characters and SUMMARY_LINES lines.

    It is cut after a sentence when one ends late enough, else after a word.
    """
    lines: list[str] = []
    room = length
    for line in plain_text.split("\n"):
        kept = one_line(line)
        if not kept:
            continue
        if len(lines) == SUMMARY_LINES:
            lines[-1] = _open_end(lines[-1])
            break
        lines.append(kept)
        room -= len(kept) + 1
        if room < 0:
            break
    return _cut("\n".join(lines), length)


def first_sentence(plain_text: str, length: int) -> str:
    """Return the first sentence, cut after a word where it is longer than `length` characters; "" without words."""
    lines = (one_line(line) for line in plain_text.split("\n"))
    line = next((line for line in lines if line), "")
    return _cut(SENTENCE_END.split(line, maxsplit=1)[0], length)


def _cut(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    room = text[: length - 1]
    sentences = [end.end() for end in re.finditer(r"[.!?…](?=\s)", room)]
    if sentences and sentences[-1] >= length * 0.6:
        return f"{room[: sentences[-1]]} …"
    whole = room if text[length - 1].isspace() else re.sub(r"\s\S*$", "", room)
    ended = _open_end(whole)
    return ended if len(ended) <= length else whole.rstrip(CUT + ".!?…") + "…"


def _open_end(text: str) -> str:
    text = text.rstrip(CUT)
    return f"{text} …" if text[-1:] in {".", "!", "?", "…"} else f"{text}…"


def locate(words: str, plain_text: str) -> Iterator[tuple[int, int]]:
    """Return each place where `words` literally stand in the text of `plain`, whatever the white space, in order.

    Places that overlap are found too. The next one is looked for when it is asked for.
    """
    wanted, folded = _folded(words), " ".join(plain_text.split())
    at = folded.find(wanted) if wanted else -1
    if at < 0:
        return
    spans = [match.span() for match in re.finditer(r"\S+", plain_text)]
    lengths = (end - start + 1 for start, end in spans)
    begins = list(accumulate(lengths, initial=0))  # of each word, in `folded`

    def place(offset: int) -> int:
        word = bisect_right(begins, offset) - 1
        return spans[word][0] + offset - begins[word]

    while at >= 0:
        yield place(at), place(at + len(wanted) - 1) + 1
        at = folded.find(wanted, at + 1)


def letters(plain_text: str, start: int, end: int) -> tuple[int, int] | None:
    """Return where these letters stand in a text, counted without its white space; None where there are not as many.

    So a browser counts them too, which has other white space between the same letters.
    """
    places = [at for at, sign in enumerate(plain_text) if not sign.isspace()]
    return (places[start], places[end - 1] + 1) if 0 <= start < end <= len(places) else None


def same_words(words: str, plain_text: str) -> bool:
    """Return whether a part of the text of `plain` is literally `words`, whatever the white space; never of nothing."""
    wanted = _folded(words)
    return bool(wanted) and wanted == " ".join(plain_text.split())


def _folded(words: str) -> str:
    return " ".join(composed(words).split())


def spaced(mail: str) -> str:
    """Return the text of a mail with at most one empty line between others, none at its ends, and no loose spaces.

    But for the one behind the mark before its foot, which belongs to that.
    """
    lines = [line if line == "-- " else line.rstrip() for line in mail.strip().split("\n")]
    return "\n".join(line for before, line in pairwise(["x", *lines]) if line or before) + "\n"


def slug(title: str) -> str:
    """Return plain letters, figures and dashes, at most 60, for an address; "x" when nothing is left."""
    plain = title.lower().translate(PLAIN_LETTERS | APOSTROPHES)
    letters = composed(plain, "NFKD").encode("ascii", "ignore").decode()
    whole = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")
    if len(whole) > 60:
        whole = whole[:61].rpartition("-")[0] or whole[:60]
    return whole.strip("-") or "x"


def one_line(text: str) -> str:
    """Return one line without control and invisible characters, spaces folded: for titles, names, tags and subjects."""
    # Most are one, which is quickly seen.
    if text.isascii() and text.isprintable() and "  " not in text and text == text.strip():
        return text
    # Composed once they are gone: what stood between a letter and its accent is away then, and both become one.
    line = " ".join(composed(INVISIBLE.sub("", CONTROL.sub(" ", text))).split())
    # Joiners belong inside words and emoji; a line of joiners alone is empty.
    return "" if is_blank(line) else line
