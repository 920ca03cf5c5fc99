//! The test user of a user pool, with a permanent password.

use super::engine::{Context, Late, Made, Removal, Resource, Standing};
use super::owner::Owner;
use super::plan::{Action, FieldChange, Presence, ResourceKind};
use super::setup_record::SetupRecord;
use super::user_pool::{PoolReady, removal_of_part};
use crate::cloud::Cloud;
use crate::config::{SetupPart, SetupPool};
use crate::error::{Error, Result};
use crate::redact::SecretString;

/// What is wanted of the user.
#[derive(Debug)]
pub(crate) struct PoolUser<'a> {
    pub(crate) record: &'a SetupRecord,
    pub(crate) pool: Late<PoolReady>,
    pub(crate) username: String,
    /// The caller gave a password. Only then that of a user whom set-up did not make is changed: it would lock out whoever
    /// uses it.
    pub(crate) password_given: bool,
}

/// Whether the user's password is a permanent one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ObservedUser {
    is_permanent: bool,
}

/// What is not as it is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UserChange {
    /// The password is a temporary one, which nobody can sign in with.
    Temporary,
    /// The password is another one than the stored.
    Password,
}

impl From<UserChange> for FieldChange {
    fn from(change: UserChange) -> Self {
        match change {
            UserChange::Temporary => {
                Self::shown("status", Some(&"a temporary password".into()), Some(&"a permanent password".into()))
            }
            UserChange::Password => Self::secret("password", Presence::Changed),
        }
    }
}

impl PoolUser<'_> {
    async fn set_password(&self, pool: &PoolReady, cx: &Context<'_>) -> Result<()> {
        let mut password = None;
        self.record.write(|setup| {
            password = Some(setup.password.get_or_insert_with(generate_password).clone());
        })?;
        let password = password.ok_or_else(|| Error::failed("the user has no password"))?;
        cx.cloud.set_user_password(&pool.id, &self.username, &password).await?;
        self.record.write(|setup| setup.password_set = true)
    }
}

impl Resource for PoolUser<'_> {
    type Observed = ObservedUser;
    type Change = UserChange;

    fn kind(&self) -> ResourceKind {
        ResourceKind::PoolUser
    }

    fn name(&self) -> String {
        self.username.clone()
    }

    fn needs(&self) -> &'static [ResourceKind] {
        &[ResourceKind::UserPool]
    }

    fn observed_after(&self) -> &'static [ResourceKind] {
        &[ResourceKind::UserPool]
    }

    async fn observe(&self, cloud: &Cloud) -> Result<Option<ObservedUser>> {
        let Some(pool) = self.pool.get().filter(|_| !self.record.passes_over(&SetupPart::User)) else {
            return Ok(None);
        };
        let found = cloud.user_is_confirmed(&pool.id, &self.username).await?;
        Ok(found.map(|is_permanent| ObservedUser { is_permanent }))
    }

    fn standing(&self, _observed: Option<&ObservedUser>) -> Standing {
        let is_ours = self.pool.get().is_some_and(|pool| pool.is_recorded && self.record.is_created(&SetupPart::User));
        Standing::Managed(if is_ours || self.password_given { Owner::Ours } else { Owner::Unknown })
    }

    fn diff(&self, observed: &ObservedUser) -> Vec<UserChange> {
        // What is stored of another pool's user says nothing of this one.
        let is_stored = self.pool.get().is_some_and(|pool| pool.is_recorded) && self.record.setup().password_set;
        let is_set = self.record.by_record() || is_stored;
        match (observed.is_permanent, is_set) {
            (false, _) => vec![UserChange::Temporary],
            (true, false) => vec![UserChange::Password],
            (true, true) => Vec::new(),
        }
    }

    fn kept_because(&self, observed: Option<&ObservedUser>) -> Option<String> {
        let live = observed.filter(|live| !self.diff(live).is_empty())?;
        let state = if live.is_permanent { "a password that is not known here" } else { "no permanent password yet" };
        let how = match self.record.pool() {
            SetupPool::Runtime => "; set one with `--password-file`",
            SetupPool::Identity => "",
        };
        Some(format!("set-up did not make it, and it has {state}: left as it is{how}"))
    }

    async fn create(&self, cx: &Context<'_>) -> Result<Made<ObservedUser>> {
        let pool = self.pool.require()?;
        self.record.create(&SetupPart::User, cx.patience, || cx.cloud.create_user(&pool.id, &self.username)).await?;
        self.set_password(&pool, cx).await?;
        Ok(Made { observed: ObservedUser { is_permanent: true }, action: Action::Create })
    }

    async fn update(
        &self,
        _observed: &ObservedUser,
        _changes: &[UserChange],
        cx: &Context<'_>,
    ) -> Result<Made<ObservedUser>> {
        self.set_password(&self.pool.require()?, cx).await?;
        Ok(Made { observed: ObservedUser { is_permanent: true }, action: Action::Update })
    }

    /// The name is among the settings, and the password is written down before it is set.
    fn record(&self, _observed: Option<&ObservedUser>, _ours: bool) -> Result<()> {
        self.record.write(|_| {})
    }

    fn erase(&self) -> Result<()> {
        self.record.write(|setup| {
            setup.unmark_created(&SetupPart::User);
            setup.password_set = false;
        })
    }

    async fn removal(&self, observed: Option<&ObservedUser>, _cloud: &Cloud) -> Result<Removal> {
        Ok(removal_of_part(self.record, &SetupPart::User, observed.map(|_| true)))
    }

    async fn delete(&self, _observed: &ObservedUser, cx: &Context<'_>) -> Result<()> {
        let pool = self.pool.require()?;
        cx.patience.through(|| cx.cloud.delete_user(&pool.id, &self.username)).await.map(drop)
    }
}

/// Satisfies Cognito's default policy: upper and lower case, digit, symbol; 122 random bits.
fn generate_password() -> SecretString {
    SecretString::from(format!("Aa1!{}", uuid::Uuid::new_v4().simple()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{CognitoSetup, SetupFlow, SetupSettings};
    use crate::resources::setup_record::SetupVerb;

    #[test]
    fn a_brought_users_password_is_left_alone() {
        let owner = |created: bool, password_given: bool| {
            let dir = tempfile::tempdir().unwrap();
            let setup = CognitoSetup::new(SetupFlow::User, "1", "us-west-2", SetupSettings::default());
            let record = SetupRecord::new(dir.path(), setup, SetupVerb::SetUp);
            if created {
                record.write(|setup| assert!(setup.mark_created(&SetupPart::User))).unwrap();
            }
            let pool = Late::after(ResourceKind::UserPool);
            pool.set(PoolReady {
                id: "p".into(),
                discovery_url: String::new(),
                domain: None,
                is_ours: false,
                is_recorded: true,
            });
            let user = PoolUser { record: &record, pool, username: "u".into(), password_given };
            user.standing(Some(&ObservedUser { is_permanent: true }))
        };
        assert_eq!(owner(false, false), Standing::Managed(Owner::Unknown));
        assert_eq!(owner(false, true), Standing::Managed(Owner::Ours));
        let cut_off = owner(true, false);
        assert_eq!(cut_off, Standing::Managed(Owner::Ours), "its creation was cut off before its password");
    }
}
