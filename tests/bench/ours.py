"""`baraza serve --development`, with a limit of cost under which a page of 1,000 cases with their activities may be
asked for, and without the files of GraphiQL, which would be installed meanwhile; in all else it is the command."""

from __future__ import annotations

from functools import partial

from api import cli
from api.graph.limits import Limits
from api.http import app, graphiql

app.Limits = partial(Limits, cost=2_000)
graphiql.ensure_files = lambda *_: None
cli.main()
