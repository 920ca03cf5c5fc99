//! What is needed for spans, and for the delivery of logs.

use super::{Need, Scope, VerbNeeds, When, always, when};

const TRACES: &[Need] = &[
    always(Scope::Runtime, &["bedrock-agentcore:GetAgentRuntime"]),
    always(Scope::SpanGroups, &["logs:StartQuery", "logs:GetQueryResults", "logs:DescribeLogStreams"]),
    always(Scope::Account, &["logs:StopQuery", "xray:GetTraceSegmentDestination"]),
];

const CHECK_OBSERVABILITY: &[Need] = &[
    always(Scope::Runtime, &["bedrock-agentcore:GetAgentRuntime"]),
    always(
        Scope::Account,
        &[
            "logs:DescribeDeliveries",
            "logs:DescribeDeliveryDestinations",
            "logs:DescribeDeliverySources",
            "logs:DescribeLogGroups",
            "logs:DescribeResourcePolicies",
            "xray:GetIndexingRules",
            "xray:GetTraceSegmentDestination",
        ],
    ),
    always(Scope::SimulatedRole, &["iam:SimulatePrincipalPolicy"]),
];

const ENABLE_DELIVERY: &[Need] = &[
    always(Scope::DeliverySources, &["logs:PutDeliverySource"]),
    always(Scope::DeliveryDestinations, &["logs:PutDeliveryDestination"]),
    always(Scope::Deliveries, &["logs:CreateDelivery"]),
    always(Scope::VendedGroups, &["logs:CreateLogGroup", "logs:PutRetentionPolicy"]),
    when(When::Memory, Scope::NamedMemory, &["bedrock-agentcore:AllowVendedLogDeliveryForResource"]),
];

const ENABLE_FOR_ACCOUNT: &[Need] = &[
    always(
        Scope::Account,
        &[
            "logs:PutResourcePolicy",
            "xray:UpdateTraceSegmentDestination",
            "xray:UpdateIndexingRule",
            "application-signals:StartDiscovery",
        ],
    ),
    always(Scope::SignalsChannel, &["cloudtrail:CreateServiceLinkedChannel"]),
    always(Scope::AccountGroups, &["logs:CreateLogGroup", "logs:PutRetentionPolicy"]),
    always(Scope::AccountStreams, &["logs:CreateLogStream"]),
    always(Scope::SignalsRole, &["iam:CreateServiceLinkedRole"]),
];

const DISABLE_DELIVERY: &[Need] = &[
    always(Scope::DeliverySources, &["logs:DeleteDeliverySource"]),
    always(Scope::DeliveryDestinations, &["logs:DeleteDeliveryDestination"]),
    always(Scope::Deliveries, &["logs:DeleteDelivery"]),
];

pub(super) const VERBS: &[VerbNeeds] = &[
    VerbNeeds { verb: "traces list", needs: &[TRACES] },
    VerbNeeds { verb: "traces show", needs: &[TRACES] },
    VerbNeeds { verb: "observability check", needs: &[CHECK_OBSERVABILITY] },
    VerbNeeds { verb: "observability enable", needs: &[CHECK_OBSERVABILITY, ENABLE_DELIVERY] },
    VerbNeeds {
        verb: "observability enable --account-wide",
        needs: &[CHECK_OBSERVABILITY, ENABLE_DELIVERY, ENABLE_FOR_ACCOUNT],
    },
    VerbNeeds { verb: "observability disable", needs: &[CHECK_OBSERVABILITY, DISABLE_DELIVERY] },
];
