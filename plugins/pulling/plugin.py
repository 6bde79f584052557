"""主动拉取: transports that fetch from a partner's SFTP server, HTTP service or database."""

from core import api

from .pages import compile_http
from .table import compile_table


def compile_sftp(declaration: api.Declaration) -> tuple[api.Fetch | None, list[api.Problem]]:
    """The files of an SFTP server. The library takes half a second to import, so it is where it is needed."""
    from .sftp import compile_sftp as compile_

    return compile_(declaration)


@api.hook
def offer() -> api.Offers:
    """The implementations of what plugin.yaml announces."""
    return api.Offers(
        transports={"sftp_pull": compile_sftp, "http_pull": compile_http, "table_poll": compile_table},
    )
