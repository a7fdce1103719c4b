//! The results as a picture: how fast each is against the fastest peer.

use std::fmt::{self, Write};

use crate::results::{OURS, Results, Section};

/// Left and right ends of the scale: so many times as fast as the fastest
/// peer. What is slower stands at the left end.
const SCALE: (f64, f64) = (0.1, 6.0);
const TICKS: [(f64, &str); 6] = [
    (0.1, "≤ 0.1"),
    (0.25, "0.25"),
    (0.5, "0.5"),
    (1.0, "1×"),
    (2.0, "2×"),
    (4.0, "4×"),
];

const LEFT: f64 = 330.0;
const WIDTH: f64 = 860.0;
const TOP: f64 = 58.0;
const ROW: f64 = 22.0;

pub fn write(results: &Results) -> String {
    let mut text = String::new();
    svg(&mut text, results).expect("a string takes everything");
    text
}

fn svg(out: &mut String, results: &Results) -> fmt::Result {
    let sections: Vec<_> = results
        .sections
        .iter()
        .filter(|section| section.row(OURS).is_some() && section.best_peer().is_some())
        .collect();
    let bottom = TOP + ROW * sections.len() as f64;
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
         font-family=\"system-ui, sans-serif\" font-size=\"12\">\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" rx=\"6\" fill=\"#fff\"/>\n\
         <text x=\"16\" y=\"24\" font-size=\"15\" font-weight=\"600\" fill=\"#222\">Speed against \
         the fastest peer of each workload</text>",
        height = bottom + 34.0
    )?;
    circle(out, 20.0, 41.0, 5.0, true)?;
    label(out, 31.0, 45.0, OURS)?;
    circle(out, 150.0, 41.0, 4.0, false)?;
    label(out, 161.0, 45.0, "peers")?;
    for (value, name) in TICKS {
        let x = place(value);
        let stroke = if value == 1.0 { "#666" } else { "#ddd" };
        writeln!(
            out,
            "<line x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{TOP}\" y2=\"{bottom}\" stroke=\"{stroke}\"/>\n\
             <text x=\"{x:.1}\" y=\"{y}\" text-anchor=\"middle\" fill=\"#555\">{name}</text>",
            y = bottom + 18.0
        )?;
    }
    for (at, section) in sections.iter().enumerate() {
        row(out, section, TOP + ROW * (at as f64 + 0.5))?;
    }
    writeln!(out, "</svg>")
}

fn row(out: &mut String, section: &Section, y: f64) -> fmt::Result {
    label(out, 16.0, y + 4.0, section.id)?;
    label(out, 56.0, y + 4.0, short(section.id))?;
    let speed = |row| section.ratio(row).map_or(1.0, |ratio| 1.0 / ratio);
    for peer in section.peers() {
        circle(out, place(speed(peer)), y, 4.0, false)?;
    }
    if let Some(ours) = section.row(OURS) {
        circle(out, place(speed(ours)), y, 5.5, true)?;
    }
    Ok(())
}

/// The workload in a few words.
fn short(id: &str) -> &'static str {
    match id {
        "R1" => "server receives 70 B texts",
        "R2" => "server receives 1–16 KiB",
        "R3" => "server receives 1 MiB",
        "R4" => "server receives 1 MiB texts",
        "R5" => "server receives fragments and pings",
        "R6a" => "R1 in reads of 1460 B",
        "R6b" => "R1 in reads of 7 B",
        "T1" => "server streams 64 MiB in one frame",
        "T2" => "server streams 64 MiB in 1024 frames",
        "C1" => "client receives 70 B texts",
        "E1" => "server echoes 70 B texts",
        "S1" => "server sends 70 B texts",
        "S2" => "client sends 70 B texts",
        "S3" => "client sends 1 MiB",
        "B1" => "broadcast of 1 KiB to 10,000",
        "H1" => "server handshake",
        "D1" => "deflate, 1 KiB JSON, takeover",
        "D1n" => "deflate, 1 KiB JSON, no takeover",
        "D2" => "deflate, 64 B JSON, takeover",
        "D2n" => "deflate, 64 B JSON, no takeover",
        "D3" => "deflate, 64 KiB JSON, takeover",
        "D3n" => "deflate, 64 KiB JSON, no takeover",
        _ => "",
    }
}

fn label(out: &mut String, x: f64, y: f64, text: &str) -> fmt::Result {
    writeln!(out, "<text x=\"{x}\" y=\"{y}\" fill=\"#333\">{text}</text>")
}

fn circle(out: &mut String, x: f64, y: f64, radius: f64, is_ours: bool) -> fmt::Result {
    let fill = match is_ours {
        true => "fill=\"#d9480f\"",
        false => "fill=\"#868e96\" fill-opacity=\"0.45\"",
    };
    writeln!(
        out,
        "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius}\" {fill}/>"
    )
}

/// Where a speed stands, on a logarithmic scale.
fn place(speed: f64) -> f64 {
    let (least, most) = SCALE;
    let share = (speed.clamp(least, most) / least).ln() / (most / least).ln();
    LEFT + share * (WIDTH - LEFT - 24.0)
}
