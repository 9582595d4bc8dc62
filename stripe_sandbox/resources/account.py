"""The one account."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.api.calls import Call, route
from stripe_sandbox.rendering import first_page

ACCOUNT_ID = "acct_1LocalSandbox0001"


def new_account(created: int) -> dict[str, Any]:
    return {
        "id": ACCOUNT_ID,
        "object": "account",
        "business_profile": {
            "annual_revenue": None,
            "estimated_worker_count": None,
            "mcc": None,
            "minority_owned_business_designation": None,
            "name": "Sandbox",
            "product_description": None,
            "support_address": None,
            "support_email": "support@example.com",
            "support_phone": None,
            "support_url": None,
            "url": None,
        },
        "business_type": None,
        "capabilities": {"card_payments": "active", "transfers": "active"},
        "charges_enabled": True,
        "controller": {"type": "account"},
        "country": "US",
        "created": created,
        "default_currency": "usd",
        "details_submitted": True,
        "email": "sandbox@example.com",
        "external_accounts": first_page([], f"/v1/accounts/{ACCOUNT_ID}/external_accounts"),
        "metadata": {},
        "payouts_enabled": True,
        "settings": account_settings(),
        "tos_acceptance": {"date": None, "ip": None, "user_agent": None},
        "type": "standard",
    }


def account_settings() -> dict[str, Any]:
    return {
        "branding": {"icon": None, "logo": None, "primary_color": None, "secondary_color": None},
        "card_payments": {
            "statement_descriptor_prefix": None,
            "statement_descriptor_prefix_kana": None,
            "statement_descriptor_prefix_kanji": None,
        },
        "dashboard": {"display_name": "Lintel", "timezone": "Etc/UTC"},
        "invoices": {"default_account_tax_ids": None, "hosted_payment_method_save": "offer"},
        "payments": {
            "statement_descriptor": "SANDBOX",
            "statement_descriptor_kana": None,
            "statement_descriptor_kanji": None,
        },
    }


@route("GET /v1/account")
def retrieve_own(call: Call) -> dict[str, Any]:
    return call.world.find("account", ACCOUNT_ID)


@route("GET /v1/accounts/{account}")
def retrieve(call: Call, account: str) -> dict[str, Any]:
    return call.world.find("account", account)
