//! Region, credentials, whose they are, and the quota; then the execution role, which needs to know the account.

use super::{DoctorRequest, Finding, FindingStatus, LIMIT, keys, offline, role, sandbox, within};
use crate::clock;
use crate::cloud::{CallerIdentity, Cloud, CredentialsOrigin, Service, masked_key_id};
use crate::config::is_region;
use crate::error::{Code, Error, Kind};
use crate::facts::RUNTIMES_PER_REGION;
use crate::ops::target;

const CREDENTIALS: &str = "credentials";
const IDENTITY: &str = "identity";
const REGION: &str = "region";
const QUOTA: &str = "quota";
/// Credentials that end sooner than this may not last for a launch.
const SOON: i64 = 15 * 60;

pub(super) async fn check(request: &DoctorRequest<'_>) -> Vec<Finding> {
    let mut found = vec![region(request)];
    let cloud = match &request.cloud {
        _ if request.offline => {
            found.push(match &request.cloud {
                Err(error) => unconnected(request, error).await,
                Ok(_) => named_credentials(request).await,
            });
            found.extend([IDENTITY, QUOTA].map(offline));
            found.extend(role::not_looked_at(request, "needs a request (--offline)"));
            return found;
        }
        Ok(cloud) => cloud,
        Err(error) => {
            let why = "the connection to AWS cannot be set up";
            found.push(unconnected(request, error).await);
            found.extend([IDENTITY, QUOTA].map(|id| Finding::skipped(id, why)));
            found.extend(role::not_looked_at(request, why));
            return found;
        }
    };
    let (credentials, identity) = tokio::join!(within(CREDENTIALS, credentials(request, cloud)), identity(cloud));
    let has_credentials = credentials.status != FindingStatus::Problem;
    found.push(credentials);
    let identity = match identity {
        Ok(identity) => identity,
        Err(error) => {
            found.push(match (&error, has_credentials) {
                // The same is said of the credentials.
                (_, false) => Finding::skipped(IDENTITY, "there are no credentials"),
                (error, true) => {
                    let found = Finding::of_error(IDENTITY, FindingStatus::Problem, error);
                    let address = cloud.address(Service::STS, request.env);
                    let is_stopped = address.is_some_and(|own| sandbox::is_stopped(&request.sandbox, &own.url));
                    if is_stopped { found.fix(sandbox::START_AGAIN) } else { found }
                }
            });
            let why = "it is not known whose account this is";
            found.push(Finding::skipped(QUOTA, why));
            found.extend(role::not_looked_at(request, why));
            return found;
        }
    };
    found.push(whose(request, &identity));
    let (quota, role) = tokio::join!(within(QUOTA, quota(request, cloud)), role::check(request, cloud, &identity));
    found.push(quota);
    found.extend(role);
    found
}

fn region(request: &DoctorRequest<'_>) -> Finding {
    let agent = request.agent().map(|(_, agent)| agent);
    match (target::region(request.region, request.env, agent), &request.cloud) {
        (Err(error), _) => Finding::of_error(REGION, FindingStatus::Problem, &error),
        (Ok(Some(found)), _) => {
            let text = format!("{} ({})", found.value, found.source);
            if let Some(status) = odd_region(&found.value) {
                return Finding::new(REGION, status, format!("{text} is no region that AWS is known to have"))
                    .fix("name a region, such as us-west-2, where this one comes from; `--region` goes before it");
            }
            match target::region_note(request.region, request.env, agent) {
                Some(note) => Finding::note(REGION, note),
                None => Finding::ok(REGION, text),
            }
        }
        (Ok(None), Ok(cloud)) => Finding::ok(REGION, format!("{} (AWS profile)", cloud.region())),
        (Ok(None), Err(error)) if error.is(Code::AwsRegionMissing) => {
            Finding::problem(REGION, "no AWS region is set").fix("export AWS_REGION=us-west-2")
        }
        (Ok(None), Err(_)) => Finding::skipped(REGION, "the AWS profile could not be read"),
    }
}

/// How sure it is that nothing answers there: regions end in a direction and a number, a zone in a letter besides.
fn odd_region(region: &str) -> Option<FindingStatus> {
    const DIRECTIONS: [&str; 9] =
        ["central", "east", "north", "northeast", "northwest", "south", "southeast", "southwest", "west"];
    if !is_region(region) {
        return Some(FindingStatus::Problem);
    }
    let direction = region.rsplit('-').nth(1).unwrap_or_default();
    (!DIRECTIONS.contains(&direction)).then_some(FindingStatus::Warning)
}

/// What keeps the connection from being made, as far as it is about credentials.
async fn unconnected(request: &DoctorRequest<'_>, error: &Error) -> Finding {
    if error.kind() == Kind::Credentials {
        return Finding::of_error(CREDENTIALS, FindingStatus::Problem, error);
    }
    named_credentials(request).await
}

/// A profile that was named takes the place of the variables.
fn in_variables(request: &DoctorRequest<'_>) -> Option<Finding> {
    keys::finding(request.env, CREDENTIALS).filter(|_| request.profile.is_none())
}

