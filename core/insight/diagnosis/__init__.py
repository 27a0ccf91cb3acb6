"""What is going on in a run, in one sentence with its evidence, and what one click can do about it."""

from core.insight.diagnosis.evidence import Evidence, Finding, Remedy
from core.insight.diagnosis.rules import RULES, diagnose

__all__ = ["RULES", "Evidence", "Finding", "Remedy", "diagnose"]
