"""Production refuses what is unsafe, however it is spelt, and says which; on what is safe it starts, and is strict."""

import base64
import json
import logging
import os
import random
import re
import string
import subprocess
import sys
import uuid

import pytest

from forum import create_app
from forum.infra import safe_settings
from forum.settings import UnsafeSettings
from forum.web.http import forwarded
from tests.rules.source import ROOT

pytestmark = pytest.mark.any_database

# Written down instead of drawn: the cases are named by their values, and all workers must name them alike.
KEY, OLDER = (
    "0rKJTYwvz2192TOj2x1jgCo76RG33JpQFF4iCZ035bUTd7z6lfwp65MVpkoqkizJ",
    "4352948c74769f15aaabe54605a3d987b03939b4dbf358b09030b51fb79d74d6",
)
HEX, URLSAFE = "3845b9c56f83de6dd96c799c5a0538eb", "JL4gfrNYm2asNHLvUV3HHsLY4yFDPId5"


@pytest.fixture
def safe(tmp_path, monkeypatch):
    """Settings with which production starts; nothing of this machine's environment."""
    for name in ("FORUM_ENV", "FLASK_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    return {
        "SECRET_KEY": KEY,
        "SECRET_KEY_FALLBACKS": [],
        "BASE_URL": "https://forum.example",
        "SMTP_URL": "smtp://127.0.0.1:25",
        "SQLALCHEMY_DATABASE_URI": f"sqlite:///{tmp_path}/forum.db",
        "MAIL_FROM": "Forum <noreply@forum.example>",
        "REDIS_URL": "",
        "TRUSTED_PROXIES": "0",
        "DEMO": "0",
        "INSTANCE": tmp_path,
    }


