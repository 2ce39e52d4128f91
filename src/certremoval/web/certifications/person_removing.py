"""Removing one person from a certification: a page (or dialog) that asks, and the act."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from certremoval.certifications.models import HOLDING_STATUSES
from certremoval.certifications.removing import LONGEST_REASON, find_removable, remove_person
from certremoval.web.certifications.filters import address_query, read_people, status_words
from certremoval.web.pages import SignedInRequest, signed_in_page


class RemovalForm(forms.Form):
    """Why somebody is removed."""

    reason = forms.CharField(
        label=gettext_lazy("Reason (optional)"),
        help_text=gettext_lazy("Stays in the person's removal history."),
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off", "dir": "auto"}),
    )
    comment = forms.CharField(
        label=gettext_lazy("Enter Comment (optional)"),
        help_text=gettext_lazy("Other administrators see it."),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2, "dir": "auto"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_page
def remove_person_page(request: SignedInRequest, key: int, user_key: int) -> HttpResponse:
    """Ask whether to remove a person, and do it; then show the certification as it was filtered before."""
    enrollment = find_removable(request.user, certification_key=key, user_key=user_key)
    sent = request.method == "POST"
    asked = read_people(request.POST if sent else request.GET, enrollment.certification)
    back = reverse("certification", args=[key]) + address_query(asked.place)
    form = RemovalForm(request.POST if sent else None)
    if sent and form.is_valid():
        remove_person(
            request.user,
            certification_key=key,
            user_key=user_key,
            comment=form.cleaned_data["comment"],
            reason=form.cleaned_data["reason"],
        )
        names = {"person": enrollment.user.full_name, "certification": enrollment.certification.title}
        messages.success(request, _("%(person)s was removed from %(certification)s.") % names)
        return redirect(back)
    context = {
        "area": "certifications",
        "certification": enrollment.certification,
        "person": enrollment.user,
        "status": status_words(enrollment.status),
        "holds": enrollment.status in HOLDING_STATUSES,
        "is_viewer": enrollment.user == request.user,
        "form": form,
        "place": asked.place,
        "back": back,
    }
    return render(request, "web/certifications/remove_person.html", context, status=422 if sent else 200)
