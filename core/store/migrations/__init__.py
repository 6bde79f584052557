"""Numbered migrations of the store's own tables; run in order at start, each once."""
