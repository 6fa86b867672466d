"""Everything that befalls a call, a callback or a process in a schedule, and how often."""

from __future__ import annotations

SENDING = (
    ("the request is lost", 0.06),
    ("the request comes late", 0.05),
    ("the request comes twice", 0.03),
    ("the answer is lost", 0.08),
    ("the connection is reset", 0.03),
    ("half an answer", 0.03),
    ("no connection", 0.03),
    ("503 and not taken", 0.03),
    ("429 and not taken", 0.02),
    ("500 and not taken", 0.02),
    ("500 and taken", 0.03),
    ("a proxy's 502", 0.02),
    ("a redirect", 0.01),
    ("a clear no", 0.02),
    ("short of money at once", 0.03),
    ("refused later", 0.03),
    ("our key is not accepted", 0.01),
    ("slow", 0.07),
    ("the worker dies before", 0.03),
    ("the worker dies after", 0.05),
)
ASKING = (
    ("the answer is lost", 0.06),
    ("the connection is reset", 0.02),
    ("half an answer", 0.03),
    ("no connection", 0.02),
    ("503 and not taken", 0.02),
    ("500 and not taken", 0.02),
    ("a proxy's 404", 0.02),
    ("our key is not accepted", 0.01),
    ("an old answer", 0.04),
    ("a new word", 0.03),
    ("slow", 0.05),
    ("the worker dies before", 0.02),
    ("the worker dies after", 0.03),
)
CALLED_BACK = (
    ("lost", 0.15),
    ("twice", 0.10),
    ("late", 0.15),
    ("with another body", 0.05),
)
FORGED = 0.06
TAKEN_BACK = 0.25
"""Of what was paid."""
OURS_IS_LOST = 0.06
"""Of all schedules: in these our database goes back to a backup."""
DIES_AT_A_TRANSACTION = 0.015
SWITCHES = 0.15
STOPS_INSIDE = 0.08

TAKEN_BACK_AFTER_S = (1, 60, 4_000, 90_000, 250_000)
LATE_S = (3, 20, 90, 600, 4_000)
SLOW_S = (1, 8, 20, 50, 70)
DOWN_S = (1, 5, 50, 600, 7_200)
