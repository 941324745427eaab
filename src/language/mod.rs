//! Text of the scenario language in, date windows and proposition trees with spans out.

mod explain;
mod gap;
mod lexer;
mod parser;
mod tree;
mod vocabulary;
mod window;

pub use parser::{SyntaxError, parse_proposition};
pub use tree::{
    Anchor, DayClass, Distance, Gap, Order, Part, Point, Predicate, Relation, Statement, Tree, earliest_date,
};
pub use vocabulary::{is_event_name, is_reserved};
pub use window::{Horizon, Window, WindowError};

pub(crate) use explain::describe_window_error;
pub(crate) use window::parse_window;
