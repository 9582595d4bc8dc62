"""Does the test that looks for untranslated texts find them?"""

import pytest

from tests.languages.reading import untranslated


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<p>⟦All is well⟧</p>", []),
        ("<p>⟦Write to <a href='/x'>us</a> now⟧</p>", []),
        ("<p>⟦Seats⟧: 3 · ada@example.com, $29.00</p>", []),
        ("<p>⟦Well⟧ and not</p>", ["and not"]),
        ("<button aria-label='Close'>⟦Close⟧</button>", ["Close"]),
        ("<input placeholder='Name'>", ["Name"]),
        ("<button lang='fr'>Français</button><p>after</p>", ["after"]),
        ("<script>words</script>", []),
    ],
)
def test_what_stands_outside_of_brackets(html: str, found: list[str]) -> None:
    assert untranslated(html) == found
