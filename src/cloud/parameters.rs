//! Systems Manager parameters.

use std::collections::BTreeMap;

use aws_sdk_ssm::Client;
use aws_sdk_ssm::types::{ParameterType, ResourceTypeForTagging, Tag};

use super::connect::Cloud;
use super::error::{code, convert, is_not_found};
use crate::error::{Error, Result};

/// How many names GetParameters and DeleteParameters take.
const BATCH: usize = 10;

impl Cloud {
    fn parameter_store(&self) -> Client {
        Client::new(&self.sdk)
    }

    /// The values of those of `names` that exist.
    pub(crate) async fn parameters(&self, names: &[String]) -> Result<BTreeMap<String, String>> {
        let mut found = BTreeMap::new();
        for names in names.chunks(BATCH) {
            let answer = self
                .parameter_store()
                .get_parameters()
                .set_names(Some(names.to_vec()))
                .send()
                .await
                .map_err(|error| convert("read the parameters", &error))?;
            for parameter in answer.parameters() {
                if let (Some(name), Some(value)) = (parameter.name(), parameter.value()) {
                    found.insert(name.to_owned(), value.to_owned());
                }
            }
        }
        Ok(found)
    }

    /// The same of those that may be secrets, decrypted.
    pub(crate) async fn secret_parameters(&self, names: &[String]) -> Result<BTreeMap<String, String>> {
        let mut found = BTreeMap::new();
        for names in names.chunks(BATCH) {
            let request = self.parameter_store().get_parameters().set_names(Some(names.to_vec())).with_decryption(true);
            let answer = request.send().await.map_err(|error| convert("read the parameters", &error))?;
            let pairs = answer.parameters().iter().filter_map(|one| one.name().zip(one.value()));
            found.extend(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
        }
        Ok(found)
    }

    /// Creates a parameter with tags. One of this name is an error.
    pub(crate) async fn create_parameter(&self, name: &str, value: &str, tags: &[(String, String)]) -> Result<()> {
        let what = || format!("create the parameter `{name}`");
        let mut request = self.parameter_store().put_parameter().name(name).value(value).r#type(ParameterType::String);
        for (key, value) in tags {
            let tag =
                Tag::builder().key(key).value(value).build().map_err(|error| Error::failed(what()).source(&error))?;
            request = request.tags(tag);
        }
        request.send().await.map_err(|error| convert(what(), &error))?;
        Ok(())
    }

    /// Replaces a parameter's value; its tags stay.
    pub(crate) async fn update_parameter(&self, name: &str, value: &str) -> Result<()> {
        self.parameter_store()
            .put_parameter()
            .name(name)
            .value(value)
            .r#type(ParameterType::String)
            .overwrite(true)
            .send()
            .await
            .map_err(|error| convert(format!("update the parameter `{name}`"), &error))?;
        Ok(())
    }

    /// Tags of a parameter; empty when there is no such parameter.
    pub(crate) async fn parameter_tags(&self, name: &str) -> Result<Vec<(String, String)>> {
        let sent = self
            .parameter_store()
            .list_tags_for_resource()
            .resource_type(ResourceTypeForTagging::Parameter)
            .resource_id(name)
            .send()
            .await;
        match sent {
            Ok(answer) => {
                Ok(answer.tag_list().iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect())
            }
            Err(error) if is_not_found(&error) || code(&error) == Some("InvalidResourceId") => Ok(Vec::new()),
            Err(error) => Err(convert(format!("read the tags of the parameter `{name}`"), &error)),
        }
    }

    /// Deletes parameters; those already gone are no failure.
    pub(crate) async fn delete_parameters(&self, names: &[String]) -> Result<()> {
        for names in names.chunks(BATCH) {
            self.parameter_store()
                .delete_parameters()
                .set_names(Some(names.to_vec()))
                .send()
                .await
                .map_err(|error| convert("delete the parameters", &error))?;
        }
        Ok(())
    }
}