LONG = "Zq3v-8xLm2Wp_7tRb5Yk"
REFUSED = [
    ("SECRET_KEY", ["", "  \t"], "SECRET_KEY is missing"),
    ("SECRET_KEY", ["short", KEY[:31]], "SECRET_KEY is shorter than 32"),
    ("SECRET_KEY", [f" {KEY}", f"{KEY}\n"], "SECRET_KEY has blanks around"),
    ("SECRET_KEY", ["CHANGE ME CHANGE THE KEY PLEASE 32", "THIS IS THE SECRET KEY OF OUR FORUM IN GENT",
                    "correct horse battery staple again and again", "$(openssl rand -hex 32) $(date +%s)",
                    f"{KEY[:20]} {KEY[20:]}", f"{KEY[:20]}\t{KEY[20:]}", f"{KEY[:20]}\u00a0{KEY[20:]}"],
     "SECRET_KEY has blanks in it"),
    ("SECRET_KEY", ["$(openssl-rand--hex-32)-8xLm2Wp_7tRb", "`openssl-rand-32`-8xLm2Wp_7tRb5Yk",
                    "${FORUM_SECRET_KEY:-8xLm2Wp_7tRb5Yk}", "{{vault.forum_key}}-8xLm2Wp_7tRb5Yk"],
     r"SECRET_KEY has \$\( or"),
    ("SECRET_KEY", ["k" * 40, "abc" * 14, "aB3$xY9!" * 5, "0123456789abcdef" * 2, " " * 16 + "x" * 16 + " y"],
     "SECRET_KEY (repeats itself|has blanks)"),
    ("SECRET_KEY", ["abcdefghijklmnopqrstuvwxyz0123456", f"{LONG}-qwertyuiop-x!", f"{LONG}-87654321-zXy",
                    "1q2w3e4r5t6y7u8i9o0p1q2w3e4r5t6y", "1Q2W3E4R5T6Y7U8I9O0P1q2w3e4r5t6y",
                    "1a2z3e4r5t6y7u8i9o0pPMOLIKUJYHTG", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9"],
     "SECRET_KEY is made of neighbouring"),
    ("SECRET_KEY", [f"{LONG}-CHANGEME-9fK", f"{LONG}-secret_key-x", f"{LONG}-CHANGE/ME-9fK",
                    "wachtwoord-van-de-stad-antwerpen-2026", "GeheimeSleutelVanHetForumInGent1",
                    "tests-only-Gh7Kq2Lm9Xw4Rt6Yb1Zc5"],
     "SECRET_KEY is one of an example"),
    ("SECRET_KEY", ["0102030405060708091011121314151617181920", "48151623421087-9911235813213455-8914",
                    "000102030405060708090a0b0c0d0e0f101112"], "SECRET_KEY is made of numbers"),
    ("SECRET_KEY", ["THISISTHEKEYOFOURFORUMINGENT-2026", "onze-stad-antwerpen-en-haar-forum-26",
                    "OnzeStadHeeftEenForumVoorArmoede1", "le.forum.de.la.ville.de.bruxelles",
                    "IKWANDELELKEZONDAGLANGSDESCHELDE", "Correct-Horse-Battery-Staple-Again",
                    "Paraplu-Regen-Fiets-Kraai-Molen-Water",
                    "Welkom2026!Leerlingen2025!Kraaien-Molenaar", "drie.fietsen.in.de.regen.en.een.kraai"],
     "SECRET_KEY is made of words"),
    ("SECRET_KEY_FALLBACKS", [["old"], [OLDER, "k" * 40], [" short "]], "SECRET_KEY_FALLBACKS: key"),
    ("SECRET_KEY_FALLBACKS", [[KEY], [OLDER, f" {KEY} "]], "SECRET_KEY_FALLBACKS has SECRET_KEY itself"),
    ("DEBUG", [True], "FLASK_DEBUG is on"),
    ("DEMO", [True, "1", " On ", "TRUE", "yes", "y", "t"], "FORUM_DEMO is on"),
    ("DEMO", ["maybe", "2", "ja"], "FORUM_DEMO is '"),
    ("BASE_URL", ["https://", "HTTPS://", " https://:443 ", "https:", "https:forum.example"],
     "BASE_URL names no host"),
    ("BASE_URL", ["https://forum.example/leerkring", "https://forum.example/?x=1", "https://forum.example#x"],
     "BASE_URL has a path"),
    ("BASE_URL", ["https://ann@forum.example", "https://ann:x@forum.example", "https://@forum.example"],
     "BASE_URL names a user"),
    ("BASE_URL", ["https://forum.example:99999", "https://forum.example:x", "https://[::1", "https://forum example",
                  "https://forum.example\tx", "https://forum.example:0", "https://.", "https://-", "https://a..b",
                  "https://-a.example", "https://forum.example\\x", "\ufeffhttps://forum.example", "https://999.1.1.1"],
     "BASE_URL is no address"),
    ("BASE_URL", ["https://café.example"], "BASE_URL has letters with accents"),
    ("SMTP_URL", ["mailbox:x", "MAILBOX:x", " mailbox:/var/mail ", "memory:", "Memory:", "memory://"],
     "SMTP_URL keeps e-mails on this machine"),
    ("SMTP_URL", ["", "nonsense", "mail.example", "mail.example:25", "http://mail.example", "smpt://mail.example"],
     "SMTP_URL must start with"),
    ("SMTP_URL", ["smtp://", "smtp:", "SMTPS://:465", "smtp:///x"], "SMTP_URL names no host"),
    ("SMTP_URL", ["smtp://mail.example:x", "smtp://mail.example:70000", "smtp://[::1", "smtp://mail example",
                  "smtp://mail.example:0", "smtp://.", "smtp://-", "smtp://mail\\x"],
     "SMTP_URL is no address"),
    ("SMTP_URL", ["smtp://mail.example?timeout=0", "smtp://mail.example?timeout=soon", "smtps://mail.example?data_timeout=-1"],
     "SMTP_URL has a time limit"),
    ("SQLALCHEMY_DATABASE_URI", ["nonsense", "", "forum.db"], "DATABASE_URL is no address"),
    ("SQLALCHEMY_DATABASE_URI", ["postgresql://x/y", "postgres://x/y", "mysql://x/y"], "DATABASE_URL must start with"),
    ("SQLALCHEMY_DATABASE_URI", ["sqlite://", "sqlite:///:memory:", "sqlite:///", "sqlite:///file::memory:?uri=true",
                                 "sqlite:///file:x?mode=memory&uri=true", "sqlite:///x?mode=memory",
                                 "sqlite:///:memory:?cache=shared", "sqlite:///?x=1"], "DATABASE_URL names no file"),
    ("SQLALCHEMY_DATABASE_URI", ["sqlite:////tmp", "sqlite:////"], "DATABASE_URL names a folder"),
    ("SQLALCHEMY_DATABASE_URI", ["postgresql+psycopg://host"], "DATABASE_URL names no database"),
    ("SQLALCHEMY_DATABASE_URI", ["postgresql+psycopg://u:half@rest@host/forum"], "DATABASE_URL has a @ in its user"),
    ("REDIS_URL", ["nonsense", "memory://", "http://redis.example", "redis://redis.example:x"],
     "REDIS_URL must start with"),
    ("REDIS_URL", ["redis://", "REDISS://:6379"], "REDIS_URL names no server"),
    ("METRICS_TOKEN", ["short", KEY[:31]], "METRICS_TOKEN is shorter than 32"),
    ("METRICS_TOKEN", ["x" * 40], "METRICS_TOKEN repeats itself"),
    ("MAIL_FROM", ["Leerkring <noreply@leerkring.example>", "NoReply@Leerkring.Example"],
     "MAIL_FROM is the one of the demo"),
    ("MAIL_FROM", ["", "Leerkring", "noreply@", "Forum <>", "Forum <noreply@forum>", "a@forum.test\nBcc: b@x.test"],
     "MAIL_FROM is no address"),
    ("MAIL_PER_DOMAIN_PER_HOUR", ["-1", "two", "1.5", "²", "9" * 7], "MAIL_PER_DOMAIN_PER_HOUR is no number"),
    ("REVIEW_MONTHS", ["0", "61", "-1", "1.5", "two", "", "²"], "REVIEW_MONTHS is"),
    ("ANSWER_WORKDAYS", ["0", "61", "x"], "ANSWER_WORKDAYS is"),
    ("CONFIRMING_CITIES", ["0", "14", "1 2"], "CONFIRMING_CITIES is"),
    ("TRUSTED_PROXIES", ["-1", "two", "1.5", "1 2", "²", True, "100000", "11", "9" * 5000, "01"],
     "TRUSTED_PROXIES is"),
]  # fmt: skip


@pytest.mark.live
@pytest.mark.parametrize(("name", "spellings", "said"), REFUSED, ids=lambda value: str(value)[:30])
def test_production_refuses_and_says_which_however_it_is_spelt(safe, name, spellings, said):
    for value in spellings:
        with pytest.raises(UnsafeSettings, match=said) as refused:
            create_app({**safe, name: value})
        assert str(refused.value).count(";") == 0, (value, "nothing else is wrong")
        assert KEY not in str(refused.value)
        assert len(str(refused.value)) < 200


ACCEPTED = [
    ("SECRET_KEY", [HEX, URLSAFE, KEY, "mzxw6ytboi5gk3tfon2gk43unfxgq2lt", "UF4OA7HDKXQ2PJ5ZLTY6WBNR3CGE7SVM"]),
    ("SECRET_KEY_FALLBACKS", [[], None, ["", " "], [OLDER, f" {HEX} "]]),
    ("DEMO", [False, "0", "false", " OFF ", "no", "", "n"]),
    ("BASE_URL", ["HTTPS://Forum.Example", " https://forum.example ", "https://forum.example/",
                  "https://forum.example?", "https://forum.example:8443"]),
    ("BASE_URL", ["https://10.0.0.7", "https://[2001:db8::1]:8443", "https://forum", "https://xn--caf-dma.example"]),
    ("SMTP_URL", ["smtp://mail.example", "SMTPS://mail.example:465", "smtp://u:p@mail.example:587?starttls=1",
                  "smtp://[::1]:25", "smtp://mail.example?timeout=10&data_timeout=300"]),
    ("SQLALCHEMY_DATABASE_URI", ["postgresql+psycopg://u:p@host/forum", "postgresql+psycopg:///forum"]),
    ("MAIL_FROM", ["noreply@forum.example", '"Leer, kring" <noreply@forum.example>']),
    ("METRICS_TOKEN", ["", "  ", f" {KEY} "]),
    ("REDIS_URL", ["", " ", "redis://127.0.0.1:1/0", "rediss://u:p@redis.example:6380/1"]),
    ("MAIL_PER_DOMAIN_PER_HOUR", [0, "50", " 50 "]),
    ("REVIEW_MONTHS", [12, " 60 ", "1"]),
    ("ANSWER_WORKDAYS", ["10", 60]),
    ("CONFIRMING_CITIES", [1, "13"]),
    ("TRUSTED_PROXIES", [0, 1, "1", " 2 ", "0"]),
]  # fmt: skip


@pytest.mark.live
@pytest.mark.parametrize(("name", "spellings"), ACCEPTED, ids=lambda value: str(value)[:30])
def test_production_starts_on_what_is_safe_however_it_is_spelt(safe, name, spellings):
    for value in spellings:
        app = create_app({**safe, name: value})
        assert app.config["ENV_NAME"] == "production"
        assert app.config["SESSION_COOKIE_SECURE"]
        assert app.config["DEMO"] is False
        if name == "BASE_URL" and "forum.example" in value.lower():
            assert app.config["BASE_URL"] in {"https://forum.example", "https://forum.example:8443"}
        if name == "TRUSTED_PROXIES":
            assert app.config["TRUSTED_PROXIES"] == int(value)


ALNUM = string.ascii_letters + string.digits
DRAWN = [
    (lambda chance: chance.randbytes(32).hex(), 0),  # secrets.token_hex(32)
    (
        lambda chance: base64.urlsafe_b64encode(chance.randbytes(32)).decode().rstrip("="),
        1,
    ),  # token_urlsafe(32)
    (lambda chance: base64.b64encode(chance.randbytes(32)).decode(), 1),  # openssl rand -base64 32
    (lambda chance: base64.b64encode(chance.randbytes(48)).decode(), 1),
    (lambda chance: "".join(chance.choices(ALNUM, k=32)), 3),
    (lambda chance: base64.b32encode(chance.randbytes(20)).decode(), 3),
    (lambda chance: base64.b32encode(chance.randbytes(20)).decode().lower(), 3),
    (lambda chance: str(uuid.UUID(bytes=chance.randbytes(16), version=4)), 3),
]


@pytest.mark.parametrize(("draw", "most"), DRAWN, ids=range(len(DRAWN)))
def test_what_chance_draws_is_a_good_key(draw, most):
    chance = random.Random(20261126)  # drawn alike each time
    said = [(key, safe_settings._weakness(key)) for key in (draw(chance) for _ in range(3000))]
    assert len([key for key in said if key[1]]) <= most, [key for key in said if key[1]]


@pytest.mark.live
@pytest.mark.parametrize("environment", ["production", "development"])
def test_a_setting_of_before_is_met_with_a_sentence(safe, monkeypatch, caplog, environment):
    monkeypatch.setenv("JOBS_URL", "redis://127.0.0.1:1/1")
    asked = create_app({**safe, "ENV_NAME": environment, "BASE_URL": SCHEME[environment]}).test_client()
    assert asked.get("/healthz").status_code == 200
    said = [each.getMessage() for each in caplog.records if "JOBS_URL" in each.getMessage()]
    assert said == ["JOBS_URL is not used any more: the worker looks at its tables itself. Take it out."]
    caplog.clear()
    monkeypatch.setenv("JOBS_URL", " ")
    create_app(safe)
    assert "JOBS_URL" not in caplog.text


@pytest.mark.live
@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("REDIS_URL", "redis://me:secret/rest@redis.example"),
        ("REDIS_URL", "me:secret@redis.example"),
        ("SQLALCHEMY_DATABASE_URI", "postgresql+psycopg://me:secret@re:st@host/forum"),
        ("SQLALCHEMY_DATABASE_URI", "postgresql+psycopg://me:se@secret@host/forum"),
    ],
)
def test_an_address_that_is_wrong_is_never_quoted_in_development_either(name, url):
    with pytest.raises(UnsafeSettings) as refused:
        create_app({"ENV_NAME": "testing", name: url})
    assert name.removeprefix("SQLALCHEMY_").removesuffix("_URI") in str(refused.value)
    assert not re.search("secret|rest|re:st", str(refused.value))


