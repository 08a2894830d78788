"""IAM policies: documents, and what they decide about a request.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from outcrop.aws.policies.documents import MalformedPolicyError, PolicyDocument, Statement
from outcrop.aws.policies.evaluation import AccessRequest, Decision, Verdict, decide
from outcrop.aws.policies.matching import variables_in

__all__ = [
    "AccessRequest",
    "Decision",
    "MalformedPolicyError",
    "PolicyDocument",
    "Statement",
    "Verdict",
    "decide",
    "variables_in",
]
