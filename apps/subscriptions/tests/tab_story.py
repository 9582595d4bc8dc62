"""What tests of the Subscription tab do at Stripe, and how they read the page."""

from __future__ import annotations

import html
import re
from typing import Any

from django.test import Client
from django.utils.html import strip_tags

from apps.subscriptions import sync
from apps.subscriptions.holders import billing_url
from apps.subscriptions.tests.conftest import current, stripe_api_client
from stripe_sandbox.world import World

api = stripe_api_client


def at_stripe(stripe: World, holder: Any, **changes: Any) -> None:
    """The holder's subscription becomes so at Stripe, and is read back."""
    row = current(holder)
    with stripe:
        stripe.update(stripe.get(row.stripe_id), _by_hand=True, **changes)
    read_back(holder)


def read_back(holder: Any) -> None:
    sync.sync_customer(current(holder).stripe_customer_id)


def text_of(client: Client, holder: Any, page: str = "tab", **query: Any) -> str:
    """The words of a page's content, blanks made one."""
    return words(client.get(billing_url(page, holder), query).content.decode())


def words(content: str) -> str:
    main = content.partition('<main id="main"')[2] or content
    text = html.unescape(strip_tags(re.sub(r"<[^>]+>", " ", main)))
    return re.sub(r"\s+([.,:)])", r"\1", " ".join(text.split()))
