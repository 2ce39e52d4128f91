"""Removing one person from a certification: a page (or dialog) that asks, and the act."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from certremoval.certifications.holding import checked_keep_off, read_day
from certremoval.certifications.models import HOLDING_STATUSES
from certremoval.certifications.removing import LONGEST_REASON, find_removable, remove_person
from certremoval.policy.reasons import ReasonRequired, require_reason
from certremoval.problems import InvalidRequest
from certremoval.web.certifications.filters import address_query, read_people, status_words
from certremoval.web.drafts.typed import FOR_GOOD, UNTIL
from certremoval.web.pages import SignedInRequest, signed_in_page
from certremoval.web.reasons import reasons_shown


class RemovalForm(forms.Form):
    """Why somebody is removed; ``required`` and ``offered`` are what is set about reasons."""

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
    keep_off = forms.ChoiceField(
        label=gettext_lazy("Keep this person off"),
        choices=[
            ("", gettext_lazy("until assigned again by hand, or by a load that re-adds")),
            (UNTIL, gettext_lazy("until the day below")),
            (FOR_GOOD, gettext_lazy("for good")),
        ],
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    keep_off_until = forms.CharField(
        label=gettext_lazy("Kept off until"),
        help_text=gettext_lazy("Only where a day is chosen above."),
        required=False,
        widget=forms.DateInput(attrs={"class": "form-control", "type": "date"}),
    )

    def clean(self) -> dict[str, Any]:
        """Read how long the person is kept off, as ``how_long``."""
        cleaned = super().clean() or {}
        choice = cleaned.get("keep_off")
        try:
            day = read_day(cleaned.get("keep_off_until", "")) if choice == UNTIL else None
            cleaned["how_long"] = checked_keep_off(day, for_good=choice == FOR_GOOD)
        except InvalidRequest as refusal:
            self.add_error("keep_off_until", refusal.message)
        return cleaned

    def __init__(self, data: QueryDict | None, *, required: bool, offered: bool) -> None:
        super().__init__(data)
        reason = self.fields["reason"]
        if offered:
            reason.widget.attrs["list"] = "reasons-offered"
            reason.help_text = _("%(help)s Choose one that is offered, or use your own words.") % {
                "help": reason.help_text
            }
        if required:
            reason.label = _("Reason")
            reason.widget.attrs["required"] = True

    def clean_reason(self) -> str:
        """Refuse an empty reason where one is required."""
        reason = str(self.cleaned_data["reason"])
        try:
            require_reason(reason)
        except ReasonRequired as refusal:
            raise forms.ValidationError(refusal.message) from refusal
        return reason


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_page
def remove_person_page(request: SignedInRequest, key: int, user_key: int) -> HttpResponse:
    """Ask whether to remove a person, and do it; then show the certification as it was filtered before."""
    enrollment = find_removable(request.user, certification_key=key, user_key=user_key)
    sent = request.method == "POST"
    asked = read_people(request.POST if sent else request.GET, enrollment.certification)
    back = reverse("certification", args=[key]) + address_query(asked.place)
    reasons = reasons_shown()
    form = RemovalForm(
        request.POST if sent else None,
        required=bool(reasons["reason_required"]),
        offered=bool(reasons["reasons_offered"]),
    )
    if sent and form.is_valid():
        remove_person(
            request.user,
            certification_key=key,
            user_key=user_key,
            comment=form.cleaned_data["comment"],
            reason=form.cleaned_data["reason"],
            keep_off=form.cleaned_data["how_long"],
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
        **reasons,
        "place": asked.place,
        "back": back,
    }
    return render(request, "web/certifications/remove_person.html", context, status=422 if sent else 200)
