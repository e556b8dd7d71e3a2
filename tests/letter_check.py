"""What every mail is held to, whatever it says: RFC 5322, 2369, 2919, 3834 and 8058, and text beside the HTML."""

import re
from email.message import EmailMessage
from email.utils import parseaddr
from html.parser import HTMLParser
from itertools import pairwise

LONGEST_LINE, LARGEST = 998, 60_000
LIST = ("List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Help", "List-Post", "Precedence")
ONE_OF_EACH = ("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Feedback-ID")
MARK = r"<[\w-]{22}@[\w.-]+>"
ADDRESS = re.compile(r"https?://[^\s<>\"]+")


class _Reader(HTMLParser):
    """The words of a page in its order, and where its links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag, attrs):
        self.hidden += tag in {"style", "title"}
        if tag == "a":
            self.links.append(dict(attrs)["href"])

    def handle_endtag(self, tag):
        self.hidden -= tag in {"style", "title"}

    def handle_data(self, data):
        if not self.hidden:
            self.words.append(data)


def _plain(words: str) -> str:
    return "".join(re.findall(r"\w", words)).lower()


def parts(message: EmailMessage) -> tuple[str, str]:
    """Return the text of a mail and its HTML."""
    plain, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    return plain, html


def faults(message: EmailMessage, *, stoppable: bool) -> list[str]:
    """Return what is wrong with a mail; `stoppable`: its reader can stop it."""
    return [
        *_of_headers(message, stoppable),
        *_of_bytes(message.as_bytes()),
        *_of_parts(message),
        *_of_text(parts(message)[0]),
    ]


def _of_headers(message: EmailMessage, stoppable: bool) -> list[str]:
    found = [
        f"{name} {len(message.get_all(name, []))} times"
        for name in ONE_OF_EACH
        if len(message.get_all(name, [])) != 1
    ]
    checks = {
        "a sender without an address": "@" in parseaddr(str(message["From"]))[1],
        "somebody else reads it": not any(message[name] for name in ("Cc", "Bcc", "Reply-To", "Sender")),
        "no date": message["Date"] is not None and message["Date"].datetime is not None,
        "a name that counts or is not ours": re.fullmatch(MARK, str(message["Message-ID"])),
        "a machine may answer it": (message["Auto-Submitted"], message["X-Auto-Response-Suppress"])
        == ("auto-generated", "All"),
        "no four parts for Feedback-ID": re.fullmatch(r"\w+:\w+:\w+:\w{5,15}", str(message["Feedback-ID"])),
        "threads by something else than a mark": message["References"] is None
        or re.fullmatch(MARK, message["References"]),
        "answers another than it belongs to": message["In-Reply-To"] == message["References"],
    }
    if stoppable:
        checks |= {
            "no list": re.fullmatch(r"<[a-z-]+\.[\w.-]+>", str(message["List-Id"])),
            "no way out": re.fullmatch(
                r"<https?://[^>]+/unsubscribe/[^>]+>(, <mailto:[^>]+>)?", str(message["List-Unsubscribe"])
            ),
            "no one click": message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click",
            "no help": re.fullmatch(r"<https?://[^>]+/help>", str(message["List-Help"])),
            "a list to write to": message["List-Post"] == "NO",
            "not bulk": message["Precedence"] == "bulk",
        }
    else:
        checks["a list that nobody can leave"] = not any(message[name] for name in LIST)
    return found + [fault for fault, is_right in checks.items() if not is_right]


def _of_bytes(written: bytes) -> list[str]:
    found = [f"{len(written)} bytes"] if len(written) >= LARGEST else []
    return found + [f"a line of {len(one)}" for one in written.split(b"\r\n") if len(one) > LONGEST_LINE]


def _of_text(plain: str) -> list[str]:
    """What does not make sense when the text is read aloud."""
    plain = plain.replace("\r\n", "\n")
    faults = {
        "a line of marks only": r"(?!-- $)\s*[-=_*~#]+\s*",
        "HTML in the text": r".*(</\w+>|<\w+ [a-z-]+=|<br>|&\w+;).*",  # a name may look like a tag
        "a value that is not there": r".*(\bNone\b|\{\{|%\().*",
    }
    found = [
        f"{what}: {line}"
        for line in plain.splitlines()
        for what, pattern in faults.items()
        if re.fullmatch(pattern, line)
    ]
    if re.search(r"\n[ \t]*\n[ \t]*\n|^\s|[ \t]+\n(?<!\n-- \n)", plain):
        found.append("more than one empty line, or loose spaces")
    if not re.match(r"[^\n]+\n\n[^\n]+\n\n", plain):
        found.append("the name of the forum and the title are no paragraphs of their own")
    return found if plain.count("\n-- \n") == 1 else [*found, "no foot, or several"]


def _of_parts(message: EmailMessage) -> list[str]:
    plain, html = parts(message)
    page = _Reader()
    page.feed(html)
    said = _plain(" ".join(page.words))
    lines = [line.strip() for line in plain.splitlines()]
    links = [line for line in lines if ADDRESS.fullmatch(line)]
    found = [
        f"HTML does not say: {line}"
        for line in lines
        if not ADDRESS.search(line) and _plain(line) not in said
    ]
    found += [
        f"an address inside a line: {line}" for line in lines if ADDRESS.search(line) and line not in links
    ]
    found += [f"text does not lead to {one}" for one in page.links if one not in links]
    found += [f"HTML does not lead to {one}" for one in links if one not in page.links]
    found += [
        f"nothing says where it leads: {one}"
        for before, one in pairwise(lines)
        if one in links and not before
    ]
    written = _plain(" ".join(line for line in lines if line not in links))
    found += [f"text does not say: {one}" for one in page.words if one.strip() and _plain(one) not in written]
    unsubscribe = (message["List-Unsubscribe"] or "").partition(">")[0].strip("<")
    found += [] if not unsubscribe or unsubscribe in links else ["no visible way out"]
    if re.search(r"<(img|script|table)|https?://[^\"]*\.(png|gif)", html):
        found.append("a picture, a table or a script")
    return found
