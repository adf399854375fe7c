"""What the lineage of anonymized data tells: the plan, the key's name, what happened to columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from synthkit.anonymization import plan_yaml
from synthkit.anonymization.apply import Anonymizer
from synthkit.anonymization.keys import MasterKey
from synthkit.anonymization.plan import Plan
from synthkit.dataset import Dataset
from synthkit.history import History, How, Input, Treatment
from synthkit.lineage.fingerprints import text_fingerprint
from synthkit.lineage.origins import data_input

__all__ = ["anonymized_history", "decrypted_history"]


def anonymized_history(
    data: Dataset,
    plan: Plan,
    key: MasterKey,
    made: Anonymizer,
    rows: Mapping[str, int],
    where: Mapping[str, str],
) -> History:
    """Return the history of an anonymized data set; row counts are those of what was written.

    Conditions on rows are not written down, only on which tables: they may hold values.
    """
    columns = []
    for table, column in made.tallies:
        decision = made.decision(table, column)
        if decision.op == "drop":
            continue
        how: How = "kept" if decision.op == "keep" else "anonymized"
        why = f"{decision.op}: {decision.because}" if decision.because else str(decision.op)
        columns.append(Treatment(table, column, how, why, (("data", table, column),)))
    counts = {table: tally.rows for (table, _), tally in made.tallies.items()}
    text = plan_yaml.dumps(plan)
    return History(
        "anonymize",
        inputs=_inputs(data, text, key, counts),
        settings={"rows": dict(rows), "where": sorted(where), "locales": list(plan.locales)},
        columns=columns,
        request={"plan": text, "rows": dict(rows)},
        not_replayable="conditions that chose rows are not written down" if where else None,
    )


def decrypted_history(data: Dataset, plan: Plan, key: MasterKey) -> History:
    """Return the history of data whose encrypted columns were restored."""
    columns = []
    for table in data.schema.tables:
        for name in table.column_names:
            decision = plan.resolved(table.name, name)
            restored = decision is not None and decision.op == "encrypt"
            why = "decrypted" if restored else "as it was read"
            columns.append(
                Treatment(table.name, name, "copied", why, (("data", table.name, name),))
            )
    return History(
        "decrypt",
        inputs=_inputs(data, plan_yaml.dumps(plan), key, {}),
        columns=columns,
        not_replayable="it restores personal data: that is not done without being asked for",
    )


def _inputs(data: Dataset, plan: str, key: MasterKey, counts: Mapping[str, int]) -> list[Input]:
    found = data_input(data.origin)
    facts = {"rows": dict(counts)} if any(counts.values()) else {}
    return [
        replace(found, facts=facts),
        Input("plan", fingerprint=text_fingerprint(plan)),
        Input("key", facts={"id": key.id, "check": key.check}),
    ]
