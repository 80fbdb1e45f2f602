"""From text and history to one ParsedQuestion. Nothing behind this room reads the text again."""
