"""The web server's entry: ``gunicorn certremoval.config.wsgi``."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "certremoval.config.settings")
application = get_wsgi_application()
