import os

from django.core.wsgi import get_wsgi_application

from apps.core.encodings import Request

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.prod")

application = get_wsgi_application()
application.request_class = Request
