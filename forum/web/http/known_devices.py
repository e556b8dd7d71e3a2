"""Known devices: a cookie that says on which accounts this browser signed in before. It lets nobody in.

Wrong guesses from a known device are counted by themselves. So strangers who guess, also behind the same internet
address, never keep the owner of an account out on a device of their own.
"""

from flask import Response, after_this_request, current_app, request

from forum.infra import addresses, tokens

# The cookie is signed for one purpose, and the signs of accounts in it are made for another.
PURPOSE, ACCOUNT = "device", "known-account"
REMEMBERED = 365 * 24 * 3600
MOST = 5  # accounts of one browser: the last ones


def known(email: str) -> str | None:
    """Return the id of this browser if the account with that address was signed in on it, else None."""
    device, accounts = _read()
    return device if device is not None and _known_as(email) & set(accounts) else None


def remember(email: str) -> None:
    """Note, with the answer to this request, that this browser belongs to somebody with that account.

    For a year, also where nobody asked to stay signed in: it lets nobody in, and whoever signs in every morning is the
    one that guesses of others would keep out.
    """
    device, accounts = _read()
    mark, older = tokens.mark(ACCOUNT, addresses.key(email)), _known_as(email)
    if mark in accounts:
        return
    kept = [mark, *(one for one in accounts if one not in older)][:MOST]
    value = tokens.sign(PURPOSE, {"d": device or tokens.random_token(12), "a": kept})

    @after_this_request
    def set_cookie(response: Response) -> Response:
        response.set_cookie(
            current_app.config["DEVICE_COOKIE_NAME"],
            value,
            max_age=REMEMBERED,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
        return response


def _read() -> tuple[str | None, list[str]]:
    cookie = request.cookies.get(current_app.config["DEVICE_COOKIE_NAME"], "")
    try:
        kept = tokens.read(PURPOSE, cookie, max_age_seconds=REMEMBERED)
        return str(kept["d"]), [str(one) for one in kept["a"]]
    except (tokens.BadToken, KeyError, TypeError):
        return None, []


def _known_as(email: str) -> set[str]:
    """What may stand in the cookie for this account: SECRET_KEY may have been replaced since."""
    return tokens.marks(ACCOUNT, addresses.key(email))
