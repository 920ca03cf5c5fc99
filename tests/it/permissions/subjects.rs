//! The role that `iam role` prints lets in the runs that it was printed for, and nobody else's: the program has the token of a run,
//! and nothing besides.

use serde_json::{Value, json};

use crate::convergence::Scene;
use crate::support::{Account, World};

/// Flags of `iam role`, subjects of tokens that get in, and of those that do not.
struct Trusted {
    flags: &'static [&'static str],
    accepted: &'static [&'static str],
    refused: &'static [&'static str],
}

const TRUSTED: &[Trusted] = &[
    Trusted {
        flags: &["--github", "acme/support"],
        accepted: &["repo:acme/support:ref:refs/heads/main"],
        refused: &[
            "repo:acme/support:pull_request",
            "repo:acme/support:ref:refs/heads/mainline",
            "repo:acme/support:ref:refs/tags/main",
            "repo:acme/support:environment:production",
        ],
    },
    Trusted {
        flags: &["--github", "acme/support", "--pull-requests"],
        accepted: &["repo:acme/support:ref:refs/heads/main", "repo:acme/support:pull_request"],
        refused: &[
            "repo:acme/support:ref:refs/heads/feature",
            "repo:acme/support:environment:production",
            "repo:mallory/support:pull_request",
            "repo:acme/support-two:pull_request",
            "repo:acme@1234/support@5678:pull_request",
        ],
    },
    Trusted {
        flags: &["--github", "acme@1234/support@5678", "--github-environment", "eu:production", "--pull-requests"],
        accepted: &[
            "repo:acme@1234/support@5678:environment:eu%3Aproduction",
            "repo:acme@1234/support@5678:pull_request",
        ],
        refused: &[
            "repo:acme@1234/support@5678:environment:eu",
            "repo:acme@1234/support@5678:ref:refs/heads/main",
            "repo:acme@1234/support@9999:pull_request",
            "repo:acme/support:pull_request",
        ],
    },
    Trusted {
        flags: &["--gitlab", "acme/support", "--merge-requests"],
        accepted: &[
            "project_path:acme/support:ref_type:branch:ref:main",
            "project_path:acme/support:ref_type:branch:ref:feature/login",
        ],
        refused: &[
            "project_path:acme/support:ref_type:tag:ref:main",
            "project_path:mallory/support:ref_type:branch:ref:main",
            "project_path:acme/support/more:ref_type:branch:ref:main",
        ],
    },
];

/// Whose tokens stand for GitHub's and GitLab's: a user pool of the sandbox, which is an issuer whose keys can be read.
struct StandIn {
    url: String,
}

impl StandIn {
    fn new(account: &Account) -> Self {
        let pool = account.cognito("CreateUserPool", &json!({ "PoolName": "runs" }));
        Self { url: format!("{}/{}", account.url(), pool["UserPool"]["Id"].as_str().unwrap()) }
    }

    fn name(&self) -> &str {
        self.url.split_once("://").unwrap().1
    }

    /// The printed trust policy with this issuer in the place of the printed one. Subjects and audience stay.
    fn trusted(&self, role: &Value) -> String {
        let host = role["provider"]["url"].as_str().unwrap().trim_start_matches("https://");
        let own = self.name();
        let text = role["trust"].to_string();
        let text = text.replace(&format!("oidc-provider/{host}"), &format!("oidc-provider/{own}"));
        ["aud", "sub"].iter().fold(text, |text, claim| {
            assert!(text.contains(&format!("\"{host}:{claim}\"")), "{text}");
            text.replace(&format!("\"{host}:{claim}\""), &format!("\"{own}:{claim}\""))
        })
    }

    fn token(&self, account: &Account, audience: &str, subject: &str) -> String {
        let far = 4_102_444_800_u64;
        let claims = json!({ "iss": self.url, "aud": audience, "sub": subject, "iat": 0, "exp": far });
        account.token(&json!({ "issuer": self.url, "claims": claims }))
    }
}

/// Makes the printed role in the account; its ARN.
fn make(account: &Account, role: &Value, trust: &str) -> String {
    let name = role["name"].as_str().unwrap();
    account.iam("CreateRole", &[("RoleName", name), ("AssumeRolePolicyDocument", trust)]);
    for (policy, document) in role["policies"].as_object().unwrap() {
        let document = document.to_string();
        account.iam("PutRolePolicy", &[("RoleName", name), ("PolicyName", policy), ("PolicyDocument", &document)]);
    }
    role["arn"].as_str().unwrap().to_owned()
}

#[test]
fn a_role_lets_only_its_subjects_in() {
    let Some(scene) = Scene::start_with(&["--enforce-iam"]) else { return };
    let account = &scene.account;
    let issuer = StandIn::new(account);
    let audiences = ["sts.amazonaws.com", "https://gitlab.com"];
    let clients = [("ClientIDList.member.1", audiences[0]), ("ClientIDList.member.2", audiences[1])];
    account.iam("CreateOpenIDConnectProvider", &[&[("Url", issuer.url.as_str())], clients.as_slice()].concat());
    for (number, case) in TRUSTED.iter().enumerate() {
        let name = format!("pipeline{number}");
        let args = ["iam", "role", "--name", &name, "--for", "memory list", "--all-agents", "-o", "json"];
        let role = scene.world().agentcore(&args).args(&["--account", "123456789012"]).args(case.flags).run();
        let role = role.code(0).data();
        let subjects: Vec<&str> =
            role["provider"]["subjects"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
        assert!(subjects.iter().all(|it| it.contains('*') || case.accepted.contains(it)), "{subjects:?}");
        let arn = make(account, &role, &issuer.trusted(&role));
        let audience = role["provider"]["audience"].as_str().unwrap();
        let mut world = World::new();
        for variable in ["AWS_ENDPOINT_URL", "AWS_REGION"] {
            world.set(variable, &account.variables()[variable]);
        }
        let file = world.path("tmp").join("token");
        world.set("AWS_ROLE_ARN", &arn);
        world.set("AWS_WEB_IDENTITY_TOKEN_FILE", &file);
        for (subjects, ends) in [(case.accepted, 0), (case.refused, 4)] {
            for subject in subjects {
                std::fs::write(&file, issuer.token(account, audience, subject)).unwrap();
                let run = world.agentcore(&["memory", "list", "-o", "json"]).run();
                assert_eq!(run.code, Some(ends), "{subject} with {:?}: {run}", case.flags);
            }
        }
    }
}
