"""Everything that can be made to go wrong on the simulated networks, by name, a number of times or at random."""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping
from typing import Any, Literal

Fault = Literal[
    "money_cut_after_accept",
    "money_cut_before_accept",
    "money_error_500",
    "money_error_500_after_accept",
    "money_unavailable",
    "money_enquiry_unavailable",
    "money_never_answers",
    "money_refuse",
    "money_callback_twice",
    "money_callback_first",
    "money_no_callback",
    "money_callback_late",
    "money_callback_forged",
    "sms_cut_after_accept",
    "sms_error_500",
    "sms_refuse",
    "sms_busy",
    "sms_slow",
    "sms_report_late",
    "sms_report_lost",
    "sms_report_twice",
    "sms_report_failed",
    "sms_late",
    "sms_lost",
    "sms_twice",
    "sms_report_interim",
    "esms_busy",
    "esms_error_500",
    "esms_refuse",
    "esms_cut_after_accept",
    "ussd_drop_at",
    "ussd_repeat",
    "ussd_reorder",
    "ussd_slow_s",
]

ALWAYS = "always"
Setting = int | float | Literal["always"]

SENTENCES: Mapping[Fault, str] = {
    "money_cut_after_accept": "The provider takes the order, then the line drops before it can answer.",
    "money_cut_before_accept": "The line drops before the provider has taken the order.",
    "money_error_500": "The provider answers 500 and has not taken the order.",
    "money_error_500_after_accept": "The provider takes the order, and answers 500 all the same.",
    "money_unavailable": "The provider answers 503 to an order and has not taken it.",
    "money_enquiry_unavailable": "The provider answers 503 when asked what became of an order.",
    "money_never_answers": "The provider does nothing and says nothing for a minute, then the line drops.",
    "money_refuse": "The provider takes the order and later refuses it for want of funds.",
    "money_callback_twice": "A result is called back twice.",
    "money_callback_first": "The result is called back before the order itself is answered.",
    "money_no_callback": "A result is never called back.",
    "money_callback_late": "A result is called back 20 seconds late.",
    "money_callback_forged": "A result is called back with an X-Content-Hash that is not that of its body.",
    "sms_cut_after_accept": "The network takes the messages of a call, then the line drops before it can answer.",
    "sms_error_500": "The network answers a call with 500 and has taken nothing.",
    "sms_refuse": "The network refuses a message: the person has blocked the sender (status 406).",
    "sms_busy": "The network answers 503: it is too busy for this call and has taken nothing.",
    "sms_slow": "The network answers two seconds late.",
    "sms_report_late": "A delivery report comes a minute late.",
    "sms_report_lost": "A delivery report never comes.",
    "sms_report_twice": "A delivery report comes twice.",
    "sms_report_failed": "A message is reported as failed: the phone could not be reached.",
    "sms_late": "A message reaches the phone a minute late, and its report with it.",
    "sms_lost": "A message is taken and never reaches the phone; no report comes either.",
    "sms_twice": "A message reaches the phone twice.",
    "sms_report_interim": "A report says that a message is on its way, before or after the one that says how it ended.",
    "esms_busy": "The second carrier answers 503: it is too busy for this call and has taken nothing.",
    "esms_error_500": "The second carrier answers 500 and has taken nothing.",
    "esms_refuse": "The second carrier refuses a message: the number is blocked (code 99).",
    "esms_cut_after_accept": "The second carrier takes a message, then the line drops before it can answer.",
    "ussd_drop_at": "The line drops as the page of this number is on its way: the product has answered, nobody sees it.",
    "ussd_repeat": "The gateway sends a turn twice, and shows the first answer.",
    "ussd_reorder": "An older turn of the call comes once more, behind the newer one.",
    "ussd_slow_s": "The answer to the next turn is under way for so many seconds; after 10 the gateway gives up.",
}

MEASURES: frozenset[Fault] = frozenset({"ussd_drop_at", "ussd_slow_s"})
"""Their number is a place or a length, not how often: they strike once."""


class BadFault(Exception):
    """A fault was asked for that does not exist or cannot be set so; the message says why."""


class Faults:
    """A whole number n: the next n times. A share between 0 and 1: at random. `always`: until cleared. In memory only."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._set: dict[Fault, Setting] = {}

    def strikes(self, fault: Fault) -> bool:
        """Ask once for each time it could happen: a count is used up by asking."""
        if not self._set:
            return False
        with self._lock:
            setting = self._set.get(fault)
            if setting is None:
                return False
            if isinstance(setting, float):
                return random.random() < setting  # noqa: S311 - chance, not a secret
            if setting == ALWAYS:
                return True
            if setting == 1:
                del self._set[fault]
            else:
                self._set[fault] = int(setting) - 1
            return True

    def reached(self, fault: Fault, place: int) -> bool:
        """True once, at the place that the fault names."""
        with self._lock:
            if self._set.get(fault) != place:
                return False
            del self._set[fault]
            return True

    def taken(self, fault: Fault) -> int:
        """The length that the fault names, once; nothing when it is not set."""
        with self._lock:
            return int(self._set.pop(fault, 0))

    def set(self, wanted: Any) -> None:
        """All of them or none; an empty wish clears every fault."""
        if not isinstance(wanted, dict):
            raise BadFault("Send an object: the name of each fault with a count or a share.")
        checked: dict[Fault, Setting] = {(known := _known(name)): _setting(known, value) for name, value in wanted.items()}
        with self._lock:
            self._set = self._set | checked if checked else {}

    def listing(self) -> dict[str, dict[str, Any]]:
        with self._lock:
            return {name: {"sentence": sentence, "setting": self._set.get(name)} for name, sentence in SENTENCES.items()}


def _known(name: Any) -> Fault:
    for each in SENTENCES:
        if each == name:
            return each
    raise BadFault(f"There is no fault called {name!r}.")


def _setting(name: Fault, value: Any) -> Setting:
    if type(value) is int and value >= 1:
        return value
    if name in MEASURES:
        raise BadFault(f"{name} needs a whole number from 1 up.")
    if value == ALWAYS:
        return ALWAYS
    if type(value) is float and 0 < value < 1:
        return value
    raise BadFault(f'{name} needs a whole number from 1 up, a share between 0 and 1, or "always".')