SCHEME = {"production": "https://forum.example", "development": "http://127.0.0.1:8000"}


@pytest.mark.live
def test_every_wrong_value_is_named_in_one_go(safe, monkeypatch):
    wrong = {
        "SECRET_KEY": "short", "SECRET_KEY_FALLBACKS": ["old"], "DEMO": "maybe", "BASE_URL": "https://",
        "SMTP_URL": "MEMORY:", "SQLALCHEMY_DATABASE_URI": "nonsense", "REDIS_URL": "nonsense", "TRUSTED_PROXIES": "two",
        "MAIL_FROM": "Leerkring <noreply@leerkring.example>",
    }  # fmt: skip
    monkeypatch.setenv("FLASK_DEBUG", "1")
    monkeypatch.setenv("FORUM_ENV", "productoin")
    with pytest.raises(UnsafeSettings) as refused:
        create_app({**safe, **wrong})
    for name in (*wrong, "FLASK_DEBUG", "FORUM_ENV"):
        assert name.replace("SQLALCHEMY_DATABASE_URI", "DATABASE_URL").replace("DEMO", "FORUM_DEMO") in str(
            refused.value
        )


@pytest.mark.live
@pytest.mark.parametrize(
    ("value", "starts"),
    [("", True), ("0", True), ("false", True), ("False", True), ("no", True),
     ("1", False), ("true", False), ("on", False), ("yes", False), ("off", False)],
)  # fmt: skip
def test_debugging_is_on_where_flask_would_switch_it_on(safe, monkeypatch, value, starts):
    monkeypatch.setenv("FLASK_DEBUG", value)
    if starts:
        assert not create_app(safe).debug
    else:
        with pytest.raises(UnsafeSettings, match="FLASK_DEBUG is on"):
            create_app(safe)


