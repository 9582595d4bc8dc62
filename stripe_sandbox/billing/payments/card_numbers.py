"""Stripe's test cards: numbers, tokens, and what each does."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Card:
    """What one number does. Without a word here it pays.

    `decline` refuses everywhere, `decline_later` only charges without the customer present,
    `decline_charge` each charge, although the card can be kept.
    """

    number: str
    brand: str = "visa"
    funding: str = "credit"
    country: str = "US"
    tokens: tuple[str, ...] = ()
    decline: str | None = None
    decline_later: str | None = None
    decline_charge: str | None = None
    # "setup": once, then fine; "ready": off the page it needs none; "always": at each payment
    authenticate: str | None = None
    three_d_secure: str = "optional"  # "not_supported": cannot be asked
    disputed: str | None = None  # the reason with which the cardholder contests the charge
    inquiry: bool = False
    refund: str | None = None  # "pending": succeeds later; "fails": seems to succeed, then fails
    risk: str = "normal"
    checks: dict[str, str] = field(default_factory=dict)


BRANDS = (
    Card("4242424242424242", tokens=("visa", "us")),
    Card("4000056655665556", funding="debit", tokens=("visa_debit",)),
    Card("5555555555554444", "mastercard", tokens=("mastercard",)),
    Card("2223003122003222", "mastercard"),
    Card("5200828282828210", "mastercard", "debit", tokens=("mastercard_debit",)),
    Card("5105105105105100", "mastercard", "prepaid", tokens=("mastercard_prepaid",)),
    Card("378282246310005", "amex", tokens=("amex",), three_d_secure="not_supported"),
    Card("371449635398431", "amex", three_d_secure="not_supported"),
    Card("6011111111111117", "discover", tokens=("discover",)),
    Card("6011000990139424", "discover"),
    Card("6011981111111113", "discover", "debit"),
    Card("3056930009020004", "diners", tokens=("diners",)),
    Card("36227206271667", "diners"),
    Card("3566002020360505", "jcb", country="JP", tokens=("jcb",)),
    Card("6200000000000005", "unionpay", country="CN", tokens=("unionpay",)),
    Card("6200000000000047", "unionpay", "debit", "CN"),
    Card("6205500000000000004", "unionpay", country="CN"),
)
COUNTRIES = tuple(
    Card(number, country=country.upper(), tokens=(country,))
    for country, number in {
        "ar": "4000000320000021",
        "br": "4000000760000002",
        "ca": "4000001240000000",
        "mx": "4000004840008001",
        "ae": "4000007840000001",
        "at": "4000000400000008",
        "be": "4000000560000004",
        "bg": "4000001000000000",
        "ch": "4000007560000009",
        "cz": "4000002030000002",
        "de": "4000002760000016",
        "dk": "4000002080000001",
        "ee": "4000002330000009",
        "es": "4000007240000007",
        "fi": "4000002460000001",
        "fr": "4000002500000003",
        "gb": "4000008260000000",
        "gr": "4000003000000030",
        "ie": "4000003720000005",
        "it": "4000003800000008",
        "lu": "4000004420000006",
        "nl": "4000005280000002",
        "no": "4000005780000007",
        "pl": "4000006160000005",
        "pt": "4000006200000007",
        "ro": "4000006420000001",
        "se": "4000007520000008",
        "sk": "4000007030000001",
        "au": "4000000360000006",
        "cn": "4000001560000002",
        "hk": "4000003440000004",
        "in": "4000003560000008",
        "jp": "4000003920000003",
        "my": "4000004580000002",
        "nz": "4000005540000008",
        "sg": "4000007020000003",
        "tw": "4000001580000008",
    }.items()
)
DECLINES = (
    Card("4000000000000002", decline="generic_decline", tokens=("chargeDeclined", "visa_chargeDeclined")),
    Card(
        "4000000000009995",
        decline="insufficient_funds",
        tokens=("chargeDeclinedInsufficientFunds", "visa_chargeDeclinedInsufficientFunds"),
    ),
    Card("4000000000009987", decline="lost_card", tokens=("visa_chargeDeclinedLostCard",)),
    Card("4000000000009979", decline="stolen_card", tokens=("visa_chargeDeclinedStolenCard",)),
    Card("4000000000000069", decline="expired_card", tokens=("chargeDeclinedExpiredCard",)),
    Card("4000000000000127", decline="incorrect_cvc", tokens=("chargeDeclinedIncorrectCvc",)),
    Card("4000000000000119", decline="processing_error", tokens=("chargeDeclinedProcessingError",)),
    Card(
        "4000000000006975",
        decline="card_velocity_exceeded",
        tokens=("visa_chargeDeclinedVelocityLimitExceeded",),
    ),
    Card("4000000000000341", decline_later="generic_decline", tokens=("chargeCustomerFail",)),
    Card("4100000000000019", decline_charge="fraudulent", risk="highest", tokens=("radarBlock",)),
)
CHECKS = (
    Card("4000000000000101", checks={"cvc_check": "fail"}, tokens=("cvcCheckFail",)),
    Card("4000000000000036", checks={"address_postal_code_check": "fail"}, tokens=("avsZipFail",)),
    Card("4000000000000028", checks={"address_line1_check": "fail"}, tokens=("avsLine1Fail",)),
    Card(
        "4000000000000010",
        checks={"address_line1_check": "fail", "address_postal_code_check": "fail"},
        tokens=("avsFail",),
    ),
    Card("4000000000009235", risk="elevated", tokens=("riskLevelElevated",)),
    Card("4000000000004954", risk="highest", tokens=("riskLevelHighest",)),
    Card("4000000000000077", tokens=("bypassPending",)),
)
DISPUTES = (
    Card("4000000000000259", disputed="fraudulent", tokens=("createDispute",)),
    Card("4000000000002685", disputed="product_not_received", tokens=("createDisputeProductNotReceived",)),
    Card("4000000000001976", disputed="fraudulent", inquiry=True, tokens=("createDisputeInquiry",)),
)
REFUNDS = (
    Card("4000000000007726", refund="pending", tokens=("pendingRefund",)),
    Card("4000000000005126", refund="fails", tokens=("refundFail",)),
)
AUTHENTICATION = (
    Card("4000002500003155", country="FR", authenticate="setup", tokens=("authenticationRequiredOnSetup",)),
    Card("4000002760003184", country="DE", authenticate="always", tokens=("authenticationRequired",)),
    Card(
        "4000003800000446",
        country="IT",
        authenticate="ready",
        tokens=("authenticationRequiredSetupForOffSession",),
    ),
    Card(
        "4000008260003178",
        country="GB",
        authenticate="always",
        decline_charge="insufficient_funds",
        tokens=("authenticationRequiredChargeDeclinedInsufficientFunds",),
    ),
    Card(
        "4000000000003220",
        authenticate="always",
        tokens=("threeDSecure2Required", "threeDSecureRequired"),
    ),
    Card(
        "4000008400001629",
        authenticate="always",
        decline_charge="generic_decline",
        tokens=("threeDSecureRequiredChargeDeclined",),
    ),
    Card("4000000000003055", tokens=("threeDSecureOptional",)),
)
ALL = (*BRANDS, *COUNTRIES, *DECLINES, *CHECKS, *DISPUTES, *REFUNDS, *AUTHENTICATION)
CARDS = {card.number: card for card in ALL}
TOKENS = {
    f"{kind}{token}": card.number for card in ALL for token in card.tokens for kind in ("pm_card_", "tok_")
}
PREFIXES = (
    ("34", "amex"),
    ("37", "amex"),
    ("35", "jcb"),
    ("30", "diners"),
    ("36", "diners"),
    ("38", "diners"),
    ("60", "discover"),
    ("64", "discover"),
    ("65", "discover"),
    ("62", "unionpay"),
    ("2", "mastercard"),
    ("5", "mastercard"),
)


def brand_of(digits: str) -> str:
    return next((brand for prefix, brand in PREFIXES if digits.startswith(prefix)), "visa")
