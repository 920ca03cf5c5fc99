//! Expressions of a query, and what they give for one row.

use std::cmp::Ordering;
use std::collections::BTreeMap;

/// A value of a row. Numbers stay the text that they came as: nanoseconds have more digits than a float.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    Text(String),
    Truth(bool),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug)]
pub(super) enum Expression {
    Literal(String),
    Field(String),
    Compare(Box<Expression>, Operator, Box<Expression>),
    In(Box<Expression>, Vec<Expression>),
    Contains(Box<Expression>, String),
    Matches(Box<Expression>, regex_lite::Regex),
    IsPresent(String),
    Not(Box<Expression>),
    And(Box<Expression>, Box<Expression>),
    Or(Box<Expression>, Box<Expression>),
    Arithmetic(Box<Expression>, char, Box<Expression>),
}

/// A statistic of the rows of a group.
#[derive(Debug)]
pub(super) enum Aggregate {
    /// Of the rows, or of those that have it.
    Count(Option<Expression>),
    CountDistinct(Expression),
    Sum(Expression),
    Average(Expression),
    Least(Expression),
    Greatest(Expression),
}

/// Values by the names of fields.
pub(super) type Row = BTreeMap<String, Cell>;

/// A number, exactly where it has no fraction.
#[derive(Clone, Copy, Debug)]
enum Number {
    Whole(i128),
    Real(f64),
}

impl Number {
    #[expect(clippy::cast_precision_loss, reason = "the service's own numbers are no more precise")]
    fn real(self) -> f64 {
        match self {
            Self::Whole(number) => number as f64,
            Self::Real(number) => number,
        }
    }

    fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Whole(a), Self::Whole(b)) => a.cmp(&b),
            (a, b) => a.real().total_cmp(&b.real()),
        }
    }

    /// A total order: a whole number comes before a real one of the same value.
    fn order(self, other: Self) -> Ordering {
        self.real().total_cmp(&other.real()).then_with(|| match (self, other) {
            (Self::Whole(a), Self::Whole(b)) => a.cmp(&b),
            (Self::Whole(_), Self::Real(_)) => Ordering::Less,
            (Self::Real(_), Self::Whole(_)) => Ordering::Greater,
            (Self::Real(_), Self::Real(_)) => Ordering::Equal,
        })
    }

    fn text(self) -> String {
        match self {
            Self::Whole(number) => number.to_string(),
            Self::Real(number) => number.to_string(),
        }
    }
}

impl Cell {
    fn number(&self) -> Option<Number> {
        match self {
            Self::Truth(truth) => Some(Number::Whole(i128::from(*truth))),
            Self::Text(text) => match text.parse() {
                Ok(whole) => Some(Number::Whole(whole)),
                Err(_) => text.parse().ok().filter(|real: &f64| real.is_finite()).map(Number::Real),
            },
        }
    }

    /// As it is shown.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Truth(truth) => i32::from(*truth).to_string(),
        }
    }

    /// Numbers by their value, other texts by their characters.
    fn compare(&self, other: &Self) -> Ordering {
        match (self.number(), other.number()) {
            (Some(a), Some(b)) => a.compare(b),
            _ => self.text().cmp(&other.text()),
        }
    }

    /// Numbers by their value, then other texts by their characters. Unlike [`compare`](Self::compare) it is a total order,
    /// without which sorting may panic: by `compare`, `2` is less than `10`, `10` than `1x`, and `1x` than `2`.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        match (self.number(), other.number()) {
            (Some(a), Some(b)) => a.order(b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => self.text().cmp(&other.text()),
        }
    }

    fn equals(&self, other: &Self) -> bool {
        self.compare(other) == Ordering::Equal
    }
}

impl Expression {
    /// `None` where a field is missing.
    ///
    /// # Errors
    /// Texts where numbers are compared or calculated with.
    pub(super) fn value(&self, row: &Row) -> Result<Option<Cell>, String> {
        Ok(match self {
            Self::Literal(text) => Some(Cell::Text(text.clone())),
            Self::Field(name) => row.get(name).cloned(),
            Self::IsPresent(name) => Some(Cell::Truth(row.contains_key(name))),
            Self::Not(inner) => Some(Cell::Truth(!inner.holds(row)?)),
            Self::And(left, right) => Some(Cell::Truth(left.holds(row)? && right.holds(row)?)),
            Self::Or(left, right) => Some(Cell::Truth(left.holds(row)? || right.holds(row)?)),
            Self::In(left, all) => {
                let Some(left) = left.value(row)? else { return Ok(Some(Cell::Truth(false))) };
                let mut is_in = false;
                for one in all {
                    is_in |= one.value(row)?.is_some_and(|one| one.equals(&left));
                }
                Some(Cell::Truth(is_in))
            }
            Self::Contains(left, text) => {
                Some(Cell::Truth(left.value(row)?.is_some_and(|left| left.text().contains(text.as_str()))))
            }
            Self::Matches(left, regex) => {
                Some(Cell::Truth(left.value(row)?.is_some_and(|left| regex.is_match(&left.text()))))
            }
            Self::Compare(left, operator, right) => {
                let (Some(left), Some(right)) = (left.value(row)?, right.value(row)?) else {
                    return Ok(Some(Cell::Truth(false)));
                };
                Some(Cell::Truth(compared(&left, *operator, &right)?))
            }
            Self::Arithmetic(left, sign, right) => match (left.value(row)?, right.value(row)?) {
                (Some(left), Some(right)) => calculated(&left, *sign, &right)?,
                _ => None,
            },
        })
    }

