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
fn a_secret_is_found_wherever_it_lies_in_a_text_and_binaries_are_not_read() {
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

proptest::proptest! {
    #[test]
    fn any_bytes_are_looked_at(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300), text in
        "(-----BEGIN |PRIVATE KEY-----|eyJ|sk-|AKIA|client_secret|[\"':= ]|\\.|\\\\n|[a-zA-Z0-9+/=]{1,40}|\n|é){0,30}") {
        in_text(&bytes, true);
        in_text(text.as_bytes(), false);
        in_text(text.as_bytes(), true);
    }
}
