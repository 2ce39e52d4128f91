"""Addresses of the pages: those of the whole site here, those of an area in its ``urls`` module."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from certremoval.web import health, tools
from certremoval.web.account.urls import urlpatterns as account
from certremoval.web.administration.registered import administration
from certremoval.web.certifications.urls import urlpatterns as certifications
from certremoval.web.drafts.urls import urlpatterns as drafts
from certremoval.web.notices.urls import urlpatterns as notices
from certremoval.web.people.urls import urlpatterns as people
from certremoval.web.records.urls import urlpatterns as records
from certremoval.web.removals.urls import urlpatterns as removals
from certremoval.web.settings.urls import urlpatterns as settings

urlpatterns: list[URLPattern | URLResolver] = [
    path("", tools.tools_page, name="tools"),
    *account,
    *removals,
    *drafts,
    *certifications,
    *people,
    *records,
    *notices,
    *settings,
    path("admin/", administration.urls),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
