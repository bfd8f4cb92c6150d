"""`python -m sweepdeck` is the command `sweepdeck`."""

import sys

from sweepdeck._cli import main

sys.exit(main())
