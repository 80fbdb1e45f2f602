"""The command `citewell chat`, and the loop of lines in and answers out."""

from __future__ import annotations

from typing import Annotated

import typer

from rag import config as settings
from rag.errors import CitewellError
from ui.options import CorpusName, DataDir, Debug, Mode

app = typer.Typer()


@app.command(
    epilog="Examples:\n\ncitewell chat\n\n"
    "citewell chat --private              # keeps no history of what was typed\n\n"
    "citewell chat < questions.txt        # one question or command a line",
)
def chat(
    context: typer.Context,
    *,
    private: Annotated[
        bool, typer.Option("--private", help="Keep nothing of what is typed and answered.")
    ] = False,
    mode: Mode = None,
    data_dir: DataDir = None,
    corpus: CorpusName = None,
    debug: Debug = False,
) -> None:
    """Talk with the corpus in the terminal: follow-ups, sources, tables, exports."""
    from ui import terminal
    from ui.chat.conversation import Conversation
    from ui.chat.lines import reader
    from ui.ending import unforeseen

    assistant = context.obj.ready(settings.load(data_dir=data_dir, corpus=corpus, mode=mode))
    with terminal.working("Opening the papers"):
        assistant.warm()
    conversation = Conversation(assistant, private=private)
    folder = None if private else assistant.config.data_dir
    read = reader(folder, conversation.choices)
    terminal.errors.print(conversation.opening(), style="dim")
    while True:
        try:
            line = read()
        except KeyboardInterrupt:
            terminal.notice("Ctrl-D or /quit ends the chat.")
            continue
        except EOFError:
            break
        try:
            if not conversation.take(line):
                break
        except KeyboardInterrupt:
            terminal.notice("Stopped.")
        except CitewellError as error:
            if debug:
                raise
            terminal.problem(error)
        except OSError:
            raise  # the terminal is gone
        except Exception as error:
            if debug:
                raise
            terminal.problem(unforeseen(error))
        terminal.errors.print()
