"""All addresses, by the door that answers them."""

from django.urls import include, path

urlpatterns = [path("", include("certremoval.web.urls"))]
