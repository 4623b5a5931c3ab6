"""Run as a program: an exception handled in the frame of __main__, another in that of a module it imports. Says what
traceback prints of both with the values of their variables, in hex, and waits."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import sync

NUMBER, TEXT = 7, "it's"

try:
    {}["missing"]
except KeyError as main_error:
    import module_frames_imported
