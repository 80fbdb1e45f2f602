"""Every error that Citewell raises, in one tree.

    CitewellError
    ├── UsageError                 wrong input or settings; exit code 2
    │   ├── BadInput               a file or a line of it cannot be used
    │   ├── ConfigError            a setting is wrong or missing
    │   │   └── ExtraMissing       what is installed by an extra is not; an ImportError as well
    │   ├── UnknownPaper           no paper of that id
    │   └── UnknownCorpus          no corpus of that name
    ├── CatalogError
    │   ├── CatalogLocked          another process is writing
    │   ├── CatalogDamaged         SQLite cannot read the file, or what it holds makes no sense
    │   ├── FolderReadOnly         something would have to be written, and cannot be
    │   ├── NewerData              a newer Citewell has written it
    │   └── EmbedderMismatch       the catalog's vectors come from another model
    ├── IndexDamaged               a derived index is missing, stale or broken (mended by itself)
    ├── ModelMissing               weights of the embedded model are not installed, or damaged
    ├── Stopped                    the user pressed Ctrl-C; exit code 130
    ├── FetchFailed                a service that papers are fetched from cannot be asked, or what
    │                              it sends cannot be used
    ├── ZoteroError                Zotero does not run, refuses, or answers oddly
    └── ModelServerError           an OpenAI-compatible server failed
        ├── ServerUnreachable      refused, unknown host, TLS
        ├── ServerRejected         401, 403, 404, 400: trying again will not help
        ├── ServerBusy             429 or 5xx after retries
        ├── ServerTimeout          no answer, or no next token, in time
        └── BadReply               cut, empty or unreadable

Each says what happened and to what (`str(error)`) and what mends it (`error.remedy`). Vendors'
errors are translated in the adapters; none of theirs leaves `rag/adapters`.
"""

from __future__ import annotations

from pathlib import Path

from rag.records import Usage


class CitewellError(Exception):
    """Base of all. `remedy` is one sentence, with the command where there is one."""

    exit_code = 1

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.remedy = remedy


class UsageError(CitewellError):
    exit_code = 2


class BadInput(UsageError):
    """A file, or one place in it, cannot be used. `line` is 1-based."""

    def __init__(
        self,
        message: str,
        *,
        path: Path | str | None = None,
        line: int | None = None,
        remedy: str = "",
    ) -> None:
        where = "" if path is None else f"{path}: " if line is None else f"{path}:{line}: "
        super().__init__(where + message, remedy=remedy)
        self.path = path
        self.line = line
        self.message = message


class ConfigError(UsageError):
    pass


class ExtraMissing(ConfigError, ImportError):
    """A part of Citewell needs a package that only `pip install "citewell[extra]"` brings."""

    def __init__(self, what: str, *, package: str, extra: str) -> None:
        super().__init__(
            f"{what} needs {package}, which is not installed.",
            remedy=f'Install it with: pip install "citewell[{extra}]"',
        )
        self.add_note(self.remedy)  # a failed import is seen as a traceback, which shows notes


class NotFound(UsageError):
    """What was named is not here, or not here any more."""


class NotAllowed(UsageError):
    """It is done on the machine itself, not from wherever this was asked."""


class UnknownPaper(NotFound):
    def __init__(self, paper_id: str) -> None:
        super().__init__(
            f"No paper has the id {paper_id!r}.", remedy="List the ids with: citewell papers"
        )


class UnknownCorpus(NotFound):
    pass


class CatalogError(CitewellError):
    pass


class CatalogLocked(CatalogError):
    pass


class CatalogDamaged(CatalogError):
    pass


class FolderReadOnly(CatalogError):
    pass


class NewerData(CatalogError):
    pass


class EmbedderMismatch(CatalogError):
    pass


class IndexDamaged(CitewellError):
    pass


class ModelMissing(CitewellError):
    pass


class Stopped(CitewellError):
    """The user has stopped it. Says what is kept and how to go on."""

    exit_code = 130


class FetchFailed(CitewellError):
    """A service that papers are fetched from failed. `retries`: how often asking again is worth
    it. `wait_s`: seconds that the service asks to wait before, where it says so. `is_refusal`: it
    does not want to give this, or not to whoever asks."""

    def __init__(
        self,
        message: str,
        *,
        remedy: str = "",
        retries: int = 0,
        wait_s: float | None = None,
        is_refusal: bool = False,
    ) -> None:
        super().__init__(message, remedy=remedy)
        self.retries = retries
        self.wait_s = wait_s
        self.is_refusal = is_refusal


class ZoteroError(CitewellError):
    pass


class ModelServerError(CitewellError):
    """An OpenAI-compatible server failed. `retryable`: the same call may succeed later. `usage`:
    what had been spent by then, where whoever made the calls has noted it."""

    retryable = False

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.usage = Usage()


class ServerUnreachable(ModelServerError):
    retryable = True


class ServerRejected(ModelServerError):
    pass


class ServerBusy(ModelServerError):
    retryable = True


class ServerTimeout(ModelServerError):
    retryable = True


class BadReply(ModelServerError):
    retryable = True
