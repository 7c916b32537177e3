//! Utilization from a Prometheus server; this one answers from the test. A real one is asked in `tests/prometheus.sh`.

use super::books::Company;
use super::support::{headroom, text};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Answers range queries with two series whose value is the hour, but fails at request number `failing`. Gives its address.
fn server(failing: usize) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = Vec::new();
            let mut buffer = [0; 4096];
            let body = loop {
                let read = stream.read(&mut buffer).unwrap();
                request.extend_from_slice(&buffer[..read]);
                let text = String::from_utf8_lossy(&request).into_owned();
                if let Some((head, body)) = text.split_once("\r\n\r\n") {
                    let length = head
                        .lines()
                        .find_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
                    if body.len() >= length.unwrap_or(0) {
                        break body.to_owned();
                    }
                }
                assert!(read > 0, "{text}");
            };
            let number = |name: &str| -> i64 {
                let field = body
                    .split('&')
                    .find_map(|field| field.strip_prefix(&format!("{name}=")));
                field.unwrap().parse().unwrap()
            };
            let (start, end, step) = (number("start"), number("end"), number("step"));
            let asked = count.fetch_add(1, Ordering::SeqCst);
            let answer = if asked == failing {
                r#"{"status":"error","error":"the disk is full"}"#.to_owned()
            } else {
                let values: Vec<String> = (start..=end)
                    .step_by(step as usize)
                    .map(|time| format!("[{time},\"{}\"]", time / 3600 % 24))
                    .collect();
                let series = ["10.0.0.1:9100", "10.0.0.2:9100"].map(|host| {
                    format!(
                        r#"{{"metric":{{"instance":"{host}"}},"values":[{}]}}"#,
                        values.join(",")
                    )
                });
                format!(
                    r#"{{"status":"success","data":{{"resultType":"matrix","result":[{}]}}}}"#,
                    series.join(",")
                )
            };
            let response = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{answer}",
                answer.len()
            );
            stream.write_all(response.as_bytes()).unwrap();
        }
    });
    (url, asked)
}

const QUERIES: &str = r#"
[resources]
"10.0.0.2:9100" = "web-02"
[[query]]
metric = "cpu_percent"
query = "x"
without_port = true
[[query]]
metric = "network_in_bytes_per_second"
query = "y"
without_port = true
factor = 125000.0
"#;

#[test]
fn an_import_that_was_interrupted_goes_on_where_it_ended() {
    let company = Company::new();
    let path = company.path();
    let queries = company.file("queries.toml", QUERIES);
    let run = |url: &str| {
        headroom(
            path,
            &[
                "import-prometheus",
                url,
                "--query-file",
                &queries,
                "--start",
                "2026-03-01",
                "--end",
                "2026-03-04",
                "--step",
                "1h",
                "--json",
            ],
        )
    };
    // Two queries a day: the server gives up on the second day.
    let (url, asked) = server(3);
    let broken = run(&url).refused(&["network_in_bytes_per_second", "the disk is full"]);
    assert_eq!((broken.out.as_str(), asked.load(Ordering::SeqCst)), ("", 4));
    let done = run(&url).ok().json();
    assert_eq!(
        (done["samples"].as_u64(), done["windows"].as_u64()),
        (Some(96), Some(2))
    );
    assert_eq!(
        (done["skipped"].as_u64(), done["resources"].as_u64()),
        (Some(1), Some(2))
    );
    assert_eq!(asked.load(Ordering::SeqCst), 8);
    let again = run(&url).ok().json();
    assert_eq!((again["skipped"].as_u64(), asked.load(Ordering::SeqCst)), (Some(3), 8));
    // A window that is taken out again is read again.
    headroom(path, &["imports", "undo", text(&done["batches"][1])]).ok();
    let again = run(&url).ok().json();
    assert_eq!(
        (again["skipped"].as_u64(), again["windows"].as_u64()),
        (Some(2), Some(1))
    );
}

#[test]
fn what_a_query_file_or_server_gets_wrong_is_said() {
    let company = Company::new();
    let path = company.path();
    let (url, _) = server(usize::MAX);
    let run = |url: &str, queries: &str, times: [&str; 3]| {
        let file = company.file("queries.toml", queries);
        let [start, end, step] = times;
        headroom(
            path,
            &[
                "import-prometheus",
                url,
                "--query-file",
                &file,
                "--start",
                start,
                "--end",
                end,
                "--step",
                step,
            ],
        )
    };
    let day = ["2026-03-01", "2026-03-02", "300"];
    run(&url, "[[query]]\nmetric = 'cpu'\nquery = 'x'\n", day).refused(&["\"cpu\"", "cpu_percent"]);
    run(&url, "[[query]]\nquery = 'x'\n", day).refused(&["queries.toml", "metric"]);
    let other_label = "[[query]]\nmetric = 'cpu_percent'\nquery = 'x'\nresource = 'node'\n";
    run(&url, other_label, day).refused(&["\"node\"", "instance"]);
    let one_name =
        "[resources]\n'10.0.0.1:9100' = 'a'\n'10.0.0.2:9100' = 'a'\n[[query]]\nmetric = 'cpu_percent'\nquery = 'x'\n";
    run(&url, one_name, day).refused(&["two series", "\"a\""]);
    run(&url, QUERIES, ["2026-03-02", "2026-03-02", "300"]).refused(&["later than the start"]);
    run("ftp://x", QUERIES, day).refused(&["http://HOST:PORT"]);
    run("http://127.0.0.1:1", QUERIES, day).refused(&["cpu_percent"]);
}
