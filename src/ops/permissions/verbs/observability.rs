//! What is needed for spans, and for the delivery of logs.

use super::{Need, Scope, VerbNeeds, When, always, command, when};

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
    command("traces list", &[TRACES]),
    command("traces show", &[TRACES]),
    command("observability check", &[CHECK_OBSERVABILITY]),
    command("observability enable", &[CHECK_OBSERVABILITY, ENABLE_DELIVERY]),
    command("observability enable --account-wide", &[CHECK_OBSERVABILITY, ENABLE_DELIVERY, ENABLE_FOR_ACCOUNT]),
    command("observability disable", &[CHECK_OBSERVABILITY, DISABLE_DELIVERY]),
];
