//! One pattern of a `.dockerignore`, with Docker's meaning: Go's `filepath.Match` plus `**`, always from the root.
//!
//! The meaning is that of Docker's own matcher, observed at the docker client (the cases in `ignore/cases.txt`): `*` and `?`
//! stop at a slash, `**/` is any number of folders, `**` at the end is everything below, and a leading `**` directly
//! followed by plain text is "ends with". Two things are as documented rather than as observed, because Docker hands its
//! patterns to regular expressions: a backslash makes the next character plain, where `\a` is a bell to Docker, and
//! wildcards in a class are plain, where `[*]` matches nothing that one would think of. Matching is by a set
//! of states, so no pattern can make it slow.

/// A cleaned pattern, without its `!`.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    kind: PatternKind,
}

#[derive(Clone, Debug)]
enum PatternKind {
    Exact(String),
    /// `**` and then plain text: the path ends with it.
    EndsWith(String),
    /// `**/` and then plain text: the path is it, or ends with it in a folder.
    Below(String),
    /// `**/` and then a pattern of one name: the last part of the path matches it.
    Name(GlobTokens),
    Tokens(GlobTokens),
}

/// A pattern with wildcards, between the plain text at its ends, which rules most paths out at once.
#[derive(Clone, Debug)]
struct GlobTokens {
    head: String,
    tail: String,
    all: Vec<GlobToken>,
}

impl GlobTokens {
    fn new(all: Vec<GlobToken>) -> Self {
        let char_of = |token: &GlobToken| if let GlobToken::Char(c) = token { Some(*c) } else { None };
        let head = all.iter().map_while(char_of).collect();
        let tail: String = all.iter().rev().map_while(char_of).collect();
        Self { head, tail: tail.chars().rev().collect(), all }
    }

    fn matches(&self, text: &str) -> bool {
        text.starts_with(self.head.as_str()) && text.ends_with(self.tail.as_str()) && run(&self.all, text).is_done()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum GlobToken {
    Char(char),
    /// `?`
    One,
    /// `*`
    Segment,
    /// Start of `(.*/)?`; the next token is always [`GlobToken::Folders`].
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
        let literal = |tokens: &[GlobToken]| {
            tokens
                .iter()
                .map(|token| if let GlobToken::Char(c) = token { Some(*c) } else { None })
                .collect::<Option<String>>()
        };
        if let Some(text) = literal(&tokens) {
            return Ok(Self { kind: PatternKind::Exact(text) });
        }
        let leading = tokens.first() == Some(&GlobToken::MaybeFolders);
        if leading
            && let Some(text) = literal(&tokens[2..])
            && !cleaned.contains('\\')
        {
            let kind = if cleaned.starts_with("**/") { PatternKind::Below(text) } else { PatternKind::EndsWith(text) };
            return Ok(Self { kind });
        }
        let one_name = |token: &GlobToken| match token {
            GlobToken::Char(c) => *c != '/',
            GlobToken::One | GlobToken::Segment => true,
            // A class can hold a slash, and one that is negated does.
            GlobToken::MaybeFolders | GlobToken::Folders | GlobToken::Rest | GlobToken::Class { .. } => false,
        };
        let kind = if leading && cleaned.starts_with("**/") && tokens[2..].iter().all(one_name) {
            PatternKind::Name(GlobTokens::new(tokens[2..].to_vec()))
        } else {
            PatternKind::Tokens(GlobTokens::new(tokens))
        };
        Ok(Self { kind })
    }

    /// Whether the pattern matches exactly this path (forward slashes, from the root).
    pub(super) fn matches(&self, path: &str) -> bool {
        match &self.kind {
            PatternKind::Exact(text) => path == text,
            PatternKind::EndsWith(text) => path.ends_with(text.as_str()),
            PatternKind::Below(text) => {
                path.strip_suffix(text.as_str()).is_some_and(|before| before.is_empty() || before.ends_with('/'))
            }
            PatternKind::Name(tokens) => tokens.matches(path.rsplit('/').next().unwrap_or(path)),
            PatternKind::Tokens(tokens) => tokens.matches(path),
        }
    }

    /// Whether the pattern could match anything below the folder `dir`.
    pub(super) fn reaches_below(&self, dir: &str) -> bool {
        let below = format!("{dir}/");
        match &self.kind {
            PatternKind::Exact(text) => text.starts_with(&below),
            PatternKind::EndsWith(_) | PatternKind::Below(_) | PatternKind::Name(_) => true,
            PatternKind::Tokens(tokens) => run(&tokens.all, &below).is_alive(),
        }
    }
}

fn tokenize(pattern: &str) -> Result<Vec<GlobToken>, &'static str> {
    let mut tokens = Vec::new();
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '*' if chars.next_if_eq(&'*').is_some() => {
                chars.next_if_eq(&'/');
                if chars.peek().is_none() {
                    tokens.push(GlobToken::Rest);
                } else {
                    tokens.extend([GlobToken::MaybeFolders, GlobToken::Folders]);
                }
            }
            '*' => tokens.push(GlobToken::Segment),
            '?' => tokens.push(GlobToken::One),
            '\\' => tokens.push(GlobToken::Char(chars.next().ok_or("a backslash at the end escapes nothing")?)),
            '[' => tokens.push(class(&mut chars)?),
            c => tokens.push(GlobToken::Char(c)),
        }
    }
    Ok(tokens)
}

