"""Certification Management: the list of certifications."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from certremoval.certifications.catalogue import MOST_COUNTED, CataloguePage, list_certifications
from certremoval.problems import InvalidRequest
from certremoval.web.certifications.filters import CatalogueForm, address_query
from certremoval.web.pages import SignedInRequest, signed_in_page


@require_safe
@signed_in_page
def certifications_page(request: SignedInRequest) -> HttpResponse:
    """Show the certifications that the viewer may see; ``?search= &inactive=1 &page=``."""
    form = CatalogueForm(request.GET)
    shown: CataloguePage | None = None
    mistakes: list[str] = []
    if form.is_valid():
        typed = form.cleaned_data
        try:
            shown = list_certifications(
                request.user,
                search=typed["search"],
                include_inactive=typed["inactive"],
                page=typed["page"] or 1,
            )
        except InvalidRequest as refusal:
            mistakes.append(refusal.message)
    else:
        list_certifications(request.user)  # whoever may not see the list learns that, whatever the address holds
        mistakes += [str(error) for error in form.errors.get("page", [])]
    filters = {
        name: value
        for name, value in (
            ("search", form.cleaned_data.get("search", "")),
            ("inactive", "1" if form.cleaned_data.get("inactive") else ""),
        )
        if value
    }
    context = {
        "area": "certifications",
        "form": form,
        "mistakes": mistakes,
        "shown": shown,
        "filtered": bool(filters.get("search")),
        "most_counted": MOST_COUNTED,
        "previous": _page(filters, shown.number - 1) if shown and shown.number > 1 else None,
        "next": _page(filters, shown.number + 1) if shown and shown.number < shown.pages else None,
    }
    return render(request, "web/certifications/list.html", context, status=200 if shown else 422)


def _page(filters: dict[str, str], number: int) -> str:
    return address_query({**filters, "page": str(number)})
