# SPDX-License-Identifier: Apache-2.0
"""The name that `ssl` had before MicroPython 1.21."""
from ssl import *
