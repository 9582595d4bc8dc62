from __future__ import annotations

from django import template

from apps.core.log_context import request_id

register = template.Library()
register.simple_tag(request_id)
