"""A letter arrives as it was meant, at the one address it was meant for, by whichever way."""

import errno
import threading
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forum.infra import mailer, private_files
from forum.infra.mailer import Away, Message, Permanent, build, open_mailer

pytestmark = pytest.mark.any_database

HTML = (
    "<html><head><style>p{color:#123456} @media (prefers-color-scheme: dark){p{color:#fff}}</style></head>"
    "<body><p>Dag Zoë</p></body></html>"
)


def letter(**other) -> Message:
    """A letter with everything in it, unless said otherwise."""
    words = {
        "to": "Zoë Peeters <zoe@x.example>",
        "subject": "Eén nieuwe les",
        "text": "Dag Zoë\n\nFrom here to there.\n.\nEnd\n",
        "html": HTML,
        "from_address": "Leerkring <noreply@leerkring.example>",
        "message_id": "<digest.7.week-2026-11-23@leerkring.example>",
        "headers": {"List-Unsubscribe": "<https://leerkring.example/unsubscribe/" + "a" * 400 + ">"},
    }
    return Message(**{**words, **other})


def words_of(mail) -> str:
    """The text part, with line ends as we write them."""
    return str(mail.get_body(("plain",)).get_content()).replace("\r\n", "\n")


def read(mail) -> mailer.EmailMessage:
    """The letter as another program reads it from its bytes."""
    return message_from_bytes(bytes(mail), policy=policy.default)


def test_text_and_html_say_the_same():
    mail = read(build(letter()))
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert words_of(mail) == letter().text
    html = mail.get_body(("html",)).get_content()
    assert 'style="color: #123456;"' in html or 'style="color:#123456"' in html.replace(" ", "").replace(
        ";", ""
    )
    assert "prefers-color-scheme" in html
    assert read(build(letter(html=None))).get_content_type() == "text/plain"


def test_a_letter_has_exactly_its_own_headers():
    mail = read(build(letter()))
    assert mail["Subject"] == "Eén nieuwe les"
    assert mail["To"].addresses[0].display_name == "Zoë Peeters"
    assert mail["To"].addresses[0].addr_spec == "zoe@x.example"
    assert mail["Message-ID"] == letter().message_id
    assert mail["Date"].datetime.tzinfo is not None
    assert sorted(mail.keys()) == sorted(
        [
            "From",
            "To",
            "Subject",
            "Date",
            "Message-ID",
            "List-Unsubscribe",
            "MIME-Version",
            "Content-Type",
        ]
    )


def test_long_addresses_of_pages_stay_whole():
    raw = bytes(build(letter(message_id="<" + "b" * 150 + "@x.example>")))
    assert b"\r\nList-Unsubscribe: <https://leerkring.example/unsubscribe/" + b"a" * 400 + b">\r\n" in raw
    assert b"\r\nMessage-ID: <" + b"b" * 150 + b"@x.example>\r\n" in raw


def test_lines_are_ascii_short_enough_and_end_as_mail_lines_end():
    raw = bytes(build(letter(text="x" * 3000 + "\n" + "é" * 3000, subject="é" * 400)))
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert read(build(letter(subject="é " * 200)))["Subject"] == ("é " * 200).strip()


INJECTIONS = [
    "a\r\nBcc: eve@x.example",
    "a\nBcc: eve@x.example",
    "a\rBcc: eve@x.example",
    "a\x00b",
    "a\u2028Bcc: eve@x.example",
    "a\x0bBcc: eve@x.example",
    "a\x85Bcc: eve@x.example",
    "a\r\n\r\nbody",
    "=?utf-8?q?a=0D=0ABcc:_eve@x.example?=",
    "a%0d%0aBcc: eve@x.example",
    "a\r\n bcc: eve@x.example",
]


