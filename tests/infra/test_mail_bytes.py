"""Letters are written as Python's own mail package writes them, in a fraction of its time."""

import random
from email.generator import BytesGenerator
from email.message import EmailMessage
from io import BytesIO

from forum.infra import mail_bytes
from forum.infra.mail_lines import LONGEST, POLICY
from forum.infra.mailer import build
from tests.infra.test_mailer import letter

PIECES = (
    "a",
    "é",
    "=",
    " ",
    "\t",
    "\n",
    "\r\n",
    "\r",
    "\x0b",
    "\x85",
    "\u2028",
    "🙂",
    "word " * 9,
    "x" * 76,
    ".",
)


def test_texts_are_encoded_as_the_mail_package_does():
    chance = random.Random(5)
    for number in range(1_500):
        text = "".join(chance.choices(PIECES, k=chance.randrange(40)))
        if number % 3 == 0:
            text = text.encode("ascii", "ignore").decode()
        own = EmailMessage(policy=POLICY)
        own.set_content(text)
        encoding, written = mail_bytes.encoded(text, LONGEST)
        assert (own["Content-Transfer-Encoding"], own.get_payload()) == (encoding, written), repr(text)


def test_a_letter_is_written_as_the_generator_does():
    for html in (None, "<p>Dag, één antwoord…</p>", "<p>" + "long " * 60 + "</p>"):
        mail = build(letter(subject="Eén antwoord", text="Dag 🙂\n.\n" + "woord " * 40, html=html))
        whole = BytesIO()
        BytesGenerator(whole, policy=POLICY).flatten(mail)
        assert mail.as_bytes() == whole.getvalue()
