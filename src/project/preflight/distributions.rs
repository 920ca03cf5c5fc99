//! Which package brings a module, where only the names of packages are known.
//!
//! Owns: the packages whose modules are called otherwise than they are, and which packages are known not to bring AWS's
//! SDK for agents. Does not own: what is installed, whose own metadata says it.

use std::collections::BTreeSet;

use crate::requirements::normalize_name;

/// AWS's package for agents, and its module.
pub(super) const SDK: (&str, &str) = ("bedrock-agentcore", "bedrock_agentcore");

/// Packages as people ask for them, and their modules, where a rule would not find them. No package twice.
const OTHERWISE: &[(&str, &str)] = &[
    ("a2a-sdk", "a2a"),
    ("ag-ui-protocol", "ag_ui"),
    ("ag2", "autogen"),
    ("attrs", "attr"),
    ("aws-opentelemetry-distro", "amazon"),
    ("beautifulsoup4", "bs4"),
    ("discord.py", "discord"),
    ("djangorestframework", "rest_framework"),
    ("faiss-cpu", "faiss"),
    ("GitPython", "git"),
    ("google-api-python-client", "googleapiclient"),
    ("grpcio", "grpc"),
    ("haystack-ai", "haystack"),
    ("mem0ai", "mem0"),
    ("msgpack-python", "msgpack"),
    ("mysqlclient", "MySQLdb"),
    ("newspaper3k", "newspaper"),
    ("openai-agents", "agents"),
    ("opencv-python", "cv2"),
    ("opencv-python-headless", "cv2"),
    ("opensearch-py", "opensearchpy"),
    ("Pillow", "PIL"),
    ("protobuf", "google"),
    ("psycopg2-binary", "psycopg2"),
    ("pyautogen", "autogen"),
    ("pycryptodome", "Crypto"),
    ("PyGithub", "github"),
    ("PyJWT", "jwt"),
    ("PyMuPDF", "fitz"),
    ("pyOpenSSL", "OpenSSL"),
    ("pyserial", "serial"),
    ("python-multipart", "multipart"),
    ("python-telegram-bot", "telegram"),
    ("pywin32", "win32api"),
    ("PyYAML", "yaml"),
    ("pyzmq", "zmq"),
    ("scikit-image", "skimage"),
    ("scikit-learn", "sklearn"),
    ("setuptools", "pkg_resources"),
    ("strands-agents", "strands"),
    ("strands-agents-tools", "strands_tools"),
    ("umap-learn", "umap"),
];

/// Modules that many packages bring along with themselves: where only the names of requirements are known, one of them may.
const BROUGHT_ALONG: &str = "\
     aiohttp annotated_types anyio attr boto3 botocore bs4 certifi charset_normalizer click cryptography dateutil \
     docstring_parser dotenv fastapi google grpc h11 httpcore httpx idna importlib_metadata jinja2 jmespath joblib \
     jsonpatch jsonschema jwt langchain langchain_core langgraph langsmith lxml markdown markdown_it markupsafe mcp \
     multipart networkx numpy openai opentelemetry orjson packaging pandas PIL prompt_toolkit psutil pydantic \
     pydantic_core pydantic_settings pygments regex requests rich s3transfer scipy six sniffio sqlalchemy sse_starlette \
     starlette tenacity tiktoken tokenizers tqdm typer typing_extensions typing_inspection tzdata urllib3 uvicorn \
     watchdog watchfiles websocket websockets yaml";

/// Packages that are known not to bring AWS's SDK for agents, whatever extras are asked for: `langchain-aws[tools]` does.
const WITHOUT_SDK: &str = "\
     anthropic boto3 botocore beautifulsoup4 crewai fastapi fastmcp flask httpx jinja2 langchain langchain-anthropic \
     langchain-community langchain-core langchain-openai langgraph mcp numpy openai openai-agents pandas \
     pillow pydantic pydantic-ai pytest python-dateutil python-dotenv pyyaml requests rich starlette strands-agents \
     tavily-python uvicorn";

/// Modules that images and installers have without anybody asking for them.
const ANYWHERE: [&str; 5] = ["pip", "setuptools", "pkg_resources", "wheel", "_distutils_hack"];

pub(super) fn is_anywhere(module: &str) -> bool {
    ANYWHERE.contains(&module)
}

/// Whether this is the module of a package that agents use, by the tables here.
pub(super) fn is_known(module: &str) -> bool {
    let of_package = |name: &str| normalize_name(name) == normalize_name(module);
    module == SDK.1
        || OTHERWISE.iter().any(|(_, own)| *own == module)
        || is_in(BROUGHT_ALONG, module)
        || WITHOUT_SDK.split_ascii_whitespace().any(of_package)
}

