"""The Customer Portal: https://docs.stripe.com/api/customer_portal"""

from __future__ import annotations

from apps.subscriptions.gateway import Json, client, named_errors, plain


def create_session(params: Json) -> Json:
    with named_errors():
        return plain(client().v1.billing_portal.sessions.create(params))


def list_configurations() -> list[Json]:
    with named_errors():
        configurations = client().v1.billing_portal.configurations.list({"active": True, "limit": 100})
        return [plain(configuration) for configuration in configurations.auto_paging_iter()]


def save_configuration(params: Json, configuration_id: str | None = None) -> Json:
    configurations = client().v1.billing_portal.configurations
    with named_errors():
        if configuration_id is None:
            return plain(configurations.create(params))
        return plain(configurations.update(configuration_id, params), configuration_id)
