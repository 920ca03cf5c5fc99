//! The way to AWS: addresses of the services, names, proxies, certificates, and this machine's clock.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::join_all;

use super::{DoctorRequest, Finding, FindingStatus, LIMIT, offline, sandbox, within};
use crate::clock;
use crate::cloud::{Service, ServiceAddress};
use crate::config::DeploymentType;
use crate::error::{Context, Error, Result};
use crate::http::{certificates, proxies, proxy_of};
use crate::redact::without_logins;

const CLOCK: &str = "clock";
const DNS: &str = "dns";
const PROXY: &str = "proxy";
const CERTIFICATES: &str = "ca";
/// For a connection to a proxy, or the answer of a service.
const ANSWER: Duration = Duration::from_secs(6);
/// From here on AWS refuses signatures.
const TOO_WRONG: i64 = 5 * 60;
/// From here on tokens may be refused, or taken for expired.
const WRONG: i64 = 60;

/// The services that a launch or a call of the agent uses, with the ids of their findings.
fn services(request: &DoctorRequest<'_>) -> Vec<(&'static str, Service)> {
    let agent = request.agent().map(|(_, agent)| agent.deployment_type);
    let artifact = match agent {
        Some(DeploymentType::DirectCodeDeploy) => ("endpoint.s3", Service::OBJECTS),
        Some(DeploymentType::Container) | None => ("endpoint.ecr", Service::REGISTRY),
    };
    vec![
        ("endpoint.sts", Service::STS),
        ("endpoint.iam", Service::IAM),
        ("endpoint.control", Service::CONTROL),
        ("endpoint.data", Service::DATA_PLANE),
        artifact,
        ("endpoint.logs", Service::LOGS),
    ]
}

pub(super) async fn check(request: &DoctorRequest<'_>) -> Vec<Finding> {
    let mut addresses = Vec::new();
    let mut found = Vec::new();
    match &request.cloud {
        Ok(cloud) => {
            let all = services(request).into_iter();
            addresses.extend(all.filter_map(|(id, service)| Some((id, cloud.address(service, request.env)?))));
        }
        Err(error) if error.is(crate::error::Code::AwsEndpoint) => {
            found.push(Finding::of_error("endpoint", FindingStatus::Problem, error));
        }
        Err(_) => found.push(Finding::skipped("endpoint", "the connection to AWS cannot be set up")),
    }
    if request.offline {
        let shown = |(id, address): &(&'static str, ServiceAddress)| Finding::skipped(id, offline_text(address));
        found.extend(addresses.iter().map(shown));
        found.extend([CLOCK, DNS].map(offline));
        found.extend(proxy_settings(request));
        found.push(certificate_file(request));
        return found;
    }
    let asked = join_all(addresses.iter().map(|(id, address)| ask(request, id, address)));
    let (answers, dns, proxies) =
        tokio::join!(asked, within(DNS, names(&addresses)), check_proxies(request, &addresses));
    let offset = answers.iter().find_map(|answer| answer.offset);
    found.extend(answers.into_iter().map(|answer| answer.finding));
    found.push(clock_finding(offset));
    found.push(dns);
    found.extend(proxies);
    found.push(certificate_file(request));
    found
}

fn offline_text(address: &ServiceAddress) -> String {
    format!("{} is not asked (--offline)", shown(address))
}

/// `https://host`, with the variable that says so.
fn shown(address: &ServiceAddress) -> String {
    match address.set_by {
        Some(set_by) => format!("{} ({set_by})", address.url),
        None => address.url.clone(),
    }
}

/// Whether a service answers at all, and how far this clock is ahead of its own.
struct ServiceAnswer {
    finding: Finding,
    offset: Option<i64>,
}

/// An unsigned request: any answer says that somebody is there, and what the time is there.
async fn ask(request: &DoctorRequest<'_>, id: &'static str, address: &ServiceAddress) -> ServiceAnswer {
    let answer = async {
        let url = format!("{}/", address.url);
        let sent = request.http.client(&url)?.get(&url).timeout(ANSWER).send().await;
        let sent = sent.map_err(|error| Error::failed("no answer").source(&error.without_url()))?;
        let date = sent.headers().get(http::header::DATE).and_then(|date| date.to_str().ok());
        Ok::<_, Error>(date.and_then(clock::of_http))
    };
    match answer.await {
        Ok(date) => ServiceAnswer {
            finding: Finding::ok(id, format!("{} answers", shown(address))),
            offset: date.map(|date| clock::unix_now() - date),
        },
        Err(error) => {
            let cause = error.causes().last().map_or_else(|| error.message().to_owned(), Clone::clone);
            let text = format!("{} does not answer: {cause}", shown(address));
            ServiceAnswer { finding: Finding::problem(id, text).fix(way_out(request, address)), offset: None }
        }
    }
}

fn way_out(request: &DoctorRequest<'_>, address: &ServiceAddress) -> String {
    match (address.set_by, proxy_of(&address.url)) {
        (_, Some(_)) => {
            let host = host_of(&address.url);
            format!("correct the proxy, or go past it: export NO_PROXY=\"${{NO_PROXY:+$NO_PROXY,}}{host}\"")
        }
        (Some(_), None) if sandbox::is_stopped(&request.sandbox, &address.url) => sandbox::START_AGAIN.to_owned(),
        (Some(variable), None) if variable.starts_with("AWS_") && sandbox::is_of_this_machine(&address.url) => {
            format!("start what should answer there, or: unset {variable}")
        }
        (Some(variable), None) if variable.starts_with("AWS_") => format!("unset {variable}"),
        (Some(_), None) => "take `endpoint_url` out of the AWS profile, or start what should answer there".to_owned(),
        (None, None) => {
            "check the network and `--region`; behind a proxy: export HTTPS_PROXY=http://HOST:PORT".to_owned()
        }
    }
}

fn host_of(url: &str) -> String {
    url::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}

fn clock_finding(offset: Option<i64>) -> Finding {
    let Some(offset) = offset else { return Finding::skipped(CLOCK, "no answer that says what the time is") };
    let (size, side) = (offset.abs(), if offset > 0 { "ahead of" } else { "behind" });
    let text = format!("this machine's clock is {size} s {side} that of AWS");
    if size >= TOO_WRONG {
        return Finding::problem(CLOCK, format!("{text}: signatures are refused")).fix(set_clock());
    }
    if size >= WRONG {
        return Finding::warning(CLOCK, format!("{text}: tokens may be refused")).fix(set_clock());
    }
    Finding::ok(CLOCK, "this machine's clock agrees with AWS")
}

const fn set_clock() -> &'static str {
    if cfg!(target_os = "macos") {
        "sudo sntp -sS time.apple.com"
    } else if cfg!(windows) {
        "w32tm /resync"
    } else {
        "sudo timedatectl set-ntp true"
    }
}