/// What to ask for to have a module.
pub(super) fn package_of(module: &str) -> String {
    let named = OTHERWISE.iter().find(|(_, own)| *own == module).map(|(package, _)| (*package).to_owned());
    let prefixed = ["dotenv", "dateutil", "docx", "pptx", "jose"].contains(&module).then(|| format!("python-{module}"));
    named.or(prefixed).unwrap_or_else(|| module.replace('_', "-"))
}

/// Whether one of these packages, by their normalised names, may bring the module `top`, by itself or with what it needs.
pub(super) fn may_bring(names: &BTreeSet<String>, top: &str, complete: bool) -> bool {
    if names.is_empty() {
        return false;
    }
    // Packages of one family need each other: `autogen-agentchat` brings `autogen_core`.
    let family = |name: &str| name.split(['-', '_']).next().filter(|first| first.len() > 3).map(str::to_owned);
    let is_relative = || family(top).is_some_and(|own| names.iter().any(|name| family(name).as_ref() == Some(&own)));
    if !complete && (is_in(BROUGHT_ALONG, top) || is_relative()) {
        return true;
    }
    names.iter().any(|name| is_named_after(name, top))
}

/// `python-dotenv` for `dotenv`, `google-genai` for `google`, `slack-sdk` for `slack_sdk`, `PyGithub` for `github`.
fn is_named_after(name: &str, top: &str) -> bool {
    if OTHERWISE.iter().any(|(package, module)| *module == top && normalize_name(package) == name) {
        return true;
    }
    let top = normalize_name(top);
    let top = top.trim_matches('-');
    let bare = |text: &str| text.replace('-', "");
    name == top
        || name.strip_prefix(top).is_some_and(|rest| rest.starts_with('-') || rest == "py" || is_number(rest))
        || name.strip_suffix(top).is_some_and(|rest| rest.ends_with('-') || rest == "py" || rest == "python")
        || bare(name) == bare(top)
        || name.split('-').any(|part| part == top)
}

fn is_in(list: &str, name: &str) -> bool {
    list.split_ascii_whitespace().any(|own| own == name)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether none of these packages brings the SDK.
pub(super) fn lack_sdk(names: &BTreeSet<String>) -> bool {
    names.iter().all(|name| is_in(WITHOUT_SDK, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(all: &[&str]) -> BTreeSet<String> {
        all.iter().map(|name| normalize_name(name)).collect()
    }

    #[test]
    fn packages_are_found_under_their_usual_names() {
        for (package, module) in [
            ("PyYAML", "yaml"),
            ("beautifulsoup4", "bs4"),
            ("python-dotenv", "dotenv"),
            ("strands-agents", "strands"),
            ("strands-agents-tools", "strands_tools"),
            ("google-genai", "google"),
            ("scikit-learn", "sklearn"),
            ("typing_extensions", "typing_extensions"),
            ("llama-index-core", "llama_index"),
            ("tavily-python", "tavily"),
            ("neo4j-driver", "neo4j"),
            ("legacy-cgi", "cgi"),
            ("discord.py", "discord"),
            ("ruamel.yaml", "ruamel"),
            ("bedrock-agentcore", "bedrock_agentcore"),
        ] {
            assert!(may_bring(&names(&[package]), module, true), "{package} {module}");
        }
        assert!(!may_bring(&names(&["requests"]), "pandas_ta", false));
        assert!(may_bring(&names(&["bedrock-agentcore"]), "boto3", false));
        assert!(!may_bring(&names(&["bedrock-agentcore"]), "boto3", true), "a lock lists it");
        assert!(may_bring(&names(&["autogen-agentchat"]), "autogen_core", false));
        assert!(!may_bring(&names(&["autogen-agentchat"]), "autogen_core", true));
        assert!(!may_bring(&names(&[]), "boto3", false));
        assert_eq!((package_of("yaml").as_str(), package_of("strands").as_str()), ("PyYAML", "strands-agents"));
    }

    #[test]
    fn an_unknown_package_may_bring_the_sdk() {
        assert!(lack_sdk(&names(&["boto3", "strands-agents"])));
        assert!(!lack_sdk(&names(&["bedrock-agentcore-starter-toolkit"])) && !lack_sdk(&names(&["acme-agents"])));
        assert!(!lack_sdk(&names(&["langchain-aws"])), "its extra `tools` does");
    }
}
