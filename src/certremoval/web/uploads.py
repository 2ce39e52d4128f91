"""Files on their way in: one that is far too large is not kept, not even for a moment."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from certremoval.policy.file_limits import file_limits

_TOO_LARGE = "certremoval_upload_too_large"


class RefuseTooLarge(FileUploadHandler):
    """Stands before Django's own handlers: what is beyond the limit goes nowhere, and the page says so."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin to count."""
        super().new_file(*args, **kwargs)
        self._size, self._most = 0, file_limits().max_file_bytes

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Hand on what is within the limit. Raises SkipFile beyond it."""
        self._size += len(raw_data)
        if self._size > self._most:
            if self.request is not None:
                self.request.META[_TOO_LARGE] = str(max(self._size, int(self.request.META.get("CONTENT_LENGTH") or 0)))
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the handlers that keep it."""


def too_large_upload(request: HttpRequest) -> int | None:
    """Return the bytes of an upload that was refused for its size; None if none was."""
    _ = request.POST  # the upload is read when the form is
    size = request.META.get(_TOO_LARGE)
    return None if size is None else int(size)