/// Looks up the names of services that are not reached through a proxy, which would look them up itself.
async fn names(addresses: &[(&'static str, ServiceAddress)]) -> Finding {
    let direct = addresses.iter().filter(|(_, address)| proxy_of(&address.url).is_none());
    let is_name =
        |host: &String| !host.is_empty() && host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_err();
    let hosts: BTreeSet<String> = direct.map(|(_, address)| host_of(&address.url)).filter(is_name).collect();
    if hosts.is_empty() {
        return Finding::skipped(DNS, "there is no name to look up");
    }
    let looked = join_all(hosts.iter().map(|host| async move {
        tokio::net::lookup_host((host.as_str(), 443)).await.err().map(|error| format!("{host} ({error})"))
    }));
    let lost: Vec<String> = looked.await.into_iter().flatten().collect();
    if lost.is_empty() {
        return Finding::ok(DNS, format!("{} of {} names found", hosts.len(), hosts.len()));
    }
    Finding::problem(DNS, format!("not found: {}", lost.join(", ")))
        .fix("check `--region`, the network and its DNS servers, or a VPN")
}

/// Without a request: what is set, and whether it is an address.
fn proxy_settings(request: &DoctorRequest<'_>) -> Vec<Finding> {
    let all = proxies(request.env);
    if all.is_empty() {
        return vec![Finding::ok(PROXY, "none is set")];
    }
    let settings = all.into_iter().map(|setting| match proxy_address(&setting.address) {
        Ok(_) => Finding::ok(PROXY, format!("{} is {}", setting.variable, shown_proxy(&setting.address))),
        Err(error) => not_an_address(setting.variable, &setting.address, &error),
    });
    settings.collect()
}

/// Logins behind a scheme are masked in all findings; an address without one can have a login, too.
fn shown_proxy(address: &str) -> String {
    match address.contains('@') && !address.contains("://") {
        true => without_logins(&format!("http://{address}")),
        false => address.to_owned(),
    }
}

fn not_an_address(variable: &str, address: &str, error: &Error) -> Finding {
    let address = shown_proxy(address);
    Finding::problem(PROXY, format!("{variable} is `{address}`, which is no address: {}", error.message()))
        .fix(format!("export {variable}=http://HOST:PORT"))
}

/// Host and port.
fn proxy_address(text: &str) -> Result<(String, u16)> {
    let with_scheme = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let url = url::Url::parse(&with_scheme).context("it cannot be read")?;
    let host = url.host_str().ok_or_else(|| Error::failed("it has no host"))?.trim_matches(['[', ']']).to_owned();
    let default = if url.scheme().starts_with("socks") { 1080 } else { 80 };
    Ok((host, url.port_or_known_default().unwrap_or(default)))
}

async fn check_proxies(request: &DoctorRequest<'_>, addresses: &[(&'static str, ServiceAddress)]) -> Vec<Finding> {
    let all = proxies(request.env);
    if all.is_empty() {
        return vec![Finding::ok(PROXY, "none is set")];
    }
    // One that nothing goes through may be down: it is of no use here, and does no harm.
    let used: Vec<(String, u16)> = addresses
        .iter()
        .filter_map(|(_, address)| proxy_of(&address.url))
        .filter_map(|uri| proxy_address(&uri.to_string()).ok())
        .collect();
    let checks = all.into_iter().map(|setting| {
        let used = &used;
        async move {
            let (variable, address) = (setting.variable, &setting.address);
            let (host, port) = match proxy_address(address) {
                Ok(address) => address,
                Err(error) => return not_an_address(variable, address, &error),
            };
            let text = format!("{variable} is {}", shown_proxy(address));
            let connect = tokio::net::TcpStream::connect((host.as_str(), port));
            let why = match tokio::time::timeout(ANSWER, connect).await {
                Ok(Ok(_)) => return Finding::ok(PROXY, format!("{text}, which answers")),
                Ok(Err(error)) => error.to_string(),
                Err(_) => format!("no answer within {} s", ANSWER.as_secs()),
            };
            let fix = format!("unset {variable}");
            if used.contains(&(host, port)) {
                return Finding::problem(PROXY, format!("{text}, which does not answer: {why}")).fix(fix);
            }
            Finding::warning(PROXY, format!("{text}, which does not answer: {why}; no request to AWS goes through it"))
                .fix(fix)
        }
    });
    debug_assert!(ANSWER < LIMIT, "a proxy is given up before its check");
    join_all(checks).await
}

