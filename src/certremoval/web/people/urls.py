"""Addresses of people: search, one person, whose jobs they see."""

from __future__ import annotations

from django.urls import URLPattern, path

from certremoval.web.people import person, searching, sees, timeline

urlpatterns: list[URLPattern] = [
    path("people/", searching.people_page, name="people"),
    path("people/<int:key>/", person.person_page, name="person"),
    *(
        path(f"people/<int:key>/{name}.{format}", file, {"format": format}, name=f"person-{name}")
        for name, file in (("removals", person.removals_file), ("enrollments", person.enrollments_file))
        for format in ("csv", "xlsx")
    ),
    path(
        "people/<int:key>/certifications/<int:certification_key>/", timeline.timeline_page, name="person-certification"
    ),
    path("people/<int:key>/sees/", sees.sees_page, name="person-sees"),
]
