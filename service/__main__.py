"""`python -m service COMMAND`: everything that is run by hand."""

import gc
import sys

# `run` turns it on again. To look for garbage in what is imported takes a tenth of the time.
gc.disable()

from service.commands import run  # noqa: E402

sys.exit(run(sys.argv[1:]))
