"""`python -m service COMMAND`: everything that is run by hand."""

import sys

from service.commands import run

sys.exit(run(sys.argv[1:]))
