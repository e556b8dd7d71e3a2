"""What the domain of the sender publishes: each record right, and each way in which it can be wrong."""

import base64

import pytest

from forum.domain.mailing import sender_records
from forum.infra.dns import NoReply

pytestmark = pytest.mark.any_database
DOMAIN = "stad.example"
RSA_2048, RSA_1024, RSA_512 = (base64.b64encode(bytes(size)).decode() for size in (294, 162, 94))
RIGHT = {
    DOMAIN: ["v=spf1 mx include:_spf.mail.example -all", "google-site-verification=x"],
    "_spf.mail.example": ["v=spf1 ip4:192.0.2.0/24 a:out.mail.example/28 ~all"],
    f"key._domainkey.{DOMAIN}": [f"v=DKIM1; k=rsa; p={RSA_2048[:200]} {RSA_2048[200:]}"],
    f"_dmarc.{DOMAIN}": ["v=DMARC1; p=quarantine; rua=mailto:x@stad.example"],
}


class Records:
    """The records of a dict, by name; MX and addresses are in two sets."""

    def __init__(self, texts, *, mail=(DOMAIN,), hosts=(), silent=()):
        self.by_name, self.mail, self.hosts, self.silent = texts, mail, hosts, silent

    def texts(self, name):
        if name in self.silent:
            raise NoReply("LifetimeTimeout")
        return self.by_name.get(name, [])

    def mail_servers(self, name):
        return ["."] if name in self.silent else ["mx.example."] if name in self.mail else []

    def has_address(self, name):
        return name in self.hosts


def found(changes=None, domain=DOMAIN, selector="key", returned_to="", **others):
    records = Records({**RIGHT, **(changes or {})}, **others)
    checks = sender_records.check(records, domain, selector=selector, returned_to=returned_to)
    return {check.name: check for check in checks}


def test_everything_is_right():
    checks = found()
    assert [name for name, check in checks.items() if not check.good or check.warns] == []
    assert checks["SPF"].found == "one record, 3 of 10 look-ups, ends with -all"


def test_where_mail_comes_back_is_asked_of_too():
    back = f"returned.{DOMAIN}"
    right = found({back: ["v=spf1 mx -all"]}, returned_to=back, mail=(DOMAIN, back))
    assert [name for name, check in right.items() if not check.good or check.warns] == []
    assert (right["SPF"].found[:10], right["returns"].found) == ("one record", f"{back} takes mail")
    wrong = found(returned_to=back)
    assert f"{back} has no SPF record" in wrong["SPF"].found
    assert "give it an MX record" in wrong["returns"].found
    assert not wrong["returns"].good
    other = found(
        {"mail.example": ["v=spf1 -all"]}, returned_to="mail.example", mail=(DOMAIN, "mail.example")
    )
    assert "sign with DKIM" in other["returns"].found


DEEP = {f"s{number}.example": [f"v=spf1 include:s{number + 1}.example -all"] for number in range(20)}
WIDE = {f"w{number}.example": ["v=spf1 a mx -all"] for number in range(3)}
SPF = {
    "missing": ([], "has no SPF record: publish one TXT record at stad.example"),
    "another version": (["v=spf10 -all"], "has no SPF record"),
    "two": (["v=spf1 -all", "V=SPF1 mx -all"], "2 SPF records, and only one may be there"),
    "of eleven": ([f"v=spf1 {' '.join(f'a:h{n}.example' for n in range(11))} -all"], "takes 11 look-ups and 10"),
    "too deep": (["v=spf1 include:s0.example -all"], "more than 20 look-ups, and 10"),
    "of itself": (["v=spf1 include:stad.example -all"], "includes itself"),
    "of nobody": (["v=spf1 include:gone.example -all"], "gone.example has no SPF record"),
    "misspelt": (["v=spf1 inlude:_spf.mail.example -all"], "nobody knows what “inlude:_spf.mail.example” means"),
    "without a name": (["v=spf1 include: -all"], "“include:” names no domain"),
    "open": (["v=spf1 mx all"], "lets everybody send"),
    "open by redirect": (["v=spf1 redirect=open.example"], "lets everybody send"),
}  # fmt: skip


