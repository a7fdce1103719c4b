//! What a whole run brings together.

use crate::instructions::Instructions;
use crate::measure::Row;
use crate::memory::Memory;
use crate::memory::deflate::Deflate;
use crate::workload::Workload;

/// The contestant that all is about.
pub const OURS: &str = "websocket-proto";

pub struct Results {
    pub target: &'static str,
    pub repetitions: usize,
    pub sections: Vec<Section>,
    pub memory: Vec<Memory>,
    pub deflate_memory: Vec<Deflate>,
    pub instructions: Vec<Instructions>,
    pub failures: Vec<String>,
}

/// A workload with all who took part, fastest first.
pub struct Section {
    pub id: &'static str,
    pub what: &'static str,
    /// Messages and bytes in a run.
    pub count: usize,
    pub bytes: u64,
    pub rows: Vec<Row>,
}

impl Section {
    pub fn new(workload: &Workload, rows: Vec<Row>) -> Self {
        Self {
            id: workload.id,
            what: workload.what,
            count: workload.count,
            bytes: workload.bytes,
            rows,
        }
    }

    pub fn row(&self, name: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.name == name)
    }

    pub fn peers(&self) -> impl Iterator<Item = &Row> {
        let is_peer = |row: &&Row| !row.is_limit && row.name != OURS;
        self.rows.iter().filter(is_peer)
    }

    /// The fastest peer.
    pub fn best_peer(&self) -> Option<&Row> {
        self.peers().next()
    }

    pub fn nanoseconds(&self, row: &Row) -> f64 {
        row.median * 1e9 / self.count as f64
    }

    pub fn mib_per_second(&self, row: &Row) -> f64 {
        self.bytes as f64 / f64::from(1 << 20) / row.median
    }

    /// How many times as long as the fastest peer one took.
    pub fn ratio(&self, row: &Row) -> Option<f64> {
        self.best_peer().map(|best| row.median / best.median)
    }
}
