"""A module whose import blocks for ever: the gate was put there by locks.py."""

import locks_gates

locks_gates.inside()
