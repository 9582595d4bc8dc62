"""/_components/: whoever builds a page finds every component there, and copies what they see."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from apps.web.gallery.specimens import FOLDER, GROUPS, source_of
from apps.web.tests.oklch import tokens

pytestmark = pytest.mark.urls("apps.core.tests.debug_urls")

COMPONENTS = sorted(path.name for path in (Path(settings.BASE_DIR) / "templates/components").glob("*.html"))
NAMES = [name for names in GROUPS.values() for name in names]
# Drawn by another component, for one of its inputs.
SHOWN_WITHIN = {
    "button_why.html": 'components/button.html" with label="Leave the team" tone="danger" reason='
}


@pytest.fixture
def page(client, settings):
    settings.DEBUG = True
    return client.get(reverse("gallery:page")).content.decode()


@pytest.mark.parametrize("component", COMPONENTS)
def test_every_component_has_a_place(component):
    line = SHOWN_WITHIN.get(component, f'"components/{component}"')

    assert any(line in source_of(name) for name in NAMES), (
        f"Show components/{component} in a file of templates/gallery/ and name the file in specimens.py"
    )


def test_every_file_of_the_gallery_has_a_place_on_the_page():
    files = {path.stem for path in FOLDER.glob("*.html") if not path.stem.startswith("_")} - {"page"}

    assert files == set(NAMES)


@pytest.mark.django_db
def test_the_line_to_copy_is_the_line_that_was_drawn(page):
    assert "{% include &quot;components/button.html&quot; with label=&quot;Delete team&quot; tone=" in page
    assert re.search(r'class="btn btn-danger"><span>Delete team</span>', page)


@pytest.mark.django_db
def test_a_button_that_cannot_be_pressed_says_why(page):
    button = re.search(r'<button[^>]+aria-disabled="true"[^>]+aria-describedby="([^"]+)"', page)

    assert f'id="{button[1]}">You are its only owner. Hand the team over first.' in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    "words",
    [
        "3 of 10",
        "At the limit.",
        "Over the limit:",
        "12,345 used, no limit",
        "Not part of this plan.",
        "up to 10",
    ],
)
def test_a_meter_says_in_words_what_its_bar_shows(page, words):
    assert words in page


@pytest.mark.django_db
def test_every_colour_and_step_of_the_brand_is_shown(page):
    names = [name for name, value in tokens().items() if "oklch(" in value]
    names += [
        name for name in tokens() if re.fullmatch(r"(text|space|radius)-\w+", name) and name != "space-unit"
    ]

    assert [name for name in names if f"--{name}" not in page and name != "shadow-float"] == []


@pytest.mark.django_db
def test_ids_are_given_once(page):
    ids = re.findall(r'\sid="([^"]+)"', page)

    assert sorted(ids) == sorted(set(ids))


@pytest.mark.django_db
def test_a_form_of_the_gallery_may_be_sent_and_changes_nothing(client, settings, django_assert_num_queries):
    settings.DEBUG = True

    with django_assert_num_queries(0):
        answer = client.post(reverse("gallery:page"))

    assert answer.status_code == 302
    assert answer.url == reverse("gallery:page")


@pytest.mark.django_db
def test_without_debug_there_is_no_gallery(client, settings):
    settings.DEBUG = False

    assert client.get(reverse("gallery:page")).status_code == 404
