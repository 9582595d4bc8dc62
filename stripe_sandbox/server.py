"""HTTP in front of one world: /v1 (API), /_sandbox (control) and the hosted pages.

Pages live in `stripe_sandbox/pages.py`, which offers
`PAGE_RULES: list[tuple[str, str, Callable]]` of (methods "GET,POST", path "/checkout/<cs_id>", view) with
`view(world, request, **path_arguments) -> werkzeug.wrappers.Response`. Static files: `/static/<path:name>` is a page rule too.
The request's host builds absolute addresses (`request.host_url`).
"""
