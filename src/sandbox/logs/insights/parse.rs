//! The language of Logs Insights, as far as it is known here: fields, display, filter, parse with `*`, stats, sort, limit.

use super::expression::{Aggregate, Expression, Operator};

/// What is wrong, and at which character.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SyntaxError {
    pub(super) at: usize,
    pub(super) message: String,
}

type Parsed<T> = Result<T, SyntaxError>;

/// One command between two `|`.
#[derive(Debug)]
pub(super) enum Step {
    Fields(Vec<(String, Expression)>),
    Display(Vec<(String, Expression)>),
    Filter(Expression),
    /// Texts before, between and after the `*`, and the names of what they stand for.
    Parse {
        from: Expression,
        pieces: Vec<String>,
        names: Vec<String>,
    },
    Stats {
        values: Vec<(String, Aggregate)>,
        by: Vec<(String, Expression)>,
    },
    /// `true` for the greatest first.
    Sort(Vec<(Expression, bool)>),
    Limit(usize),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum QueryToken {
    /// A field, a keyword or the name of a function.
    Word(String),
    /// A field in backticks.
    Field(String),
    Text(String),
    Number(String),
    Sign(&'static str),
    End,
}

/// Longer ones first.
const SIGNS: [&str; 17] = ["!=", "<=", ">=", "=~", "|", ",", "(", ")", "[", "]", "=", "<", ">", "+", "-", "*", "/"];

/// How deep expressions may be nested.
const DEEPEST: usize = 40;
/// Operators of a query. Each of a chain such as `1 + 1 + 1` is one more call within another when it is evaluated.
const MOST_OPERATORS: usize = 200;

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    operators: usize,
}

/// The steps of a query.
pub(super) fn parse(text: &str) -> Parsed<Vec<Step>> {
    let mut parser = Parser { text, at: 0, depth: 0, operators: 0 };
    let mut steps = Vec::new();
    loop {
        steps.push(parser.step()?);
        match parser.token()? {
            QueryToken::End => return Ok(steps),
            QueryToken::Sign("|") => {}
            other => return Err(parser.unexpected(&other)),
        }
    }
}

impl Parser<'_> {
    fn error<T>(&self, message: impl Into<String>) -> Parsed<T> {
        let at = self.text[..self.at.min(self.text.len())].chars().count();
        Err(SyntaxError { at, message: message.into() })
    }

    fn unexpected(&self, token: &QueryToken) -> SyntaxError {
        let what = match token {
            QueryToken::Word(text) | QueryToken::Field(text) | QueryToken::Text(text) | QueryToken::Number(text) => {
                text.clone()
            }
            QueryToken::Sign(sign) => (*sign).to_owned(),
            QueryToken::End => "the end".to_owned(),
        };
        let at = self.text[..self.at].chars().count();
        SyntaxError { at, message: format!("unexpected symbol found {what} at position {at}") }
    }

    /// Past spaces and comments.
    fn skip(&mut self) {
        loop {
            let rest = &self.text[self.at..];
            self.at += rest.len() - rest.trim_start().len();
            if !self.text[self.at..].starts_with('#') {
                return;
            }
            let rest = &self.text[self.at..];
            self.at += rest.find('\n').unwrap_or(rest.len());
        }
    }

