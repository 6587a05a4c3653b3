"""Logging in and out: which key the command line uses for a site."""

import argparse
import getpass
import platform
import sys

from likely_client.blocking import Client
from likely_client.cli import keys
from likely_client.cli.output import console
from likely_client.devices import DeviceCode


def login(client: Client, asked: argparse.Namespace) -> int:
    """Get a key by a code that you confirm in a browser, and keep it; --key takes one you have."""
    key = _given_key(asked.site) if asked.key else _new_key(client)
    with Client(asked.site, key, timeout_s=asked.timeout) as member:
        money = member.balance()
    keys.keep(asked.site, key)
    console.print(f"Logged in at {asked.site}; {money.available:,.2f} is available.", markup=False)
    return 0


def logout(_: Client, asked: argparse.Namespace) -> int:
    """Forget the site's key. It goes on to open things: revoke it on the site."""
    if keys.forget(asked.site):
        console.print("Forgotten. Revoke it on the site, too, where nobody needs it any more.")
    else:
        console.print("There is no key of this site.")
    return 0


def _new_key(client: Client) -> str:
    def show(code: DeviceCode) -> None:
        console.print(f"Open {code.verification_uri_complete}", soft_wrap=True, markup=False)
        console.print(f"and confirm the code {code.user_code}. Waiting...", markup=False)

    return client.log_in(show, name=f"likely on {platform.node()}"[:60])


def _given_key(site: str) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    console.print(f"Keys are made at {site}/accounts/settings/keys/", soft_wrap=True)
    return getpass.getpass("Key: ").strip()
