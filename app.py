"""The application that a WSGI server or `flask` runs. Settings that are not safe end it with a sentence."""

import gc
import sys

from forum import create_app
from forum.settings import UnsafeSettings

try:
    app = create_app()
except UnsafeSettings as error:
    sys.exit(str(error))

# What was made until here stays. To look through it for garbage again and again would now and then keep every request
# of this process waiting for a sixth of a second.
gc.collect()
gc.freeze()
# A search makes some ten thousand objects, and drops them: at the usual threshold every eighth one looked through all
# that was cached since, which took it a tenth of a second.
gc.set_threshold(20_000, 20, 20)
