use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::*;

/// Characters as a generator makes them; never one of a real secret's.
fn made(length: usize) -> String {
    "aZ3kQ9xWm2Lp7RtB5vNc8Yd1HsG6fJ4eUoTi0".chars().cycle().take(length).collect()
}

fn hex(length: usize) -> String {
    "3f9a1c7e5b2d8046".chars().cycle().take(length).collect()
}

fn found(text: impl AsRef<[u8]>) -> Option<&'static str> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    held_secret(file.path()).unwrap()
}

fn token(header: &str) -> String {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}.{}", part(header), part(r#"{"iss":"https://i.example","sub":"u"}"#), made(43))
}

fn pem(kind: &str) -> String {
    format!("-----BEGIN {kind}-----\n{}\n{}\n-----END {kind}-----\n", made(64), made(64))
}

#[test]
fn secrets_are_known_in_files_of_any_name() {
    let secrets = [
        ("a private key", pem("PRIVATE KEY")),
        ("a private key", pem("RSA PRIVATE KEY")),
        ("a private key", pem("OPENSSH PRIVATE KEY").replace('\n', "\r\n")),
        ("a private key", pem("PGP PRIVATE KEY BLOCK").replacen('\n', "\nVersion: 1\n\n", 1)),
        (
            "a private key",
            pem("RSA PRIVATE KEY").replacen('\n', "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,AB\n\n", 1),
        ),
        ("a private key", format!("{}\n{}", pem("CERTIFICATE"), pem("EC PRIVATE KEY"))),
        ("a private key", format!("PuTTY-User-Key-File-3: ssh-ed25519\n{}\n", made(64))),
        ("a private key", format!("client-key-data: {}\n", STANDARD_NO_PAD.encode(pem("RSA PRIVATE KEY")))),
        ("a private key", format!("client-key-data: {}\n", STANDARD_NO_PAD.encode(pem("PRIVATE KEY")))),
        ("a private key", format!("{{\"kty\":\"EC\",\"crv\":\"P-256\",\"d\":\"{}\"}}", made(43))),
        ("an AWS access key", format!("[default]\naws_access_key_id = AKIA{}\n", made(16).to_uppercase())),
        ("an AWS access key", format!("{{\"AccessKeyId\": \"ASIA{}\"}}", made(16).to_uppercase())),
        ("an AWS secret key", format!("aws_secret_access_key={}\n", made(40))),
        ("an AWS secret key", format!("{{\"SecretAccessKey\": \"{}\"}}", made(40))),
        ("an AWS secret key", format!("AWS_SECRET_ACCESS_KEY: '{}'", made(40))),
        ("an OpenAI API key", format!("OPENAI_API_KEY=sk-proj-{}\n", made(60))),
        ("an OpenAI API key", format!("sk-{}", made(48))),
        ("an Anthropic API key", format!("{{\"key\":\"sk-ant-api03-{}\"}}", made(90))),
        ("a GitHub token", format!("ghp_{}", made(36))),
        ("a GitHub token", format!("git+https://github_pat_{}@github.com/x", made(82))),
        ("a GitLab token", format!("glpat-{}", made(20))),
        ("a Slack token", format!("xoxb-1234567890-{}", made(24))),
        ("a Slack webhook", format!("https://hooks.slack.com/services/T0{}/B0{}/{}", hex(9), hex(9), made(24))),
        ("a Stripe key", format!("sk_live_{}", made(24))),
        ("a Google API key", format!("AIza{}", made(35))),
        ("a Google client secret", format!("GOCSPX-{}", made(28))),
        ("a Hugging Face token", format!("hf_{}", made(34))),
        ("an npm token", format!("npm_{}", made(36))),
        ("a PyPI token", format!("pypi-AgEIcHlwaS5vcmc{}", made(80))),
        ("a SendGrid API key", format!("SG.{}.{}", made(22), made(43))),
        ("an Azure storage key", format!("DefaultEndpointsProtocol=https;AccountKey={}==", made(86))),
        ("a client secret", format!("client_secret = \"{}\"", made(51))),
        ("a client secret", format!("{{\"clientSecret\":\"{}\"}}", made(40))),
    ];
    for (what, secret) in &secrets {
        assert_eq!(found(secret), Some(*what), "{secret}");
        let json = serde_json::json!({ "a": "b: c", "value": format!("\n{secret}"), "z": "y: x" }).to_string();
        assert!(found(json.replace(':', ": ")).is_some(), "{json}");
        for text in [
            format!("# notes\n\nkey: {secret} # mine"),
            format!("'{secret}'"),
            format!("{}{secret}", " \n".repeat(20_000)),
        ] {
            assert_eq!(found(&text), Some(*what), "{secret}");
        }
        // What a shell of Windows' writes.
        let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(secret.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(found(wide), Some(*what), "{secret}");
    }
    for header in [r#"{"alg":"RS256","kid":"1"}"#, r#"{"typ":"JWT","alg":"ES384"}"#] {
        assert_eq!(found(format!("{}\n", token(header))), Some("a JSON Web Token"));
        assert_eq!(found(format!("Authorization: Bearer {}", token(header))), Some("a JSON Web Token"));
    }
    let service_account = serde_json::json!({
        "type": "service_account", "project_id": "p", "private_key": pem("PRIVATE KEY"), "client_email": "a@b",
    });
    assert_eq!(found(service_account.to_string()), Some("a private key"));
    assert_eq!(found(serde_json::to_string_pretty(&service_account).unwrap()), Some("a private key"));
}

#[test]
fn what_only_looks_like_a_secret_is_none() {
    let jwt_io = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5\
                  MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c";
    for text in [
        String::new(),
        pem("CERTIFICATE"),
        pem("PUBLIC KEY"),
        format!("certificate-authority-data: {}", STANDARD_NO_PAD.encode(pem("CERTIFICATE"))),
        "{\"d\": \"M12.2C6.4L8-9Z\", \"kty\": \"RSA\", \"n\": \"abc\"}".to_owned(),
        format!("ssh-ed25519 {} me@host", made(68)),
        "if \"-----BEGIN PRIVATE KEY-----\" in text:\n    raise ValueError('no keys')\n".to_owned(),
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----\n".to_owned(),
        "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\nAWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
            .to_owned(),
        "aws_secret_access_key = os.environ['AWS_SECRET_ACCESS_KEY']".to_owned(),
        "AKIAXXXXXXXXXXXXXXXX AKIA ASIAN MARKETS".to_owned(),
        format!("xAKIA{}", made(16).to_uppercase()),
        "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx".to_owned(),
        "ghp_your_token_here sk-your-api-key-goes-here-and-nowhere-else sk-...".to_owned(),
        ".sk-toggleable__label-arrow { } #task-0123456789abcdef0123456789abcdef0123456789".to_owned(),
        "re.compile(r'sk-[A-Za-z0-9]{48}|ghp_[A-Za-z0-9]{36}|AKIA[0-9A-Z]{16}')".to_owned(),
        "client_secret = settings.google_client_secret".to_owned(),
        "client_secret: ${CLIENT_SECRET}\nclient_secret_arn: arn:aws:secretsmanager:us-west-2:123456789012:secret:x"
            .to_owned(),
        "{\"clientSecretArn\": \"arn:aws:secretsmanager:us-west-2:123456789012:secret:abc\"}".to_owned(),
        "{\"client_secret\": \"<your client secret>\", \"clientSecret\": \"YOUR_CLIENT_SECRET_1234567890\"}".to_owned(),
        token(r#"{"alg":"none"}"#),
        token(r#"{"typ":"JWT"}"#),
        jwt_io.to_owned(),
        "eyJ.eyJ.eyJ eyJhbGciOiJSUzI1NiJ9".to_owned(),
        format!("sha256:{} {}", hex(64), hex(40)),
        "x".repeat(300_000),
    ] {
        assert_eq!(found(&text), None, "{text}");
    }
}

#[test]
fn secrets_are_found_anywhere_in_text_files_only() {
    let secret = format!("ghp_{}", made(36));
    // Around the ends of what is read at a time.
    for at in [0, BINARY_LOOK, BINARY_LOOK + CHUNK, BINARY_LOOK + 2 * CHUNK, OVERLAP, OVERLAP / 2] {
        for shift in [0, 1, 20, 41] {
            let mut text = vec![b' '; 3 * CHUNK];
            let at = at.saturating_sub(shift);
            text[at..at + secret.len()].copy_from_slice(secret.as_bytes());
            assert_eq!(found(&text), Some("a GitHub token"), "{at}");
        }
    }
    let mut binary = vec![0; 2 * CHUNK];
    binary.extend(secret.bytes());
    assert_eq!(found(binary), None);
    assert_eq!(found(format!("x{secret}")), None);
}

/// The beginning of a structure in DER with one element of each tag and content.
fn der(elements: &[(u8, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (tag, content) in elements {
        body.extend([*tag, 0x82, (content.len() >> 8) as u8, content.len() as u8]);
        body.extend(*content);
    }
    [&[0x30, 0x82, (body.len() >> 8) as u8, body.len() as u8][..], &body].concat()
}

#[test]
fn private_keys_are_known_by_their_structure() {
    let rsa_name = [&[6, 9][..], &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1], &[5, 0]].concat();
    let pbes2 = [&[6, 9][..], &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 13]].concat();
    let data = [&[6, 9][..], &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1]].concat();
    let number = [0x5a; 256];
    let rsa = der(&[(2, &[0]), (2, &number), (2, &[1, 0, 1]), (2, &number)]);
    let pkcs8 = der(&[(2, &[0]), (0x30, &rsa_name), (4, &rsa)]);
    for key in [
        rsa,
        pkcs8,
        der(&[(0x30, &pbes2), (4, &number)]),
        der(&[(2, &[3]), (0x30, &data)]),
        der(&[(2, &[1]), (4, &number[..32]), (0xa0, &[6, 1, 1])]),
    ] {
        assert_eq!(found(&key), Some("a private key"), "{key:x?}");
        let base64 = STANDARD.encode(&key);
        let known = found(format!("key: {base64}\n"));
        assert_eq!(known, (base64.len() > 103).then_some("a private key"), "{base64}");
    }
    assert_eq!(found([0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2]), Some("a key store"));
    let certificate = der(&[(0x30, &der(&[(0xa0, &[2, 1, 2]), (2, &number)])), (0x30, &rsa_name), (3, &number)]);
    let public = der(&[(2, &number), (2, &[1, 0, 1])]);
    for other in [certificate, public, der(&[(0x30, &rsa_name), (3, &number)]), vec![0x30], vec![0x30, 0x82, 1]] {
        assert_eq!(found(&other), None, "{other:x?}");
        assert_eq!(found(STANDARD.encode(&other)), None);
    }
}

#[test]
fn token_is_recognised_across_lines_and_in_utf16() {
    let token = token(r#"{"alg":"RS256","kid":"1"}"#);
    for width in [64, 76] {
        let lines: Vec<&str> = token.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).unwrap()).collect();
        for between in ["\n", "\r\n", "\n    "] {
            assert_eq!(found(lines.join(between)), Some("a JSON Web Token"), "{width}");
        }
    }
    for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
        let wide: Vec<u8> = format!("{token}\r\n").encode_utf16().flat_map(bytes).collect();
        assert_eq!(found(wide), Some("a JSON Web Token"));
    }
}

