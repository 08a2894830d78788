"""Guardrails and their versions."""

from typing import Any

import pytest

from tests.services.direct import error_of

MESSAGES: dict[str, Any] = {"blockedInputMessaging": "No.", "blockedOutputsMessaging": "Sorry."}
BOTH_WAYS = {
    "inputAction": "BLOCK",
    "outputAction": "BLOCK",
    "inputEnabled": True,
    "outputEnabled": True,
}
CONFIGS: dict[str, Any] = {
    "topicPolicyConfig": {
        "topicsConfig": [{"name": "Stocks", "definition": "Advice", "type": "DENY"}]
    },
    "contentPolicyConfig": {
        "filtersConfig": [{"type": "HATE", "inputStrength": "HIGH", "outputStrength": "LOW"}]
    },
    "wordPolicyConfig": {
        "wordsConfig": [{"text": "ouch", "outputEnabled": False}],
        "managedWordListsConfig": [{"type": "PROFANITY"}],
    },
    "sensitiveInformationPolicyConfig": {
        "piiEntitiesConfig": [{"type": "EMAIL", "action": "ANONYMIZE"}],
        "regexesConfig": [{"name": "id", "pattern": r"\d{9}", "action": "BLOCK"}],
    },
    "contextualGroundingPolicyConfig": {
        "filtersConfig": [{"type": "GROUNDING", "threshold": 0.75}]
    },
    "crossRegionConfig": {"guardrailProfileIdentifier": "us.guardrail.v1:0"},
}


def create(bedrock: Any, name: str = "rail", **members: Any) -> str:
    return str(bedrock.create_guardrail(name=name, **MESSAGES, **members)["guardrailId"])


def listed(answer: Any) -> list[tuple[str, str]]:
    return [(it["name"], it["version"]) for it in answer["guardrails"]]


def test_a_guardrail_tells_its_policies_with_their_defaults(bedrock: Any, account: str) -> None:
    guardrail_id = create(bedrock, description="Ours", **CONFIGS)
    arn = f"arn:aws:bedrock:us-east-1:{account}:guardrail/{guardrail_id}"

    found = bedrock.get_guardrail(guardrailIdentifier=arn)

    del found["ResponseMetadata"]
    assert found.pop("createdAt") == found.pop("updatedAt")
    anonymize = {**BOTH_WAYS, "inputAction": "ANONYMIZE", "outputAction": "ANONYMIZE"}
    classic = {"tierName": "CLASSIC"}
    assert found == {
        "name": "rail",
        "description": "Ours",
        "guardrailId": guardrail_id,
        "guardrailArn": arn,
        "version": "DRAFT",
        "status": "READY",
        **MESSAGES,
        "topicPolicy": {
            "topics": [{"name": "Stocks", "definition": "Advice", "type": "DENY", **BOTH_WAYS}],
            "tier": classic,
        },
        "contentPolicy": {
            "filters": [
                {
                    "type": "HATE",
                    "inputStrength": "HIGH",
                    "outputStrength": "LOW",
                    "inputModalities": ["TEXT"],
                    "outputModalities": ["TEXT"],
                    **BOTH_WAYS,
                }
            ],
            "tier": classic,
        },
        "wordPolicy": {
            "words": [{"text": "ouch", **BOTH_WAYS, "outputEnabled": False}],
            "managedWordLists": [{"type": "PROFANITY", **BOTH_WAYS}],
        },
        "sensitiveInformationPolicy": {
            "piiEntities": [{"type": "EMAIL", "action": "ANONYMIZE", **anonymize}],
            "regexes": [{"name": "id", "pattern": r"\d{9}", "action": "BLOCK", **BOTH_WAYS}],
        },
        "contextualGroundingPolicy": {
            "filters": [
                {"type": "GROUNDING", "threshold": 0.75, "action": "BLOCK", "enabled": True}
            ],
            "tier": classic,
        },
        "crossRegionDetails": {
            "guardrailProfileId": "us.guardrail.v1:0",
            "guardrailProfileArn": (
                f"arn:aws:bedrock:us-east-1:{account}:guardrail-profile/us.guardrail.v1:0"
            ),
        },
    }


def test_a_version_stays_what_the_draft_was(bedrock: Any) -> None:
    guardrail_id = create(bedrock, **CONFIGS)

    version = bedrock.create_guardrail_version(
        guardrailIdentifier=guardrail_id, description="First"
    )["version"]
    bedrock.update_guardrail(guardrailIdentifier=guardrail_id, name="renamed", **MESSAGES)

    first = bedrock.get_guardrail(guardrailIdentifier=guardrail_id, guardrailVersion="1")
    draft = bedrock.get_guardrail(guardrailIdentifier=guardrail_id)
    assert version == first["version"] == "1"
    assert (first["name"], first["description"]) == ("rail", "First")
    assert first["wordPolicy"]["words"][0]["text"] == "ouch"
    assert draft["name"] == "renamed"
    assert "wordPolicy" not in draft
    assert create(bedrock, "rail") != guardrail_id


def test_drafts_are_listed_and_the_versions_of_one(bedrock: Any) -> None:
    other, guardrail_id = create(bedrock, "other"), create(bedrock)
    for _ in range(2):
        bedrock.create_guardrail_version(guardrailIdentifier=guardrail_id)

    first = bedrock.list_guardrails(guardrailIdentifier=guardrail_id, maxResults=2)
    rest = bedrock.list_guardrails(guardrailIdentifier=guardrail_id, nextToken=first["nextToken"])

    assert listed(bedrock.list_guardrails()) == [("rail", "DRAFT"), ("other", "DRAFT")]
    assert listed(first) + listed(rest) == [("rail", "DRAFT"), ("rail", "1"), ("rail", "2")]
    assert listed(bedrock.list_guardrails(guardrailIdentifier=other)) == [("other", "DRAFT")]


