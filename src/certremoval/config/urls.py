"""All addresses, by the door that answers them."""

from django.urls import include, path

urlpatterns = [path("", include("certremoval.web.urls"))]

handler400 = "certremoval.web.failures.bad_request"
handler403 = "certremoval.web.failures.forbidden"
handler404 = "certremoval.web.failures.not_found"
handler500 = "certremoval.web.failures.fault"