#[test]
fn names_and_expressions_are_no_client_secrets() {
    for text in [
        "client_secret = settings.OAUTH2_B2C_V3_CLIENT_SECRET",
        "const c = { clientSecret: process.env.OAUTH2_B2C_CLIENT_SECRET_V3 };",
        "clientSecret: config.auth0.m2m.v1.clientSecret,",
        "clientSecret = self.oauth2_provider_v1.fetch_secret_2()",
        "client_secret = getOAuth2ClientSecretFromVaultV3(2024)",
        "client_secret = \"REPLACE_ME_WITH_CLIENT_SECRET_123\"",
        "client_secret = \"changeme-changeme-changeme-123\"",
        "client_secret=\"test-client-secret-1234567890\"",
        "{\"client_secret\":\"projects/123456789/secrets/oauth2-client/versions/1\"}",
        "client_secret: op://vault123/item456/field789",
        "{\"d\": \"3a7bd3e2360a3d29eea436fcfb7e44c735d117c42d1c1835420b6b9942dd4f1b\"}",
        "{\"kty\":\"RSA\"}, {\"d\": \"3a7bd3e2360a3d29eea436fcfb7e44c735d117c42d1c1835420b6b9942dd4f1b\"}",
        "PINECONE_API_KEY=os.environ[\"PINECONE_API_KEY\"]\nAZURE_OPENAI_API_KEY = settings.AZURE_OPENAI_API_KEY_V2_2024_01",
        "private_key = load_pem_private_key_1(path)\nsecret_key: ${SECRET_KEY}\nsession_token = session.token",
        "kind: Secret\nmetadata:\n  name: a\ndata: {}\n---\nkind: ConfigMap\ndata:\n  a: aGVsbG8gd29ybGQ=\n",
        "kind: Secret\nstringData:\n  password: ${PASSWORD_OF_DATABASE}\n  other: <the password>\n",
        "pip install --extra-index-url https://user:password@host/simple --index-url https://host/simple",
        "pip install --extra-index-url https://$USER:$PASS@host/simple",
    ] {
        assert_eq!(found(text), None, "{text}");
    }
    let uuid = "8d2f1e3a-1c4b-4e5f-9a6b-0c1d2e3f4a5b";
    for secret in [made(24), made(52).to_lowercase(), hex(64), uuid.to_owned(), format!("{}-{}", made(20), made(12))] {
        for text in [
            format!("client_secret = '{secret}'"),
            format!("CLIENT-SECRET={secret}"),
            format!("client.secret: {secret}"),
        ] {
            assert_eq!(found(&text), Some("a client secret"), "{text}");
        }
    }
}

