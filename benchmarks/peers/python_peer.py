"""One benchmark of one peer, through its own public interface. Reads a question from standard input, prints an answer.

Runs in the peers' environment, where policyeval is not installed.
"""

import hashlib
import json
import sys
import time


def best_of(repeats, work):
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def py_iam_expand(question):
    from py_iam_expand.actions import InvalidActionHandling, expand_actions

    patterns = question["patterns"]
    found = expand_actions(patterns, InvalidActionHandling.REMOVE)
    return {
        "seconds": best_of(3, lambda: expand_actions(patterns, InvalidActionHandling.REMOVE)),
        "actions": found,
    }


def policyuniverse(question):
    from policyuniverse.expander_minimizer import get_actions_from_statement

    statement = {"Effect": "Allow", "Action": question["patterns"], "Resource": "*"}
    found = get_actions_from_statement(statement)
    return {"seconds": best_of(2, lambda: get_actions_from_statement(statement)), "actions": sorted(found)}


def moto(question):
    from moto.iam.access_control import IAMPolicy

    policy = IAMPolicy(json.dumps(question["document"]))
    requests = question["requests"]

    def ask():
        return [
            policy.is_action_permitted(action, resource, None, context).name for action, resource, context in requests
        ]

    answers = ask()
    return {"rate": len(requests) / best_of(3, ask), "answers": answers}


def cedarpy(question):
    import cedarpy

    requests = [
        {
            "principal": 'User::"alice"',
            "action": f'Action::"{action}"',
            "resource": 'Object::"' + resource + '"',
            "context": {"secure": True, "key": resource},
        }
        for action, resource, _ in question["requests"]
    ]
    policies = question["policies"]
    answers = cedarpy.is_authorized_batch(requests, policies, [])
    taken = best_of(3, lambda: cedarpy.is_authorized_batch(requests, policies, []))
    return {"rate": len(requests) / taken, "allowed": sum(answer.allowed for answer in answers)}


def parliament(question):
    """Everything that it says of each text; loading its own data counts, as it does for a user."""
    start = time.perf_counter()
    from parliament import analyze_policy_string

    failed, findings = [], 0
    for name, text in question["texts"].items():
        try:
            findings += len(analyze_policy_string(text).findings)
        except Exception:  # what it has no answer to ends it, each in another way
            failed.append(name)
    seconds = time.perf_counter() - start
    read = sorted(name for name in question["texts"] if name not in failed)
    digest = hashlib.sha256("".join(question["texts"][name] for name in read).encode()).hexdigest()
    return {"seconds": seconds, "findings": findings, "failed": failed, "digest": digest}


PEERS = {
    "parliament": parliament,
    "py-iam-expand": py_iam_expand,
    "policyuniverse": policyuniverse,
    "moto": moto,
    "cedarpy": cedarpy,
}
print(json.dumps(PEERS[sys.argv[1]](json.load(sys.stdin))))
