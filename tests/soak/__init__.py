"""Soaks: long trials of what must never be lost, each with a small form that `make test` runs."""
