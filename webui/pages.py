"""The addresses of the web interface."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.api import Intake, Platform, Rates
from webui import categories, entities, exported, given, notices, operations, paper, sessions, shell
from webui.asking import Asking
from webui.exports import Exports
from webui.files import AssetHandler, Files, StaticHandler
from webui.handler import Web
from webui.help import GuideHandler, Help, HelpHandler, ReferenceHandler
from webui.live import Live
from webui.socket import LiveHandler
from webui.texts import labels

ID = "([a-z][a-z0-9_]*)"
NUMBER = r"(\d{1,18})"
KEY = "([A-Za-z0-9_-]{8,64})"


class Pages:
    """The routes of the web interface, and what they share while the server runs."""

    def __init__(self) -> None:
        self._web: Web | None = None

    def routes(self, platform: Platform, intake: Intake) -> list[Any]:
        """Tornado's routes; called once, on the loop of the server."""
        asking = Asking()
        live = Live(platform, asking)
        web = self._web = Web(asking, Files(blocks=blocks_of(platform)), Exports(platform, asking), live, Help())
        live.listen()
        web.exports.begin()
        shared = {"platform": platform, "intake": intake, "web": web}
        every_other = (".*", paper.NoPageHandler, shared)
        return [*_pages(shared), *_sessions(shared), *_data(shared), *_work(shared), every_other]

    def close(self) -> None:
        """End what still runs: threads, sockets, exports."""
        if self._web is not None:
            self._web.live.close()
            self._web.exports.close()
            self._web.asking.close()


def _pages(shared: dict[str, Any]) -> list[Any]:
    """What a person looks at, and the files that it takes."""
    return [
        ("/", shell.ShellHandler, shared),
        (rf"/p/{ID}", shell.ShellHandler, shared),
        ("/login", shell.LoginPageHandler, shared),
        ("/assets/(.*)", AssetHandler, shared),
        ("/static/([^/]+)/(.*)", StaticHandler, shared),
        ("/help", HelpHandler, shared),
        ("/help/guides/([a-z-]+)", GuideHandler, shared),
        ("/help/reference/([a-z_]+)", ReferenceHandler, shared),
        (rf"/print/categories/{ID}", paper.PrintedListHandler, shared),
        (rf"/print/categories/{ID}/records/{NUMBER}", paper.PrintedRecordHandler, shared),
    ]


def _sessions(shared: dict[str, Any]) -> list[Any]:
    """Coming in, going out, who one is."""
    return [
        ("/api/ui/login", sessions.LoginHandler, {**shared, "rates": Rates()}),
        ("/api/ui/logout", sessions.LogoutHandler, shared),
        ("/api/ui/password", sessions.PasswordHandler, shared),
        ("/api/ui/sessions", sessions.SessionsHandler, shared),
        (rf"/api/ui/sessions/{NUMBER}/end", sessions.EndSessionHandler, shared),
        ("/api/ui/me", sessions.MeHandler, shared),
        ("/api/ui/labels", sessions.LabelsHandler, {**shared, "labels": labels()}),
    ]


def _data(shared: dict[str, Any]) -> list[Any]:
    """Pages as data, records, statistics, exports."""
    category, entity = f"/api/v1/categories/{ID}", f"/api/v1/entities/{ID}"
    return [
        (rf"/api/ui/pages/{ID}", categories.PageOfHandler, shared),
        ("/api/v1/categories", categories.CatalogueHandler, shared),
        (category, categories.CategoryHandler, shared),
        (rf"{category}/totals", categories.TotalsHandler, shared),
        (rf"{category}/facets", categories.FacetsHandler, shared),
        (rf"{category}/records/{NUMBER}", categories.RecordHandler, shared),
        (rf"{category}/manual", categories.ManualHandler, shared),
        (rf"{category}/exports", exported.BeginHandler, shared),
        (rf"/api/v1/exports/{KEY}", exported.StateHandler, shared),
        (rf"/api/v1/exports/{KEY}/file", exported.FileHandler, shared),
        (entity, entities.AddHandler, shared),
        (rf"{entity}/{NUMBER}/amend", entities.AmendHandler, shared),
        (rf"{entity}/{NUMBER}/void", entities.VoidHandler, shared),
        (rf"{entity}/{NUMBER}/reveal", entities.RevealHandler, shared),
        (rf"{entity}/choices", entities.ChoicesHandler, shared),
        ("/api/v1/ad-hoc", entities.AdHocHandler, shared),
        ("/api/v1/ad-hoc/offered", entities.AdHocOfferedHandler, shared),
        (rf"/api/v1/ad-hoc/{ID}/exports", exported.AdHocHandler, shared),
        (rf"/api/v1/statistics/{ID}", entities.StatisticHandler, shared),
        (rf"/api/v1/statistics/{ID}/exports", exported.FiguresHandler, shared),
        ("/api/v1/overview", categories.OverviewHandler, shared),
        ("/api/v1/life", categories.LifeHandler, shared),
        ("/api/v1/log", categories.LogHandler, shared),
    ]


def _work(shared: dict[str, Any]) -> list[Any]:
    """Operations, and the socket."""
    tasks = {**shared, "tasks": operations.Tasks()}
    return [
        ("/api/ui/operations/([a-z][a-z0-9_.]*)", operations.OperationHandler, tasks),
        (rf"/api/ui/tasks/{KEY}", operations.TaskHandler, tasks),
        ("/api/ui/notices", notices.NoticesHandler, shared),
        ("/api/ui/notices/read", notices.ReadHandler, shared),
        ("/api/ui/live", LiveHandler, shared),
        ("/api/v1/files/([a-z][a-z0-9_.]*)", given.GivenFileHandler, shared),
    ]


def blocks_of(platform: Platform) -> dict[str, Path]:
    """{name: script} of the blocks that plugins bring."""
    return {
        name: one.manifest.folder / "blocks" / f"{name}.js"
        for one in platform.snapshot.plugins.values()
        for name in one.manifest.offers.get("blocks", {})
    }
