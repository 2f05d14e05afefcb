"""Loads goro's extension of GDB, the package goro_gdb, from where this file lies.

GDB runs this by itself for a shared library of goro's (as DATADIR/gdb/auto-load/PATH/libgoro.so.0-gdb.py, or beside the
library in a build tree), and by hand for a program that is linked with the archive (DATADIR/goro/goro-gdb.py). The package
lies in DATADIR/goro in each case. However often it is run, the package is loaded once.
"""
import os
import sys


def goro_package_folder(script):
    folder = os.path.dirname(os.path.realpath(script))
    for data in (folder, folder.split("/gdb/auto-load/")[0] + "/goro", os.path.dirname(folder) + "/share/goro"):
        if os.path.isdir(data + "/goro_gdb"):
            return data
    raise ImportError("the folder goro_gdb is missing: goro is not wholly installed")


if "goro_gdb" not in sys.modules:
    before = sys.dont_write_bytecode
    sys.path.insert(0, goro_package_folder(__file__))
    sys.dont_write_bytecode = True  # the folder is a package manager's
    try:
        import goro_gdb  # noqa: F401
    finally:
        sys.dont_write_bytecode = before
        del sys.path[0]
