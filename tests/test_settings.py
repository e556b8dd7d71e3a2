"""Production refuses what is unsafe and says which; it starts on what is safe, with strict headers and cookies."""

import pytest

from forum import create_app
from forum.settings import UnsafeSettings

pytestmark = pytest.mark.any_database

SAFE = {
    "ENV_NAME": "production",
    "SECRET_KEY": "k" * 40,
    "BASE_URL": "https://forum.example",
    "SMTP_URL": "smtp://127.0.0.1:25",
    "SQLALCHEMY_DATABASE_URI": "sqlite://",
    "JOBS_URL": "memory:",
    "DEMO": False,
}


@pytest.mark.live
@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is missing"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is shorter"),
        ({"DEBUG": True}, "FLASK_DEBUG"),
        ({"DEMO": True}, "FORUM_DEMO"),
        ({"BASE_URL": "http://forum.example"}, "BASE_URL"),
        ({"SMTP_URL": "mailbox:x"}, "SMTP_URL"),
    ],
)
def test_production_refuses_and_says_which(wrong, named):
    with pytest.raises(UnsafeSettings, match=named):
        create_app({**SAFE, **wrong})


@pytest.mark.live
def test_production_starts_on_safe_values_and_is_strict():
    visitor = create_app(SAFE).test_client()
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
