"""Signing in by User ID and password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.utils.translation import gettext_lazy as _

from certremoval.organization.models import User
from certremoval.reading import trim_id


class SignInForm(AuthenticationForm):
    """Takes the User ID as text: Django's own field would fold letters that are different in ids."""

    username = forms.CharField(
        label=_("User ID"),
        max_length=User._meta.get_field("user_id").max_length,
        widget=forms.TextInput(
            attrs={
                "class": "form-control",
                "autocomplete": "username",
                "autocapitalize": "none",
                "autofocus": True,
            }
        ),
    )
    error_messages = {
        "invalid_login": _(
            "No active user has this User ID with this password. Letter case and leading zeros count in both."
        ),
        "inactive": _("This user is inactive."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].widget.attrs["class"] = "form-control"

    def clean_username(self) -> str:
        """Trim what copying leaves around an id, as in files."""
        return trim_id(self.cleaned_data["username"])


class SignIn(LoginView):
    """The page on which everything begins; who is signed in already is led on."""

    template_name = "web/account/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True
