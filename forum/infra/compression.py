"""Text leaves compressed with gzip, for browsers that accept it.

`docs/decisions/0012-files-and-compression.md` says why pages with secrets are compressed too, and when they are not.
"""

import gzip
import secrets
from io import BytesIO

from flask import Flask, Response, request

LEVEL = 5  # of 1 to 9: a higher one takes longer and saves less than two percent of a page
SMALLEST = 500  # bytes; below, the header costs more than is saved, and everything fits in one packet
PADDING = 100  # bytes at most, of a length by chance
TEXTS = frozenset(
    {"application/atom+xml", "application/javascript", "application/json", "application/xml", "image/svg+xml"}
)


def init_app(app: Flask) -> None:
    """Compress every answer that gains by it, after all other functions saw it."""
    app.after_request(compress)


def is_text(mimetype: str) -> bool:
    """Whether gzip makes this kind of content smaller; typefaces and photographs are compressed already."""
    return mimetype.startswith("text/") or mimetype in TEXTS


def accepts_gzip() -> bool:
    """Whether this browser wants gzip rather than the plain text: `q=0` says no, and a part is cut from plain text."""
    asked = request.environ.get("HTTP_ACCEPT_ENCODING")
    if not asked or "HTTP_RANGE" in request.environ:
        return False
    accepted = request.accept_encodings
    return accepted["gzip"] > 0 and accepted["gzip"] >= accepted.quality("identity")


def mark(response: Response, body: bytes) -> None:
    """Replace the content by `body`, its compressed form: its validator then only says that both mean the same."""
    response.set_data(body)
    response.headers["Content-Encoding"] = "gzip"
    etag, _is_weak = response.get_etag()
    if etag is not None:
        response.set_etag(etag, weak=True)


def compress(response: Response) -> Response:
    """Return `response`, compressed where it is a whole text of some length and the browser accepts it."""
    if response.direct_passthrough or response.is_streamed or not is_text(response.mimetype or ""):
        return response
    if "Content-Encoding" in response.headers or response.status_code in {204, 206, 304}:
        return response
    if (response.calculate_content_length() or 0) < SMALLEST:
        return response
    response.vary.add("Accept-Encoding")
    if accepts_gzip() and not _is_probe():
        mark(response, _padded(response.get_data()))
    return response


def _is_probe() -> bool:
    """Whether another site made this browser ask for a page of its user, with words of that site in the address.

    Where those words are repeated on the page, its compressed length tells whether they stand there already (BREACH).
    """
    asked = request.environ
    from_elsewhere = asked.get("HTTP_SEC_FETCH_SITE") in {"cross-site", "same-site"}
    return from_elsewhere and bool(asked.get("QUERY_STRING")) and "HTTP_COOKIE" in asked


def _padded(body: bytes) -> bytes:
    """The compressed text, longer by chance: a name in the header of gzip, which no browser reads."""
    target = BytesIO()
    name = "x" * secrets.randbelow(PADDING + 1)
    with gzip.GzipFile(filename=name, mode="wb", compresslevel=LEVEL, fileobj=target, mtime=0) as file:
        file.write(body)
    return target.getvalue()
