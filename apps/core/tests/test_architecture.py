"""Rules of the house that no single test of a page would notice."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(settings.BASE_DIR)
OUR_APPS = ("core", "users", "teams", "subscriptions", "web")
TEAM_PREFIX = "a/<slug:team_slug>/"


def routes(resolver=None, prefix=""):
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, route)
        elif isinstance(entry, URLPattern):
            yield route, entry.callback


def sources(*patterns):
    """Our Python files outside tests, as (path below the project, text)."""
    for pattern in patterns:
        for path in sorted(ROOT.glob(pattern)):
            if "tests" not in path.parts:
                yield str(path.relative_to(ROOT)), path.read_text()


def test_every_page_of_a_team_checks_membership():
    team_routes = [(route, view) for route, view in routes() if route.startswith(TEAM_PREFIX)]

    unguarded = [route for route, view in team_routes if not getattr(view, "checks_team", False)]

    assert len(team_routes) > 5
    assert not unguarded, f"Add @team_member_required (or one built on it) to: {unguarded}"


def test_a_team_is_only_ever_named_by_its_slug_below_the_prefix():
    elsewhere = [
        route for route, _view in routes() if "team_slug" in route and not route.startswith(TEAM_PREFIX)
    ]

    assert not elsewhere, f"Pages of a team live under /{TEAM_PREFIX}: {elsewhere}"


# Operators also hear of what is nobody's here: an event that was given up, a dispute about a foreign charge,
# a price that differs, a customer whose holder is gone.
MAY_BE_NOBODYS = {"subscriptions.Notice.holder", "subscriptions.Drift.holder"}


def test_what_belongs_to_a_team_goes_with_it():
    team = apps.get_model("teams", "Team")
    loose = {
        f"{model._meta.label}.{field.name}"
        for label in OUR_APPS
        for model in apps.get_app_config(label).get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.related_model is team
        if field.null or field.remote_field.on_delete is models.SET_NULL
    } - MAY_BE_NOBODYS

    assert not loose, f"A key to the team is required and goes with the team: {loose}"


def test_migrations_leave_open_who_the_holder_is():
    """`to="teams.team"` for a holder's key would make the other build drift."""
    fixed = [
        path
        for path, text in sources("apps/subscriptions/migrations/*.py")
        if re.search(r"to=[\"'](teams|users)\.", text, re.IGNORECASE)
    ]

    assert not fixed, f"Write to=settings.SUBSCRIPTION_HOLDER_MODEL in: {fixed}"


def test_no_file_asks_for_the_holder_while_it_is_read():
    """Its model may be loaded later: a field that points at it does as well."""
    asking = [
        f"{path}:{line}"
        for path, text in sources("apps/**/*.py")
        for line in asks_for_holder(ast.parse(text))
    ]

    assert not asking, f"Use Subscription._meta.get_field('holder'), or ask inside a function: {asking}"


