"""A policy of thousands of unknown actions: each is found, and for the first it is said what may have been meant."""

from __future__ import annotations

import json

from policyeval.linter.files import Asked, check_source
from policyeval.linter.selection import Selection
from policyeval.rules.action_entries import MOST_LOOKED_UP
from policyeval.source import Source


def test_what_was_meant_is_looked_up_for_the_first() -> None:
    names = [f"s3:GetObjekt{'x' * (number % 3)}{number}" for number in range(MOST_LOOKED_UP)]
    meant = ["s3:GetObjekt", *names, "s3:PutObjekt"]
    statement = {"Effect": "Allow", "Action": meant, "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": statement})
    findings = check_source(Source("p.json", text), Asked(Selection())).findings
    unknown = [finding for finding in findings if finding.rule == "invalid-action"]
    assert len(unknown) == len(meant)
    assert unknown[0].help == "did you mean `s3:GetObject`?"
    assert unknown[-1].help is None
