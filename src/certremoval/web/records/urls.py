"""Addresses of the register of removals."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from certremoval.web.records import register

urlpatterns: list[URLPattern] = [
    path("removal-records/", register.records_page, name="removal-records"),
    re_path(r"^removal-records/export\.(?P<format>csv|xlsx)$", register.records_file, name="removal-records-export"),
]
