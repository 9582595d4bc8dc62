"""Finding by index: the same answers as looking at each object, without looking at each."""

import pytest

from stripe_sandbox.errors import MissingObject
from stripe_sandbox.world import World

PATH = "parent.subscription_details.subscription"


@pytest.fixture
def world():
    return World()


def note(world, name, **values):
    return world.add({"id": name, "object": "note", **values})


def names(found):
    return [obj["id"] for obj in found]


class Counting(dict):
    """An object that counts how often somebody looks at it."""

    looks = 0

    def get(self, *args):
        Counting.looks += 1
        return super().get(*args)


def test_a_look_up_touches_what_it_finds_and_nothing_else(world):
    with world:
        for number in range(1000):
            world.add(Counting(id=f"n{number}", object="note", customer=f"c{number % 100}"))
    world.where("note", customer="c7")
    Counting.looks = 0

    found = world.where("note", customer="c7")

    assert len(found) == 10
    assert Counting.looks == 10


def test_what_an_open_change_has_done_is_found_at_once(world):
    with world:
        first, second = note(world, "a", owner="x"), note(world, "b", owner="x")
        assert names(world.where("note", owner="x")) == ["a", "b"]
        first["owner"] = "y"

        assert names(world.where("note", owner="x")) == ["b"]
        assert names(world.where("note", owner="y")) == ["a"]
    with world:
        world.touch(second)["owner"] = "y"

        assert names(world.where("note", owner="y")) == ["a", "b"]
    assert names(world.where("note", owner="x")) == []


def test_what_was_undone_is_found_where_it_was(world):
    with world:
        kept, gone = note(world, "a", owner="x"), note(world, "b", owner="x")
        note(world, "c", owner="x")
    assert len(world.where("note", owner="x")) == 3

    with pytest.raises(MissingObject):
        change_and_fail(world, kept, gone)

    assert names(world.where("note", owner="x")) == names(world.all("note")) == ["a", "b", "c"]
    assert world.where("note", owner="y") == []


def change_and_fail(world, kept, gone):
    with world:
        world.update(kept, owner="y")
        world.remove(gone)
        note(world, "d", owner="x")
        assert names(world.where("note", owner="x")) == ["c", "d"]
        world.find("note", "none")


def test_what_was_only_imagined_is_found_meanwhile_alone(world):
    with world:
        kept = note(world, "a", owner="x")
        with world.imagined():
            world.update(kept, owner="y")
            note(world, "b", owner="y")
            assert names(world.where("note", owner="y")) == ["a", "b"]
        assert names(world.where("note", owner="x")) == ["a"]
        world.update(kept, owner="z")

    assert names(world.where("note", owner="z")) == ["a"]
    assert world.where("note", owner="y") == []


def test_several_values_missing_values_and_dotted_names(world):
    with world:
        note(world, "a", owner="x", parent={"subscription_details": {"subscription": "s"}})
        note(world, "b", owner="x", parent=None, flag=True)
        note(world, "c", parent={"subscription_details": None}, tags=["t"])

    assert names(world.where("note", **{PATH: "s"})) == ["a"]
    assert names(world.where("note", **{PATH: None})) == ["b", "c"]
    assert names(world.where("note", owner="x", flag=True)) == ["b"]
    assert names(world.where("note", owner=None)) == ["c"]
    assert names(world.where("note", tags=["t"])) == ["c"]
    assert names(world.where("note")) == ["a", "b", "c"]
    assert world.where("nothing", owner="x") == []


def test_an_item_leads_to_its_owner_as_it_now_is(world):
    with world:
        sub = note(world, "s", items={"data": [{"id": "i1"}, {"id": "i2"}]})
    assert world.holding("note", "items", "i2") is sub

    with world:
        world.touch(sub)["items"]["data"] = [{"id": "i3"}]
        assert world.holding("note", "items", "i2") is None
        assert world.holding("note", "items", "i3") is sub

    assert world.holding("note", "items", "i2") is None
    assert world.holding("note", "items", "i3") is sub
    assert world.holding("nothing", "items", "i3") is None