fn class(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<GlobToken, &'static str> {
    const UNCLOSED: &str = "`[` is not closed";
    let negated = chars.next_if_eq(&'^').is_some();
    let mut ranges = Vec::new();
    loop {
        if !ranges.is_empty() && chars.next_if_eq(&']').is_some() {
            return Ok(GlobToken::Class { negated, ranges });
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

/// Which states a match can be in: number `i` means that the first `i` tokens are done. Few patterns have more than a
/// machine word of them.
#[derive(Clone, Debug)]
struct States {
    words: SmallWords,
    last: usize,
}

#[derive(Clone, Debug)]
enum SmallWords {
    One(u64),
    Many(Vec<u64>),
}

impl States {
    fn none(tokens: &[GlobToken]) -> Self {
        let last = tokens.len();
        let words = if last < 64 { SmallWords::One(0) } else { SmallWords::Many(vec![0; last / 64 + 1]) };
        Self { words, last }
    }

    fn words(&mut self) -> &mut [u64] {
        match &mut self.words {
            SmallWords::One(word) => std::slice::from_mut(word),
            SmallWords::Many(words) => words,
        }
    }

    fn view(&self) -> &[u64] {
        match &self.words {
            SmallWords::One(word) => std::slice::from_ref(word),
            SmallWords::Many(words) => words,
        }
    }

    fn set(&mut self, state: usize) {
        self.words()[state / 64] |= 1 << (state % 64);
    }

    fn clear(&mut self) {
        self.words().fill(0);
    }

    /// The states in ascending order.
    fn iter(&self) -> impl Iterator<Item = usize> {
        self.view().iter().enumerate().flat_map(|(index, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros() as usize)?;
                rest &= rest - 1;
                Some(index * 64 + bit)
            })
        })
    }

    fn is_alive(&self) -> bool {
        self.view().iter().any(|word| *word != 0)
    }

    fn is_done(&self) -> bool {
        self.view()[self.last / 64] & (1 << (self.last % 64)) != 0
    }
}

/// The states reached after all of `text`.
fn run(tokens: &[GlobToken], text: &str) -> States {
    let mut states = States::none(tokens);
    let mut next = states.clone();
    enter(tokens, &mut states, 0);
    for c in text.chars() {
        next.clear();
        for index in states.iter() {
            let Some(token) = tokens.get(index) else { continue };
            let (stay, forward) = match token {
                GlobToken::Char(own) => (false, *own == c),
                GlobToken::One => (false, c != '/'),
                GlobToken::Segment => (c != '/', false),
                GlobToken::MaybeFolders => (false, false),
                GlobToken::Folders => (true, c == '/'),
                GlobToken::Rest => (true, false),
                GlobToken::Class { negated, ranges } => {
                    (false, *negated != ranges.iter().any(|(low, high)| (*low..=*high).contains(&c)))
                }
            };
            if stay {
                // Staying in `.*/` does not mean being past it, so no `enter` there.
                next.set(index);
                if *token != GlobToken::Folders {
                    enter(tokens, &mut next, index + 1);
                }
            }
            if forward {
                enter(tokens, &mut next, index + 1);
            }
        }
        if !next.is_alive() {
            return next;
        }
        std::mem::swap(&mut states, &mut next);
    }
    states
}

/// Marks a state and all that follow from it without reading anything.
fn enter(tokens: &[GlobToken], states: &mut States, mut index: usize) {
    loop {
        states.set(index);
        match tokens.get(index) {
            Some(GlobToken::Segment | GlobToken::Rest) => index += 1,
            Some(GlobToken::MaybeFolders) => {
                states.set(index + 1);
                index += 2;
            }
            _ => return,
        }
    }
}
