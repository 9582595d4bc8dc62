"""Stripe's events posted over HTTP and worked by real processes, beside dj-stripe and a bare view."""

ENDPOINT_ID = "11111111-1111-4111-8111-111111111111"
