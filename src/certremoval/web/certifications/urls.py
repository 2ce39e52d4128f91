"""Addresses of Certification Management."""

from __future__ import annotations

from django.urls import URLPattern, path

from certremoval.web.certifications import bulk_removing, certification, exporting, holding, listing, person_removing

urlpatterns: list[URLPattern] = [
    path("certifications/", listing.certifications_page, name="certifications"),
    path("certifications/<int:key>/", certification.certification_page, name="certification"),
    *(
        path(
            f"certifications/<int:key>/export.{format}",
            exporting.certification_export,
            {"format": format},
            name="certification-export",
        )
        for format in ("csv", "xlsx")
    ),
    path("certifications/<int:key>/bulk-remove/", bulk_removing.bulk_remove, name="certification-bulk-remove"),
    path(
        "certifications/<int:key>/people/<int:user_key>/remove/",
        person_removing.remove_person_page,
        name="certification-remove-person",
    ),
    path("certifications/<int:key>/held-back/", holding.held_back_page, name="certification-held-back"),
    path("removal-records/<int:record_id>/lift/", holding.lift, name="hold-lift"),
]
