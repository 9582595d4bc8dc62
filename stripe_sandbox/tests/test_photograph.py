"""A world that begins again where it was, as often as one likes."""

from __future__ import annotations

from stripe_sandbox.photograph import begin_again, photograph


def test_what_happened_since_is_forgotten(demo_world):
    with demo_world:
        customer = demo_world.all("product")[0]
        name = customer["name"]
    photo = photograph(demo_world)

    for _time in range(2):
        with demo_world:
            product = demo_world.all("product")[0]
            demo_world.update(product, name="Changed")
        demo_world.advance(86400)
        demo_world.faults.add({"status": 500})
        begin_again(demo_world, photo)

        assert demo_world.all("product")[0]["name"] == name
        assert demo_world.where("product", name="Changed") == []
        assert demo_world.offset == photo["offset"]
        assert demo_world.faults.rules == []
