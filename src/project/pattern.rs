//! One pattern of a `.dockerignore`, with Docker's meaning: Go's `filepath.Match` plus `**`, always from the root.
//!
//! The meaning is that of Docker's own matcher, observed at the docker client (the cases in `ignore.rs`): `*` and `?`
//! stop at a slash, `**/` is any number of folders, `**` at the end is everything below, and a leading `**` directly
//! followed by plain text is "ends with". One thing is as documented rather than as observed: a backslash makes the
//! next character plain, while Docker hands `\a` to its regular expressions, where it is a bell. Matching is by a set
//! of states, so no pattern can make it slow.

/// A cleaned pattern, without its `!`.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Exact(String),
    /// `**` and then plain text: the path ends with it.
    EndsWith(String),
    /// `**/` and then plain text: the path is it, or ends with it in a folder.
    Below(String),
    Tokens {
        head: String,
        tail: String,
        tokens: Vec<Token>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Char(char),
    /// `?`
    One,
    /// `*`
    Segment,
    /// Start of `(.*/)?`; the next token is always [`Token::Folders`].
    MaybeFolders,
    /// Inside of `.*/`.
    Folders,
    /// `**` at the end.
    Rest,
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
}

/// Cleans as Docker does: no `.`, no `..` that can be resolved, no double, leading or trailing slash.
pub(super) fn clean(pattern: &str) -> String {
    let rooted = pattern.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in pattern.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    if parts.is_empty() { if rooted { "/" } else { "." }.to_owned() } else { parts.join("/") }
}

impl Pattern {
    /// # Errors
    /// What is wrong with the syntax: an unclosed or empty class, or a backslash at the end.
    pub(super) fn parse(cleaned: &str) -> Result<Self, &'static str> {
        let tokens = tokenize(cleaned)?;
        let literal = |tokens: &[Token]| {
            tokens
                .iter()
                .map(|token| if let Token::Char(c) = token { Some(*c) } else { None })
                .collect::<Option<String>>()
        };
        if let Some(text) = literal(&tokens) {
            return Ok(Self { kind: Kind::Exact(text) });
        }
        let leading = tokens.first() == Some(&Token::MaybeFolders);
        if leading
            && let Some(text) = literal(&tokens[2..])
            && !cleaned.contains('\\')
        {
            let kind = if cleaned.starts_with("**/") { Kind::Below(text) } else { Kind::EndsWith(text) };
            return Ok(Self { kind });
        }
        let char_of = |token: &Token| if let Token::Char(c) = token { Some(*c) } else { None };
        let head = tokens.iter().map_while(char_of).collect();
        let tail: String = tokens.iter().rev().map_while(char_of).collect();
        Ok(Self { kind: Kind::Tokens { head, tail: tail.chars().rev().collect(), tokens } })
    }

    /// Whether the pattern matches exactly this path (forward slashes, from the root).
    pub(super) fn matches(&self, path: &str) -> bool {
        match &self.kind {
            Kind::Exact(text) => path == text,
            Kind::EndsWith(text) => path.ends_with(text.as_str()),
            Kind::Below(text) => {
                path.strip_suffix(text.as_str()).is_some_and(|before| before.is_empty() || before.ends_with('/'))
            }
            Kind::Tokens { head, tail, tokens } => {
                path.starts_with(head.as_str())
                    && path.ends_with(tail.as_str())
                    && run(tokens, path).last().copied().unwrap_or(false)
            }
        }
    }

    /// Whether the pattern could match anything below the folder `dir`.
    pub(super) fn reaches_below(&self, dir: &str) -> bool {
        let below = format!("{dir}/");
        match &self.kind {
            Kind::Exact(text) => text.starts_with(&below),
            Kind::EndsWith(_) | Kind::Below(_) => true,
            Kind::Tokens { tokens, .. } => run(tokens, &below).contains(&true),
        }
    }
}

fn tokenize(pattern: &str) -> Result<Vec<Token>, &'static str> {
    let mut tokens = Vec::new();
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '*' if chars.next_if_eq(&'*').is_some() => {
                chars.next_if_eq(&'/');
                if chars.peek().is_none() {
                    tokens.push(Token::Rest);
                } else {
                    tokens.extend([Token::MaybeFolders, Token::Folders]);
                }
            }
            '*' => tokens.push(Token::Segment),
            '?' => tokens.push(Token::One),
            '\\' => tokens.push(Token::Char(chars.next().ok_or("a backslash at the end escapes nothing")?)),
            '[' => tokens.push(class(&mut chars)?),
            c => tokens.push(Token::Char(c)),
        }
    }
    Ok(tokens)
}

fn class(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<Token, &'static str> {
    const UNCLOSED: &str = "`[` is not closed";
    let negated = chars.next_if_eq(&'^').is_some();
    let mut ranges = Vec::new();
    loop {
        if !ranges.is_empty() && chars.next_if_eq(&']').is_some() {
            return Ok(Token::Class { negated, ranges });
        }
        let mut one = || match chars.next() {
            Some('\\') => chars.next().ok_or(UNCLOSED),
            Some('-' | ']') => Err("`-` and `]` in a class need a backslash"),
            Some(c) => Ok(c),
            None => Err(UNCLOSED),
        };
        let low = one()?;
        let high = if chars.next_if_eq(&'-').is_some() {
            match chars.next() {
                Some('\\') => chars.next().ok_or(UNCLOSED)?,
                Some('-' | ']') => return Err("`-` and `]` in a class need a backslash"),
                Some(c) => c,
                None => return Err(UNCLOSED),
            }
        } else {
            low
        };
        if low > high {
            return Err("the range in `[ ]` is empty");
        }
        ranges.push((low, high));
    }
}

/// The states reached after all of `text`: element `i` means that the first `i` tokens are done.
fn run(tokens: &[Token], text: &str) -> Vec<bool> {
    let mut states = vec![false; tokens.len() + 1];
    let mut next = states.clone();
    enter(tokens, &mut states, 0);
    for c in text.chars() {
        next.fill(false);
        for (index, token) in tokens.iter().enumerate().filter(|(index, _)| states[*index]) {
            let (stay, forward) = match token {
                Token::Char(own) => (false, *own == c),
                Token::One => (false, c != '/'),
                Token::Segment => (c != '/', false),
                Token::MaybeFolders => (false, false),
                Token::Folders => (true, c == '/'),
                Token::Rest => (true, false),
                Token::Class { negated, ranges } => {
                    (false, *negated != ranges.iter().any(|(low, high)| (*low..=*high).contains(&c)))
                }
            };
            if stay {
                // Staying in `.*/` does not mean being past it, so no `enter` there.
                next[index] = true;
                if *token != Token::Folders {
                    enter(tokens, &mut next, index + 1);
                }
            }
            if forward {
                enter(tokens, &mut next, index + 1);
            }
        }
        std::mem::swap(&mut states, &mut next);
    }
    states
}

/// Marks a state and all that follow from it without reading anything.
fn enter(tokens: &[Token], states: &mut [bool], mut index: usize) {
    loop {
        states[index] = true;
        match tokens.get(index) {
            Some(Token::Segment | Token::Rest) => index += 1,
            Some(Token::MaybeFolders) => {
                states[index + 1] = true;
                index += 2;
            }
            _ => return,
        }
    }
}
