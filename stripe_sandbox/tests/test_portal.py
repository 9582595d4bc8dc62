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


def flow_refused(api, customer, flow, **params):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.billing_portal.sessions.create({"customer": customer, "flow_data": flow, **params})
    return refused.value.param


def test_a_flow_needs_its_feature(api, shop):
    customer = shop.customer().id
    bare = api.billing_portal.configurations.create({"features": {"invoice_history": {"enabled": True}}}).id

    for kind in ("payment_method_update", "customer_update"):
        assert flow_refused(api, customer, {"type": kind}, configuration=bare) == "flow_data[type]"


def test_a_flow_names_what_it_cannot_do(api, shop):
    subscription = shop.buy()
    about = {"type": "subscription_cancel", "subscription_cancel": {"subscription": subscription.id}}
    after = {"type": "redirect"}
    nameless = {"type": "subscription_cancel"}

    assert flow_refused(api, subscription.customer, nameless) == "flow_data[subscription_cancel]"
    assert flow_refused(api, subscription.customer, about | {"after_completion": after}) == (
        "flow_data[after_completion][redirect]"
    )
    api.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    assert flow_refused(api, subscription.customer, about) == "flow_data[subscription_cancel][subscription]"


def test_a_flow_confirms_only_what_the_configuration_offers(api, shop):
    subscription = shop.buy("pro-month")
    pro = api.prices.list({"lookup_keys": ["pro-year"]}).data[0]
    update = {
        "enabled": True,
        "default_allowed_updates": ["price"],
        "products": [{"product": pro.product, "prices": [pro.id]}],
    }
    offers = api.billing_portal.configurations.create({"features": {"subscription_update": update}}).id
    item = subscription["items"].data[0].id
    kind = "subscription_update_confirm"

    def wish(price):
        about = {"subscription": subscription.id, "items": [{"id": item, "price": price}]}
        return {"type": kind, kind: about}

    session = api.billing_portal.sessions.create(
        {"customer": subscription.customer, "configuration": offers, "flow_data": wish(pro.id)}
    )
    param = flow_refused(api, subscription.customer, wish(shop.price("starter-month")), configuration=offers)

    assert session.flow.subscription_update_confirm["items"][0].price == pro.id
    assert param == f"flow_data[{kind}][items][0][price]"


def test_the_default_configuration_stays_active(api):
    default = api.billing_portal.configurations.list({"is_default": True}).data[0]

    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.billing_portal.configurations.update(default.id, {"active": False})

    assert refused.value.param == "active"


@pytest.mark.parametrize(
    ("features", "param"),
    [
        ({"customer_update": {"enabled": True}}, "features[customer_update][allowed_updates]"),
        ({"subscription_update": {"enabled": True, "default_allowed_updates": ["price"]}},
         "features[subscription_update][products]"),
    ],
)  # fmt: skip
def test_a_feature_that_is_on_says_what_it_lets_be_done(api, features, param):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.billing_portal.configurations.create({"features": features})

    assert refused.value.param == param
