"""The contract's JSON: one object for one document, else a list of them under `documents`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from cnnsteps.checking.check import Verdict
from cnnsteps.checking.reports import Options, located, points


def report(verdicts: Sequence[Verdict], options: Options) -> str:
    found = [result(verdict) for verdict in verdicts]
    value: object = {k: v for k, v in found[0].items() if k != "document"} if len(found) == 1 else {"documents": found}
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def result(verdict: Verdict) -> Mapping[str, object]:
    """One document: lines read, findings, remarks, and what it was judged by."""
    return {
        "document": verdict.page.document.name,
        "equations": len(verdict.page.equations),
        "points": [float(value) for value in points(verdict)],
        "findings": [finding(verdict, i) for i in range(len(verdict.findings))],
        "remarks": [remark(verdict, i) for i in range(len(verdict.remarks))],
        "carried": verdict.carried,
        "judged_by": [judged(verdict, i) for i in range(len(verdict.judgements))],
    }


def finding(verdict: Verdict, i: int) -> Mapping[str, object]:
    place = located(verdict, verdict.findings[i])
    said = place.finding
    return {
        "line": place.line, "column": place.column, "index": None if said.cell is None else list(said.cell),
        "kind": said.kind, "found": said.found, "expected": said.expected, "message": said.message,
        "name": said.slip, "follows": said.follows,
    }  # fmt: skip


def remark(verdict: Verdict, i: int) -> Mapping[str, object]:
    line, column = verdict.page.document.place(verdict.remarks[i].start)
    return {"line": line, "column": column, "message": verdict.remarks[i].message}


def judged(verdict: Verdict, i: int) -> Mapping[str, object]:
    judgement = verdict.judgements[i]
    line, _ = verdict.page.document.place(judgement.target.start)
    settings = {
        k: v for k, v in judgement.fit.solved.problem.items() if k in ("stride", "padding", "dilation", "flip", "mode")
    }
    number = list(judgement.part.number) if judgement.part else None
    return {
        "line": line, "type": judgement.fit.solved.kind, "number": number, "lines": judgement.fit.lines,
        "agreeing": judgement.fit.agreeing, **{k: str(v) for k, v in settings.items()},
    }  # fmt: skip
