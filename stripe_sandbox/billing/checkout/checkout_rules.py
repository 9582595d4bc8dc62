"""Which Checkout sessions Stripe refuses to make, and what the sandbox's Checkout does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from stripe_sandbox.billing.amounts.billing_cycle import DAY, HOUR
from stripe_sandbox.billing.customers.customer_object import living
from stripe_sandbox.errors import InvalidRequest, missing_parameter

if TYPE_CHECKING:
    from stripe_sandbox.world import World

ABSENT = (
    "customer_account",
    "invoice_creation",
    "optional_items",
    "payment_intent_data",
    "permissions",
    "return_url",
    "redirect_on_completion",
    "setup_intent_data",
    "shipping_address_collection",
    "shipping_options",
)
LOCALES = frozenset(
    (
        "auto bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hr hu id it ja ko lt lv ms mt nb nl pl pt "
        "pt-BR ro ru sk sl sv th tr vi zh zh-HK zh-TW"
    ).split()
)
LONGEST_TEXT = 1200


def check(world: World, params: dict[str, Any]) -> None:
    check_mode(params)
    check_addresses(params)
    check_customer(world, params)
    check_discounts(params)
    check_subscription_data(world, params)
    check_custom_fields(params.get("custom_fields") or [])
    check_words(params)
    check_options(params)
    now = world.now(params.get("customer"))
    if "expires_at" in params and not now + HOUR / 2 <= params["expires_at"] <= now + DAY:
        raise InvalidRequest("`expires_at` must be 30 minutes to 24 hours from now.", param="expires_at")


def check_mode(params: dict[str, Any]) -> None:
    mode = params.get("mode")
    if mode is None:
        raise missing_parameter("mode")
    if mode != "subscription":
        raise InvalidRequest("The sandbox's Checkout knows mode=subscription only.", param="mode")
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        message = "The sandbox's Checkout is a page of its own: it knows ui_mode=hosted_page only."
        raise InvalidRequest(message, param="ui_mode")
    if params.get("customer_creation"):
        message = "`customer_creation` can only be used in `payment` and `setup` mode."
        raise InvalidRequest(message, param="customer_creation")
    absent = next((name for name in ABSENT if name in params), None)
    if absent:
        message = f"The sandbox's Checkout has no `{absent}` in subscription mode."
        raise InvalidRequest(message, param=absent)
    if not params.get("line_items"):
        raise missing_parameter("line_items")
    if len(params["line_items"]) > 20:
        raise InvalidRequest("A subscription has at most 20 items.", param="line_items")


def check_addresses(params: dict[str, Any]) -> None:
    if not params.get("success_url"):
        raise missing_parameter("success_url")
    for name in ("success_url", "cancel_url"):
        if params.get(name) and not is_address(params[name]):
            message = "Not a valid URL: an address with http:// or https:// is expected."
            raise InvalidRequest(message, code="url_invalid", param=name)


def is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def check_customer(world: World, params: dict[str, Any]) -> None:
    update = params.get("customer_update") or {}
    if not params.get("customer"):
        if update:
            raise InvalidRequest("`customer_update` needs `customer`.", param="customer_update")
        return
    customer = living(world, params["customer"], "customer")
    if params.get("customer_email"):
        message = "Only one of `customer` and `customer_email` may be given."
        raise InvalidRequest(message, param="customer_email")
    check_collected(customer, params, update)


def check_collected(customer: dict[str, Any], params: dict[str, Any], update: dict[str, Any]) -> None:
    """What a page collects of a customer who exists needs leave to be stored."""
    if (params.get("tax_id_collection") or {}).get("enabled") and update.get("name") != "auto":
        message = "`tax_id_collection` of an existing customer needs `customer_update[name]=auto`."
        raise InvalidRequest(message, param="tax_id_collection")
    known = (customer["address"] or {}).get("country")
    if (params.get("automatic_tax") or {}).get("enabled") and not known and update.get("address") != "auto":
        message = "Automatic tax needs the customer's address: set one, or `customer_update[address]=auto`."
        raise InvalidRequest(message, code="customer_tax_location_invalid", param="automatic_tax")


def check_discounts(params: dict[str, Any]) -> None:
    given = params.get("discounts") or []
    if given and params.get("allow_promotion_codes") is not None:
        message = "Only one of `discounts` and `allow_promotion_codes` may be given."
        raise InvalidRequest(message, param="discounts")
    if len(given) > 1:
        raise InvalidRequest("A session takes one discount.", param="discounts")
    for entry in given:
        if bool(entry.get("coupon")) == bool(entry.get("promotion_code")):
            message = "A discount is one of `coupon` and `promotion_code`."
            raise InvalidRequest(message, param="discounts[0]")


def check_subscription_data(world: World, params: dict[str, Any]) -> None:
    data, name = params.get("subscription_data") or {}, "subscription_data"
    if "trial_end" in data and "trial_period_days" in data:
        message = "Only one of `trial_end` and `trial_period_days` may be given."
        raise InvalidRequest(message, param=f"{name}[trial_end]")
    if "trial_period_days" in data and not 1 <= data["trial_period_days"] <= 730:
        message = "A trial lasts 1 to 730 days."
        raise InvalidRequest(message, param=f"{name}[trial_period_days]")
    if "trial_end" in data and data["trial_end"] < world.now(params.get("customer")) + 2 * DAY:
        message = "The trial must end at least 48 hours from now."
        raise InvalidRequest(message, param=f"{name}[trial_end]")


def check_custom_fields(given: list[dict[str, Any]]) -> None:
    if len(given) > 3:
        raise InvalidRequest("A page has at most 3 custom fields.", param="custom_fields")
    keys = [field["key"] for field in given]
    for number, field in enumerate(given):
        check_custom_field(field, f"custom_fields[{number}]")
        if keys.index(field["key"]) != number:
            raise InvalidRequest(
                "Each custom field needs its own key.", param=f"custom_fields[{number}][key]"
            )


def check_custom_field(field: dict[str, Any], name: str) -> None:
    if not field["key"].isalnum():
        raise InvalidRequest("A key has letters and digits only.", param=f"{name}[key]")
    options = (field.get("dropdown") or {}).get("options")
    if field["type"] == "dropdown" and not options:
        raise missing_parameter(f"{name}[dropdown][options]")


def check_options(params: dict[str, Any]) -> None:
    """`payment_method_options`, whose shape the table of parameters leaves open."""
    given, name = params.get("payment_method_options") or {}, "payment_method_options"
    if not isinstance(given, dict):
        raise InvalidRequest(f"Invalid object: {name}", param=name)
    if not isinstance(given.get("card", {}), dict):
        raise InvalidRequest(f"Invalid object: {name}[card]", param=f"{name}[card]")


def check_words(params: dict[str, Any]) -> None:
    if params.get("locale", "auto") not in LOCALES:
        raise InvalidRequest(f"Invalid locale: {params['locale']}", param="locale")
    for name, text in (params.get("custom_text") or {}).items():
        if text and len(text["message"]) > LONGEST_TEXT:
            words = f"A custom text has up to {LONGEST_TEXT} characters."
            raise InvalidRequest(words, param=f"custom_text[{name}][message]")


def check_quantity(item: dict[str, Any], quantity: int, name: str) -> None:
    """Whether the page's customer may choose this many."""
    allowed = item["adjustable_quantity"]
    if not allowed:
        raise InvalidRequest("The quantity of this item is fixed.", param=name)
    least, most = max(1, allowed["minimum"]), allowed["maximum"]
    if not least <= quantity <= most:
        raise InvalidRequest(f"Choose a quantity from {least} to {most}.", param=name)