@pytest.mark.live
@pytest.mark.parametrize(
    ("named", "address", "said"),
    [
        ("testing", "https://forum.example", "FORUM_ENV is testing while BASE_URL is https"),
        ("Development ", " HTTPS://forum.example", "FORUM_ENV is development while BASE_URL is https"),
        ("live", "http://forum.example", "FORUM_ENV is 'live'"),
        (" Production ", "http://forum.example", "BASE_URL must start with https://"),
        ("PRODUCTION", "https://forum.example", None),
        ("", "HTTPS://forum.example", None),
        ("  ", "https://forum.example", None),
    ],
)
def test_the_environment_fits_the_address(safe, monkeypatch, named, address, said):
    monkeypatch.setenv("FORUM_ENV", named)
    if said is None:
        assert create_app({**safe, "BASE_URL": address}).config["ENV_NAME"] == "production"
    else:
        with pytest.raises(UnsafeSettings, match=said):
            create_app({**safe, "BASE_URL": address})
    with pytest.raises(UnsafeSettings, match=r"SMTP_URL (names no folder|keeps e-mails)"):
        create_app({**safe, "SMTP_URL": "mailbox:"})


@pytest.mark.live
def test_production_is_strict(safe):
    visitor = create_app(safe).test_client()
    answer = visitor.get("/accounts/sign-in", base_url="https://forum.example")
    assert answer.status_code == 200
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-")
    assert "Secure" in cookie
    assert "HttpOnly" in cookie
    for path in ("/nowhere", "/static/css/tokens.css", "/static/nothing.css"):
        found = visitor.get(path, base_url="https://forum.example")
        assert "frame-ancestors 'none'" in found.headers["Content-Security-Policy"], path
        assert "unsafe" not in found.headers["Content-Security-Policy"]
        assert found.headers["X-Content-Type-Options"] == "nosniff"


