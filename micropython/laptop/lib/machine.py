# SPDX-License-Identifier: Apache-2.0
"""Of `machine` what code for updates uses: the reset."""
import _otakit

PWRON_RESET = 1
HARD_RESET = 2
WDT_RESET = 3
DEEPSLEEP_RESET = 4
SOFT_RESET = 5

# A process of its own stands for each power-up, so it is one that ended the run before.
_RESET_STATUS = 100


def reset():
    """End this power-up: the program ends, and the next one boots anew."""
    _otakit.exit(_RESET_STATUS)


def reset_cause():
    return PWRON_RESET