#[test]
fn secrets_of_many_makers_are_known() {
    let upper = |length: usize| made(length).to_uppercase();
    let encoded = |text: String| STANDARD.encode(text);
    let key = STANDARD.encode([0x5a, 0x17, 0xc3, 0x99, 0x04, 0xe1, 0x2f, 0x70].repeat(4));
    for (what, secret) in [
        ("an AWS secret key", format!("aws-secret-access-key: {}", made(40))),
        ("a secret key", format!("aws.secretKey={}", made(40))),
        ("a secret key", format!("AWS_SECRET_KEY={}", made(40))),
        ("a session token", format!("aws_session_token=IQoJ{}==", made(500))),
        ("an AWS secret key", format!("AWS_SECRET_ACCESS_KEY: {}", encoded(made(40)))),
        ("an AWS access key", encoded(format!("AKIA{}", upper(16)))),
        ("a Kubernetes Secret", format!("kind: Secret\ndata:\n  password: {}\n", encoded("hunter2pass9".into()))),
        ("a Kubernetes Secret", "apiVersion: v1\nstringData:\n  password: hunter2pass9\nkind: Secret\n".to_owned()),
        ("a registry's login", format!("{{\"auths\":{{\"r\":{{\"auth\":\"{}\"}}}}}}", encoded("user:hunter2".into()))),
        ("a registry's login", encoded(format!("{{\"auths\":{{\"r\":{{\"auth\":\"{}\"}}}}}}", made(20)))),
        ("a password in a URL", "--extra-index-url https://user:hunter2pass9@pypi.example/simple".to_owned()),
        ("a password in a URL", "UV_INDEX_URL=https://user:hunter2pass9@pypi.example/simple".to_owned()),
        ("a private key", format!("[Interface]\nPrivateKey = {key}\n")),
        ("an API key", format!("AZURE_OPENAI_API_KEY={}", hex(32))),
        ("an API key", format!("azureOpenaiApiKey: '{}'", made(84))),
        ("an API key", format!("COHERE_API_KEY={}", made(40))),
        ("an Azure signature", format!("https://a/b?sv=2022-11-02&se=2030&sig={}%3D", made(43))),
        ("an Azure access key", format!("SharedAccessKeyName=a;SharedAccessKey={key}")),
        ("an Azure client secret", format!("abc8Q~{}", made(34))),
        ("a Twilio token", format!("TWILIO_AUTH_TOKEN={}", hex(32))),
        ("a Telegram token", format!("123456789:AA{}", made(33))),
        ("a Discord token", format!("{}.{}.{}", STANDARD.encode("123456789012345678"), made(6), made(38))),
        ("a Notion token", format!("ntn_{}", made(46))),
        ("a Pinecone API key", format!("pcsk_{}_{}", made(6), made(63))),
        ("a Linear API key", format!("lin_api_{}", made(40))),
        ("an access token", format!("pat{}.{}", made(14), hex(64))),
        ("an access token", "pat-na1-1a2b3c4d-1234-5678-9abc-def012345678".to_owned()),
        ("a Figma token", format!("figd_{}", made(40))),
        ("an Atlassian token", format!("ATATT3xFfGF0{}", made(180))),
        ("a Grafana token", format!("glsa_{}_{}", made(32), hex(8))),
        ("a New Relic API key", format!("NRAK-{}", upper(27))),
        ("a Supabase token", format!("sbp_{}", hex(40))),
        ("a Postman API key", format!("PMAK-{}-{}", hex(24), hex(34))),
        ("a Sentry token", format!("sntrys_{}", made(100))),
        ("a Doppler token", format!("dp.pt.{}", made(43))),
        ("a Doppler token", format!("dp.st.prd.{}", made(43))),
        ("a Square token", format!("sq0atp-{}", made(22))),
        ("a Terraform Cloud token", format!("{}.atlasv1.{}", made(14), made(64))),
        ("a JFrog API key", format!("AKCp{}", made(69))),
        ("a Vault token", format!("hvs.{}", made(24))),
        ("a Voyage API key", format!("pa-{}", made(43))),
        ("a Cerebras API key", format!("csk-{}", made(48))),
        ("an E2B API key", format!("e2b_{}", hex(40))),
        ("a Firecrawl API key", format!("fc-{}", hex(32))),
        ("a Fireworks API key", format!("fw_{}", made(24))),
    ] {
        for text in [secret.clone(), format!("# mine\n{secret}\n"), format!("{secret} # mine")] {
            assert_eq!(found(&text), Some(what), "{text}");
        }
    }
    for name in [
        "pattern_of_the_path pa-the-quick-brown-fox-jumps-over-lazy-dogs-again hvs.some_attribute_of_an_object_2",
        "fw_the_name_of_a_function_1 fc-button-primary-large-12345678901 key-0123456789abcdef0123456789abcdef",
        "kind: secret_manager MTU. ND.x auth: none \"auth\": \"basic\" index_url = None sig=abc&se=1",
    ] {
        assert_eq!(found(name), None, "{name}");
    }
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_looked_at(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300), text in
        "(-----BEGIN |PRIVATE KEY-----|eyJ|sk-|AKIA|client_secret|kind: Secret|data:|pat-|MII|MT|sig=|Q~|api_key|auth|[\"':= ]|\\.|\\\\n|[a-zA-Z0-9+/=]{1,40}|\n|é){0,30}") {
        in_text(&bytes, true);
        in_text(text.as_bytes(), false);
        in_text(text.as_bytes(), true);
    }
}