    /// Whether a filter with it keeps the row.
    pub(super) fn holds(&self, row: &Row) -> Result<bool, String> {
        match self.value(row)? {
            Some(Cell::Truth(truth)) => Ok(truth),
            None => Ok(false),
            Some(Cell::Text(text)) => Err(format!("`{text}` is no condition")),
        }
    }
}

fn compared(left: &Cell, operator: Operator, right: &Cell) -> Result<bool, String> {
    if operator == Operator::Equal {
        return Ok(left.equals(right));
    }
    if left.number().is_none() || right.number().is_none() {
        return Err("the sandbox compares numbers only".to_owned());
    }
    let order = left.compare(right);
    Ok(match operator {
        Operator::Equal => order.is_eq(),
        Operator::Less => order.is_lt(),
        Operator::LessOrEqual => order.is_le(),
        Operator::Greater => order.is_gt(),
        Operator::GreaterOrEqual => order.is_ge(),
    })
}

fn calculated(left: &Cell, sign: char, right: &Cell) -> Result<Option<Cell>, String> {
    let (Some(a), Some(b)) = (left.number(), right.number()) else {
        return Err("the sandbox calculates with numbers only".to_owned());
    };
    let whole = match (a, b, sign) {
        (Number::Whole(a), Number::Whole(b), '+') => a.checked_add(b),
        (Number::Whole(a), Number::Whole(b), '-') => a.checked_sub(b),
        (Number::Whole(a), Number::Whole(b), '*') => a.checked_mul(b),
        (Number::Whole(a), Number::Whole(b), '/') if b != 0 && a % b == 0 => Some(a / b),
        _ => None,
    };
    let number = whole.map_or_else(
        || {
            Number::Real(match sign {
                '+' => a.real() + b.real(),
                '-' => a.real() - b.real(),
                '*' => a.real() * b.real(),
                _ => a.real() / b.real(),
            })
        },
        Number::Whole,
    );
    // A division by zero gives nothing.
    Ok(number.real().is_finite().then(|| Cell::Text(number.text())))
}

impl Aggregate {
    /// `None` where no row has a value.
    ///
    /// # Errors
    /// As for expressions.
    pub(super) fn value(&self, rows: &[&Row]) -> Result<Option<Cell>, String> {
        let inner = match self {
            Self::Count(None) => return Ok(Some(Cell::Text(rows.len().to_string()))),
            Self::Count(Some(inner))
            | Self::CountDistinct(inner)
            | Self::Sum(inner)
            | Self::Average(inner)
            | Self::Least(inner)
            | Self::Greatest(inner) => inner,
        };
        let mut cells = Vec::new();
        for row in rows {
            cells.extend(inner.value(row)?);
        }
        let count = cells.len();
        Ok(match self {
            Self::Count(_) => Some(Cell::Text(count.to_string())),
            Self::CountDistinct(_) => {
                let distinct: std::collections::BTreeSet<String> = cells.iter().map(Cell::text).collect();
                Some(Cell::Text(distinct.len().to_string()))
            }
            Self::Least(_) => cells.into_iter().min_by(Cell::order).map(|cell| Cell::Text(cell.text())),
            Self::Greatest(_) => cells.into_iter().max_by(Cell::order).map(|cell| Cell::Text(cell.text())),
            Self::Sum(_) | Self::Average(_) => {
                let mut total: Option<Cell> = None;
                for cell in cells {
                    total = match total {
                        None => calculated(&cell, '+', &Cell::Text("0".to_owned()))?,
                        Some(total) => calculated(&total, '+', &cell)?,
                    };
                }
                match (self, total) {
                    (Self::Average(_), Some(total)) => calculated(&total, '/', &Cell::Text(count.to_string()))?,
                    (_, total) => total,
                }
            }
        })
    }
}
