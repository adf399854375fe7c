"""synthkit behind SDV's API: a multi-table synthesizer to put where HMASynthesizer stands.

Importing this imports SDV, which takes seconds; nothing else in synthkit imports this.
"""

from synthkit.sdv.synthesizer import RelationalSynthesizer

__all__ = ["RelationalSynthesizer"]
