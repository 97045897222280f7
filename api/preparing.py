"""What a server sees to before it serves: the shape of the database, its keys, its issuer, its demonstration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.demo import loading
from api.errors import RequestRefused, StartRefused
from api.groups.actions import check_keys
from api.issuers import IssuerTrouble, fetch
from api.opening import opened
from api.seat import Role, system_seat
from api.store.migrating import migrate

if TYPE_CHECKING:
    from api.running import Urls
    from api.settings import Settings
    from api.store.engine import Store


async def prepare(settings: Settings, urls: Urls) -> None:
    """Migrate; in development load the demonstration once, in production see that this is a network to serve."""
    await _check_issuer(settings)
    await migrate(urls.owner, urls.app)
    await (load_demo(settings, urls) if settings.development else check_network(settings, urls))


async def _check_issuer(settings: Settings) -> None:
    """One that is away stops nobody, since links are poor; a name that is not its own is an operator's to correct."""
    if settings.oidc_issuer is None:
        return
    try:
        await fetch(settings.oidc_issuer)
    except IssuerTrouble as trouble:
        if trouble.code == "ANOTHER_ISSUER":
            raise StartRefused(
                "The issuer calls itself otherwise than BARAZA_OIDC_ISSUER does: set it to the `issuer` that its "
                "openid-configuration says, to the letter."
            ) from None


async def load_demo(settings: Settings, urls: Urls) -> int:
    """Whose key is missing gets it first, unless the whole file is missing: then a network that is there needs it
    back."""
    async with opened(settings, urls) as store:
        try:
            if settings.keys.exists():
                store.keyring.check()
            if settings.keys.exists() or not await loading.loaded(store):
                loading.make_keys(settings.keys)
            store.keyring.check()
            entered = await loading.load(store)
            await _check_keys(store)
        except RequestRefused:
            raise StartRefused(
                "This database holds another network, which the demonstration cannot be entered into: "
                "name an empty one."
            ) from None
    return entered


async def check_network(settings: Settings, urls: Urls) -> None:
    """A network without groups has no keys yet."""
    async with opened(settings, urls) as store:
        if await loading.shown(store):
            raise StartRefused(
                "This database holds the demonstration, which production does not serve: name another with "
                "BARAZA_DATABASE_URL or BARAZA_DATA."
            )
        if settings.keys.exists() or await loading.loaded(store):
            store.keyring.check()
        await _check_keys(store)


async def _check_keys(store: Store) -> None:
    async with store.process(system_seat(Role.WORKER), write=False) as op:
        await check_keys(op)
