"""The forum as `flask start` serves it, for `served`: without limits of how often, and with less patience if asked."""

import os

from forum import create_app

app = create_app({"RATES_ENABLED": False})
app.extensions["turns"].seconds = float(os.environ.get("TEST_PATIENCE", app.extensions["turns"].seconds))
