"""Lists the cases of the compliance test kit that a run has played, with what became of each."""

import re

import pytest

#: ``test_tc_048_1_reserved_connector`` is case 048_1, "reserved connector".
_CASE = re.compile(r"/octt/.*::test_tc_(\d{3}(?:_\d)?)_(\w+)")
_OUTCOMES = ("passed", "failed", "error", "skipped")


def list_cases(reporter: pytest.TerminalReporter) -> None:
    """Write a line for each case, if there were any."""
    found = {
        (number, name.replace("_", " "), outcome)
        for outcome in _OUTCOMES
        for report in reporter.stats.get(outcome, ())
        if (match := _CASE.search(report.nodeid))
        for number, name in [match.groups()]
    }
    if not found:
        return
    passed = sum(outcome == "passed" for _, _, outcome in found)
    reporter.section(f"OCPP 1.6, cases of the compliance test kit: {passed} of {len(found)} passed")
    for number, name, outcome in sorted(found):
        reporter.line(f"TC_{number:<6}{outcome:<8}{name}")
