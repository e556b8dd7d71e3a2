"""Makes posts as people type and paste them, each with the letters, lines and links that must come out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

SYLLABLES = [
    "straat",
    "plein",
    "wijk",
    "huis",
    "loket",
    "raad",
    "buurt",
    "kind",
    "fiets",
    "winkel",
    "school",
    "dienst",
    "ploeg",
    "vraag",
    "avond",
    "zomer",
    "één",
    "café",
    "crèche",
    "coördinatie",
    "reünie",
    "naïef",
    "2024",
    "30",
    "7,5",
    "u.",
    "nr.",
    "de",
    "het",
    "een",
    "van",
    "in",
    "op",
    "met",
    "zonder",
    "wie",
    "wat",
    "waarom",
    "omdat",
    "maar",
    "en",
    "of",
    "dus",
]
HOSTS = ("stad.example", "www.stad.example", "loket.gent.example:8000", "nl.wikipedia.example")
PATHS = (
    "",
    "/",
    "/x_y_z",
    "/a/b-c.html",
    "/wiki/Gent_(stad)",
    "/?id=7&amp;taal=nl",
    "/?a=1#deel-2",
    "/~jan/*/x",
)


SHORT, LONG = 5, 45  # at most so many blocks of one to six lines: up to some 11,000 characters


@dataclass
class Post:
    """A post as it was sent, the lines that its writer sees, and the addresses that its links lead to."""

    source: str = ""
    lines: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


def words(chance: Random, most: int = 9) -> str:
    """Some words; the first is none that Markdown could take for the number of a list."""
    return " ".join(["Wij", *chance.choices(SYLLABLES, k=chance.randint(1, most))])


def address(chance: Random, post: Post) -> str:
    """An address as it is typed; where its link leads goes to the post."""
    typed = f"{chance.choice(HOSTS)}{chance.choice(PATHS)}"
    typed = typed if typed.startswith("www.") and chance.random() < 0.5 else f"https://{typed}"
    target = typed if typed.startswith("https") else f"https://{typed}"
    post.links.append(target.replace("&amp;", "&"))
    return typed


def sentence(chance: Random, post: Post) -> tuple[str, str]:
    """A sentence as sent and as shown, now and then with an address in quotes or brackets."""
    said = words(chance)
    if chance.random() > 0.2:
        end = chance.choice([".", "!", "?", "…", "...", " 😀", ""])
        return said + end, said + end
    link = address(chance, post)
    before, after = chance.choice(["()", "„”", "“”", "«»", "‘’", '""', "''", "  "])
    end = chance.choice([".", ",", "…", "!", ""])
    return f"{said} {before}{link}{after}{end}", f"{said} {link.replace('&amp;', '&')}"


def _written(
    chance: Random, mark: Callable[[int, str], str], line_end: str = "\n", *, most: int = SHORT
) -> Post:
    """A post of some blocks of lines; `mark` puts the style's marks around each line, by its place in the block."""
    post = Post()
    blocks = []
    for _block in range(chance.randint(most // 2, most)):
        block = []
        for place in range(chance.randint(1, 6)):
            source, shown = sentence(chance, post)
            block.append(mark(place, source))
            post.lines.append(shown)
        blocks.append(line_end.join(block))
    post.source = (line_end * 2).join(blocks)
    return post


def from_a_word_processor(chance: Random, most: int = SHORT) -> Post:
    """Bullets with tabs, soft line ends, no-break spaces, curly quotes, indented first lines."""
    bullet = chance.choice(["•\t", "·       ", "▪\t", "–\t", "\uf0b7\t", "", "\t", "     ", "\u00a0\u00a0"])
    line_end = chance.choice(["\r\n", "\x0b", "\u2028", "\n"])
    return _written(chance, lambda _place, line: bullet + line, line_end, most=most)


def from_a_phone(chance: Random, most: int = SHORT) -> Post:
    """Short lines, no capitals, emoji, line ends of one kind, spaces left at the end."""
    post = _written(chance, lambda place, line: line + "  " * (place % 2), most=most)
    return Post(
        post.source.lower(), [line.lower() for line in post.lines], [link.lower() for link in post.links]
    )


def from_a_mail_program(chance: Random, most: int = SHORT) -> Post:
    """Quoted lines, headers, a signature behind two dashes on a line of its own."""
    quote = chance.choice(["> ", ">> ", "> > ", ">", "| ", ""])
    post = _written(chance, lambda _place, line: quote + line, "\r\n", most=most)
    header = ["Van: Wij Drie", "Onderwerp: Re: [plein] wat nu?"]
    post.source = "\r\n".join(header) + "\r\n\r\n" + post.source
    post.lines = header + post.lines
    return post


def from_another_forum(chance: Random, most: int = SHORT) -> Post:
    """Square mark-up, which shows as it was typed."""
    tag = chance.choice(["b", "quote", "url", "list", "spoiler", "size=4"])
    close = tag.split("=")[0]
    post = _written(chance, lambda _place, line: f"[{tag}]{line}[/{close}]", most=most)
    post.lines = [f"{tag}{line}{close}" for line in post.lines]
    return post


def in_markdown(chance: Random, most: int = SHORT) -> Post:
    """Emphasis, headings, lists and quotes that somebody meant."""
    before, after = chance.choice(
        [("**", "**"), ("_", "_"), ("- ", ""), ("1. ", ""), ("> ", ""), ("### ", ""), ("~~", "~~")]
    )
    post = Post()
    for _block in range(chance.randint(1, 2 * most)):
        said = words(chance)
        post.source += f"{before}{said}{after}\n\n"
        post.lines.append(said)
        link, label = chance.choice(["https://stad.example/x", "/threads/7"]), words(chance, 3)
        if chance.random() < 0.3:
            post.source += f"[{label}]({link})\n\n"
            post.lines.append(label)
            post.links.append(link)
    return post


STYLES: dict[str, Callable[..., Post]] = {
    "word processor": from_a_word_processor,
    "phone": from_a_phone,
    "mail program": from_a_mail_program,
    "other forum": from_another_forum,
    "markdown": in_markdown,
}


def markdown_of_every_kind(chance: Random) -> tuple[str, str]:
    """Markdown of some kinds at once, and the words in it."""
    parts = [chance.choice(KINDS)(chance) for _ in range(chance.randint(1, 6))]
    gap = chance.choice(["\n\n", "\n\n\n", "\r\n\r\n"])
    return gap.join(source for source, _shown in parts), " ".join(shown for _source, shown in parts)


def _lines(chance: Random, most: int = 4) -> list[str]:
    return [words(chance) for _ in range(chance.randint(1, most))]


def _paragraph(chance: Random) -> tuple[str, str]:
    lines = _lines(chance)
    before = chance.choice(["", "    ", "\t", "> ", ">> ", "### ", " "])
    return "\n".join(before + line for line in lines), " ".join(lines)


def _link(chance: Random) -> tuple[str, str]:
    label, title, quote = words(chance), words(chance), chance.choice("'\"")
    target = chance.choice(
        ["https://stad.example/pad", "/threads/7", "<https://stad.example>", "www.stad.example"]
    )
    picture = chance.choice(["", "!"])
    if chance.random() < 0.5:
        return f"{picture}[{label}]({target} {quote}{title}{quote})", f"{label} {title}"
    return f"{picture}[{label}]({target})", label


def _table(chance: Random) -> tuple[str, str]:
    columns = chance.randint(1, 4)
    rows = [[words(chance, 3) for _ in range(columns)]]
    rows += [_lines(chance, 6) for _ in range(chance.randint(0, 4))]
    shown = " ".join(cell for row in rows for cell in row)
    source = [rows[0], ["---"] * columns, *rows[1:]]
    return "\n".join(f"| {' | '.join(row)} |" for row in source), shown


def _fenced(chance: Random) -> tuple[str, str]:
    info, inside = chance.choice(["", "python", "Beste mensen", words(chance)]), words(chance)
    return f"```{info}\n{inside}\n```", f"{'' if info == 'python' else info} {inside}"


def _list(chance: Random) -> tuple[str, str]:
    lines = _lines(chance)
    bullet = chance.choice(["- ", "* ", "+ ", "•\t", "· ", "▪\u00a0", "  - ", "1. ", "1) "])
    return "\n".join(bullet + line for line in lines), " ".join(lines)


def _definition(chance: Random) -> tuple[str, str]:
    label, rest = (
        f"{chance.choice(NOTES)}{chance.random()}",
        chance.choice(["morgen", "komt morgen", "/x", '/x "titel"']),
    )
    return f"[{label}]: {rest}", f"{label} {rest}"


def _marked(chance: Random) -> tuple[str, str]:
    said, mark = words(chance), chance.choice(["*", "**", "_", "__", "~~", "`", "``", "***"])
    return f"{mark}{said}{mark}", said


def _refused(chance: Random) -> tuple[str, str]:
    said = words(chance)
    source = chance.choice(
        ["[{}]()", "![{}]()", "<Naam::iets> {}", "[{}](voorzitter)", "[{}](upload://abc.png)", "<b>{}</b>"]
    )
    source = source.format(said)
    return source, source


NOTES = ("^", "noot ", "Jan")
KINDS = (_paragraph, _link, _table, _fenced, _list, _definition, _marked, _refused)
