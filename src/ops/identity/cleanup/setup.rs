//! The part of a clean-up that is about one stored set-up.

use std::path::{Path, PathBuf};

use futures_util::future::join_all;

use super::super::list::{SetupChoices, SetupResources, SetupScope};
use super::{CleanupContext, CleanupRegion, remove};
use crate::cloud::Cloud;
use crate::config::{CognitoSetup, SetupPart};
use crate::error::{Context as _, Result};
use crate::fsx;
use crate::resources::engine::{self, RemovalOutcome};
use crate::resources::plan::{Action, ResourceKind, Step};
use crate::resources::setup_record::SetupRecord;

/// What one set-up made, with its files.
pub(super) struct SetupCleanup<'a> {
    /// Where something was made.
    made: Option<(&'a Cloud, SetupResources<'a>)>,
    steps: Vec<Step>,
    /// The whole, which the first pool's record has.
    setup: CognitoSetup,
    dir: &'a Path,
    /// The files are the only record of something that stays.
    keeps_files: bool,
}

impl<'a> SetupCleanup<'a> {
    /// `records` has one for each pool, the callers' first.
    pub(super) async fn plan(records: &'a [SetupRecord], dir: &'a Path, cx: &'a CleanupContext<'_>) -> Result<Self> {
        let setup = records[0].setup();
        let connection = cx.clouds.get(&CleanupRegion::Named(setup.region.clone())).filter(|_| setup.has_created());
        let mut this = Self { made: None, steps: Vec::new(), setup: setup.clone(), dir, keeps_files: false };
        if let Some((cloud, identity)) = connection {
            let scope = SetupScope { records, cloud, http: cx.http, account: &identity.account };
            let mut resources = SetupResources::new(&scope, &SetupChoices::default());
            engine::observe_what_can_be(resources.nodes(), cloud).await?;
            this.steps = engine::plan_removal(resources.nodes(), cloud).await?;
            this.made = Some((cloud, resources));
        }
        this.steps.extend(setup.pools().flat_map(brought));
        this.keeps_files = this.made.as_ref().is_some_and(|(_, resources)| resources.has_untagged());
        let files = setup.files(dir);
        if !files.is_empty() {
            let names = files.iter().filter_map(|file| Some(file.file_name()?.to_string_lossy().into_owned()));
            let step = |action| Step::new(ResourceKind::SetupFiles, names.collect::<Vec<_>>().join(", "), action);
            this.steps.push(if this.keeps_files {
                step(Action::Keep).note("they are the only record of what stays")
            } else {
                step(Action::Delete)
            });
        }
        Ok(this)
    }

    /// Says of a pool that goes that it is the agent's provider; whether it is. The agent keeps its authorizer: without one it would take
    /// other callers.
    pub(super) fn note_guarded(&mut self, agent: &str, discovery_url: &str) -> bool {
        let mut pools = self.setup.pools().filter(|pool| pool.discovery_url.as_deref() == Some(discovery_url));
        let Some(id) = pools.find_map(|pool| pool.pool_id.clone()) else { return false };
        let goes = |step: &&mut Step| {
            step.kind == ResourceKind::UserPool && step.action == Action::Delete && step.name.starts_with(&id)
        };
        let Some(step) = self.steps.iter_mut().find(goes) else { return false };
        step.notes.push(format!(
            "the authorizer of `{agent}` stays and names it, so that nobody can call `{agent}` without another"
        ));
        true
    }

    pub(super) fn steps(&self) -> &[Step] {
        &self.steps
    }

    pub(super) async fn apply(&mut self, cx: &CleanupContext<'_>) -> RemovalOutcome {
        let mut outcome = match &mut self.made {
            Some((cloud, resources)) => {
                // Each for itself: what stays of one pool is no reason to leave the other.
                let (cloud, pools) = (*cloud, resources.pools.iter_mut());
                let each = join_all(pools.map(|pool| remove(pool.nodes(), cloud, cx))).await;
                each.into_iter().fold(RemovalOutcome::default(), |mut all, one| {
                    all.add(one);
                    all
                })
            }
            None => RemovalOutcome::default(),
        };
        // They are the record of what is left.
        if outcome.failures.is_empty()
            && !self.keeps_files
            && let Err(error) = remove_files(&self.setup.files(self.dir))
        {
            outcome.failures.push(("the set-up's files".to_owned(), error));
        }
        outcome
    }
}

/// What was there before set-up, and what cannot be told from it.
fn brought(setup: &CognitoSetup) -> Vec<Step> {
    const BEFORE: &str = "it was there before setup-cognito ran";
    let settings = &setup.settings;
    let brought_pool = setup.pool_id.as_ref().filter(|_| !setup.is_created(&SetupPart::Pool));
    let brought_role = setup.role_arn.is_some() && !setup.is_created(&SetupPart::Role);
    let role = settings.gateway_role.as_ref().filter(|_| brought_role);
    let role = role.map(|role| Step::new(ResourceKind::GatewayRole, role, Action::Keep).note(BEFORE));
    let pool = brought_pool.map(|id| {
        // The toolkit's files have no names.
        let name = Some(&settings.pool_name).filter(|name| !name.is_empty());
        let name = name.map_or_else(|| id.clone(), |name| format!("{id} ({name})"));
        Step::new(ResourceKind::UserPool, name, Action::Keep).note(BEFORE)
    });
    role.into_iter().chain(pool).collect()
}

fn remove_files(files: &[PathBuf]) -> Result<()> {
    files.iter().filter_map(|file| file.parent()).take(1).for_each(fsx::sweep);
    for file in files {
        match std::fs::remove_file(file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("could not delete `{}`", file.display()));
            }
            _ => file.parent().into_iter().for_each(fsx::sweep),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{SetupFlow, SetupSettings};

    #[test]
    fn what_was_there_before_is_kept_and_said() {
        let settings =
            SetupSettings { pool_name: "p".into(), gateway_role: Some("r".into()), ..SetupSettings::default() };
        let mut setup = CognitoSetup::new(SetupFlow::Team, "1", "us-west-2", settings);
        setup.pool_id = Some("us-west-2_x".into());
        setup.role_arn = Some("arn:aws:iam::1:role/r".into());
        let kinds = |setup: &CognitoSetup| brought(setup).into_iter().map(|step| step.kind).collect::<Vec<_>>();
        assert_eq!(kinds(&setup), [ResourceKind::GatewayRole, ResourceKind::UserPool]);
        setup.mark_created(&SetupPart::Pool);
        assert_eq!(kinds(&setup), [ResourceKind::GatewayRole]);
    }
}
