"""Addresses of the list of jobs and of one job."""

from __future__ import annotations

from django.urls import URLPattern, path

from certremoval.web.removals import approving, details, downloads, lifting, listing, undo

urlpatterns: list[URLPattern] = [
    path("certification-removal/", listing.jobs_page, name="jobs"),
    path("certification-removal/<int:job_id>/", details.job_page, name="job"),
    path("certification-removal/<int:job_id>/results.csv", downloads.results, name="job-results"),
    path("certification-removal/<int:job_id>/file", downloads.file, name="job-file"),
    path("certification-removal/<int:job_id>/problems.csv", downloads.problems, name="job-problems"),
    path("certification-removal/<int:job_id>/cancel/", details.cancel_page, name="job-cancel"),
    path("certification-removal/<int:job_id>/resume/", details.resume_page, name="job-resume"),
    path("certification-removal/<int:job_id>/reschedule/", details.reschedule_page, name="job-reschedule"),
    path("certification-removal/<int:job_id>/approve/", approving.approve_page, name="job-approve"),
    path("certification-removal/<int:job_id>/decline/", approving.decline_page, name="job-decline"),
    path("certification-removal/<int:job_id>/undo/", undo.undo_page, name="job-undo"),
    path("certification-removal/<int:job_id>/lift/", lifting.lift_page, name="job-lift"),
    path("removal-operations/<int:operation_id>/undo/", undo.undo_operation_page, name="operation-undo"),
    path("removal-records/<int:record_id>/put-back/", undo.put_back, name="put-back"),
]
