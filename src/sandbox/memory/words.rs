//! How well a record fits a query, by the words that they share. A stand-in for the service's search by meaning.

use std::collections::BTreeSet;

/// Words that say nothing about what a text is about.
const COMMON: &[&str] = &[
    "a", "about", "am", "an", "and", "any", "are", "as", "at", "be", "been", "but", "by", "can", "could", "did", "do",
    "does", "for", "from", "had", "has", "have", "he", "her", "him", "his", "how", "i", "if", "in", "is", "it", "its",
    "me", "my", "of", "on", "or", "our", "she", "should", "so", "that", "the", "their", "them", "they", "this", "to",
    "us", "was", "we", "were", "what", "when", "where", "which", "who", "why", "will", "with", "would", "you", "your",
];

/// The distinct words of a text: lower case, without the endings of a plural; without common words, unless there are no
/// others.
pub(super) fn words(text: &str) -> BTreeSet<String> {
    let all = || text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase);
    let telling: BTreeSet<String> = all().filter(|word| !COMMON.contains(&word.as_str())).map(singular).collect();
    if telling.is_empty() { all().map(singular).collect() } else { telling }
}

fn singular(word: String) -> String {
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 2) {
        return format!("{stem}y");
    }
    match word.strip_suffix('s') {
        Some(stem) if stem.len() > 1 && !stem.ends_with('s') => stem.to_owned(),
        _ => word,
    }
}

/// From 0 (no word in common) to 1 (the same words): the mean of the share of the query's words that are in the text, and
/// the cosine of the angle between the two sets of words.
pub(super) fn score(query: &BTreeSet<String>, text: &str) -> f64 {
    let own = words(text);
    let shared = query.intersection(&own).count() as f64;
    if shared == 0.0 {
        return 0.0;
    }
    let (asked, said) = (query.len() as f64, own.len() as f64);
    f64::midpoint(shared / asked, shared / (asked * said).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored(query: &str, text: &str) -> f64 {
        score(&words(query), text)
    }

    #[test]
    fn same_words_score_one_and_others_nothing() {
        assert!((scored("I like sushi", "Sushi? I LIKE!") - 1.0).abs() < 1e-9);
        assert!(scored("I like sushi", "The weather is fine") == 0.0);
        assert!((scored("who are you", "who are you") - 1.0).abs() < 1e-9);
        assert!(scored("", "something") == 0.0);
    }

    #[test]
    fn question_finds_its_answer_above_the_threshold() {
        // What AWS's session manager for Strands keeps.
        let good = scored("What food does the user like?", "I like sushi and other Japanese foods");
        assert!(good >= 0.2, "{good}");
        let better = scored("Which foods do I like?", "I like sushi and other Japanese foods");
        assert!(better > good, "{better} {good}");
        assert!(scored("allergies", "The user has a peanut allergy") > 0.2);
    }
}
