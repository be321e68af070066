# SPDX-License-Identifier: Apache-2.0
"""The one exception of this package."""


class OtaError(Exception):
    """An update that was not made. What ran before still runs, and boots again.

    str()  what happened and what to do
    code   the same for programs: a name out of otakit's list of statuses, as "BAD_HASH"
    again  True where it may pass by itself, as a lost connection does
    """

    def __init__(self, code, message, again=False):
        super().__init__(message)
        self.code = code
        self.again = again
