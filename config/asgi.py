import os

from django.core.asgi import get_asgi_application

from apps.core.encodings import AsyncRequest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.prod")

application = get_asgi_application()
application.request_class = AsyncRequest
