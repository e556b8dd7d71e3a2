"""Security headers on every response, errors and static files included."""

from flask import Flask, Response, session

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "frame-src 'self'",  # the mailbox shows a letter in a frame of its own
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    )
)
UNUSED = (
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "microphone",
    "payment",
    "usb",
)
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in UNUSED),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
ONE_YEAR = "max-age=31536000; includeSubDomains"


def init_app(app: Flask) -> None:
    """Set them after every request; a response that brought a policy of its own keeps it."""

    @app.after_request
    def secure(response: Response) -> Response:
        for name, value in ALWAYS.items():
            response.headers.setdefault(name, value)
        if app.config["HSTS"]:
            response.headers.setdefault("Strict-Transport-Security", ONE_YEAR)
        # A file says itself how long it is kept, `web/http/caching.py` what is about a person; any other answer to a
        # signed-in member stays out of every cache.
        if "Cache-Control" not in response.headers:
            if "_user_id" in session:
                response.headers["Cache-Control"] = "no-store"
            else:  # a visitor's page has their language, and a form on it their token: no cache may share it
                response.headers["Cache-Control"] = "private, no-cache"
                response.vary.update(("Cookie", "Accept-Language"))
        return response
