# SPDX-License-Identifier: Apache-2.0
"""The name that `requests` had before MicroPython 1.21."""
from requests import *