@pytest.mark.parametrize("words", INJECTIONS)
@pytest.mark.parametrize("place", ["subject", "message_id", "header", "name"])
def test_no_value_adds_a_header_or_a_recipient(place, words):
    if place == "header":
        mail = build(letter(headers={"List-Id": words}))
    elif place == "name":
        mail = build(letter(to=f'"{words}" <zoe@x.example>'))
    else:
        mail = build(letter(**{place: words}))
    back = read(mail)
    assert "Bcc" not in back
    assert len(back.keys()) == len(set(back.keys())) == len(mail.keys())
    assert [address.addr_spec for address in back["To"].addresses] == ["zoe@x.example"]
    assert words_of(back) == letter().text


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@",
        "@b",
        "a@b, c@d",
        "a@b\r\nBcc: c@d",
        "a@b c@d",
        "a b@c.example",
        "<a@b>, <c@d>",
        "a@b;c@d",
        "a\x00@b.example",
        "group: a@b, c@d;",
        "a@b@c.example d",
        "zoë@x.example",
        "\ud800@b.example",
        "a@" + "b" * 80 + ".example",
    ],
)
def test_what_is_not_one_address_never_arrives(address):
    with pytest.raises(Permanent):
        build(letter(to=address))


def test_an_address_of_another_alphabet_is_written_as_mail_writes_it():
    assert read(build(letter(to="zoe@münchen.example")))["To"].addresses[0].domain == "xn--mnchen-3ya.example"


@pytest.mark.parametrize("name", ["Bad Name", "X:Y", "X\r\nBcc", "", "Subject", "subject", "MIME-Version:"])
def test_extra_headers_are_headers_of_their_own(name):
    with pytest.raises(ValueError):
        build(letter(headers={name: "x"}))


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_the_subject_and_the_name_the_letter_stays_one_letter(subject, name):
    quoted = name.replace("\\", "").replace('"', "")
    mail = build(letter(subject=subject, to=f'"{quoted}" <zoe@x.example>'))
    back = read(mail)
    assert [address.addr_spec for address in back["To"].addresses] == ["zoe@x.example"]
    assert back.keys() == mail.keys()


def test_memory_keeps_what_was_sent():
    mailer.sent().clear()
    with open_mailer("memory:") as out:
        out.send(build(letter()))
    assert [mail["Subject"] for mail in mailer.sent()] == ["Eén nieuwe les"]
    mailer.sent().clear()


@pytest.mark.parametrize("way", ["memory:", "mailbox:{}"])
def test_every_way_out_asks_before_it_sends_and_can_be_shut_down(way, tmp_path):
    def no() -> None:
        raise OSError("not mine any more")

    def there() -> int:
        return len(mailer.sent()) + len(mailer.read_mailbox(tmp_path))

    mailer.sent().clear()
    with open_mailer(way.format(tmp_path)) as out:
        with pytest.raises(OSError, match="not mine"):
            out.send(build(letter()), before_data=no)
        assert there() == 0
        asked = []
        out.send(build(letter()), before_data=lambda: asked.append(there()))
        assert (asked, there()) == ([0], 1)
        out.shut_down()
        with pytest.raises(Away):
            out.send(build(letter(message_id="<2@x.example>")))
        assert there() == 1
    assert list(tmp_path.glob("*.tmp")) == []
    mailer.sent().clear()


def test_an_unknown_way_is_refused():
    with pytest.raises(ValueError), open_mailer("pigeon:roof"):
        pass


def test_a_folder_that_cannot_be_written_or_is_full_is_away(tmp_path, monkeypatch):
    def full(path: Path, content: bytes) -> None:
        path.write_bytes(content[:100])
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    (tmp_path / "taken").write_text("a file, no folder")
    with open_mailer(f"mailbox:{tmp_path / 'taken'}") as out, pytest.raises(Away):
        out.send(build(letter()))
    with open_mailer(f"mailbox:{tmp_path / 'mail'}") as out:
        with monkeypatch.context() as patch:
            patch.setattr(private_files, "write", full)
            with pytest.raises(Away, match=r"^mailbox: No space left on device$"):
                out.send(build(letter()))
        assert list((tmp_path / "mail").iterdir()) == []
        out.send(build(letter()))
        assert len(mailer.read_mailbox(tmp_path / "mail")) == 1


def test_many_may_write_to_one_folder(tmp_path):
    def write(start: int) -> None:
        with open_mailer(f"mailbox:{tmp_path}") as out:
            for number in range(start, start + 10):
                out.send(build(letter(message_id=f"<{number}@x.example>")))

    threads = [threading.Thread(target=write, args=(start,)) for start in (0, 10, 20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(mailer.read_mailbox(tmp_path)) == 30
    assert list(tmp_path.glob("*.tmp")) == []
