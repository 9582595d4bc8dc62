"""Search in Stripe's own language."""

import pytest
import stripe


@pytest.fixture
def people(api):
    given = (
        {"name": "Ada Lovelace", "email": "ada@example.com", "metadata": {"team": "7"}},
        {"name": "Grace Hopper", "email": "grace@example.com", "metadata": {"team": "8", 'a "b"': "c"}},
        {"name": "Alan Turing", "email": "alan@example.org", "phone": "123"},
    )
    return {person["name"].split()[0]: api.customers.create(person) for person in given}


def names(api, query):
    found = api.customers.search({"query": query, "limit": 100}).data
    return sorted(customer.name.split()[0] for customer in found)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ('email:"ada@example.com"', ["Ada"]),
        ("email:'ADA@EXAMPLE.COM'", ["Ada"]),
        ('email~"example.com"', ["Ada", "Grace"]),
        ('name~"LOVE"', ["Ada"]),
        ('-email~"example.com"', ["Alan"]),
        ('metadata["team"]:"7"', ["Ada"]),
        ("metadata['team']:'9'", []),
        ('metadata["team"]:null', ["Alan"]),
        ('-metadata["team"]:null', ["Ada", "Grace"]),
        ('metadata["a \\"b\\""]:"c"', ["Grace"]),
        ("phone:null", ["Ada", "Grace"]),
        ('name~"ada" OR name~"grace"', ["Ada", "Grace"]),
        ('email~"example.com" AND -metadata["team"]:"7"', ["Grace"]),
        ('email~"example.com" metadata["team"]:"7"', ["Ada"]),
        ("created>0", ["Ada", "Alan", "Grace"]),
        ("created<=0", []),
        ("  created > 0 and   phone : '123' ", ["Alan"]),
        ('name:"Ada"', []),
    ],
)
def test_customers_are_found_by_what_is_known_of_them(api, people, query, found):
    assert names(api, query) == found


@pytest.mark.parametrize(
    "query",
    [
        " ",
        "ada",
        "email:",
        "email:ada@example.com",
        'email:"ada',
        'email>"a"',
        'name~"ab"',
        'colour:"red"',
        'metadata:"7"',
        'email["x"]:"7"',
        'metadata["team"]~"abc"',
        'created:"soon"',
        "created~123",
        "created>null",
        'name:"a" AND name:"b" OR name:"c"',
        'name:"a" AND',
        " AND ".join(['name:"a"'] * 11),
    ],
)
def test_a_query_that_is_none_is_refused(api, people, query):
    with pytest.raises(stripe.InvalidRequestError) as error:
        api.customers.search({"query": query})

    assert (error.value.http_status, error.value.param) == (400, "query")


def test_results_come_page_by_page_newest_first(api):
    made = [api.customers.create({"name": f"Person {n}"}).id for n in range(7)]

    first = api.customers.search({"query": 'name~"person"', "limit": 3, "expand": ["total_count"]})
    second = api.customers.search({"query": 'name~"person"', "limit": 3, "page": first.next_page})
    everything = [one.id for one in api.customers.search({"query": 'name~"person"'}).auto_paging_iter()]

    assert (first.object, first.has_more, first.total_count) == ("search_result", True, 7)
    assert [one.id for one in first.data + second.data] == made[::-1][:6]
    assert "total_count" not in second
    assert everything == made[::-1]


def test_the_last_page_names_no_next_one(api, people):
    found = api.customers.search({"query": "created>0"})

    assert (found.has_more, found.next_page) == (False, None)


@pytest.mark.parametrize(
    ("params", "param"),
    [({"page": "nonsense"}, "page"), ({"limit": 0}, "limit"), ({"order": "name"}, "order")],
    ids=["page", "limit", "unknown"],
)
def test_wrong_pages_are_refused(api, people, params, param):
    with pytest.raises(stripe.InvalidRequestError) as error:
        api.customers.search({"query": "created>0"} | params)

    assert error.value.param == param


def test_a_query_is_needed(api):
    with pytest.raises(stripe.InvalidRequestError) as error:
        api.customers.search({})

    assert (error.value.code, error.value.param) == ("parameter_missing", "query")


def test_what_is_changed_or_deleted_is_found_as_it_is_now(api, people):
    api.customers.update(people["Ada"].id, {"name": "Augusta King"})
    api.customers.delete(people["Alan"].id)

    assert names(api, "created>0") == ["Augusta", "Grace"]


def test_each_resource_is_searched_by_its_own_fields(api, shop):
    subscription = shop.buy("starter-month")
    invoice = api.invoices.retrieve(subscription.latest_invoice)
    product = api.products.list().data[0]
    found = {
        "subscriptions": (api.subscriptions, 'status:"active"'),
        "invoices": (
            api.invoices,
            f'status:"paid" AND subscription:"{subscription.id}" AND total>0 AND number:"{invoice.number}"',
        ),
        "payment_intents": (api.payment_intents, f'customer:"{subscription.customer}" AND amount>=1'),
        "charges": (
            api.charges,
            'payment_method_details.card.last4:"4242" AND refunded:"false" AND disputed:false',
        ),
        "prices": (api.prices, 'lookup_key:"starter-month" AND active:"true" AND currency:"usd"'),
        "products": (api.products, f'name:"{product.name}" AND active:true'),
    }

    counts = {name: len(service.search({"query": query}).data) for name, (service, query) in found.items()}

    assert counts == dict.fromkeys(found, 1)


def test_results_are_expanded(api, shop):
    subscription = shop.buy("starter-month")

    found = api.subscriptions.search({"query": 'status:"active"', "expand": ["data.customer"]}).data

    assert [one.customer.id for one in found] == [subscription.customer]