/// As far as it can be seen without asking anybody.
async fn named_credentials(request: &DoctorRequest<'_>) -> Finding {
    let (env, profile) = (request.env, request.profile.or_else(|| request.env.var("AWS_PROFILE")));
    if let Some(found) = in_variables(request) {
        return found;
    }
    if let (None, Some(id)) = (request.profile, env.var("AWS_ACCESS_KEY_ID")) {
        return Finding::ok(CREDENTIALS, format!("{} from variables of the environment", masked_key_id(id)));
    }
    if Cloud::has_named_credentials(env, request.profile).await {
        return Finding::ok(
            CREDENTIALS,
            format!("named by the profile `{}` or a variable", profile.unwrap_or("default")),
        );
    }
    Finding::warning(CREDENTIALS, "no variable and no profile names any; only the role of an instance is left")
        .fix("aws sso login, aws configure, or without an account: agentcore sandbox start")
}

async fn credentials(request: &DoctorRequest<'_>, cloud: &Cloud) -> Finding {
    if let Some(found) = in_variables(request) {
        return found;
    }
    match cloud.credentials().await {
        Err(error) => Finding::of_error(CREDENTIALS, FindingStatus::Problem, &error),
        Ok(found) => describe(request, cloud, &found),
    }
}

fn describe(request: &DoctorRequest<'_>, cloud: &Cloud, found: &CredentialsOrigin) -> Finding {
    // The SDK does not read the variable.
    let told = || request.env.var("AWS_CREDENTIAL_EXPIRATION").and_then(clock::of_iso);
    let expires = found.expires_at.or_else(|| told().filter(|_| found.origin.contains("variables")));
    let profile = cloud.profile().filter(|_| !found.origin.contains("variables"));
    let profile = profile.map(|name| format!(", profile `{name}`")).unwrap_or_default();
    let text = format!("{} from {}{profile}", found.key_id, found.origin);
    let login = if found.origin == "`aws login`" { "aws login" } else { "aws sso login" };
    let renew = match cloud.profile() {
        // A login would change nothing: the variables come first.
        _ if found.origin.contains("variables") => {
            "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN && aws sso login, or export new ones"
                .to_owned()
        }
        Some(name) => format!("{login} --profile {}", crate::shell::quoted(name)),
        None => login.to_owned(),
    };
    match expires.map(|at| at - clock::unix_now()) {
        Some(left) if left <= 0 => Finding::problem(CREDENTIALS, format!("{text}: they have expired")).fix(renew),
        Some(left) if left < SOON && !found.is_renewed() => {
            Finding::warning(CREDENTIALS, format!("{text}: they expire in {} min", left / 60)).fix(renew)
        }
        Some(left) if left < 2 * 3600 => Finding::ok(CREDENTIALS, format!("{text}, for {} min", left / 60)),
        Some(left) => Finding::ok(CREDENTIALS, format!("{text}, for {} h", left / 3600)),
        None if found.is_temporary => Finding::ok(CREDENTIALS, format!("{text}, of a session that says no end")),
        None => Finding::ok(CREDENTIALS, text),
    }
}

async fn identity(cloud: &Cloud) -> Result<CallerIdentity, Error> {
    match tokio::time::timeout(LIMIT, cloud.identity()).await {
        Ok(answer) => answer,
        Err(_) => Err(Error::new(Kind::Deadline, format!("STS did not answer within {} s", LIMIT.as_secs()))
            .hint("check the network, `HTTPS_PROXY` and `AWS_ENDPOINT_URL`")),
    }
}

fn whose(request: &DoctorRequest<'_>, identity: &CallerIdentity) -> Finding {
    let wrong = request.agent().and_then(|(_, agent)| target::check_account(agent, identity).err());
    match wrong {
        Some(error) => Finding::of_error(IDENTITY, FindingStatus::Problem, &error),
        None => Finding::ok(IDENTITY, format!("account {}, {}", identity.account, identity.principal)),
    }
}

async fn quota(request: &DoctorRequest<'_>, cloud: &Cloud) -> Finding {
    let count = match cloud.count_runtimes().await {
        Ok(count) => count,
        Err(error) => return Finding::note(QUOTA, error.to_string()),
    };
    let text = format!("{count} of {RUNTIMES_PER_REGION} runtimes (the default quota)");
    let is_new = request.agent().is_some_and(|(_, agent)| !agent.is_deployed());
    if count >= RUNTIMES_PER_REGION && is_new {
        return Finding::warning(QUOTA, format!("{text}: another one may be refused"))
            .fix("delete runtimes that nobody needs, or ask for more in the Service Quotas console");
    }
    Finding::ok(QUOTA, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_that_cannot_be_are_odd() {
        use FindingStatus::{Problem, Warning};
        for (region, status) in [
            ("us-west-2a", Some(Problem)),
            ("oregon", Some(Problem)),
            ("us-wst-2", Some(Warning)),
            ("us-west-2", None),
            ("ap-southeast-2", None),
            ("us-gov-west-1", None),
            ("eusc-de-east-1", None),
        ] {
            assert_eq!(odd_region(region), status, "{region}");
        }
    }
}
