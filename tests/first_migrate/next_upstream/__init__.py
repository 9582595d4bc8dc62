"""dj-stripe's own migrations, and one that a next version might bring."""

from importlib.util import find_spec

_upstream = find_spec("djstripe.migrations")
assert _upstream is not None
__path__ += _upstream.submodule_search_locations or []
