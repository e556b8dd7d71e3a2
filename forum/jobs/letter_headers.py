"""The headers by which mail systems know what a letter is, which others belong to it, and how its reader stops it."""

from urllib.parse import urlsplit

from flask import current_app

from forum.domain.mailing.stops import ALL, TOGETHER
from forum.infra import tokens
from forum.models.mail import OutgoingMail

# No machine may answer it (RFC 3834), nor somebody's absence.
AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
STOP = "unsubscribe"  # the subject of a mail that stops a list, before the name of its stop
CONVERSATION = "conversation"  # the purpose of the mark of what letters are about
SENDER = "leerkring"  # by which mailbox providers count what is said of our letters
# Ids in a payload that several letters share, the first that there is.
SHARED = ("lesson_id", "round_id", "request_id")


def headers_of(
    mail: OutgoingMail,
    *,
    kind: str,
    stop: str | None,
    stop_url: str | None,
    help_url: str = "",
    about: str = "",
    way_back: str = "",
) -> dict[str, str]:
    """Return the headers of a letter: those of a list only where its reader can stop it, at `stop_url`.

    `kind` is as what it leaves. `about` names what it is about, which stands in the letter as a mark that is another
    one for each member. `way_back` is the sender of its envelope: where there is one, a mail to it stops the same, see
    `incoming`.
    """
    # What holds several kinds is of the list of all of them.
    listed = ALL.name if stop is not None and TOGETHER in stop else stop
    headers = {**AUTOMATIC, "Feedback-ID": f"{kind}:{listed or 'none'}:{mail.lane}:{SENDER}"}
    about = about or _of_payload(mail)
    if about:
        root = f"<{tokens.mark(CONVERSATION, f'{mail.member_id} {about}')}@{_host()}>"
        headers |= {"In-Reply-To": root, "References": root}
    if stop is None or listed is None or stop_url is None:
        return headers
    return headers | {
        "Precedence": "bulk",
        "List-Id": f"<{listed.replace('_', '-')}.{_host()}>",
        "List-Unsubscribe": f"<{stop_url}>"
        + (f", <mailto:{way_back}?subject={STOP}%20{stop}>" if way_back else ""),
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Help": f"<{help_url}>",
        "List-Post": "NO",
    }


def _of_payload(mail: OutgoingMail) -> str:
    if mail.member_id is None:
        return ""
    name = next((name for name in SHARED if mail.payload.get(name) is not None), None)
    if name is None:
        return ""
    # What is requested of a moderator and of a reviewer is counted apart.
    family = "" if name == "lesson_id" else f"{mail.kind.partition('_')[0]} "
    return f"{family}{name.removesuffix('_id')}.{mail.payload[name]}"


def _host() -> str:
    return urlsplit(current_app.config["BASE_URL"]).hostname or "localhost"
