"""``synthkit plugins``: what plugins offer, and those that were set aside."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

import click

__all__ = ["command"]


@click.command("plugins")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
def command(*, as_json: bool) -> None:
    """List components by kind with their settings, and plugins that were set aside.

    Set SYNTHKIT_DISABLE_PLUGINS to names of distributions, or to `all`, to leave plugins out.

    \b
    Examples:
      synthkit plugins
      synthkit plugins --json
    """  # noqa: D301
    from synthkit import pipeline
    from synthkit.cli import COMMANDS
    from synthkit.cli.terminal import print_json
    from synthkit.plugins import KINDS

    plugins = pipeline.installed_plugins()
    added = plugins.commands(list(COMMANDS))
    if as_json:
        print_json(
            {
                "components": [
                    {
                        "kind": offer.kind,
                        "name": offer.component.name,
                        "summary": offer.component.summary,
                        "distribution": offer.distribution,
                        "version": offer.version,
                        "settings": _settings(offer.component.settings),
                    }
                    for offer in plugins.offers
                ],
                "commands": list(added),
                "set_aside": [vars(plugin) for plugin in plugins.set_aside],
            }
        )
        return
    for kind in KINDS:
        offers = [offer for offer in plugins.offers if offer.kind == kind]
        if not offers:
            continue
        click.echo(f"{kind.replace('_', ' ')}:")
        if kind == "values":
            click.echo("  " + ", ".join(offer.component.name for offer in offers))
            continue
        for offer in offers:
            click.echo(f"  {offer.component.name}  {offer.component.summary}")
            click.echo(f"    from {offer.distribution} {offer.version}")
            for name, default in _settings(offer.component.settings).items():
                click.echo(f"    --set {name}={default}")
    if added:
        click.echo("commands:")
        for name, command in added.items():
            click.echo(f"  {name}  {command.get_short_help_str()}".rstrip())
    for plugin in plugins.set_aside:
        click.echo(f"set aside: {plugin.name} ({plugin.distribution} {plugin.version})")
        click.echo(f"  {plugin.reason}")


def _settings(kind: type[Any]) -> dict[str, Any]:
    """Return the names and defaults of a component's settings."""
    if not is_dataclass(kind):
        return {name: field.get_default() for name, field in kind.model_fields.items()}
    made = kind()
    return {field.name: getattr(made, field.name) for field in fields(kind)}
