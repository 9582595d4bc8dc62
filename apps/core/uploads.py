from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

# Far above what any form here takes: each says its own limit in a sentence. This one keeps the disk free.
MAX_BYTES = 10 * 1024 * 1024


class SizeLimit(FileUploadHandler):
    """First of FILE_UPLOAD_HANDLERS: a form that is absurdly large is not even read (400)."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],  # noqa: N803 - Django's own name
        content_length: int,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        if content_length > MAX_BYTES:
            raise RequestDataTooBig(f"A form of {content_length} bytes was sent")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> UploadedFile | None:
        return None
