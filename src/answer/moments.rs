//! A day in; the network of what was known on its evening, silence included, out: the same for computed and drawn networks.

use super::knowledge::{Known, known_by, open_events};
use super::solve::Trouble;
use crate::day::Day;
use crate::model::Model;

/// The networks of the days on which something was said, each made once.
pub trait Moments {
    /// Stands for a network.
    type Network: Clone;

    fn model(&self) -> &Model;

    /// The network of the base and what is known.
    fn network(&mut self, known: &Known) -> Result<Self::Network, Trouble>;

    /// Whether it is certain that no world is left.
    fn is_empty(&self, network: &Self::Network) -> bool;

    /// Whether in some world the event starts after the day `by` or not at all.
    /// `known` is what the network knows.
    fn can_start_later(
        &mut self,
        network: &Self::Network,
        known: &Known,
        event: usize,
        by: Day,
    ) -> Result<bool, Trouble>;

    /// What was known on the evening of `by`, silence included.
    ///
    /// Silence speaks of an event only where the base, the observations and the outcomes leave it another way.
    fn given(&mut self, by: Option<Day>, now: bool) -> Result<(Known, Self::Network), Trouble> {
        let mut known = known_by(self.model(), by, now);
        let open = open_events(self.model(), by);
        let loud = self.network(&known)?;
        let Some(by) = by.filter(|_| !open.is_empty() && !self.is_empty(&loud)) else {
            return Ok((known, loud));
        };
        let mut silent = Vec::new();
        for event in open {
            if self.can_start_later(&loud, &known, event, by)? {
                silent.push((event, by));
            }
        }
        known.silent = silent;
        let network = self.network(&known)?;
        Ok((known, network))
    }

    /// The network of a testimony's day; `given` is that of now.
    ///
    /// Events may each have been silent without contradiction and yet not all of them together, which only a later
    /// observation resolves. Then that day's knowledge is taken without silence, or at last that of now.
    fn moment(&mut self, date: Option<Day>, given: &Self::Network) -> Result<Self::Network, Trouble> {
        let Some(date) = date else {
            return Ok(given.clone());
        };
        let (known, moment) = self.given(Some(date), false)?;
        if !self.is_empty(&moment) {
            return Ok(moment);
        }
        let loud = self.network(&Known { silent: Vec::new(), ..known })?;
        Ok(if self.is_empty(&loud) { given.clone() } else { loud })
    }
}
