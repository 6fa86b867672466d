"""The web's root: granian serves `wsgi:app`, and `flask --app wsgi …` are the officers' commands."""

from ussd_app.app import create_app
from ussd_app.local.services import services
from ussd_app.settings import Settings

app = create_app(Settings.from_environment(), services)
