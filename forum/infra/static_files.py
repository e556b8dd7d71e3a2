"""Static files: read once at the start, and served at an address that holds a fingerprint of all of them.

One fingerprint for the whole folder, as a folder of its own, keeps the references between the files right: `../fonts/…`
in a style sheet and `./once.js` in a script stay below the address that they were fetched from.
"""

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, abort, request, session

from forum.infra import compression

ENDPOINT = "static"
# What stands at an address with a fingerprint never changes.
ONE_YEAR = "public, max-age=31536000, immutable"
# An address without it, or with that of another release: during a deployment old and new pages are open at once, and
# one old file at a new address must not stay there for a year.
ONE_MINUTE = "public, max-age=60"
LENGTH = 16
OLD_FINGERPRINT = re.compile(rf"[0-9a-f]{{{LENGTH}}}/")


@dataclass(frozen=True)
class StaticFile:
    """A file as it was when the application started, so that a fingerprint never names anything else."""

    body: bytes
    mimetype: str
    digest: str
    gzipped: bytes | None  # made once, as small as it gets; None for what is no text, or too short


def read(folder: Path) -> dict[str, StaticFile]:
    """Return every file below `folder` by its path in there, in the order of those paths."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): _read(path) for path in paths}


def fingerprint(files: dict[str, StaticFile]) -> str:
    """Return a short hash of all names and all contents: another one as soon as any of them differs."""
    listing = "".join(f"{name}\n{file.digest}\n" for name, file in files.items())
    return hashlib.sha256(listing.encode()).hexdigest()[:LENGTH]


def init_app(app: Flask, folder: Path) -> None:
    """Serve `folder`; `url_for("static", filename=…)` returns the address with the fingerprint."""
    files = read(folder)
    current = f"/static/{fingerprint(files)}/"

    def serve(filename: str) -> Response:
        file = files.get(filename) or files.get(OLD_FINGERPRINT.sub("", filename, count=1))
        if file is None:
            abort(404)
        return _answer(file, ONE_YEAR if request.path.startswith(current) else ONE_MINUTE)

    # Addresses are built from the first rule of an endpoint.
    app.add_url_rule(f"{current}<path:filename>", ENDPOINT, serve)
    app.add_url_rule("/static/<path:filename>", ENDPOINT, serve)
    app.after_request(_same_for_everybody)


def _read(path: Path) -> StaticFile:
    body = path.read_bytes()
    mimetype = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    gains = compression.is_text(mimetype) and len(body) >= compression.SMALLEST
    gzipped = gzip.compress(body, 9, mtime=0) if gains else None
    return StaticFile(body, mimetype, hashlib.sha256(body).hexdigest()[:LENGTH], gzipped)


def _answer(file: StaticFile, cache_control: str) -> Response:
    """The file as the browser accepts it, the asked range of it, or 304 where the browser has it already."""
    response = Response(file.body, mimetype=file.mimetype)
    response.headers["Cache-Control"] = cache_control
    response.set_etag(file.digest)
    if file.gzipped is not None:
        response.vary.add("Accept-Encoding")  # on 304 too: caches keep the headers of the last answer
        if compression.accepts_gzip():
            compression.mark(response, file.gzipped)
    response.make_conditional(request, accept_ranges=True, complete_length=len(file.body))
    return response


def _same_for_everybody(response: Response) -> Response:
    """No `Vary: Cookie` on a file: some extension looks at the session after every request, which would add it.

    It would make a browser fetch all files again as soon as any cookie changes.
    """
    if request.endpoint == ENDPOINT and response.status_code < 400:
        session.accessed = False
    return response
