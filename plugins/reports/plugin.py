"""统计报告: the kind `report`, made from one dataset as PDF, XLSX and CSV, and its archive."""

from core import api

from .compiling import compile_reports
from .making import file, listed, make


@api.hook
def offer() -> api.Offers:
    """The implementations of what plugin.yaml announces."""
    return api.Offers(
        compilers={"report": compile_reports},
        commands={"report": make, "reports.list": listed, "reports.file": file},
    )