    fn token(&mut self) -> Parsed<QueryToken> {
        self.skip();
        let rest = &self.text[self.at..];
        let Some(first) = rest.chars().next() else { return Ok(QueryToken::End) };
        if matches!(first, '\'' | '"' | '`') {
            return self.quoted(first);
        }
        if let Some(sign) = SIGNS.iter().copied().find(|sign| rest.starts_with(*sign)) {
            self.at += sign.len();
            return Ok(QueryToken::Sign(sign));
        }
        let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '@');
        let length = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
        let word = rest[..length].to_owned();
        if word.is_empty() {
            return self.error(format!("unexpected symbol found {first}"));
        }
        self.at += length;
        Ok(if first.is_ascii_digit() {
            if word.parse::<f64>().is_err() {
                return self.error(format!("`{word}` is not a number, and not understood here"));
            }
            QueryToken::Number(word)
        } else {
            QueryToken::Word(word)
        })
    }

    fn quoted(&mut self, quote: char) -> Parsed<QueryToken> {
        let mut text = String::new();
        let mut chars = self.text[self.at + 1..].char_indices();
        while let Some((offset, c)) = chars.next() {
            match c {
                '\\' => match chars.next() {
                    Some((_, escaped @ ('\\' | '\'' | '"' | '`'))) => text.push(escaped),
                    _ => return self.error("an escape in a text is not understood here"),
                },
                c if c == quote => {
                    self.at += 1 + offset + 1;
                    return Ok(if quote == '`' { QueryToken::Field(text) } else { QueryToken::Text(text) });
                }
                c => text.push(c),
            }
        }
        self.error("a quote is not closed")
    }

    fn peek(&mut self) -> Parsed<QueryToken> {
        let at = self.at;
        let token = self.token();
        self.at = at;
        token
    }

    /// Takes the next token when it is this one.
    fn takes(&mut self, wanted: &QueryToken) -> Parsed<bool> {
        let is_it = self.peek()? == *wanted;
        if is_it {
            self.token()?;
        }
        Ok(is_it)
    }

    fn takes_sign(&mut self, sign: &'static str) -> Parsed<bool> {
        self.takes(&QueryToken::Sign(sign))
    }

    /// Keywords have no case.
    fn takes_word(&mut self, word: &str) -> Parsed<bool> {
        let is_it = matches!(self.peek()?, QueryToken::Word(found) if found.eq_ignore_ascii_case(word));
        if is_it {
            self.token()?;
        }
        Ok(is_it)
    }

    fn needs_sign(&mut self, sign: &'static str) -> Parsed<()> {
        match self.token()? {
            QueryToken::Sign(found) if found == sign => Ok(()),
            other => Err(self.unexpected(&other)),
        }
    }

    fn step(&mut self) -> Parsed<Step> {
        let QueryToken::Word(name) = self.token()? else { return self.error("a command is missing") };
        Ok(match name.to_ascii_lowercase().as_str() {
            "fields" => Step::Fields(self.columns()?),
            "display" => Step::Display(self.columns()?),
            "filter" => Step::Filter(self.expression()?),
            "parse" => self.glob()?,
            "stats" => self.stats()?,
            "sort" | "order" => self.sort()?,
            "limit" | "head" => match self.token()? {
                QueryToken::Number(number) => match number.parse() {
                    Ok(limit @ 1..=10_000) => Step::Limit(limit),
                    _ => return self.error("limit must be 1 to 10000"),
                },
                other => return Err(self.unexpected(&other)),
            },
            _ => return self.error(format!("the sandbox does not know the command `{name}`")),
        })
    }

    /// Expressions with the names that they are shown by: after `as`, or as they are written.
    fn columns(&mut self) -> Parsed<Vec<(String, Expression)>> {
        let mut all = Vec::new();
        loop {
            self.skip();
            let start = self.at;
            let expression = self.expression()?;
            let written = self.text[start..self.at].trim().trim_matches('`').to_owned();
            all.push((self.alias()?.unwrap_or(written), expression));
            if !self.takes_sign(",")? {
                return Ok(all);
            }
        }
    }

    fn alias(&mut self) -> Parsed<Option<String>> {
        if !self.takes_word("as")? {
            return Ok(None);
        }
        self.name().map(Some)
    }

    fn name(&mut self) -> Parsed<String> {
        match self.token()? {
            QueryToken::Word(name) | QueryToken::Field(name) => Ok(name),
            other => Err(self.unexpected(&other)),
        }
    }

    fn glob(&mut self) -> Parsed<Step> {
        let from = match self.peek()? {
            QueryToken::Text(_) => Expression::Field("@message".to_owned()),
            _ => Expression::Field(self.name()?),
        };
        let QueryToken::Text(pattern) = self.token()? else {
            return self.error("the sandbox knows `parse` with a text in quotes that has `*` in it");
        };
        let pieces: Vec<String> = pattern.split('*').map(str::to_owned).collect();
        if !self.takes_word("as")? {
            return self.error("`parse` needs the names of its `*` after `as`");
        }
        let mut names = vec![self.name()?];
        while self.takes_sign(",")? {
            names.push(self.name()?);
        }
        if names.len() + 1 != pieces.len() {
            return self.error(format!("`parse` has {} `*` and {} names", pieces.len() - 1, names.len()));
        }
        Ok(Step::Parse { from, pieces, names })
    }

    fn stats(&mut self) -> Parsed<Step> {
        let mut values = Vec::new();
        loop {
            self.skip();
            let start = self.at;
            let aggregate = self.aggregate()?;
            let written = self.text[start..self.at].trim().to_owned();
            values.push((self.alias()?.unwrap_or(written), aggregate));
            if !self.takes_sign(",")? {
                break;
            }
        }
        let by = if self.takes_word("by")? { self.columns()? } else { Vec::new() };
        Ok(Step::Stats { values, by })
    }

    fn aggregate(&mut self) -> Parsed<Aggregate> {
        let name = self.name()?;
        self.needs_sign("(")?;
        let lower = name.to_ascii_lowercase();
        if lower == "count" && (self.takes_sign("*")? || self.peek()? == QueryToken::Sign(")")) {
            self.needs_sign(")")?;
            return Ok(Aggregate::Count(None));
        }
        let inner = self.expression()?;
        self.needs_sign(")")?;
        Ok(match lower.as_str() {
            "count" => Aggregate::Count(Some(inner)),
            "count_distinct" => Aggregate::CountDistinct(inner),
            "sum" => Aggregate::Sum(inner),
            "avg" => Aggregate::Average(inner),
            "min" => Aggregate::Least(inner),
            "max" => Aggregate::Greatest(inner),
            _ => return self.error(format!("the sandbox does not know the statistic `{name}`")),
        })
    }

    fn sort(&mut self) -> Parsed<Step> {
        self.takes_word("by")?;
        let mut all = Vec::new();
        loop {
            let expression = self.sum()?;
            let is_down = if self.takes_word("desc")? {
                true
            } else if self.takes_word("asc")? {
                false
            } else {
                return self.error("the sandbox wants `asc` or `desc` after what is sorted by");
            };
            all.push((expression, is_down));
            if !self.takes_sign(",")? {
                return Ok(Step::Sort(all));
            }
        }
    }

    fn expression(&mut self) -> Parsed<Expression> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return self.error("the expression is nested too deeply");
        }
        let mut left = self.conjunction()?;
        while self.takes_word("or")? {
            self.count_operator()?;
            left = Expression::Or(Box::new(left), Box::new(self.conjunction()?));
        }
        self.depth -= 1;
        Ok(left)
    }

    fn count_operator(&mut self) -> Parsed<()> {
        self.operators += 1;
        if self.operators > MOST_OPERATORS {
            return self.error(format!("the sandbox takes {MOST_OPERATORS} operators in a query at most"));
        }
        Ok(())
    }

    fn conjunction(&mut self) -> Parsed<Expression> {
        let mut left = self.comparison()?;
        while self.takes_word("and")? {
            self.count_operator()?;
            left = Expression::And(Box::new(left), Box::new(self.comparison()?));
        }
        Ok(left)
    }

    fn comparison(&mut self) -> Parsed<Expression> {
        if self.takes_word("not")? {
            // What the service makes of a missing field below `not` is not known here.
            return match self.primary()? {
                present @ Expression::IsPresent(_) => Ok(Expression::Not(Box::new(present))),
                _ => self.error("the sandbox knows `not` before ispresent() only"),
            };
        }
        let left = self.sum()?;
        if self.takes_word("in")? {
            self.needs_sign("[")?;
            let mut all = vec![self.sum()?];
            while self.takes_sign(",")? {
                all.push(self.sum()?);
            }
            self.needs_sign("]")?;
            return Ok(Expression::In(Box::new(left), all));
        }
        if self.takes_word("like")? || self.takes_sign("=~")? {
            return self.pattern(left);
        }
        for (sign, operator) in [
            ("<=", Operator::LessOrEqual),
            (">=", Operator::GreaterOrEqual),
            ("=", Operator::Equal),
            ("<", Operator::Less),
            (">", Operator::Greater),
        ] {
            if self.takes_sign(sign)? {
                return Ok(Expression::Compare(Box::new(left), operator, Box::new(self.sum()?)));
            }
        }
        if self.takes_sign("!=")? {
            return self.error("the sandbox does not know `!=`: what it makes of a missing field is not certain");
        }
        Ok(left)
    }

    /// A text that is contained, or a regular expression.
    fn pattern(&mut self, left: Expression) -> Parsed<Expression> {
        self.skip();
        if !self.text[self.at..].starts_with('/') {
            return match self.token()? {
                QueryToken::Text(text) if !text.contains(['%', '*']) => Ok(Expression::Contains(Box::new(left), text)),
                other => Err(self.unexpected(&other)),
            };
        }
        let rest = &self.text[self.at + 1..];
        let mut is_escaped = false;
        let end = rest.find(|c: char| {
            let ends = c == '/' && !is_escaped;
            is_escaped = c == '\\' && !is_escaped;
            ends
        });
        let Some(end) = end else { return self.error("a regular expression is not closed") };
        let Ok(regex) = regex_lite::Regex::new(&rest[..end].replace("\\/", "/")) else {
            return self.error("the regular expression is not understood here");
        };
        self.at += end + 2;
        Ok(Expression::Matches(Box::new(left), regex))
    }

    fn sum(&mut self) -> Parsed<Expression> {
        let mut left = self.product()?;
        loop {
            let sign = if self.takes_sign("+")? {
                '+'
            } else if self.takes_sign("-")? {
                '-'
            } else {
                return Ok(left);
            };
            self.count_operator()?;
            left = Expression::Arithmetic(Box::new(left), sign, Box::new(self.product()?));
        }
    }

    fn product(&mut self) -> Parsed<Expression> {
        let mut left = self.primary()?;
        loop {
            let sign = if self.takes_sign("*")? {
                '*'
            } else if self.takes_sign("/")? {
                '/'
            } else {
                return Ok(left);
            };
            self.count_operator()?;
            left = Expression::Arithmetic(Box::new(left), sign, Box::new(self.primary()?));
        }
    }

    fn primary(&mut self) -> Parsed<Expression> {
        match self.token()? {
            QueryToken::Text(text) | QueryToken::Number(text) => Ok(Expression::Literal(text)),
            QueryToken::Field(name) => Ok(Expression::Field(name)),
            QueryToken::Sign("(") => {
                let inner = self.expression()?;
                self.needs_sign(")")?;
                Ok(inner)
            }
            QueryToken::Word(name) if self.peek()? == QueryToken::Sign("(") => {
                if !name.eq_ignore_ascii_case("ispresent") {
                    return self.error(format!("the sandbox does not know the function `{name}`"));
                }
                self.needs_sign("(")?;
                let field = self.name()?;
                self.needs_sign(")")?;
                Ok(Expression::IsPresent(field))
            }
            QueryToken::Word(name) if is_keyword(&name) => Err(self.unexpected(&QueryToken::Word(name))),
            QueryToken::Word(name) => Ok(Expression::Field(name)),
            other => Err(self.unexpected(&other)),
        }
    }
}

fn is_keyword(word: &str) -> bool {
    ["and", "or", "not", "in", "like", "as", "by", "asc", "desc"].iter().any(|it| word.eq_ignore_ascii_case(it))
}
