"""Which models an OpenAI-compatible server has, and whether one of them replies: the cheapest
questions that tell whether address, key and name are right. Nothing of the corpus is sent."""

from __future__ import annotations

from rag.adapters.openai_server import RequestRefused, Server
from rag.errors import ServerRejected


def models(
    *, base_url: str | None, api_key: str | None, connect_s: float = 5.0, read_s: float = 15.0
) -> list[str] | None:
    """Their names, sorted; None where the server does not list any.

    Raises ModelServerError for a server that cannot be reached, refuses the key or sends
    something else, ConfigError for settings that cannot work.
    """
    return listed(
        Server(model="", base_url=base_url, api_key=api_key, connect_s=connect_s, read_s=read_s)
    )


def listed(server: Server) -> list[str] | None:
    """The same of a server at hand."""
    try:
        with server.client() as client:
            found = client.models.list().data
            return sorted({str(model.id) for model in found})
    except ServerRejected as error:
        if "(404)" in str(error) or "(405)" in str(error):
            return None
        raise
    except (AttributeError, TypeError):
        raise server.broken("sent what is no list of models") from None


def require_reply(server: Server) -> None:
    """Have the model say a word. A parameter that it does not take is no objection to it: raises
    ModelServerError for all else."""
    try:
        with server.client() as client:
            reply = client.chat.completions.create(
                model=server.model,
                messages=[{"role": "user", "content": "Say yes."}],
                max_tokens=1,
            )
            if not reply.choices:
                raise server.broken("sent what is no reply of a model")
    except RequestRefused as error:
        if server.model in str(error):
            raise
    except (AttributeError, TypeError):
        raise server.broken("sent what is no reply of a model") from None
