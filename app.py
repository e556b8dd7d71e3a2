"""The application that a WSGI server or `flask` runs. Settings that are not safe end it with a sentence."""

import sys

from forum import create_app
from forum.settings import UnsafeSettings

try:
    app = create_app()
except UnsafeSettings as error:
    sys.exit(str(error))
