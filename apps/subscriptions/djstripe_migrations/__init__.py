"""dj-stripe's migrations, the first three folded into one so that a first `migrate` takes seconds.

Upstream's files stay discoverable here, so a later one is found by itself.
"""

from importlib.util import find_spec

_upstream = find_spec("djstripe.migrations")
for _path in _upstream.submodule_search_locations if _upstream else ():
    if _path not in __path__:
        __path__.append(_path)
