"""The product's name and address for templates that are rendered without a request: mails and error pages."""

from __future__ import annotations

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def project_name() -> str:
    return settings.PROJECT_NAME


@register.simple_tag
def contact_email() -> str:
    return settings.CONTACT_EMAIL
