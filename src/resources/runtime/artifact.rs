//! What a runtime runs: an image, or an archive of code.

use std::fmt;

use serde_json::{Value, json};

use crate::report::Document;

/// What a runtime runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RuntimeArtifact {
    /// The URI of an image, with its digest.
    Image(String),
    Code(CodeArchive),
}

/// An archive in S3 and how it is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CodeArchive {
    pub(crate) bucket: String,
    /// The service calls it prefix.
    pub(crate) key: String,
    /// In a versioned bucket.
    pub(crate) version_id: Option<String>,
    /// `PYTHON_3_13`
    pub(crate) runtime: String,
    pub(crate) entry_point: Vec<String>,
}

impl CodeArchive {
    /// Before it is known which archive it is.
    pub(crate) fn of_bucket(bucket: &str) -> Self {
        Self {
            bucket: bucket.to_owned(),
            key: String::new(),
            version_id: None,
            runtime: String::new(),
            entry_point: Vec::new(),
        }
    }
}

impl RuntimeArtifact {
    /// Of an image: `sha256:…`
    pub(crate) fn digest(&self) -> Option<&str> {
        match self {
            Self::Image(uri) => uri.rsplit_once('@').map(|(_, digest)| digest),
            Self::Code(_) => None,
        }
    }

    /// The union of the service's model.
    pub(crate) fn wire(&self) -> Value {
        match self {
            Self::Image(uri) => json!({ "containerConfiguration": { "containerUri": uri } }),
            Self::Code(code) => {
                let mut object = json!({ "bucket": code.bucket, "prefix": code.key });
                if let (Some(version), Some(object)) = (&code.version_id, object.as_object_mut()) {
                    object.insert("versionId".into(), json!(version));
                }
                json!({ "codeConfiguration": {
                    "code": { "s3": object },
                    "runtime": code.runtime,
                    "entryPoint": code.entry_point,
                } })
            }
        }
    }

    /// `None` for a form that this version does not know.
    pub(crate) fn of_wire(wire: &Value) -> Option<Self> {
        let text = |value: &Value, pointer: &str| value.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        if let Some(uri) = text(wire, "/containerConfiguration/containerUri") {
            return Some(Self::Image(uri));
        }
        let code = wire.get("codeConfiguration")?;
        Some(Self::Code(CodeArchive {
            bucket: text(code, "/code/s3/bucket")?,
            key: text(code, "/code/s3/prefix")?,
            version_id: text(code, "/code/s3/versionId"),
            runtime: text(code, "/runtime")?,
            entry_point: code
                .get("entryPoint")?
                .as_array()?
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
        }))
    }

    /// The members `image` (a URI) and `code` (as the service describes it) of a report, one of them null.
    pub(crate) fn data(artifact: Option<&Self>) -> (Value, Value) {
        match artifact {
            Some(Self::Image(uri)) => (json!(uri), Value::Null),
            Some(code @ Self::Code(_)) => (Value::Null, code.wire()["codeConfiguration"].take()),
            None => (Value::Null, Value::Null),
        }
    }

    /// Adds what it is to a report for people, under the starter toolkit's labels.
    pub(crate) fn facts(&self, document: Document) -> Document {
        match self {
            Self::Image(_) => document.fact("ECR URI", self.to_string()),
            Self::Code(_) => document.fact("Deployment Type", "Direct Code Deploy").fact("Code", self.to_string()),
        }
    }

    /// `image` or `code`: the name of the field in reports.
    pub(crate) const fn noun(&self) -> &'static str {
        match self {
            Self::Image(_) => "image",
            Self::Code(_) => "code",
        }
    }
}

impl fmt::Display for RuntimeArtifact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = match self {
            Self::Image(uri) => return f.write_str(uri),
            Self::Code(code) => code,
        };
        write!(f, "s3://{}/{}", code.bucket, code.key)?;
        if let Some(version) = &code.version_id {
            write!(f, " version {version}")?;
        }
        write!(f, " ({}, {})", code.runtime, code.entry_point.join(" "))
    }
}
