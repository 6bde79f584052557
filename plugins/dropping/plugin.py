"""文件投递: an FTP and FTPS server whose files go through the five steps, and the register of photos and clips."""

from core import api

from .accounts import compile_accounts
from .matching import match
from .naming import compile_namings
from .server import FtpService


@api.hook
def offer() -> api.Offers:
    """The implementations of what plugin.yaml announces."""
    return api.Offers(
        services={"ftp": FtpService()},
        commands={"dropping.match": match},
        compilers={"drop_account": compile_accounts, "naming": compile_namings},
    )