@pytest.mark.parametrize("fault", SPF)
def test_an_spf_record_that_is_wrong(fault):
    texts, sentence = SPF[fault]
    check = found({DOMAIN: texts, "open.example": ["v=spf1 +all"], **DEEP})["SPF"]
    assert not check.good
    assert sentence in check.found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"v=spf1 {' '.join(f'a:h{n}.example' for n in range(10))} -all", "10 of 10 look-ups, ends with -all"),
        ("v=spf1 include:w0.example include:w0.example include:w1.example ~all", "9 of 10 look-ups, ends with ~all"),
        ("v=spf1 ip6:2001:db8::/32 exp=why.%{d} redirect=_spf.mail.example", "2 of 10 look-ups, ends with ~all"),
        ("v=spf1 exists:%{i}._spf.%{d} ?all", "1 of 10 look-ups, and says nothing of others"),
        ("v=spf1 mx", "and says nothing of others"),
    ],
)  # fmt: skip
def test_an_spf_record_that_is_read(text, said):
    check = found({DOMAIN: [text], **WIDE})["SPF"]
    assert check.good
    assert said in check.found
    assert check.warns == ("nothing" in said)


DKIM = {
    "missing": ([], "has no key", False),
    "two": ([f"p={RSA_2048}", f"p={RSA_1024}"], "2 keys", False),
    "withdrawn": (["v=DKIM1; p="], "withdrawn", False),
    "damaged": (["v=DKIM1; p=abc"], "damaged", False),
    "of 512 bits": ([f"p={RSA_512}"], "shorter than 1024", False),
    "of 1024 bits": ([f"p={RSA_1024}"], "shorter than 2048", True),
    "of another kind": ([f"k=ed25519; p={base64.b64encode(bytes(32)).decode()}"], "a key at", True),
}


@pytest.mark.parametrize("kind", DKIM)
def test_a_key(kind):
    texts, sentence, good = DKIM[kind]
    check = found({f"key._domainkey.{DOMAIN}": texts})["DKIM"]
    assert (check.good, sentence in check.found) == (good, True)


def test_without_a_selector_it_is_said_how_to_find_it():
    check = found(selector=None)["DKIM"]
    assert (check.good, check.warns) == (True, True)
    assert "--selector" in check.found


DMARC = {
    "missing": ([], "publish a TXT record at _dmarc.stad.example", False),
    "two": (["v=DMARC1; p=none", "v=DMARC1; p=reject"], "2 records", False),
    "without a policy": (["v=DMARC1; rua=mailto:x@stad.example"], "write p=none", False),
    "of none": (["v=DMARC1;p=none"], "write p=quarantine", True),
    "of reject": (["v=DMARC1; p=Reject;"], "says p=reject", True),
}


@pytest.mark.parametrize("kind", DMARC)
def test_a_policy(kind):
    texts, sentence, good = DMARC[kind]
    check = found({f"_dmarc.{DOMAIN}": texts})["DMARC"]
    assert (check.good, sentence in check.found) == (good, True)


def test_the_policy_of_the_domain_above_counts_for_one_below():
    inherited = {f"_dmarc.{DOMAIN}": ["v=DMARC1; p=reject; sp=none"]}
    check = found(inherited, domain=f"forum.{DOMAIN}")["DMARC"]
    assert (check.good, check.warns, "p=none" in check.found) == (True, True, True)
    assert found({"_dmarc.example": ["v=DMARC1; p=reject"]}, domain="other.example")["DMARC"].good is False


def test_replies_need_a_mail_server_or_an_address():
    assert found()["replies"].good
    assert found(mail=(), hosts=(DOMAIN,))["replies"].good
    assert "give it an MX record" in found(mail=())["replies"].found
    refused = found(silent=(DOMAIN,))
    assert (refused["replies"].good, "takes no mail" in refused["replies"].found) == (False, True)
    assert "no name server gave an answer" in refused["SPF"].found, "and the others are asked all the same"
    assert refused["DMARC"].good