def test_the_same_request_makes_one_version(bedrock: Any) -> None:
    guardrail_id = create(bedrock)

    versions = [
        bedrock.create_guardrail_version(
            guardrailIdentifier=guardrail_id, clientRequestToken="once"
        )["version"]
        for _ in range(2)
    ]

    assert versions == ["1", "1"]


def test_a_guardrail_has_twenty_versions_at_most(bedrock: Any) -> None:
    guardrail_id = create(bedrock)
    for _ in range(20):
        bedrock.create_guardrail_version(guardrailIdentifier=guardrail_id)

    error = error_of(bedrock.create_guardrail_version, guardrailIdentifier=guardrail_id)
    bedrock.delete_guardrail(guardrailIdentifier=guardrail_id, guardrailVersion="3")
    freed = bedrock.create_guardrail_version(guardrailIdentifier=guardrail_id)["version"]

    assert error["Code"] == "ServiceQuotaExceededException"
    assert freed == "21"


def test_a_deleted_guardrail_takes_its_versions_along(bedrock: Any) -> None:
    guardrail_id = create(bedrock)
    bedrock.create_guardrail_version(guardrailIdentifier=guardrail_id)
    no_version = error_of(
        bedrock.delete_guardrail, guardrailIdentifier=guardrail_id, guardrailVersion="7"
    )

    bedrock.delete_guardrail(guardrailIdentifier=guardrail_id)

    assert no_version == {
        "Code": "ResourceNotFoundException",
        "Message": f"The guardrail {guardrail_id} has no version 7.",
    }
    assert error_of(
        bedrock.get_guardrail, guardrailIdentifier=guardrail_id, guardrailVersion="1"
    ) == {
        "Code": "ResourceNotFoundException",
        "Message": f"The guardrail {guardrail_id} does not exist.",
    }


def test_a_name_is_taken_once(bedrock: Any) -> None:
    create(bedrock)
    other = create(bedrock, "other")
    taken = {
        "Code": "ConflictException",
        "Message": "Another guardrail in your account already has this name.",
    }

    assert error_of(bedrock.create_guardrail, name="rail", **MESSAGES) == taken
    assert (
        error_of(bedrock.update_guardrail, guardrailIdentifier=other, name="rail", **MESSAGES)
        == taken
    )


def test_a_key_is_told_by_its_arn(bedrock: Any, account: str) -> None:
    key = "01234567-89ab-cdef-0123-456789abcdef"
    guardrail_id = create(bedrock, kmsKeyId=key)

    found = bedrock.get_guardrail(guardrailIdentifier=guardrail_id)
    alias = error_of(bedrock.create_guardrail, name="b", kmsKeyId="alias/mine", **MESSAGES)

    assert found["kmsKeyArn"] == f"arn:aws:kms:us-east-1:{account}:key/{key}"
    assert alias["Code"] == "ValidationException"


@pytest.mark.parametrize(
    ("config", "code", "message"),
    [
        (
            {
                "contentPolicyConfig": {
                    "filtersConfig": [
                        {
                            "type": "PROMPT_ATTACK",
                            "inputStrength": "HIGH",
                            "outputStrength": "HIGH",
                        }
                    ]
                }
            },
            "ValidationException",
            "The outputStrength of the PROMPT_ATTACK filter must be NONE: only prompts attack.",
        ),
        (
            {
                "sensitiveInformationPolicyConfig": {
                    "regexesConfig": [{"name": "open", "pattern": "(", "action": "BLOCK"}]
                }
            },
            "ValidationException",
            "The pattern of the regex open is not valid: missing ), unterminated subpattern at"
            " position 0.",
        ),
        (
            {
                "contextualGroundingPolicyConfig": {
                    "filtersConfig": [{"type": "RELEVANCE", "threshold": 1.0}]
                }
            },
            "ValidationException",
            "The threshold of the RELEVANCE filter must be less than 1.",
        ),
        (
            {"wordPolicyConfig": {"wordsConfig": [{"text": "a"}, {"text": "a"}]}},
            "ValidationException",
            "The wordPolicy names a twice: each of its words must be unique.",
        ),
        (
            {
                "topicPolicyConfig": {
                    "topicsConfig": [{"name": "a", "definition": "b", "type": "DENY"}],
                    "tierConfig": {"tierName": "STANDARD"},
                }
            },
            "ValidationException",
            "The STANDARD tier needs cross-Region inference: give crossRegionConfig.",
        ),
        (
            {"crossRegionConfig": {"guardrailProfileIdentifier": "eu.guardrail.v1:0"}},
            "ValidationException",
            "The guardrail profile eu.guardrail.v1:0 does not exist in us-east-1.",
        ),
        (
            {
                "automatedReasoningPolicyConfig": {
                    "policies": [
                        "arn:aws:bedrock:us-east-1:123456789012:automated-reasoning-policy/"
                        "abcdefghijkl"
                    ]
                }
            },
            "ResourceNotFoundException",
            "The automated reasoning policy arn:aws:bedrock:us-east-1:123456789012:"
            "automated-reasoning-policy/abcdefghijkl does not exist.",
        ),
    ],
)
def test_policies_that_cannot_be_are_refused(
    bedrock: Any, config: Any, code: str, message: str
) -> None:
    error = error_of(bedrock.create_guardrail, name="rail", **MESSAGES, **config)

    assert error == {"Code": code, "Message": message}
