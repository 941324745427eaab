//! A time limit in; whether drawing is to end, by the clock or by Ctrl-C, and progress on standard error out.

use super::terminal;
use dateline::{Progress, Watch};
use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Exit status of a run that Ctrl-C has ended: 128 and the number of the signal.
pub const INTERRUPTED: u8 = 130;

/// Nothing is said of what takes less than this.
const PATIENCE: Duration = Duration::from_secs(1);
const EVERY: Duration = Duration::from_millis(200);
/// What reading figures off the worlds may take besides twice the time for drawing them.
const GRACE: Duration = Duration::from_secs(2);

/// What the signal's thread shares with everybody else.
#[derive(Default)]
struct Signal {
    interrupted: AtomicBool,
    /// Whether there is something to print.
    something: AtomicBool,
}

/// Waits for an answer: with an eye on the clock, an ear for Ctrl-C and a word on standard error.
pub struct Waiting {
    timeout: Option<Duration>,
    signal: Arc<Signal>,
}

impl Waiting {
    /// From now on Ctrl-C ends drawing where there is something to print, else the process.
    pub fn new(timeout: Option<Duration>) -> Waiting {
        let signal = Arc::new(Signal::default());
        let shared = signal.clone();
        // If there can be no handler, Ctrl-C does what it always does.
        let _ = ctrlc::set_handler(move || {
            let again = shared.interrupted.swap(true, Ordering::SeqCst);
            if again || !shared.something.load(Ordering::SeqCst) {
                std::process::exit(i32::from(INTERRUPTED));
            }
        });
        Waiting { timeout, signal }
    }

    /// Whether the user has ended it.
    pub fn interrupted(&self) -> bool {
        self.signal.interrupted.load(Ordering::SeqCst)
    }

    /// Lets something be computed that may take long; the clock starts anew.
    pub fn during<T>(&self, compute: impl FnOnce(Watch<'_>) -> T) -> T {
        let begun = Instant::now();
        self.signal.something.store(false, Ordering::SeqCst);
        let told: Mutex<Option<Progress>> = Mutex::new(None);
        let stopped = || self.interrupted() || self.timeout.is_some_and(|timeout| begun.elapsed() >= timeout);
        let progress = |progress: Progress| {
            *locked(&told) = Some(progress);
            self.signal.something.store(true, Ordering::SeqCst);
        };
        let over = Over::default();
        std::thread::scope(|scope| {
            if std::io::stderr().is_terminal() {
                scope.spawn(|| speak(begun, &told, &over));
            }
            let _ending = Ending(&over);
            if let Some(longest) = self.timeout.map(|timeout| timeout * 2 + GRACE) {
                let over = &over;
                scope.spawn(move || guard(longest, over));
            }
            let found = compute(Watch { stopped: &stopped, progress: &progress });
            // What has been found is written whole.
            self.signal.something.store(true, Ordering::SeqCst);
            found
        })
    }
}

/// Whether the computation is over.
#[derive(Default)]
struct Over {
    over: Mutex<bool>,
    changed: Condvar,
}

impl Over {
    /// Waits for its end, but no longer than `time`; whether it has come.
    fn wait(&self, time: Duration) -> bool {
        let waited = self.changed.wait_timeout_while(locked(&self.over), time, |over| !*over);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

/// Says that it is over when it goes, be it by a panic: whoever waits is to end then, too.
struct Ending<'o>(&'o Over);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        *locked(&self.0.over) = true;
        self.0.changed.notify_all();
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends the process where an answer takes far longer than predicted: exact work cannot be broken off.
fn guard(time: Duration, over: &Over) {
    if !over.wait(time) {
        terminal::complain("the time is up, and there is no answer yet (--method sample answers sooner)");
        std::process::exit(1);
    }
}

/// Says how far it is, again and again, in a line that is gone when it is over.
fn speak(begun: Instant, told: &Mutex<Option<Progress>>, over: &Over) {
    let mut pause = PATIENCE;
    let mut said = false;
    loop {
        let ended = over.wait(pause);
        let line = if ended { String::new() } else { line(begun.elapsed(), *locked(told)) };
        if !ended || said {
            let mut out = std::io::stderr().lock();
            // If nobody listens there is nothing to say.
            let _ = write!(out, "\r\x1b[2K{line}").and_then(|()| out.flush());
        }
        if ended {
            return;
        }
        said = true;
        pause = EVERY;
    }
}

fn line(time: Duration, told: Option<Progress>) -> String {
    let time = format!("{} s", time.as_secs());
    match told {
        None => format!("computing, {time}"),
        Some(Progress { worlds, error }) => {
            let error = error.map_or(String::new(), |error| format!(", largest standard error {error:.4}"));
            format!("{worlds} worlds drawn{error}, {time} (Ctrl-C prints what there is)")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_how_far_it_is() {
        let time = Duration::from_millis(3_400);
        assert_eq!(line(time, None), "computing, 3 s");
        let told = Progress { worlds: 4_096, error: Some(0.01234) };
        let expected = "4096 worlds drawn, largest standard error 0.0123, 3 s (Ctrl-C prints what there is)";
        assert_eq!(line(time, Some(told)), expected);
    }
}
