"""The forum as `flask start` serves it, but without limits of how often somebody may write: for `served`."""

from forum import create_app

app = create_app({"RATES_ENABLED": False})
