"""Names, subjects and domains go out over SMTP and come back as they were, read by several readers."""

from email import message_from_bytes, policy
from email.header import decode_header, make_header

import pytest

from forum.infra import addresses, mail_headers, mailbox, mailer, words
from forum.infra.mailer import Message, Permanent, build, open_mailer
from tests import servers

pytestmark = pytest.mark.any_database

PIECES = (
    "Leerkring", "é", "Zoë", "ÿ" * 60, "a" * 90, "👩‍👩‍👧", "🚲🚲🚲", "e\u0301", "Łódź", "привет", "مرحبا",
    "日本語" * 12, "=?utf-8",
    '"', "'", ",", "(", ")", ";", ":", "<", ">", "@", "\\", ".", "=", "?", "_", "!", "=20", "[x]",
    "van het OCMW", "Eéntje, twee (drie): vier;", "Vitrolles–Rognac", "ß", "İ", "\u00a0", "%s", "{x}", "-" * 80,
)  # fmt: skip
# What is written one way in IDNA 2008 and another in Python's own codec of 2003, and what is the same in both.
DOMAINS = {
    "straße.example": "xn--strae-oqa.example",
    "ελλάς.example": "xn--hxarsa0b.example",
    "münchen.example": "xn--mnchen-3ya.example",
    "日本.example": "xn--wgv71a.example",
    "gent.example": "gent.example",
}


def line(chance, most):
    """A line of text as the forum keeps names and titles."""
    return words.one_line(
        "".join(chance.choice((*PIECES, " ", " ", " ")) for _turn in range(chance.randint(1, most)))
    )


@pytest.mark.parametrize("cases", [60, pytest.param(2000, marks=pytest.mark.proof)])
def test_names_and_subjects_of_any_letters_survive_a_mail_server(cases, chance):
    sent = []
    with servers.smtp_server() as post, open_mailer(post.url) as out:
        for number in range(cases):
            subject, name, domain = line(chance, 12) or "x", line(chance, 9), chance.choice(list(DOMAINS))
            written = name.replace("\\", "\\\\").replace('"', '\\"')
            message = Message(
                to=f'"{written}" <m{number}@{domain}>',
                subject=subject,
                text=f"{subject}\n{name}\n",
                from_address=f'"{written}" <noreply@leerkring.example>',
                message_id=f"<{number}@leerkring.example>",
                headers={
                    "List-Unsubscribe": f"<https://leerkring.example/unsubscribe/{'a' * (number % 700)}>"
                },
            )
            out.send(build(message))
            sent.append((subject, name, f"m{number}@{DOMAINS[domain]}", message))
        received = list(post.received)
    assert len(received) == cases
    for (subject, name, address, message), arrived in zip(sent, received, strict=True):
        raw = dict(arrived.message.raw_items())
        assert arrived.recipients == (address,)
        assert mail_headers.read_text(raw["Subject"]) == arrived.message["Subject"] == subject
        assert str(make_header(decode_header(raw["Subject"]))) == subject
        for header, whose in (("To", address), ("From", "noreply@leerkring.example")):
            assert mail_headers.read_address(raw[header]) == (name, whose)
            assert [one.addr_spec for one in arrived.message[header].addresses] == [whose]
            assert all(len(each) <= 100 for each in raw[header].splitlines())
        assert arrived.message["List-Unsubscribe"] == message.headers["List-Unsubscribe"]
        assert arrived.message.get_content().replace("\r\n", "\n") == message.text


def test_long_names_are_split_within_the_rules_and_short_ones_stay_readable():
    raw = bytes(build(_letter('"Peeters, Zoë (OCMW)" <z@x.example>', "é" * 300)))
    head = raw.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert max(map(len, head)) <= 76
    assert b'To: "Peeters, Jan (OCMW)" <z@x.example>' in bytes(
        build(_letter('"Peeters, Jan (OCMW)" <z@x.example>'))
    )
    assert b"\r\nTo: z@x.example\r\n" in bytes(build(_letter("z@x.example")))
    long = "a subject of many ordinary words that does not fit on one line of a letter and so goes on on the next"
    raw = bytes(build(_letter("z@x.example", long)))
    assert b"=?" not in raw
    assert message_from_bytes(raw, policy=policy.default)["Subject"] == long


def test_the_mailbox_of_the_demo_shows_a_long_name_as_it_was_written(tmp_path):
    name = "Gemeenschap van praktijk – Zoë, Yasmïna & co (stedennetwerk) 👩‍👩‍👧 " * 3
    with open_mailer(f"mailbox:{tmp_path}") as out:
        out.send(build(_letter(f'"{name.strip()}" <z@x.example>', name)))
    (stored,) = mailbox.read_mailbox(tmp_path)
    assert (stored.recipient, stored.subject) == (f"{name.strip()} <z@x.example>", name.strip())


@pytest.mark.parametrize(("domain", "written"), DOMAINS.items())
def test_a_domain_is_written_by_the_standard_that_accepted_it(domain, written):
    assert addresses.clean(f"Zoe@{domain}") == f"zoe@{domain}"
    assert addresses.key(f"zoe@{written}") == f"zoe@{domain}"
    assert addresses.ascii_domain(domain) == written
    assert build(_letter(f"zoe@{domain}"))["To"].addresses[0].domain == written


@pytest.mark.parametrize(
    "domain", ["☃.example", "a\u200db.example", "-ü.example", "a..b", "b" * 64 + ".example"]
)
def test_a_domain_that_is_none_is_refused_in_both_places(domain):
    assert addresses.clean(f"zoe@{domain}") is None
    with pytest.raises(ValueError):
        addresses.ascii_domain(domain)
    with pytest.raises(Permanent):
        build(_letter(f"zoe@{domain}"))


def test_letters_with_accents_before_the_at_sign_are_refused_and_known_as_such():
    assert addresses.clean("zoë@x.example") is None
    assert not addresses.has_plain_mailbox("zoë@x.example")
    assert addresses.has_plain_mailbox("zoe@straße.example")
    with pytest.raises(mailer.Permanent):
        build(_letter("zoë@x.example"))


def _letter(to, subject="x"):
    return Message(to=to, subject=subject, text="x", from_address="a@b.example", message_id="<1@x.example>")
