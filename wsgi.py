"""The web's root: granian serves `wsgi:app`, and `flask --app wsgi …` are the officers' commands."""

import gc
import sys

from ussd_app.app import create_app
from ussd_app.local.services import running_port, services
from ussd_app.settings import Settings, SettingsError

try:
    app = create_app(Settings.from_environment(), services, running_port)
except SettingsError as problem:
    sys.stderr.write(f"{problem}\n")
    sys.exit(2)

gc.freeze()  # what is loaded by now is never garbage
gc.set_threshold(20_000, 50, 50)  # a request makes hundreds of small things and leaves nothing behind
