"""The version of the installed synthkit, read from the distribution's own record."""

from importlib.metadata import version

__all__ = ["VERSION"]

VERSION = version("synthkit")
