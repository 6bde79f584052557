"""What this plugin says; its Chinese is in zh/phrases.yaml."""

from pathlib import Path

from core import api

phrase = api.Phrases(Path(__file__).with_name("zh") / "phrases.yaml")
