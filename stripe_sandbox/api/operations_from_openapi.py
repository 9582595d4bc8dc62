"""Makes operations.json (allowed parameters), expandable.json and words.json from Stripe's API description.

`python -m stripe_sandbox.api.operations_from_openapi spec3.json` writes them from the public description,
github.com/stripe/openapi (MIT, Copyright (c) 2011- Stripe, Inc.); names, types and short enums are kept.

A leaf is a text: `s` string, `i` integer, `n` number, `b` boolean, `=a|b` one of these words, `*` anything;
alternatives are joined by ` or `; `?` may be emptied with "". A list is `[of]`, a free map `{"*": of}`, an
object is its parameters; a name ending in `*` is required; what may be emptied carries `"?"`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

FORM = "application/x-www-form-urlencoded"
OPAQUE = {
    "payment_method_options",
    "payment_method_data",
    "shipping_address_collection",
    "shipping_options",
    "mandate_data",
    "optional_items",
    "radar_options",
    "us_bank_account",
    "transfer_data",
    "schedule_details",
}
AREAS = (
    "account",
    "products",
    "prices",
    "customers",
    "payment_methods",
    "setup_intents",
    "payment_intents",
    "checkout",
    "billing_portal",
    "subscriptions",
    "subscription_items",
    "subscription_schedules",
    "invoices",
    "invoiceitems",
    "invoice_payments",
    "coupons",
    "promotion_codes",
    "charges",
    "disputes",
    "refunds",
    "events",
    "webhook_endpoints",
    "test_helpers",
    "accounts",
    "balance",
    "balance_transactions",
    "setup_attempts",
    "tax_ids",
    "tax_rates",
)
EMBEDDED = {"line_item", "item", "discount", "customer_balance_transaction"}
LEAVES = {"string": "s", "integer": "i", "number": "n", "boolean": "b"}


def leaf(schema: dict[str, Any]) -> str:
    words = [word for word in schema.get("enum", []) if word != ""]
    if not words:
        return LEAVES.get(schema.get("type", ""), "*")
    return "=" + "|".join(words) if len(words) <= 40 else "s"


def union(schemas: list[dict[str, Any]]) -> Any:
    empty = any(schema.get("enum") == [""] for schema in schemas)
    rest = [compact(schema) for schema in schemas if schema.get("enum") != [""]]
    structured = [spec for spec in rest if not isinstance(spec, str)]
    if structured:
        return with_empty(structured[0], empty) if len(rest) == 1 else "*"
    return " or ".join(dict.fromkeys(rest)) + (" or ?" if empty else "")


def with_empty(spec: Any, empty: bool) -> Any:
    if not empty:
        return spec
    return {**spec, "?": 1} if isinstance(spec, dict) else [*spec, "?"]


def compact(schema: dict[str, Any], name: str = "") -> Any:
    if name in OPAQUE:
        return "*"
    if "anyOf" in schema:
        return union(schema["anyOf"])
    if schema.get("type") == "array":
        return [compact(schema["items"])]
    if "properties" in schema:
        return parameters(schema)
    if schema.get("type") == "object":
        free = schema.get("additionalProperties")
        return {"*": compact(free) if isinstance(free, dict) else "*"}
    return leaf(schema) + (" or ?" if "" in schema.get("enum", []) else "")


def parameters(schema: dict[str, Any]) -> dict[str, Any]:
    required = schema.get("required", [])
    return {
        k + ("*" if k in required else ""): compact(v, k) for k, v in schema.get("properties", {}).items()
    }


def operation(details: dict[str, Any]) -> dict[str, Any]:
    body = details.get("requestBody", {}).get("content", {}).get(FORM, {}).get("schema", {})
    query = [p for p in details.get("parameters", []) if p["in"] == "query"]
    found = parameters(body)
    return found | {p["name"] + ("*" if p.get("required") else ""): compact(p["schema"]) for p in query}


def table(spec: dict[str, Any]) -> dict[str, Any]:
    return {
        f"{method.upper()} {path}": operation(details)
        for path, methods in spec["paths"].items()
        if path.split("/")[2] in AREAS
        for method, details in methods.items()
        if method in ("get", "post", "delete")
    }


def expandable(spec: dict[str, Any], known: dict[str, Any]) -> dict[str, list[str]]:
    """What `expand` may name, by object; only objects that the kept operations answer."""
    schemas = spec["components"]["schemas"]
    kinds = {name for name, schema in schemas.items() if "object" in schema.get("properties", {})}
    areas = {path.split("/")[2].removesuffix("s") for path in (key.split(" ")[1] for key in known)}
    return {
        name: sorted(schemas[name].get("x-expandableFields", []))
        for name in sorted(kinds)
        if name.split(".")[0] in areas | EMBEDDED and not name.startswith("deleted_")
    }


def words(spec: dict[str, Any]) -> dict[str, list[str]]:
    """Word lists too long for a leaf, which their resources check themselves."""
    endpoint = spec["paths"]["/v1/webhook_endpoints"]["post"]["requestBody"]["content"][FORM]["schema"]
    return {
        "api_versions": endpoint["properties"]["api_version"]["enum"],
        "event_types": endpoint["properties"]["enabled_events"]["items"]["enum"],
        "tax_id_types": spec["components"]["schemas"]["tax_id"]["properties"]["type"]["enum"],
    }


def write(name: str, table: dict[str, Any]) -> None:
    lines = [f"{json.dumps(key)}: {json.dumps(value, separators=(',', ':'))}" for key, value in table.items()]
    (Path(__file__).parent / name).write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        description = json.load(file)
    operations = table(description)
    write("operations.json", operations)
    write("expandable.json", expandable(description, operations))
    write("words.json", words(description))
