"""The application that a WSGI server or `flask` runs. Settings that are not safe end it with a sentence."""

import gc
import sys

# What is made until the application is there stays: to look through it for garbage again and again takes a quarter of
# the time in which a process begins.
gc.disable()

from forum import create_app  # noqa: E402
from forum.settings import UnsafeSettings  # noqa: E402

try:
    app = create_app()
except UnsafeSettings as error:
    sys.exit(str(error))

# Later that would now and then keep every request of this process waiting for a sixth of a second.
gc.freeze()
# A search makes some ten thousand objects, and drops them: at the usual threshold every eighth one looked through all
# that was cached since, which took it a tenth of a second.
gc.set_threshold(20_000, 20, 20)
gc.enable()
