"""Django's administration of users, units, groups, roles and constraints, for superusers."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.admin import AdminSite
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certremoval.problems import NotPermitted
from certremoval.web.administration.choosing import label_of
from certremoval.web.pages import refused

LONGEST_TERM = 255


class Suggestions(AutocompleteJsonView):
    """What a field for choosing suggests, as it is then written into the field."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Suggest nothing for what no name can be."""
        term = request.GET.get("term", "")
        if "\0" in term or not 0 < len(term) <= LONGEST_TERM:
            return JsonResponse({"results": [], "pagination": {"more": False}})
        answer: HttpResponse = super().get(request, *args, **kwargs)
        return answer

    def serialize_result(self, obj: Model, to_field_name: str) -> dict[str, str]:
        """Name it so that it is known from others."""
        return {"id": str(obj.pk), "text": label_of(obj)}


class Administration(AdminSite):
    """The site that is served under /admin/. Whoever is not signed in signs in where everybody does."""

    site_header = gettext_lazy("Administration")
    site_title = gettext_lazy("Administration")
    index_title = gettext_lazy("Users, units, groups, roles and permissions")
    site_url = "/"
    enable_nav_sidebar = False

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Lead the anonymous to sign in; tell others that this is for superusers."""
        if request.user.is_authenticated:
            return refused(request, NotPermitted(_("The administration is for superusers. Ask one of them.")))
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def logout(  # type: ignore[override]  # Django's answers a redirect too
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Sign out as everywhere: by a POST alone."""
        if request.method == "POST":
            logout(request)
        return redirect("sign-in")

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to where everybody changes their password."""
        return redirect("preferences")

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """Suggest what can be chosen."""
        return cast(HttpResponse, Suggestions.as_view(admin_site=self)(request))


administration = Administration(name="admin")
