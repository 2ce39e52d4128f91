"""Addresses of creating a job: the form, the preview, the choices on it, submitting."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from certremoval.web.drafts import changing, create, submitting

urlpatterns: list[URLPattern] = [
    path("certification-removal/new/", create.new_job_page, name="new-job"),
    re_path(r"^certification-removal/template\.(?P<format>csv|xlsx)$", create.template_file, name="template"),
    path("certification-removal/<int:job_id>/change/", changing.change, name="draft-change"),
    path("certification-removal/<int:job_id>/title/", changing.change_title, name="draft-title"),
    path("certification-removal/<int:job_id>/replace/", changing.replace_page, name="draft-replace"),
    path("certification-removal/<int:job_id>/discard/", changing.discard_page, name="draft-discard"),
    path("certification-removal/<int:job_id>/confirm/", submitting.confirm_page, name="draft-confirm"),
    path("certification-removal/<int:job_id>/submit/", submitting.submit_draft, name="draft-submit"),
]
