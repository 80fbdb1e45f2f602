"""Which models an OpenAI-compatible server has: the cheapest question that tells whether address
and key are right. Nothing of the corpus is sent."""

from __future__ import annotations

from rag.adapters.openai_server import Server
from rag.errors import ServerRejected


def models(
    *, base_url: str | None, api_key: str | None, connect_s: float = 5.0, read_s: float = 15.0
) -> list[str] | None:
    """Their names, sorted; None where the server does not list any.

    Raises ModelServerError for a server that cannot be reached, refuses the key or sends
    something else, ConfigError for settings that cannot work.
    """
    server = Server(
        model="", base_url=base_url, api_key=api_key, connect_s=connect_s, read_s=read_s
    )
    try:
        with server.client() as client:
            listed = client.models.list().data
            return sorted({str(model.id) for model in listed})
    except ServerRejected as error:
        if "(404)" in str(error) or "(405)" in str(error):
            return None
        raise
    except (AttributeError, TypeError):
        raise server.broken("sent what is no list of models") from None
