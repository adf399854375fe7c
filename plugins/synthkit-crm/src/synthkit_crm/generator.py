"""The generator: catalogue first, then block after block of customers with all that they do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import pyarrow as pa

from synthkit.contracts import GeneratedBlock, GenerateRequest, Progress, Streams, TableChunk
from synthkit.domains.layout import in_order
from synthkit.domains.people import People
from synthkit.schema import Schema
from synthkit_crm.calendar import Calendar
from synthkit_crm.catalogue import make_catalogue
from synthkit_crm.customers import make_customers
from synthkit_crm.interest import show_interest
from synthkit_crm.leads import find_leads, make_leads
from synthkit_crm.plan import Block, blocks, row_counts
from synthkit_crm.purchases import purchase
from synthkit_crm.registrations import register
from synthkit_crm.schema import SCHEMA
from synthkit_crm.settings import Settings
from synthkit_crm.signups import sign_up
from synthkit_crm.world import World

__all__ = ["CrmGenerator"]

_INTEREST = ("leads", "whitepaper_downloads", "form_submissions")


class CrmGenerator:
    """Generates a CRM. Memory is bounded by a block, apart from the catalogue's tables.

    A block's rows depend on the request's numbers of rows, the settings, the locale, the seed and
    the block's number; every table gets exactly the number of rows that was asked for.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def schema(self) -> Schema:
        """Return the eleven tables with their keys and rules."""
        return SCHEMA

    def generate(
        self, request: GenerateRequest, streams: Streams, progress: Progress
    ) -> Iterator[TableChunk]:
        """Yield the catalogue, then for each block its customers and what hangs on them.

        Raises `UsageError` for rows that cannot be, before the first chunk.
        """
        blocks = self.generated_blocks(request, streams)
        yield from in_order("crm", blocks, request.chunk_rows, progress)

    def generated_blocks(
        self, request: GenerateRequest, streams: Streams
    ) -> Sequence[GeneratedBlock]:
        """Return the catalogue, and the customers in blocks with what hangs on them."""
        calendar = Calendar(self._settings)
        rows = row_counts(request, calendar.day_count)
        people = People(request.values, self._locales(request.locale), streams)
        catalogue = make_catalogue(rows, people, calendar, streams)
        plan = blocks(rows, request.rows, calendar, catalogue.webinar_starts)
        world = World(self._settings, calendar, people, catalogue, streams)
        shared = sum(table.num_rows for table in catalogue.tables.values())
        return [
            GeneratedBlock(shared, lambda: catalogue.tables),
            *(
                GeneratedBlock(sum(block.rows.values()), partial(_block_tables, block, world))
                for block in plan
            ),
        ]

    def _locales(self, home: str) -> tuple[str, ...]:
        """Return the locales at work, the home locale first."""
        if not self._settings.abroad_share:
            return (home,)
        return tuple(dict.fromkeys([home, *self._settings.abroad_locales]))


def _block_tables(block: Block, world: World) -> dict[str, pa.Table]:
    """Return the tables of a block: whole histories first, then the customers they make."""
    signed = sign_up(block, world)
    bought = purchase(block, signed, world)
    registered = register(block, signed, world)
    customers = make_customers(block, signed, bought, registered, world)
    tables = {
        "customers": customers,
        "purchases": bought.purchases,
        "purchase_items": bought.items,
        "webinar_registrations": registered.table,
    }
    if any(block.rows[name] for name in _INTEREST):
        leads = find_leads(block, signed, customers, world)
        interest = show_interest(block, leads, world)
        tables["leads"] = make_leads(block, leads, interest.downloads, interest.forms, world)
        tables["whitepaper_downloads"] = interest.download_rows
        tables["form_submissions"] = interest.form_rows
    return tables
