"""The letter with which an operator tries whether mail arrives; it stands in no queue."""

from email.message import EmailMessage
from urllib.parse import urlsplit

from flask import current_app

from forum.domain.mailing import return_paths
from forum.infra import clock, i18n, tokens
from forum.infra.i18n import _
from forum.infra.mailer import Message, build
from forum.jobs.letter_headers import AUTOMATIC
from forum.jobs.letter_links import link


def trial_letter(address: str) -> EmailMessage:
    """Return the letter to `address`, in the forum's own language; Permanent for an address that is none."""
    config = current_app.config
    with i18n.force_locale(config["DEFAULT_LOCALE"], config["TIMEZONE"]):
        subject = _("Test e-mail of %(name)s", name=config["FORUM_NAME"])
        context = {
            "subject": subject,
            "forum_name": config["FORUM_NAME"],
            "sent_at": clock.now(),
            "home": link("home.index"),
        }
        text, html = (
            current_app.jinja_env.get_template(f"email/trial.{kind}").render(**context)
            for kind in ("txt", "html")
        )
    host = urlsplit(config["BASE_URL"]).hostname or "localhost"
    return build(
        Message(
            to=address,
            subject=subject,
            text=text,
            html=html,
            from_address=config["MAIL_FROM"],
            message_id=f"<{tokens.random_token(16)}@{host}>",
            headers=dict(AUTOMATIC),
            envelope_sender=return_paths.plain(),
        )
    )
