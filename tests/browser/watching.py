"""What a page must never do, whatever the test is about."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response, WebError


class Watch:
    """Notes every mistake of the pages of one browser window.

    Mistakes are: a message of an error or a warning on the console (a refused script or style among them), a script
    that fails, a request to another host, an answer that is an error. A test that means to be refused says so by
    ``expects``.
    """

    def __init__(self, context: BrowserContext, address: str) -> None:
        self._address = address
        self._expected: set[int] = set()
        self.mistakes: list[str] = []
        context.on("console", self._see_message)
        context.on("weberror", self._see_error)
        context.on("request", self._see_request)
        context.on("response", self._see_response)

    def expects(self, *statuses: int) -> None:
        """Let answers have these statuses: the test is about being refused."""
        self._expected.update(statuses)

    def _see_message(self, message: ConsoleMessage) -> None:
        # That a request was answered by an error is said by the answer, with its status.
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self.mistakes.append(f"console: {message.text}")

    def _see_error(self, error: WebError) -> None:
        self.mistakes.append(f"script: {error.error}")

    def _see_request(self, request: Request) -> None:
        if not request.url.startswith((self._address, "data:", "blob:")):
            self.mistakes.append(f"request to another host: {request.url}")

    def _see_response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self._expected:
            self.mistakes.append(f"{response.status}: {response.request.method} {response.url[:300]}")
