"""For whoever watches the process: is it alive, can it answer?"""

from __future__ import annotations

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer "ok" as long as the process answers at all; asks no database."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database can be reached and has every migration, 503 and what is missing otherwise.

    What the database says of its trouble is not shown: anybody may ask here.
    """
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error:
        return _readiness(database="unreachable", migrations="unknown")
    return _readiness(database="ok", migrations="missing" if missing else "ok")


def _readiness(**checks: str) -> HttpResponse:
    ready = all(answer == "ok" for answer in checks.values())
    return JsonResponse({"ready": ready, **checks}, status=200 if ready else 503)