fn certificate_file(request: &DoctorRequest<'_>) -> Finding {
    match certificates(request.env) {
        Ok(None) => Finding::ok(CERTIFICATES, "the system's certificates alone"),
        Ok(Some((path, count))) => Finding::ok(CERTIFICATES, format!("AWS_CA_BUNDLE: {count} in `{}`", path.display())),
        Err(error) => Finding::problem(CERTIFICATES, error.to_string()).fix("unset AWS_CA_BUNDLE"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clock_is_judged_by_its_distance() {
        for (offset, status) in [
            (Some(0), FindingStatus::Ok),
            (Some(-59), FindingStatus::Ok),
            (Some(60), FindingStatus::Warning),
            (Some(-300), FindingStatus::Problem),
            (None, FindingStatus::Skipped),
        ] {
            assert_eq!(clock_finding(offset).status, status, "{offset:?}");
        }
        assert!(clock_finding(Some(3600)).text.contains("3600 s ahead of"));
    }

    #[test]
    fn proxies_may_lack_scheme_and_port() {
        for (text, host, port) in [
            ("proxy:3128", "proxy", 3128),
            ("http://u:p@proxy", "proxy", 80),
            ("https://proxy", "proxy", 443),
            ("socks5://[::1]", "::1", 1080),
        ] {
            assert_eq!(proxy_address(text).unwrap(), (host.to_owned(), port), "{text}");
        }
        assert!(proxy_address("http://").is_err());
    }

    #[test]
    fn logins_without_a_scheme_are_masked() {
        assert_eq!(shown_proxy("u:p@proxy:3128"), "http://[redacted]@proxy:3128");
        assert_eq!(shown_proxy("proxy:3128"), "proxy:3128");
    }
}
