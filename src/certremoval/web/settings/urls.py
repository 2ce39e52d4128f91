"""Addresses of the settings."""

from __future__ import annotations

from django.urls import URLPattern, path

from certremoval.web.settings import changes, everybody, one_certification, reasons

urlpatterns: list[URLPattern] = [
    path("settings/", everybody.settings_page, name="settings"),
    path("settings/certifications/<int:key>/", one_certification.limits_page, name="settings-certification"),
    path("settings/changes/", changes.changes_page, name="settings-changes"),
    path("settings/reasons/", reasons.reasons_page, name="settings-reasons"),
]