def asks_for_holder(node):
    """Lines that call holder_model() outside functions."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.Call) and getattr(child.func, "id", "") == "holder_model":
            yield child.lineno
        yield from asks_for_holder(child)


def test_holders_have_uuids():
    """dj-stripe attaches any Stripe customer whose metadata names a local key: integers would collide."""
    for label in ("teams.Team", "users.CustomUser"):
        assert isinstance(apps.get_model(label)._meta.pk, models.UUIDField)


def test_tasks_are_handed_over_after_the_commit_only():
    hasty = [
        path
        for path, text in sources("apps/**/*.py")
        if path not in ("apps/core/tasks.py", "apps/core/prepared_task.py")
        and re.search(r"\.(delay|apply_async)\(", text)
    ]

    assert not hasty, f"Use apps.core.tasks.enqueue in: {hasty}"


def service_functions():
    """(app, function, names it calls, by way of others in the same services) of each that says who acts."""
    for app in OUR_APPS:
        functions = {}
        for _path, text in sources(f"apps/{app}/services.py", f"apps/{app}/services/*.py"):
            functions |= {
                node.name: node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)
            }
        for name, node in functions.items():
            if not name.startswith("_") and {"by", "user"} & {arg.arg for arg in node.args.kwonlyargs}:
                yield app, name, reached(name, functions)


def reached(name, functions):
    seen, waiting = set(), [name]
    while waiting:
        current = waiting.pop()
        called = [node.func for node in ast.walk(functions[current]) if isinstance(node, ast.Call)]
        calls = {getattr(node, "id", None) or getattr(node, "attr", "") for node in called}
        waiting += [call for call in calls - seen if call in functions]
        seen |= calls
    return seen


def test_whoever_changes_something_is_in_the_log():
    found = list(service_functions())
    silent = [f"{app}.{name}" for app, name, calls in found if not {"record", "record_many"} & calls]

    assert len(found) > 10
    assert not silent, f"Call core.audit.record in: {silent}"


# The rule that a team keeps an owner is about the role itself.
SPEAK_OF_ROLES = {
    "apps/teams/admin/pages.py",
    "apps/teams/managers.py",
    "apps/teams/membership_events.py",
    "apps/teams/roles.py",
    "apps/teams/services/leaving.py",
}
ROLES = ("owner", "admin", "billing", "member")


def role_comparisons(text):
    """The lines where code asks what somebody is instead of what they may do."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Compare) and any(
            _names_a_role(side) for side in [node.left, *node.comparators]
        ):
            yield node.lineno


def _names_a_role(node):
    parts = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
    return any(
        re.fullmatch(r"(roles\.)?Role\.[A-Z]+", ast.unparse(part)) or getattr(part, "value", None) in ROLES
        for part in parts
    )


def test_code_asks_what_somebody_may_do_and_not_what_they_are():
    found = {
        f"{path}:{line}"
        for path, text in sources("apps/**/*.py")
        if path not in SPEAK_OF_ROLES
        for line in role_comparisons(text)
    }

    assert list(role_comparisons("x.role in (Role.OWNER, Role.ADMIN)"))
    assert list(role_comparisons("mine.role == 'owner'"))
    assert not found, f"Ask membership.allows(Permission.…) in: {sorted(found)}"


def test_templates_ask_what_somebody_may_do_and_not_what_they_are():
    compares = re.compile(rf"{{%\s*(?:el)?if[^%]*[\"'](?:{'|'.join(ROLES)})[\"']")
    found = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if compares.search(path.read_text())
    ]

    assert compares.search('{% if request.membership.role == "owner" %}')
    assert not found, f"Let the view say what is allowed, as `can_manage` does, in: {found}"


FORM = re.compile(r"<form\b[^>]*>.*?</form>", re.DOTALL | re.IGNORECASE)


def forms():
    for path in sorted((ROOT / "templates").rglob("*.html")):
        for form in FORM.findall(path.read_text()):
            yield f"{path.relative_to(ROOT)}: {form[:80]}", form


def test_every_form_says_where_it_goes_and_how():
    vague = [
        where for where, form in forms() if not re.search(r'\bmethod="(post|get|dialog)"', form.split(">")[0])
    ]

    assert not vague, f'Write method="post" (or "get" for a search) in: {vague}'


def test_every_form_that_posts_is_protected():
    open_forms = [where for where, form in forms() if 'method="post"' in form and "csrf" not in form.lower()]

    assert not open_forms, f"Add {{% csrf_token %}} to: {open_forms}"


@pytest.mark.django_db
def test_looking_at_any_page_makes_nothing(client):
    """Every address without arguments, by GET and HEAD, as a visitor: no row is written anywhere."""
    simple = [f"/{route}" for route, _view in routes() if "<" not in route and "(" not in route]
    simple = [path for path in simple if not path.startswith(("/admin/", "/djstripe"))]
    before = counts()

    for path in simple:
        client.get(path)
        client.head(path)

    assert len(simple) > 10
    assert counts() == before


def counts():
    return {
        model._meta.label: model._default_manager.count()
        for label in (*OUR_APPS, "account")
        for model in apps.get_app_config(label).get_models()
    }
