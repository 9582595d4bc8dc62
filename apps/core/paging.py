"""Long lists, page by page."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.core.paginator import Page, Paginator


class NearestPages(Paginator):
    """Any number in an address leads to the nearest page there is. Django shows the last for 0 and below."""

    def get_page(self, number: Any) -> Page:
        with suppress(TypeError, ValueError):
            number = max(1, int(number))
        return super().get_page(number)
