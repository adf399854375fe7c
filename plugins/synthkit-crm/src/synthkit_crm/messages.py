"""Free text of forms, put together from parts; English, and German for German locales."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.domains.columns import Flags, pool, text

__all__ = ["messages"]

ENGLISH = (
    (
        "Hello,",
        "Hi there,",
        "Good morning,",
        "Dear team,",
        "To whom it may concern,",
    ),
    (
        "we are looking for a way to automate our reporting",
        "our current tool no longer keeps up with our orders",
        "we would like to see a demo of the analytics module",
        "could you send us a price list for the team plan",
        "we need training for our new colleagues",
        "we are comparing several vendors this quarter",
        "I read your whitepaper and have a question about integrations",
        "we plan to replace our scanners in two warehouses",
        "the invoice from last month does not match our order",
        "I watched your webinar and would like to know more about data security",
        "is there a discount for non-profit organisations",
        "we have trouble connecting our accounting system",
    ),
    ("for {} people.", "for about {} users.", "at {} sites.", "within {} weeks."),
    (
        "Please call me back.",
        "Thank you!",
        "An e-mail is fine.",
        "Best regards",
        "Looking forward to your reply.",
        "It is rather urgent.",
    ),
)
GERMAN = (
    ("Hallo,", "Guten Tag,", "Guten Morgen,", "Liebes Team,", "Sehr geehrte Damen und Herren,"),
    (
        "wir suchen eine Möglichkeit, unsere Berichte zu automatisieren,",
        "unser jetziges Werkzeug wird mit den Aufträgen nicht mehr fertig,",
        "wir möchten uns das Analysemodul vorführen lassen,",
        "bitte senden Sie uns eine Preisliste für den Teamtarif,",
        "wir brauchen eine Schulung für neue Kollegen,",
        "wir vergleichen in diesem Quartal mehrere Anbieter,",
        "ich habe Ihr Whitepaper gelesen und eine Frage zu Schnittstellen,",
        "wir wollen die Scanner in zwei Lagern ersetzen,",
        "die Rechnung vom letzten Monat passt nicht zu unserer Bestellung,",
        "ich habe Ihr Webinar gesehen und möchte mehr über Datensicherheit wissen,",
        "wir haben Schwierigkeiten mit der Anbindung der Buchhaltung,",
    ),
    ("für {} Personen.", "für etwa {} Nutzer.", "an {} Standorten.", "innerhalb von {} Wochen."),
    (
        "Bitte rufen Sie mich zurück.",
        "Vielen Dank!",
        "Eine E-Mail genügt.",
        "Mit freundlichen Grüßen",
        "Es eilt ein wenig.",
    ),
)
NUMBERS = (2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 80, 120)


def messages(locale: str, count: int, missing: Flags, rng: np.random.Generator) -> pa.Array:
    """Return messages, null where ``missing``. They name no person."""
    greetings, wishes, extents, endings = GERMAN if locale.startswith("de") else ENGLISH
    parts = (
        greetings,
        wishes,
        [extent.format(number) for extent in extents for number in NUMBERS],
        endings,
    )
    drawn = [
        text(pool(part), rng.integers(0, len(part), count), missing if place == 0 else None)
        for place, part in enumerate(parts)
    ]
    return pc.binary_join_element_wise(*drawn, " ")
