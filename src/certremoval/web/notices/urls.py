"""Addresses of what one is told of jobs."""

from __future__ import annotations

from django.urls import URLPattern, path

from certremoval.web.notices import listing

urlpatterns: list[URLPattern] = [
    path("notices/", listing.notices_page, name="notices"),
    path("notices/seen/", listing.seen, name="notices-seen"),
]