def warnings_of(safe, caplog, headers, **settings):
    """What is logged about proxies while a page is asked for three times."""
    caplog.clear()
    visitor = create_app({**safe, **settings}).test_client()
    with caplog.at_level(logging.WARNING):
        for _turn in range(3):
            visitor.get("/healthz", base_url="https://forum.example", headers=headers)
    return [line.getMessage() for line in caplog.records if "TRUSTED_PROXIES" in line.getMessage()]


@pytest.mark.live
def test_headers_of_a_proxy_that_is_not_trusted_are_warned_of_once_and_never_told(safe, caplog, monkeypatch):
    for name in ("X-Forwarded-For", "x-real-ip", "Forwarded"):
        assert len(warnings_of(safe, caplog, {name: "203.0.113.77"})) == 1
        assert "203.0.113.77" not in caplog.text
    assert warnings_of(safe, caplog, {}) == []
    assert warnings_of(safe, caplog, {"X-Forwarded-For": "203.0.113.77"}, TRUSTED_PROXIES="1") == []
    monkeypatch.setattr(forwarded, "QUIET", 0)
    assert len(warnings_of(safe, caplog, {"X-Forwarded-For": "203.0.113.77"})) == 3, (
        "again after some minutes"
    )


@pytest.mark.live
def test_who_starts_it_reads_a_sentence_and_no_trace(tmp_path):
    wrong = {"TRUSTED_PROXIES": "two", "FORUM_DEMO": "maybe", "FORUM_ENV": "", "INSTANCE": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", "routes"],
        cwd=ROOT, env={**os.environ, **wrong}, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    for name in ("TRUSTED_PROXIES is 'two'", "FORUM_DEMO is 'maybe'"):
        assert name in ended.stderr


# Imports the forum once, and lets children begin with it, each in an environment of its own: the configuration is read
# anew there, and `app.py` does what it does for every server.
CHILDREN = """
import gc, importlib, json, os, sys
import config, forum
for number, environment in enumerate(json.load(sys.stdin)):
    if child := os.fork():
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
        continue
    for stream, name in ((1, 'out'), (2, 'err')):
        os.dup2(os.open(f'{number}.{name}', os.O_WRONLY | os.O_CREAT), stream)
    os.environ.update(environment)
    importlib.reload(config)
    importlib.reload(forum.settings)
    try:
        from app import app
    except SystemExit as ended:
        print(ended, file=sys.stderr, flush=True)
        os._exit(1)  # as `sys.exit` would; taking a whole forum down in order costs more than the test
    print('starts', app.config['ENV_NAME'], app.testing, flush=True)
    if not gc.isenabled():
        print('nothing looks for garbage', flush=True)
    os._exit(0)
"""


def start(folder, *environments):
    """How processes end that start the forum with only these variables, what they say and complain of."""
    said = {name: value for name, value in os.environ.items() if name == "PATH" or name.startswith("PYTHON")}
    said |= {"HOME": str(folder), "INSTANCE": str(folder), "PORT": "8000"}
    ended = subprocess.run(
        [sys.executable, "-c", CHILDREN], cwd=folder, env={**said, "PYTHONPATH": str(ROOT)},
        input=json.dumps(environments), stdout=subprocess.PIPE, text=True, check=True, timeout=60,
    )  # fmt: skip
    return [
        (int(code), *((folder / f"{number}.{name}").read_text() for name in ("out", "err")))
        for number, code in enumerate(ended.stdout.split())
    ]


@pytest.mark.live
def test_what_the_environment_says_is_looked_at_and_not_what_replaces_it(tmp_path):
    fine = {"FORUM_ENV": " ", "BASE_URL": ""}  # an address of this machine
    refused = {
        "FORUM_ENV is testing while BASE_URL is": {"FORUM_ENV": "TESTING ", "BASE_URL": " HTTPS://forum.example"},
        "only tests may choose it": {"FORUM_ENV": "testing"},
        "FORUM_ENV is development while": {"FORUM_ENV": "Development", "BASE_URL": "https://forum.example"},
        "SECRET_KEY is missing": {"FORUM_ENV": " ", "BASE_URL": "https://forum.example"},
        "BASE_URL must start with https://": {"BASE_URL": '"https://forum.example"'},
    }  # fmt: skip
    started, *others = start(tmp_path, fine, *refused.values())
    assert started == (0, "starts development False\n", "")
    for said, (code, out, complained) in zip(refused, others, strict=True):
        assert (code, out) == (1, "")
        assert said in complained
        assert "Traceback" not in complained


MISSPELT = [
    '"https://forum.example"', "'https://forum.example'", "htps://forum.example", "https//forum.example",
    "https ://forum.example", "\ufeffhttps://forum.example", "forum.example", "http:forum.test", "http://", "http://.",
    "http://forum.test/x", "http://a@forum.test", "http://forum.test:0", "http:\\\\forum.test", "https:/forum.example",
]  # fmt: skip


@pytest.mark.live
@pytest.mark.parametrize("named", ["", "development", "production"])
def test_an_address_that_is_misspelt_starts_nothing_anywhere(safe, monkeypatch, named):
    monkeypatch.setenv("FORUM_ENV", named)
    for address in MISSPELT:
        with pytest.raises(UnsafeSettings, match="BASE_URL"):
            create_app({**safe, "BASE_URL": address})


@pytest.mark.live
def test_without_https_only_what_nobody_reaches_from_outside(safe, monkeypatch, caplog):
    for host in (
        "localhost:8000",
        "127.0.0.1",
        "[::1]:80",
        "192.168.1.7",
        "forum.test",
        "pc.local",
        "web:8000",
    ):
        assert create_app({**safe, "BASE_URL": f"http://{host}"}).config["ENV_NAME"] == "development"
    assert "public host" not in caplog.text
    for host in ("forum.example", "8.8.8.8", "forum.city.be."):
        with pytest.raises(UnsafeSettings, match="BASE_URL has a public host and no https"):
            create_app({**safe, "BASE_URL": f"http://{host}"})
    monkeypatch.setenv("FORUM_ENV", "development")
    assert create_app({**safe, "BASE_URL": "http://forum.example"}).config["ENV_NAME"] == "development"
    assert "public host" in caplog.text
