"""Django's settings as another environment gives them: in a process of its own, since a process has one set."""

import json
import os
import subprocess
import sys

from sweeps_app.config.env import BASE_DIR

_SHOW = """
import json, sys
import sweeps_app.config.settings as settings
print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}, default=str))
"""


def settings_under(tmp_path, *names, **environment):
    """Return the named settings under these variables alone."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("SWEEPDECK_")}
    done = subprocess.run(
        [sys.executable, "-c", _SHOW, *names],
        cwd=BASE_DIR,
        env=bare | {"SWEEPDECK_DATA_DIR": str(tmp_path)} | environment,
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(done.stdout)
