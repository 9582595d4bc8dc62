"""The demo tab's pages, beside a holder's billing pages."""

from django.urls import path

from apps.demo import views

app_name = "demo"
urlpatterns = [
    path("demo/", views.content_gate, name="content_gate"),
    path("subscription-gated-page/", views.page_gate, name="page_gate"),
]
