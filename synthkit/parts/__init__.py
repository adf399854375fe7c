"""Front door: numbered parts of tables, made by this process, by others or by a cluster."""

from synthkit.parts.run import write_parts

__all__ = ["write_parts"]
