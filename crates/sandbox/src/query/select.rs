//! Queries: `select … from … where … order by …`.

use super::{DEEPEST, Expression, Operator};

/// A query: which members, of which collection, on which condition, in which order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Select {
    pub(crate) members: Vec<String>,
    pub(crate) from: String,
    pub(crate) condition: Option<Expression>,
    /// The members to sort by, and whether from the largest.
    pub(crate) order: Vec<(String, bool)>,
}

/// Reads `select … from … where … order by …`; what comes after (`limit`, `offset`) is for paging.
pub(crate) fn parse_select(text: &str) -> Result<Select, String> {
    let tokens = tokens(text)?;
    let mut words = Words { tokens: &tokens, at: 0 };
    words.expect("select")?;
    let members = words.list()?;
    words.expect("from")?;
    let from = words.next().ok_or("there is nothing after `from`")?.to_owned();
    let condition = if words.skip("where") { Some(words.condition(0)?) } else { None };
    let mut order = Vec::new();
    if words.skip("order") {
        words.expect("by")?;
        for member in words.list()? {
            order.push((member, false));
        }
        if words.skip("desc") {
            order.iter_mut().for_each(|(_, from_largest)| *from_largest = true);
        } else {
            words.skip("asc");
        }
    }
    match words.peek() {
        None => Ok(Select { members, from, condition, order }),
        Some(word) if word.eq_ignore_ascii_case("limit") || word.eq_ignore_ascii_case("offset") => {
            Ok(Select { members, from, condition, order })
        }
        Some(word) => Err(format!("`{word}` is not expected here")),
    }
}

/// Words, signs, and quoted texts with one quote before them.
fn tokens(text: &str) -> Result<Vec<String>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if first == '\'' {
            let end = rest[1..].find('\'').ok_or("a quote is open")?;
            tokens.push(format!("'{}", &rest[1..=end]));
            end + 2
        } else if "(),".contains(first) {
            tokens.push(first.to_string());
            1
        } else if "=<>!".contains(first) {
            let length = rest.find(|c| !"=<>!".contains(c)).unwrap_or(rest.len());
            tokens.push(rest[..length].to_owned());
            length
        } else {
            let length = rest.find(|c: char| c.is_whitespace() || "(),=<>!'".contains(c)).unwrap_or(rest.len());
            tokens.push(rest[..length].to_owned());
            length
        };
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

struct Words<'t> {
    tokens: &'t [String],
    at: usize,
}

impl<'t> Words<'t> {
    fn peek(&self) -> Option<&'t str> {
        self.tokens.get(self.at).map(String::as_str)
    }

    fn next(&mut self) -> Option<&'t str> {
        let word = self.peek();
        self.at += 1;
        word
    }

    fn skip(&mut self, word: &str) -> bool {
        let found = self.peek().is_some_and(|next| next.eq_ignore_ascii_case(word));
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, word: &str) -> Result<(), String> {
        if self.skip(word) {
            Ok(())
        } else {
            Err(format!("`{word}` is expected before `{}`", self.peek().unwrap_or_default()))
        }
    }

    fn list(&mut self) -> Result<Vec<String>, String> {
        let mut items = vec![self.next().ok_or("a name is missing")?.to_owned()];
        while self.skip(",") {
            items.push(self.next().ok_or("a name is missing")?.to_owned());
        }
        Ok(items)
    }

    fn condition(&mut self, depth: usize) -> Result<Expression, String> {
        let mut any = vec![self.conjunction(depth)?];
        while self.skip("or") {
            any.push(self.conjunction(depth)?);
        }
        Ok(if any.len() == 1 { any.remove(0) } else { Expression::Any(any) })
    }

    fn conjunction(&mut self, depth: usize) -> Result<Expression, String> {
        let mut all = vec![self.comparison(depth)?];
        while self.skip("and") {
            all.push(self.comparison(depth)?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Expression::All(all) })
    }

    fn comparison(&mut self, depth: usize) -> Result<Expression, String> {
        if depth > DEEPEST {
            return Err("the brackets are too deep".to_owned());
        }
        if self.skip("(") {
            let inner = self.condition(depth + 1)?;
            self.expect(")")?;
            return Ok(inner);
        }
        let member = self.next().ok_or("a condition is missing")?.to_owned();
        let sign = self.next().ok_or("an operator is missing")?;
        let operator = match sign.to_ascii_lowercase().as_str() {
            "=" => Operator::Equal,
            "!=" | "<>" => Operator::NotEqual,
            "<" => Operator::Less,
            "<=" => Operator::LessOrEqual,
            ">" => Operator::Greater,
            ">=" => Operator::GreaterOrEqual,
            "like" => return self.like(member),
            "in" => return self.among(member),
            "is" => {
                let operator = if self.skip("not") { Operator::NotNull } else { Operator::Null };
                self.expect("null")?;
                return Ok(Expression::Compare { member, operator, values: Vec::new() });
            }
            "between" => {
                let first = self.value()?;
                self.expect("and")?;
                return Ok(Expression::Compare {
                    member,
                    operator: Operator::Between,
                    values: vec![first, self.value()?],
                });
            }
            other => return Err(format!("`{other}` is not an operator")),
        };
        Ok(Expression::Compare { member, operator, values: vec![self.value()?] })
    }

    fn value(&mut self) -> Result<String, String> {
        let word = self.next().ok_or("a value is missing")?;
        Ok(word.strip_prefix('\'').unwrap_or(word).to_owned())
    }

    fn like(&mut self, member: String) -> Result<Expression, String> {
        let pattern = self.value()?;
        let operator = if pattern.starts_with('%') {
            Operator::Contains
        } else if pattern.ends_with('%') {
            Operator::StartsWith
        } else {
            Operator::Equal
        };
        Ok(Expression::Compare { member, operator, values: vec![pattern.trim_matches('%').to_owned()] })
    }

    fn among(&mut self, member: String) -> Result<Expression, String> {
        self.expect("(")?;
        let mut values = vec![self.value()?];
        while self.skip(",") {
            values.push(self.value()?);
        }
        self.expect(")")?;
        Ok(Expression::Compare { member, operator: Operator::In, values })
    }
}
