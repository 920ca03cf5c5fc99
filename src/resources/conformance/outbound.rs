//! The wants of credential providers and workload identities.

use super::{AgentCase, REGION, World, conforms};
use crate::cloud::ProviderKind;
use crate::config::Agent;
use crate::resources::credential_provider::{CredentialProvider, ProviderGoal};
use crate::resources::identity_record;
use crate::resources::provider_body::{self, ProviderRequest, ProviderSecret};
use crate::resources::provider_vendor::{ClientSettings, ProviderType};
use crate::resources::record::AgentRecord;
use crate::resources::workload_identity::{NewWorkload, ReturnUrls, WorkloadGoal, WorkloadIdentity};

pub(super) struct Providers {
    pub(super) request: ProviderRequest,
    pub(super) kind: ProviderKind,
}

impl AgentCase for Providers {
    type Of<'r> = CredentialProvider<'r>;
    // An update cannot be told from what is there: no answer holds the secret.
    const PARTS: &'static [&'static str] = &[];

    fn wanted<'r>(&'r self, record: &'r AgentRecord, _variant: usize) -> CredentialProvider<'r> {
        let goal = ProviderGoal::There((self.request.kind.unwrap(), &self.request));
        CredentialProvider { record: Some(record), kind: self.kind, name: "p".into(), goal }
    }

    fn doomed<'r>(&'r self, record: &'r AgentRecord) -> CredentialProvider<'r> {
        CredentialProvider { goal: ProviderGoal::Cleaned, ..AgentCase::wanted(self, record, 0) }
    }
}

pub(super) struct Workloads {
    pub(super) changed: ReturnUrls,
    pub(super) first: ReturnUrls,
}

impl AgentCase for Workloads {
    type Of<'r> = WorkloadIdentity<'r>;
    const PARTS: &'static [&'static str] = &["returnUrls"];

    fn configure(&self, agent: &mut Agent, _variant: usize) {
        agent.aws.region = Some(REGION.to_owned());
    }

    fn wanted<'r>(&'r self, record: &'r AgentRecord, variant: usize) -> WorkloadIdentity<'r> {
        let is_made = identity_record::workloads(record.agent().created()).next().is_some();
        let goal = match (variant, is_made) {
            (1, _) => WorkloadGoal::Changed { change: &self.changed, adopt: false },
            (_, true) => WorkloadGoal::Changed { change: &self.first, adopt: false },
            _ => WorkloadGoal::There(NewWorkload { return_urls: &[], tags: &[] }),
        };
        WorkloadIdentity { record: Some(record), name: "workload".into(), goal }
    }

    fn doomed<'r>(&'r self, record: &'r AgentRecord) -> WorkloadIdentity<'r> {
        WorkloadIdentity { record: Some(record), name: "workload".into(), goal: WorkloadGoal::Cleaned }
    }
}

pub(super) async fn providers(world: &World) {
    for kind in ["api-key", "github"] {
        let asked = ProviderType::parse(kind).unwrap();
        let client_id = (kind == "github").then(|| "c".to_owned());
        let request = ProviderRequest {
            name: "p".into(),
            kind: Some(asked),
            client: ClientSettings { client_id, ..ClientSettings::default() },
            secret: Some(ProviderSecret::Value("s".to_owned().into())),
            tags: Vec::new(),
            cognito_pool: None,
            adopt: false,
        };
        conforms(world, &Providers { request, kind: provider_body::kind_of(asked) }).await;
    }
}
