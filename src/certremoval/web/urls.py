"""Addresses of the pages."""

from django.contrib.auth.views import LogoutView
from django.urls import URLPattern, path

from certremoval.web import health, jobs, signing_in, tools

urlpatterns: list[URLPattern] = [
    path("", tools.tools_page, name="tools"),
    path("certification-removal/", jobs.jobs_page, name="jobs"),
    path("sign-in/", signing_in.SignIn.as_view(), name="sign-in"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
