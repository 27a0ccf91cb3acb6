"""What is going on in a run, in one sentence with its evidence, and what one click can do about it."""

from core.insight.diagnosis.evidence import Evidence
from core.insight.diagnosis.finding import Claims, Finding, Remedy
from core.insight.diagnosis.rules import RULES, diagnose, findings

__all__ = ["RULES", "Claims", "Evidence", "Finding", "Remedy", "diagnose", "findings"]
