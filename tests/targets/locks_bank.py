"""A module with a lock, for locks.py."""

import threading

LOCK = threading.Lock()
