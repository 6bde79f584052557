"""Which operations a role may give to people at the web interface."""

FROM_WEB = frozenset(
    {
        "status",
        "check",
        "reload",
        "diff",
        "recount",
        "refusals",
        "replay",
        "interface.list",
        "interface.text",
        "interface.save",
        "interface.try",
        "interface.bodies",
        "trial.save",
        "pull",
        "job.list",
        "job.run",
        "job.log",
        "load",
        "manual",
        "conformance",
        "partner.add",
        "partner.rotate",
        "partner.revoke",
        "partner.list",
        "user.add",
        "user.list",
        "user.reset",
        "user.unlock",
        "user.sessions",
        "user.end",
        "see_as",
        "log",
        "declaration.list",
        "declaration.open",
        "declaration.check",
        "declaration.activate",
        "declaration.values",
        "declaration.filled",
        "declaration.history",
        "declaration.version",
    }
)
"""All look at the whole platform, so a role that has any must have the whole scope."""

UNLOGGED = frozenset(
    {
        "declaration.check",
        "declaration.values",
        "declaration.filled",
        "interface.list",
        "interface.text",
        "job.list",
        "job.log",
    }
)
"""Run whenever a page is looked at or somebody who types pauses; they change nothing and show no record."""
