"""Django's settings, one file per concern; what the environment can change stands in `config/env.py`."""

from sweeps_app.config.settings.api import *
from sweeps_app.config.settings.core import *
from sweeps_app.config.settings.database import *
from sweeps_app.config.settings.files import *
from sweeps_app.config.settings.logs import *
from sweeps_app.config.settings.pages import *
from sweeps_app.config.settings.queue import *
from sweeps_app.config.settings.security import *
