"""Portal configurations and sessions, by the API."""

import pytest
import stripe


def test_a_session_leads_to_the_portal(api, shop, stripe_sandbox):
    customer = shop.customer()

    session = api.billing_portal.sessions.create(
        {"customer": customer.id, "return_url": "https://shop.example/"}
    )

    assert session.url == f"{stripe_sandbox.url}/portal/{session.id}"
    assert api.billing_portal.configurations.retrieve(session.configuration).is_default


def test_a_configuration_offers_the_products_it_names(api, shop):
    price = api.prices.list({"lookup_keys": ["pro-month"]}).data[0]

    configuration = api.billing_portal.configurations.create(
        {
            "features": {
                "subscription_update": {
                    "enabled": True,
                    "default_allowed_updates": ["price"],
                    "proration_behavior": "always_invoice",
                    "products": [{"product": price.product, "prices": [price.id]}],
                },
                "subscription_cancel": {"enabled": True, "mode": "at_period_end"},
            },
            "metadata": {"by": "shop"},
        }
    )
    changed = api.billing_portal.configurations.update(
        configuration.id, {"features": {"subscription_cancel": {"enabled": False}}}
    )

    features = changed.features
    assert features.subscription_update.products[0].prices == [price.id]
    assert features.subscription_cancel.enabled is False
    assert features.subscription_cancel.mode == "at_period_end"
    assert changed.metadata["by"] == "shop"


def test_a_flow_is_for_the_customers_own_subscription(api, shop):
    mine, other = shop.buy(), shop.customer()
    flow = {"type": "subscription_cancel", "subscription_cancel": {"subscription": mine.id}}

    session = api.billing_portal.sessions.create({"customer": mine.customer, "flow_data": flow})
    with pytest.raises(stripe.InvalidRequestError):
        api.billing_portal.sessions.create({"customer": other.id, "flow_data": flow})

    assert session.flow.subscription_cancel.subscription == mine.id


def test_a_price_must_belong_to_its_product(api):
    starter = api.prices.list({"lookup_keys": ["starter-month"]}).data[0]
    pro = api.prices.list({"lookup_keys": ["pro-month"]}).data[0]
    update = {
        "enabled": True,
        "default_allowed_updates": ["price"],
        "products": [{"product": pro.product, "prices": [starter.id]}],
    }

    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.billing_portal.configurations.create({"features": {"subscription_update": update}})

    assert refused.value.param == "features[subscription_update][products][0][prices][0]"
