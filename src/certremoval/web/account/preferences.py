"""Preferences: how one likes the pages, and one's own password."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from certremoval.access.scope import isolated
from certremoval.organization.models import User
from certremoval.web.pages import SignedInRequest, back_address, signed_in_page


def zone_choices() -> list[tuple[str, Any]]:
    """Return all time zones by region, UTC first."""
    regions: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(available_timezones()):
        region, slash, place = name.partition("/")
        if slash and region not in ("Etc", "SystemV", "posix", "right"):
            regions.setdefault(region, []).append((name, place.replace("_", " ").replace("/", ", ")))
    return [("UTC", "UTC"), *regions.items()]


class Preferences(forms.ModelForm):  # type: ignore[type-arg]
    """Time zone, theme, and whether notices come by e-mail."""

    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=zone_choices,
        help_text=gettext_lazy("Times on the pages are shown in it, and dates of filters are days in it."),
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    class Meta:
        model = User
        fields = ("time_zone", "theme", "notices_by_mail")
        labels = {"theme": gettext_lazy("Theme"), "notices_by_mail": gettext_lazy("Notices by e-mail, too")}
        widgets = {
            "theme": forms.Select(attrs={"class": "form-select"}),
            "notices_by_mail": forms.CheckboxInput(attrs={"class": "form-check-input"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["notices_by_mail"].help_text = mail_words(self.instance)

    def clean_time_zone(self) -> str:
        """Refuse a zone that this machine does not know."""
        name = str(self.cleaned_data["time_zone"])
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError) as error:
            raise forms.ValidationError(_("Choose a time zone of the list.")) from error
        return name


def mail_words(user: User) -> str:
    """Return where e-mail to somebody goes, or why there is none."""
    if not settings.ENVIRONMENT.email_host:
        return _("This installation sends no e-mail. Notices are under the bell at the top of every page.")
    if not user.email:
        return _("No e-mail address of yours is known here. Ask whoever manages people to enter it.")
    return _("When a job of yours ends or fails, or a job waits for you. They go to %(address)s.") % {
        "address": isolated(user.email)
    }


class NewPassword(PasswordChangeForm):
    """Django's form, with the looks of ours."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"
            field.widget.attrs.pop("autofocus", None)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_page
def preferences_page(request: SignedInRequest) -> HttpResponse:
    """Show and keep preferences; the two forms of the page are sent each on its own."""
    user = User.objects.get(pk=request.user.pk)
    initial = {"time_zone": user.time_zone or "UTC"}
    form, password = Preferences(instance=user, initial=initial), NewPassword(user)
    if request.method == "POST" and request.POST.get("what") == "password":
        password = NewPassword(user, request.POST)
        if password.is_valid():
            password.save()
            update_session_auth_hash(request, user)  # whoever changed it stays signed in here, and nowhere else
            messages.info(request, _("The new password is kept. Other browsers are signed out."))
            return redirect("preferences")
    elif request.method == "POST":
        form = Preferences(request.POST, instance=user)
        if form.is_valid():
            form.save()
            messages.info(request, _("Your preferences are kept."))
            return redirect("preferences")
    mistaken = bool(form.errors or password.errors)
    context = {"form": form, "password": password, "area": "preferences", "back": back_address(request)}
    return render(request, "web/account/preferences.html", context, status=422 if mistaken else 200)
